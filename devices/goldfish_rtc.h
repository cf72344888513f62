// The Goldfish real-time clock: nanoseconds since 1970 and one alarm ("Goldfish virtual hardware", RTC section).
#ifndef EMU_DEVICES_GOLDFISH_RTC_H_
#define EMU_DEVICES_GOLDFISH_RTC_H_

#include <cstdint>

#include "devices/clock.h"
#include "devices/fdt_builder.h"
#include "devices/irq_line.h"
#include "memory/access.h"

namespace emu::devices {

class GoldfishRtc : public memory::MmioDevice {
 public:
  static constexpr uint64_t kSize = 0x24;

  // `epoch_ns`: the time of day, in ns since 1970, at the clock's zero.
  GoldfishRtc(Clock& clock, int64_t epoch_ns);
  memory::MemValue Read(memory::RegionOffset offset, unsigned size, memory::MemAttrs attrs) override;
  memory::MemStatus Write(memory::RegionOffset offset, unsigned size, uint64_t value, memory::MemAttrs attrs) override;
  const char* RegisterName(memory::RegionOffset offset) const override;
  static memory::MmioTraits Traits() { return {memory::Endian::kLittle, {4, 4, false}, {4, 4, false}}; }

  IrqLine& irq() { return irq_; }
  uint64_t TimeNs() const { return static_cast<uint64_t>(clock_.NowNs()) + offset_; }
  // The alarm goes; the time stays as it was set, as it does in a clock with a battery.
  void Reset();
  void AddFdtNode(FdtBuilder& fdt, const FdtPlace& place) const;

 private:
  void SetAlarm(uint64_t time_ns);
  void ClearAlarm();
  void UpdateIrq() { irq_.Set(pending_ && enabled_); }

  Clock& clock_;
  uint64_t offset_;
  IrqLine irq_{"goldfish_rtc"};
  Timer alarm_;
  uint64_t alarm_ns_ = 0;
  uint32_t alarm_high_ = 0;    // waits for the low half
  uint32_t latched_high_ = 0;  // of the time whose low half was read
  bool alarm_running_ = false;
  bool pending_ = false;
  bool enabled_ = false;
};

}  // namespace emu::devices

#endif  // EMU_DEVICES_GOLDFISH_RTC_H_
