#include "backends/x86_64/fma_chains.h"

#include "backends/x86_64/uses.h"

namespace emu::backends::x86_64 {
namespace {

using ir::Instr;
using ir::Op;

// What cannot look at the flags, change memory, or leave the block.
bool LooksAtNothing(const Instr& i) {
  if (i.op == Op::kLoad) return ir::MemOp::Unpack(i.aux).sure;
  if (i.op == Op::kGetFlags || i.op == Op::kSetFlags) return false;
  for (char effect : {'m', 'x', 'e', 'l', 'b'}) {
    if (ir::HasEffect(i.op, effect)) return false;
  }
  return true;
}

class Finder {
 public:
  Finder(const ir::Block& block, const AccessGroups& groups)
      : block_(block), groups_(groups), uses_(CountUses(block)) {}

  void Run(std::vector<uint32_t>& before, std::vector<bool>& inside) {
    for (uint32_t n = 0; n < block_.code.size(); ++n) {
      const Instr& i = block_.code[n];
      if (MayWrite(i)) written_ = n + 1;
      if (!LooksAtNothing(i)) looked_ = n + 1;
      if (!IsOne(i)) continue;
      const ir::Value sum = i.args[2];
      if (sum < looked_ || uses_[sum] != 1 || !IsOne(block_.code[sum]) || block_.code[sum].type != i.type) continue;
      before[n] = sum;
      inside[sum] = true;
    }
  }

 private:
  // In the rounding mode of the host.
  bool IsOne(const Instr& i) const {
    return i.op == Op::kFMulAdd && ir::FpAux::Unpack(i.aux).rounding == ir::Rounding::kDynamic && IsLoad(i.args[0]) &&
           IsLoad(i.args[1]);
  }
  bool IsLoad(ir::Value v) const {
    const Instr& i = block_.code[v];
    return v >= written_ && i.op == Op::kLoad && groups_.Of(v) != nullptr && ir::IndexOf(i) == ir::kNoValue &&
           !ir::MemOp::Unpack(i.aux).big_endian;
  }

  const ir::Block& block_;
  const AccessGroups& groups_;
  const std::vector<uint32_t> uses_;
  uint32_t looked_ = 0;   // what comes from here on has not been looked at
  uint32_t written_ = 0;  // what was loaded from here on is still there
};

}  // namespace

void FmaChains::Find(const ir::Block& block, const AccessGroups& groups) {
  before_.assign(block.code.size(), 0);
  inside_.assign(block.code.size(), false);
  Finder(block, groups).Run(before_, inside_);
}

}  // namespace emu::backends::x86_64
