// What a block stored in four bytes, and then loads in eight. Hosts forward to a load what one store wrote; a load over
// two of them waits until both have left the store buffer (AMD Software Optimization Guide for Family 19h, 2.12).
#ifndef EMU_BACKENDS_X86_64_STORED_HALVES_H_
#define EMU_BACKENDS_X86_64_STORED_HALVES_H_

#include <array>
#include <cstdint>

#include "translate/ir/ir.h"

namespace emu::backends::x86_64 {

class StoredHalves {
 public:
  void Clear() { stores_.fill({}); }

  void Store(ir::Value base, int64_t displacement, unsigned size) {
    for (Four& four : stores_) {
      if (four.base == base && displacement < four.displacement + 4 && four.displacement < displacement + size)
        four = {};
    }
    if (size == 4) stores_[next_++ % stores_.size()] = {base, displacement};
  }

  // Both halves of the eight bytes were stored apart.
  bool Joins(ir::Value base, int64_t displacement) const {
    return Holds(base, displacement) && Holds(base, displacement + 4);
  }

 private:
  struct Four {
    ir::Value base = ir::kNoValue;
    int64_t displacement = 0;
  };
  bool Holds(ir::Value base, int64_t displacement) const {
    for (const Four& four : stores_) {
      if (four.base == base && four.displacement == displacement) return true;
    }
    return false;
  }

  std::array<Four, 8> stores_{};  // the newest: older ones are in the cache
  unsigned next_ = 0;
};

}  // namespace emu::backends::x86_64

#endif  // EMU_BACKENDS_X86_64_STORED_HALVES_H_
