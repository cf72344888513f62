#include "devices/clock.h"

#include <time.h>

#include <utility>

namespace emu::devices {

void Timer::Schedule(int64_t deadline_ns) {
  if (deadline_ns == deadline_ns_) return;
  Cancel();
  if (deadline_ns == Clock::kNever) return;
  deadline_ns_ = deadline_ns;
  clock_.Arm(*this);
}

void Timer::Cancel() {
  if (!armed()) return;
  clock_.Disarm(*this);
  deadline_ns_ = Clock::kNever;
}

int64_t VirtualClock::NextDeadlineNs() const { return queue_.empty() ? kNever : std::get<0>(*queue_.begin()); }

void VirtualClock::Arm(Timer& timer) {
  timer.sequence_ = next_sequence_++;
  queue_.insert(KeyOf(timer));
  TellHook();
}

void VirtualClock::Disarm(Timer& timer) {
  queue_.erase(KeyOf(timer));
  TellHook();
}

void VirtualClock::TellHook() {
  const int64_t deadline = NextDeadlineNs();
  if (running_ || deadline == told_deadline_) return;
  told_deadline_ = deadline;
  if (hook_) hook_(deadline);
}

int VirtualClock::RunDue() {
  const int64_t now = NowNs();
  const uint64_t first_new = next_sequence_;
  int count = 0;
  running_ = true;
  // A callback may arm, move or destroy any timer, so the queue is looked at afresh each round.
  for (auto it = queue_.begin(); it != queue_.end() && std::get<0>(*it) <= now;) {
    Timer* timer = std::get<2>(*it);
    if (timer->sequence_ >= first_new) {
      ++it;
      continue;
    }
    queue_.erase(it);
    timer->deadline_ns_ = kNever;
    ++count;
    timer->callback_();
    it = queue_.begin();
  }
  running_ = false;
  TellHook();
  return count;
}

std::function<int64_t()> HostMonotonicSource() {
  auto read = [] {
    timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return int64_t{ts.tv_sec} * 1'000'000'000 + ts.tv_nsec;
  };
  return [read, start = read()] { return read() - start; };
}

uint64_t MulDiv(uint64_t value, uint64_t numerator, uint64_t denominator) {
  const auto product = static_cast<unsigned __int128>(value) * numerator;
  // The usual case, and several times faster.
  if (product >> 64 == 0) return static_cast<uint64_t>(product) / denominator;
  const unsigned __int128 result = product / denominator;
  return result > ~uint64_t{0} ? ~uint64_t{0} : static_cast<uint64_t>(result);
}

}  // namespace emu::devices
