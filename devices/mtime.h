// The machine timer count of RISC-V (privileged specification, "Machine Timer Registers"): one count for the whole
// machine, shared by the memory-mapped mtime, the `time` CSR, and whoever compares with it.
#ifndef EMU_DEVICES_MTIME_H_
#define EMU_DEVICES_MTIME_H_

#include <cstdint>
#include <functional>
#include <numeric>
#include <utility>
#include <vector>

#include "devices/clock.h"

namespace emu::devices {

class Mtime {
 public:
  Mtime(Clock& clock, uint64_t frequency_hz)
      : clock_(clock), frequency_hz_(frequency_hz), divisor_(std::gcd(frequency_hz, kNsPerSecond)) {}

  uint64_t Now() const { return Raw() + offset_; }
  // The guest sets the count. It goes on from there, and the listeners look at their compare values anew.
  void Set(uint64_t value);
  // The first point of guest time at which Now() >= target: now or earlier if that is so already; Clock::kNever if it
  // lies beyond all time.
  int64_t DeadlineNs(uint64_t target) const;
  void AddListener(std::function<void()> listener) { listeners_.push_back(std::move(listener)); }

  Clock& clock() const { return clock_; }
  uint64_t frequency_hz() const { return frequency_hz_; }
  void Reset() { Set(0); }

 private:
  static constexpr uint64_t kNsPerSecond = 1'000'000'000;

  uint64_t Raw() const {
    return MulDiv(static_cast<uint64_t>(clock_.NowNs()), frequency_hz_ / divisor_, kNsPerSecond / divisor_);
  }

  Clock& clock_;
  const uint64_t frequency_hz_;
  const uint64_t divisor_;  // keeps the product in Raw() small
  uint64_t offset_ = 0;
  std::vector<std::function<void()>> listeners_;
};

}  // namespace emu::devices

#endif  // EMU_DEVICES_MTIME_H_
