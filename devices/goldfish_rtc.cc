#include "devices/goldfish_rtc.h"

namespace emu::devices {
namespace {

using memory::MemAttrs;
using memory::MemStatus;
using memory::MemValue;
using memory::RegionOffset;

enum Register : uint64_t {
  kTimeLow = 0x00,
  kTimeHigh = 0x04,
  kAlarmLow = 0x08,
  kAlarmHigh = 0x0c,
  kIrqEnabled = 0x10,
  kClearAlarm = 0x14,
  kAlarmStatus = 0x18,
  kClearInterrupt = 0x1c,
};

}  // namespace

GoldfishRtc::GoldfishRtc(Clock& clock, int64_t epoch_ns)
    : clock_(clock), offset_(static_cast<uint64_t>(epoch_ns)), alarm_(clock, [this] {
        alarm_running_ = false;
        pending_ = true;
        UpdateIrq();
      }) {}

void GoldfishRtc::Reset() {
  ClearAlarm();
  alarm_ns_ = 0;
  alarm_high_ = latched_high_ = 0;
  pending_ = enabled_ = false;
  UpdateIrq();
}

void GoldfishRtc::ClearAlarm() {
  alarm_.Cancel();
  alarm_running_ = false;
}

void GoldfishRtc::SetAlarm(uint64_t time_ns) {
  ClearAlarm();
  alarm_ns_ = time_ns;
  if (TimeNs() >= time_ns) {
    pending_ = true;
    return UpdateIrq();
  }
  alarm_running_ = true;
  const uint64_t wait = time_ns - TimeNs();
  const int64_t now = clock_.NowNs();
  if (wait < static_cast<uint64_t>(Clock::kNever - now)) alarm_.Schedule(now + static_cast<int64_t>(wait));
}

MemValue GoldfishRtc::Read(RegionOffset offset, unsigned, MemAttrs attrs) {
  switch (offset.value) {
    case kTimeLow: {
      const uint64_t now = TimeNs();
      if (!attrs.debug) latched_high_ = static_cast<uint32_t>(now >> 32);
      return {MemStatus::kOk, now & 0xffffffff};
    }
    case kTimeHigh:
      return {MemStatus::kOk, latched_high_};
    case kAlarmLow:
      return {MemStatus::kOk, alarm_ns_ & 0xffffffff};
    case kAlarmHigh:
      return {MemStatus::kOk, alarm_ns_ >> 32};
    case kIrqEnabled:
      return {MemStatus::kOk, enabled_};
    case kAlarmStatus:
      return {MemStatus::kOk, alarm_running_};
    default:
      return {};
  }
}

MemStatus GoldfishRtc::Write(RegionOffset offset, unsigned, uint64_t value, MemAttrs) {
  const uint64_t now = TimeNs();
  value &= 0xffffffff;
  switch (offset.value) {
    case kTimeLow:
      offset_ += ((now & ~uint64_t{0xffffffff}) | value) - now;
      break;
    case kTimeHigh:
      offset_ += ((now & 0xffffffff) | value << 32) - now;
      break;
    case kAlarmLow:
      SetAlarm(uint64_t{alarm_high_} << 32 | value);
      break;
    case kAlarmHigh:
      alarm_high_ = static_cast<uint32_t>(value);
      break;
    case kIrqEnabled:
      enabled_ = (value & 1) != 0;
      break;
    case kClearAlarm:
      ClearAlarm();
      break;
    case kClearInterrupt:
      pending_ = false;
      break;
    default:
      break;
  }
  UpdateIrq();
  return MemStatus::kOk;
}

const char* GoldfishRtc::RegisterName(RegionOffset offset) const {
  static constexpr const char* kNames[] = {"TIME_LOW",    "TIME_HIGH",   "ALARM_LOW",    "ALARM_HIGH",
                                           "IRQ_ENABLED", "CLEAR_ALARM", "ALARM_STATUS", "CLEAR_INTERRUPT"};
  return offset.value / 4 < 8 ? kNames[offset.value / 4] : nullptr;
}

void GoldfishRtc::AddFdtNode(FdtBuilder& fdt, const FdtPlace& place) const {
  fdt.BeginNode("rtc", place.base);
  fdt.Interrupt(place);
  fdt.Reg(place.base, place.size);
  fdt.String("compatible", "google,goldfish-rtc");
  fdt.EndNode();
}

}  // namespace emu::devices
