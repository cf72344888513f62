#include "backends/x86_64/idle_registers.h"

#include "translate/ir/passes.h"

namespace emu::backends::x86_64 {

void IdleRegisters::Find(const ir::Block& block, const std::vector<bool>& wanted) {
  spans_.assign(wanted.size(), {});
  std::vector<unsigned> set(wanted.size());  // the instruction that sets it next; 0 if it is needed before
  const auto end_span = [&](size_t guest_register, unsigned begin) {
    unsigned& end = set[guest_register];
    if (end > begin + 1) spans_[guest_register].push_back({begin, end});
    end = 0;
  };
  for (unsigned n = static_cast<unsigned>(block.code.size()); n-- > 0;) {
    const ir::Instr& i = block.code[n];
    const bool sets = i.op == ir::Op::kSet;
    if (sets || i.op == ir::Op::kGet) {
      end_span(i.imm, n);
      if (sets && wanted[i.imm]) set[i.imm] = n;
    } else if (ir::Observes(i)) {
      for (size_t g = 0; g < set.size(); ++g) end_span(g, n);
    }
  }
}

}  // namespace emu::backends::x86_64
