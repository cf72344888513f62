// Guest time and the timers that hang on it. A device sees Clock and owns Timers; the machine owns a
// VirtualClock, decides where time comes from, and runs what is due.
#ifndef EMU_DEVICES_CLOCK_H_
#define EMU_DEVICES_CLOCK_H_

#include <cstdint>
#include <functional>
#include <limits>
#include <set>
#include <tuple>
#include <utility>

namespace emu::devices {

class Timer;

class Clock {
 public:
  // The deadline of a timer that is not armed, and of a clock without armed timers.
  static constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

  virtual ~Clock() = default;
  // Nanoseconds of guest time since the machine was switched on. Never runs backwards.
  virtual int64_t NowNs() const = 0;

 private:
  friend class Timer;
  virtual void Arm(Timer& timer) = 0;
  virtual void Disarm(Timer& timer) = 0;
};

// One callback at one absolute point of guest time. Owned by the device; disarmed when it goes away.
class Timer {
 public:
  Timer(Clock& clock, std::function<void()> callback) : clock_(clock), callback_(std::move(callback)) {}
  ~Timer() { Cancel(); }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  // Arms (or moves) the timer. A deadline in the past is due at once; kNever disarms.
  void Schedule(int64_t deadline_ns);
  void Cancel();
  bool armed() const { return deadline_ns_ != Clock::kNever; }
  int64_t deadline_ns() const { return deadline_ns_; }
  Clock& clock() const { return clock_; }

 private:
  friend class VirtualClock;

  Clock& clock_;
  std::function<void()> callback_;
  int64_t deadline_ns_ = Clock::kNever;
  uint64_t sequence_ = 0;
};

// A clock with a pluggable source of "now": the host's monotonic clock, or a count of executed instructions. Given the
// same source and the same calls it runs the same callbacks in the same order: by deadline, then by order of arming.
class VirtualClock : public Clock {
 public:
  explicit VirtualClock(std::function<int64_t()> now) : now_(std::move(now)) {}

  int64_t NowNs() const override { return now_(); }
  int64_t NextDeadlineNs() const;
  // Runs every callback whose deadline has passed when the call starts; returns how many ran. A callback that arms
  // a timer in the past has it run by the next call, so a call always ends.
  int RunDue();
  // `hook` hears of each change of NextDeadlineNs(), so that a run loop can shorten its budget.
  void SetDeadlineHook(std::function<void(int64_t deadline_ns)> hook) { hook_ = std::move(hook); }

 private:
  using Key = std::tuple<int64_t, uint64_t, Timer*>;

  void Arm(Timer& timer) override;
  void Disarm(Timer& timer) override;
  void TellHook();
  static Key KeyOf(Timer& timer) { return {timer.deadline_ns_, timer.sequence_, &timer}; }

  std::function<int64_t()> now_;
  std::function<void(int64_t)> hook_;
  std::set<Key> queue_;
  uint64_t next_sequence_ = 0;
  int64_t told_deadline_ = kNever;
  bool running_ = false;
};

// A time source for VirtualClock: the host's monotonic clock, counted from the first call of the returned function's
// making.
std::function<int64_t()> HostMonotonicSource();

// value * numerator / denominator with a 128-bit product, for turning ticks into nanoseconds and back. Results that do
// not fit saturate.
uint64_t MulDiv(uint64_t value, uint64_t numerator, uint64_t denominator);

}  // namespace emu::devices

#endif  // EMU_DEVICES_CLOCK_H_
