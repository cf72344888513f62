#include "devices/mtime.h"

namespace emu::devices {

void Mtime::Set(uint64_t value) {
  offset_ = value - Raw();
  for (const auto& listener : listeners_) listener();
}

int64_t Mtime::DeadlineNs(uint64_t target) const {
  const uint64_t raw = Raw();
  const uint64_t now = raw + offset_;
  if (now >= target) return clock_.NowNs();
  const unsigned __int128 ticks = static_cast<unsigned __int128>(raw) + (target - now);
  // Rounded up: a nanosecond earlier the count would not have got there yet.
  const unsigned __int128 ns = (ticks * 1'000'000'000 + frequency_hz_ - 1) / frequency_hz_;
  return ns >= static_cast<uint64_t>(Clock::kNever) ? Clock::kNever : static_cast<int64_t>(ns);
}

}  // namespace emu::devices
