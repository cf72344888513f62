#include "boards/run_loop.h"

#include <algorithm>

namespace emu::boards {

using devices::Clock;

RunLoop::RunLoop(Processor& processor, GuestTime& time, devices::VirtualClock& clock, devices::EventLoop& events,
                 std::optional<uint64_t> insn_limit)
    : processor_(processor), time_(time), clock_(clock), events_(events), insn_limit_(insn_limit) {
  clock_.SetDeadlineHook([this](int64_t deadline_ns) { OnDeadline(deadline_ns); });
}

RunLoop::End RunLoop::Run() {
  while (true) {
    RunTimers();
    if (StopWanted()) return End::kRequested;
    if (!processor_.engine().status().ok()) return End::kBroken;
    if (insn_limit_.has_value() && time_.Insns() >= *insn_limit_) return End::kInsnLimit;
    RunSlice();
    if (waits_ && !StopWanted() && !Wait()) return End::kWaitsForever;
  }
}

void RunLoop::RunTimers() {
  clock_.RunDue();
  PollInput();
}

bool RunLoop::StopWanted() { return stop_wanted_.load(std::memory_order_relaxed); }

void RunLoop::RequestStop() {
  stop_wanted_ = true;
  processor_.engine().RequestStop();
}

void RunLoop::ClearStop() {
  stop_wanted_ = false;
  processor_.engine().ClearStop();
}

void RunLoop::Interrupt() {
  stop_wanted_ = true;
  events_.Wake();
}

void RunLoop::PollInput() {
  if (time_.deterministic()) {
    if (time_.NowNs() < next_poll_ns_) return;
    next_poll_ns_ = time_.NowNs() + kSliceNs;
  }
  events_.Poll(0);
}

void RunLoop::RunSlice() {
  const uint64_t before = time_.Insns();
  const int64_t start = clock_.NowNs();
  const int64_t grant = time_.deterministic() ? CountedGrant() : HostGrant();
  waits_ = processor_.engine().Run(grant) == translate::Engine::Stop::kHalted;
  slice_end_ns_ = 0;
  if (!time_.deterministic() && !waits_) Measure(static_cast<int64_t>(time_.Insns() - before), clock_.NowNs() - start);
}

// As many instructions as fit before the next timer or the end of the slice.
int64_t RunLoop::HostGrant() {
  const int64_t now = clock_.NowNs();
  slice_end_ns_ = std::min(now + kSliceNs, clock_.NextDeadlineNs());
  return std::max(static_cast<int64_t>(static_cast<double>(slice_end_ns_ - now) * insns_per_ns_), kLeastGrant);
}

// Up to the nanosecond of the next timer.
int64_t RunLoop::CountedGrant() {
  const int64_t now = clock_.NowNs();
  slice_end_ns_ = std::min(next_poll_ns_, clock_.NextDeadlineNs());
  int64_t grant = std::max<int64_t>(slice_end_ns_ - now, 1);
  if (insn_limit_.has_value()) grant = std::min(grant, static_cast<int64_t>(*insn_limit_ - time_.Insns()));
  return grant;
}

// Falls at once and rises by degrees: a slice that takes too long makes timers late.
void RunLoop::Measure(int64_t executed, int64_t elapsed_ns) {
  if (elapsed_ns <= 0 || executed <= 0) return;
  const double rate = static_cast<double>(executed) / static_cast<double>(elapsed_ns);
  insns_per_ns_ = std::clamp(std::min(rate, 1.25 * insns_per_ns_), 0.001, 100.0);
}

bool RunLoop::Wait() {
  const int64_t deadline = clock_.NextDeadlineNs();
  if (!time_.deterministic()) {
    events_.Poll(deadline == Clock::kNever ? -1 : std::max<int64_t>(deadline - clock_.NowNs(), 0));
    return true;
  }
  if (deadline != Clock::kNever) {
    time_.SkipTo(deadline);
    return true;
  }
  if (!events_.watching()) return false;
  events_.Poll(-1);
  return true;
}

// A timer was set from within guest code: what was granted may be too much.
void RunLoop::OnDeadline(int64_t deadline_ns) {
  if (deadline_ns < slice_end_ns_) processor_.engine().RequestStop();
}

}  // namespace emu::boards
