// Loads that are made by the operation they are for, as its memory operand: of floating point, wanted by nothing else,
// and sure to go through.
#ifndef EMU_BACKENDS_X86_64_FOLDED_LOADS_H_
#define EMU_BACKENDS_X86_64_FOLDED_LOADS_H_

#include <cstdint>
#include <vector>

#include "translate/ir/ir.h"

namespace emu::backends::x86_64 {

class FoldedLoads {
 public:
  void Find(const ir::Block& block);
  void Clear() { by_.clear(); }
  // The operation that makes the load; 0: none but itself.
  uint32_t By(uint32_t load) const { return by_.empty() ? 0 : by_[load]; }

 private:
  std::vector<uint32_t> by_;  // by instruction
};

}  // namespace emu::backends::x86_64

#endif  // EMU_BACKENDS_X86_64_FOLDED_LOADS_H_
