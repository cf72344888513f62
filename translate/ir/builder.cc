#include "translate/ir/builder.h"

namespace emu::ir {

void CountInsns(Block& block) {
  uint32_t total = 0;
  uint32_t paid = 0;  // instructions from here to the next charge
  for (size_t i = block.code.size(); i-- > 0;) {
    Instr& instr = block.code[i];
    if (instr.op == Op::kInsn) ++paid, ++total;
    if (instr.op == Op::kExitIf || instr.op == Op::kExitUnless) instr.extra = paid;
    if (instr.op == Op::kCharge) {
      instr.extra = paid;
      paid = 0;
    }
  }
  block.insn_count = total;
}

}  // namespace emu::ir
