#include "translate/engine/path_recorder.h"

#include <algorithm>

#include "mmu/soft_tlb.h"
#include "translate/engine/target.h"

namespace emu::translate {

void PathRecorder::Begin() {
  active_ = true;
  loop_ = stands_alone_ = false;
  insns_ = 0;
  steps_.clear();
}

// Blocks that are loops by themselves have their way already, and so have those that were made with care.
bool PathRecorder::Belongs(const TranslatedBlock& block) const {
  if (block.max_insns != 0 || block.next_page != nullptr || block.hot) return false;
  if (steps_.empty()) return true;
  if (block.loops) return false;
  const Step& first = steps_.front();
  return block.key == key_ && ((block.pc ^ first.pc) & mmu::kPageMask) == 0 &&
         block.host_pc - first.host_pc == static_cast<int64_t>(block.pc - first.pc) &&
         insns_ + block.insn_count <= kMaxPathInsns;
}

bool PathRecorder::Add(const TranslatedBlock& block) {
  const auto before =
      std::find_if(steps_.begin(), steps_.end(), [&](const Step& s) { return s.host_pc == block.host_pc; });
  if (before != steps_.end()) {
    steps_.erase(steps_.begin(), before);
    loop_ = true;
    return active_ = false;
  }
  if (!Belongs(block)) return active_ = false;
  key_ = block.key;
  insns_ += block.insn_count;
  steps_.push_back({block.pc, block.host_pc, block.insn_count});
  stands_alone_ = block.loops;
  return active_ = !block.loops;
}

Path PathRecorder::Take() {
  Path path;
  if (steps_.empty()) return path;
  const auto below = [](const Step& a, const Step& b) { return a.pc < b.pc; };
  if (loop_) std::rotate(steps_.begin(), std::min_element(steps_.begin(), steps_.end(), below), steps_.end());
  path.loop = loop_ || stands_alone_;
  path.pc = steps_.front().pc;
  path.host_pc = steps_.front().host_pc;
  uint32_t insns = 0;
  for (const Step& s : steps_) insns += s.insns;
  const uint32_t times = loop_ ? std::clamp(kMaxPathInsns / insns, 1u, kMaxLoopTimes) : 1;
  for (uint32_t n = 0; n < times; ++n) {
    for (const Step& s : steps_) {
      if (s.pc < path.pc) return path;
      if (n != 0 || s.pc != path.pc) path.next.push_back(s.pc);
    }
  }
  return path;
}

}  // namespace emu::translate
