// Where the code for the targets of indirect jumps is. Probed by generated code.

#ifndef EMU_TRANSLATE_ENGINE_JUMP_CACHE_H_
#define EMU_TRANSLATE_ENGINE_JUMP_CACHE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/types/span.h"

namespace emu::translate {

// One line of a jump cache: where the code for guest code at `pc` is.
struct JumpEntry {
  uint64_t pc = 0;
  uint64_t code = 0;  // Backend::JumpTarget; 0: empty
};
// Lines of a cache at first, and of one that many targets were put into.
inline constexpr unsigned kJumpCacheEntries = 4096, kMostJumpCacheEntries = 4 * kJumpCacheEntries;
// Direct-mapped by pc / 2, with the page number mixed in: functions often lie at the same place of their pages.
inline constexpr unsigned kJumpCacheShift = 6;

// The line that `pc` has among `lines`. In `code` of what lies before the first one are the bits that say which, as
// they are in a program counter.
inline JumpEntry& JumpLine(JumpEntry* lines, uint64_t pc) {
  return lines[((pc ^ pc >> kJumpCacheShift) & lines[-1].code) >> 1];
}

// The targets of indirect jumps in one address space, at one privilege, and for one block key. Nothing but the program
// counter is compared, so that an empty line has one that belongs into another line.
class JumpCache {
 public:
  JumpCache() { Resize(kJumpCacheEntries); }
  // Until the next Put or Clear.
  JumpEntry* lines() { return entries_.data() + 1; }
  JumpEntry& Line(uint64_t pc) { return JumpLine(lines(), pc); }
  void Put(uint64_t pc, uint64_t code) {
    if (put_count_ == 2 * kJumpCacheEntries && size() == kJumpCacheEntries) Grow();
    JumpEntry& line = Line(pc);
    if (put_count_ < put_.size()) put_[put_count_] = static_cast<uint16_t>(&line - lines());
    ++put_count_;
    line = {pc, code};
  }
  void Forget(uint64_t pc) {
    JumpEntry& line = Line(pc);
    if (line.pc == pc) Empty(static_cast<size_t>(&line - lines()));
  }
  void Clear() {
    if (put_count_ > put_.size()) {
      Resize(kJumpCacheEntries);
    } else {
      for (size_t i = 0; i < put_count_; ++i) Empty(put_[i]);
    }
    put_count_ = 0;
  }

 private:
  size_t size() const { return entries_.size() - 1; }
  void Empty(size_t index) { lines()[index] = {index == 0 ? uint64_t{2} : 0, 0}; }
  void Resize(size_t size) {
    if (size + 1 < entries_.size()) entries_ = {};  // gives the memory back
    entries_.assign(size + 1, {});
    entries_[0].code = (size - 1) * 2;
    Empty(0);
  }
  void Grow() {
    const std::vector<JumpEntry> old = std::exchange(entries_, {});
    Resize(kMostJumpCacheEntries);
    for (const JumpEntry& e : absl::MakeSpan(old).subspan(1)) {
      if (e.code != 0) Line(e.pc) = e;
    }
  }

  std::vector<JumpEntry> entries_;  // the lines, after one that says how many
  // The lines put since the last Clear, so that a cache that was hardly used is cheap to clear.
  std::array<uint16_t, 256> put_;
  size_t put_count_ = 0;  // more than fit: not all are known
};

}  // namespace emu::translate

#endif  // EMU_TRANSLATE_ENGINE_JUMP_CACHE_H_
