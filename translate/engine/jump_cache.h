// Where the code for the targets of indirect jumps is. Probed by generated code.

#ifndef EMU_TRANSLATE_ENGINE_JUMP_CACHE_H_
#define EMU_TRANSLATE_ENGINE_JUMP_CACHE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace emu::translate {

// One line of a jump cache: where the code for guest code at `pc` is.
struct JumpEntry {
  uint64_t pc = 0;
  uint64_t code = 0;  // Backend::JumpTarget; 0: empty
};
inline constexpr unsigned kJumpCacheEntries = 4096;
// Direct-mapped by pc / 2, with the page number mixed in: functions often lie at the same place of their pages.
inline constexpr unsigned kJumpCacheShift = 6;
constexpr unsigned JumpCacheIndex(uint64_t pc) { return (pc ^ pc >> kJumpCacheShift) >> 1 & (kJumpCacheEntries - 1); }

// The targets of indirect jumps in one address space, at one privilege, and for one block key. Nothing but the program
// counter is compared, so that an empty line has one that belongs into another line.
class JumpCache {
 public:
  JumpCache() : lines_(kJumpCacheEntries) { Empty(0); }
  JumpEntry* lines() { return lines_.data(); }
  void Put(uint64_t pc, uint64_t code) {
    const unsigned index = JumpCacheIndex(pc);
    if (put_count_ < put_.size()) put_[put_count_] = static_cast<uint16_t>(index);
    ++put_count_;
    lines_[index] = {pc, code};
  }
  void Forget(uint64_t pc) {
    if (lines_[JumpCacheIndex(pc)].pc == pc) Empty(JumpCacheIndex(pc));
  }
  void Clear() {
    const bool all_known = put_count_ <= put_.size();
    for (size_t i = 0; i < (all_known ? put_count_ : kJumpCacheEntries); ++i) Empty(all_known ? put_[i] : i);
    put_count_ = 0;
  }

 private:
  void Empty(size_t index) { lines_[index] = {index == 0 ? uint64_t{2} : 0, 0}; }

  std::vector<JumpEntry> lines_;
  // The lines put since the last Clear, so that a cache that was hardly used is cheap to clear.
  std::array<uint16_t, 256> put_;
  size_t put_count_ = 0;  // more than fit: not all are known
};

}  // namespace emu::translate

#endif  // EMU_TRANSLATE_ENGINE_JUMP_CACHE_H_
