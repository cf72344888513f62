// A hash of a machine's state that is the same in every process and on every host.
#ifndef EMU_BOARDS_STATE_HASH_H_
#define EMU_BOARDS_STATE_HASH_H_

#include <cstdint>

#include "absl/types/span.h"

namespace emu::boards {

class StateHash {
 public:
  // By pages of 4 KiB; pages of zeros cost little, and untouched ones count as such.
  void AddMemory(const uint8_t* bytes, uint64_t size);
  void AddWords(absl::Span<const uint64_t> words);
  uint64_t value() const { return value_; }

 private:
  void Add(uint64_t word);
  uint64_t value_ = 0;
};

}  // namespace emu::boards

#endif  // EMU_BOARDS_STATE_HASH_H_
