// Watches which blocks a guest runs one after the other, from one that runs often on, until it comes by the same place
// again or leaves the page. What it did then is likely what it does.
#ifndef EMU_TRANSLATE_ENGINE_PATH_RECORDER_H_
#define EMU_TRANSLATE_ENGINE_PATH_RECORDER_H_

#include <cstdint>
#include <vector>

#include "translate/engine/code_map.h"

namespace emu::translate {

// A way through the code of one page, for a block that begins at its lowest address, or at its first where it is no
// loop.
struct Path {
  uint64_t pc = 0;
  const uint8_t* host_pc = nullptr;
  bool loop = false;
  std::vector<uint64_t> next;  // where the guest went on after each jump or branch
};

inline constexpr uint32_t kMaxPathInsns = 128;

class PathRecorder {
 public:
  // Begins with the block that is added next.
  void Begin();
  bool active() const { return active_; }
  // The block is about to run. False: it is not part of the path, which is complete.
  bool Add(const TranslatedBlock& block);
  // It is not known what runs next.
  void Stop() { active_ = false; }
  // What was recorded; empty (no host_pc) if that is nothing.
  Path Take();

 private:
  struct Step {
    uint64_t pc;
    const uint8_t* host_pc;
    uint32_t insns;
  };
  bool Belongs(const TranslatedBlock& block) const;

  bool active_ = false;
  bool loop_ = false;          // the last step is followed by the first
  bool stands_alone_ = false;  // the only step's block is a loop by itself
  uint32_t key_ = 0;
  uint32_t insns_ = 0;
  std::vector<Step> steps_;
};

}  // namespace emu::translate

#endif  // EMU_TRANSLATE_ENGINE_PATH_RECORDER_H_
