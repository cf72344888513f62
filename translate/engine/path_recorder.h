// Writes down which instructions a guest executes one after the other, from a block that runs often on, until it comes
// by the same place again or by too many pages. What it did then is likely what it does.
#ifndef EMU_TRANSLATE_ENGINE_PATH_RECORDER_H_
#define EMU_TRANSLATE_ENGINE_PATH_RECORDER_H_

#include <cstdint>
#include <vector>

namespace emu::translate {

// A way through the code of a few pages, for a block that begins with its first instruction.
struct Path {
  uint64_t pc = 0;
  const uint8_t* host_pc = nullptr;
  uint32_t key = 0;
  bool loop = false;
  std::vector<uint64_t> pcs = {};  // of its instructions, as often as the block is to have them
};

inline constexpr uint32_t kMaxPathInsns = 128, kMaxPathPages = 16;

// A path that is shorter goes on through blocks that are hot already: they are there once more in its own, which is
// left less often then.
inline constexpr uint32_t kThroughHotInsns = 8;

class PathRecorder {
 public:
  struct Step {
    uint64_t pc;
    const uint8_t* host_pc;
    uint32_t key;
    uint32_t bytes;      // of the instruction
    bool hot;            // a hot block begins there
    bool alone = false;  // no block has its page and others
  };

  // Begins with the instruction that is added next. `at_exit`: of a hot block, so that a block is wanted right there.
  void Begin(bool at_exit = false);
  bool active() const { return active_; }
  // The instruction is about to be executed. False: it is not part of the path, which is complete.
  bool Add(const Step& step);
  // It is not known what is executed next.
  void Stop() { active_ = false; }
  // What was recorded; empty (no host_pc) if that is nothing. A loop begins at its lowest address outside of functions
  // that it calls, unless it began at an exit or something hot begins there already.
  Path Take();

 private:
  bool Belongs(const Step& step);
  bool IsOnItsPages(const Step& step);
  bool Repeat(std::vector<Step>::iterator before);
  std::vector<bool> FindCalled() const;
  std::vector<Step>::iterator Head();

  bool active_ = false;
  bool at_exit_ = false;
  bool loop_ = false;  // the last step is followed by the first
  std::vector<Step> steps_;
  struct Page {
    uint64_t page;
    const uint8_t* host_page;
  };
  std::vector<Page> pages_;
};

}  // namespace emu::translate

#endif  // EMU_TRANSLATE_ENGINE_PATH_RECORDER_H_
