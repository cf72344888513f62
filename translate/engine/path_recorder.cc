#include "translate/engine/path_recorder.h"

#include <algorithm>
#include <utility>

#include "mmu/soft_tlb.h"
#include "translate/engine/target.h"

namespace emu::translate {

void PathRecorder::Begin(bool at_exit) {
  at_exit_ = at_exit;
  active_ = true;
  loop_ = false;
  steps_.clear();
  pages_.clear();
}

bool PathRecorder::IsOnItsPages(const Step& step) {
  const uint64_t offset = step.pc & ~mmu::kPageMask;
  const Page now{step.pc - offset, step.host_pc - offset};
  const auto known = std::find_if(pages_.begin(), pages_.end(), [&](const Page& p) { return p.page == now.page; });
  if (known != pages_.end()) return known->host_page == now.host_page;
  pages_.push_back(now);
  return pages_.size() == 1 || (pages_.size() <= kMaxPathPages && !step.alone && !steps_.front().alone);
}

bool PathRecorder::Belongs(const Step& step) {
  if (!IsOnItsPages(step)) return false;
  if (steps_.empty()) return !step.hot;
  return step.key == steps_.front().key && steps_.size() < kMaxPathInsns &&
         (!step.hot || steps_.size() < kThroughHotInsns);
}

// Of a way that leads into a loop, the loop is kept. If that is hot already, it is there once, behind what leads there.
bool PathRecorder::Repeat(std::vector<Step>::iterator before) {
  loop_ = !before->hot;
  if (loop_) steps_.erase(steps_.begin(), before);
  return active_ = false;
}

bool PathRecorder::Add(const Step& step) {
  const auto before = std::find_if(steps_.begin(), steps_.end(),
                                   [&](const Step& s) { return s.pc == step.pc && s.host_pc == step.host_pc; });
  if (before != steps_.end()) return Repeat(before);
  if (!Belongs(step)) return active_ = false;
  steps_.push_back(step);
  return true;
}

// Which steps of a loop lie in functions that it calls: those between an instruction and the one behind that, if there
// are any.
std::vector<bool> PathRecorder::FindCalled() const {
  const size_t count = steps_.size();
  std::vector<bool> called(count);
  for (size_t n = 0; n < count; ++n) {
    const uint64_t behind = steps_[n].pc + steps_[n].bytes;
    size_t further = 1;
    while (further < count && steps_[(n + further) % count].pc != behind) ++further;
    if (further == count) continue;
    while (--further != 0) called[(n + further) % count] = true;
  }
  return called;
}

// The lowest step of a loop that is in no function it calls. (One that begins in a function would be in the way of all
// who call it from elsewhere.)
std::vector<PathRecorder::Step>::iterator PathRecorder::Head() {
  const std::vector<bool> called = FindCalled();
  auto head = steps_.begin();
  for (auto step = steps_.begin(); step != steps_.end(); ++step) {
    const bool step_called = called[step - steps_.begin()], head_called = called[head - steps_.begin()];
    if (std::pair(step_called, step->pc) < std::pair(head_called, head->pc)) head = step;
  }
  return head;
}

Path PathRecorder::Take() {
  Path path;
  if (steps_.empty()) return path;
  if (loop_ && !at_exit_) {
    const auto head = Head();
    if (!head->hot) std::rotate(steps_.begin(), head, steps_.end());
  }
  if (!loop_) {
    const uint64_t page = steps_.front().pc & mmu::kPageMask;
    const auto elsewhere = [page](const Step& s) { return (s.pc & mmu::kPageMask) != page; };
    steps_.erase(std::find_if(steps_.begin(), steps_.end(), elsewhere), steps_.end());
  }
  path.loop = loop_;
  path.pc = steps_.front().pc;
  path.host_pc = steps_.front().host_pc;
  path.key = steps_.front().key;
  const auto insns = static_cast<uint32_t>(steps_.size());
  const uint32_t times = loop_ ? std::clamp(kMaxPathInsns / insns, 1u, kMaxLoopTimes) : 1;
  for (uint32_t n = 0; n < times; ++n) {
    for (const Step& s : steps_) path.pcs.push_back(s.pc);
  }
  return path;
}

}  // namespace emu::translate
