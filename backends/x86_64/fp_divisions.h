// Integer divisions of loops that the host's floating-point divider makes. A processor's integer divider takes one
// after the other; the floating-point one stands beside it and begins one sooner after the one before. A division by it
// takes longer from its arguments to its result, so that it is not for those whose arguments follow from their own
// result of the round before.
#ifndef EMU_BACKENDS_X86_64_FP_DIVISIONS_H_
#define EMU_BACKENDS_X86_64_FP_DIVISIONS_H_

#include <cstdint>
#include <vector>

#include "translate/ir/ir.h"

namespace emu::backends::x86_64 {

class FpDivisions {
 public:
  // In a block with a direct exit to its own beginning, as many as keep both dividers busy.
  void Find(const ir::Block& block);
  void Clear() { taken_.clear(); }
  bool Has(uint32_t division) const { return !taken_.empty() && taken_[division]; }

 private:
  std::vector<bool> taken_;  // by instruction
};

}  // namespace emu::backends::x86_64

#endif  // EMU_BACKENDS_X86_64_FP_DIVISIONS_H_
