#include "backends/x86_64/folded_loads.h"

#include "backends/x86_64/uses.h"

namespace emu::backends::x86_64 {
namespace {

using ir::Instr;
using ir::Op;

class Finder {
 public:
  Finder(const ir::Block& block, std::vector<uint32_t>& by) : block_(block), by_(by), uses_(CountUses(block)) {}

  void Run() {
    for (uint32_t n = 0; n < block_.code.size(); ++n) {
      const Instr& i = block_.code[n];
      if (MayWrite(i)) written_ = n + 1;
      switch (i.op) {
        case Op::kFAdd:
        case Op::kFMul:
        case Op::kFMulAdd:  // the addend is where the sum is made
          if (!Fold(n, 1)) Fold(n, 0);
          break;
        case Op::kFSub:
        case Op::kFDiv:
          Fold(n, 1);
          break;
        default:
          break;
      }
    }
  }

 private:
  bool Fold(uint32_t n, unsigned argument) {
    const ir::Value v = block_.code[n].args[argument];
    const Instr& i = block_.code[v];
    if (i.op != Op::kLoad || v < written_ || uses_[v] != 1 ||
        ir::FpAux::Unpack(block_.code[n].aux).rounding != ir::Rounding::kDynamic)
      return false;
    const ir::MemOp op = ir::MemOp::Unpack(i.aux);
    if (!op.sure || op.big_endian || ir::IndexOf(i) != ir::kNoValue) return false;
    by_[v] = n;
    return true;
  }

  const ir::Block& block_;
  std::vector<uint32_t>& by_;
  const std::vector<uint32_t> uses_;
  uint32_t written_ = 0;  // what was loaded from here on is still there
};

}  // namespace

void FoldedLoads::Find(const ir::Block& block) {
  by_.assign(block.code.size(), 0);
  Finder(block, by_).Run();
}

}  // namespace emu::backends::x86_64
