// Where a machine's time comes from: the host's clock, or the count of executed instructions.
#ifndef EMU_BOARDS_GUEST_TIME_H_
#define EMU_BOARDS_GUEST_TIME_H_

#include <cstdint>
#include <functional>
#include <optional>

#include "devices/clock.h"
#include "translate/engine/cpu.h"

namespace emu::boards {

class GuestTime {
 public:
  explicit GuestTime(bool deterministic) : deterministic_(deterministic) {
    if (!deterministic) host_ = devices::HostMonotonicSource();
  }

  bool deterministic() const { return deterministic_; }
  // Whose instructions are counted.
  void SetCpu(const translate::Cpu* cpu) { cpu_ = cpu; }
  // One nanosecond an instruction, and what was skipped.
  int64_t NowNs() const {
    if (deterministic_) return static_cast<int64_t>(Insns()) + skipped_ns_;
    return paused_at_.value_or(host_()) + skipped_ns_;
  }
  // Counted time stands still by itself.
  void Pause() {
    if (!deterministic_ && !paused_at_.has_value()) paused_at_ = host_();
  }
  void Resume() {
    if (paused_at_.has_value()) skipped_ns_ -= host_() - *paused_at_;
    paused_at_.reset();
  }
  uint64_t Insns() const { return cpu_ != nullptr ? cpu_->InsnCount() : 0; }
  // Nothing happens until then.
  void SkipTo(int64_t ns) {
    if (ns > NowNs()) skipped_ns_ += ns - NowNs();
  }

 private:
  const bool deterministic_;
  std::function<int64_t()> host_;
  const translate::Cpu* cpu_ = nullptr;
  int64_t skipped_ns_ = 0;
  std::optional<int64_t> paused_at_;  // by host_
};

}  // namespace emu::boards

#endif  // EMU_BOARDS_GUEST_TIME_H_
