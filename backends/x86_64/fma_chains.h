// Sums of products, each product added to the sum before it. The host raises no flag for infinity times zero where the
// addend is a NaN, so that a fused multiply-add with a NaN for a result has to be looked at. A NaN stays one to the end
// of the sum: it is enough to look there, and at all products then, as long as these can be made once more.
#ifndef EMU_BACKENDS_X86_64_FMA_CHAINS_H_
#define EMU_BACKENDS_X86_64_FMA_CHAINS_H_

#include <cstdint>
#include <vector>

#include "backends/x86_64/access_groups.h"
#include "translate/ir/ir.h"

namespace emu::backends::x86_64 {

class FmaChains {
 public:
  // Of products of what accesses of `groups` load.
  void Find(const ir::Block& block, const AccessGroups& groups);
  void Clear() { before_.clear(), inside_.clear(); }
  // Whether a later fused multiply-add is looked at in place of this one.
  bool IsInside(uint32_t fma) const { return !inside_.empty() && inside_[fma]; }
  // The one before this one in its sum, if that is inside; 0: none.
  uint32_t Before(uint32_t fma) const { return before_.empty() ? 0 : before_[fma]; }

 private:
  std::vector<uint32_t> before_;  // by instruction
  std::vector<bool> inside_;
};

}  // namespace emu::backends::x86_64

#endif  // EMU_BACKENDS_X86_64_FMA_CHAINS_H_
