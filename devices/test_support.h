// For device tests: time in the test's hand, registers as a driver reaches them, and a guest's RAM.
#ifndef EMU_DEVICES_TEST_SUPPORT_H_
#define EMU_DEVICES_TEST_SUPPORT_H_

#include <cstdint>

#include "devices/clock.h"
#include "memory/access.h"

namespace emu::devices {

class TestClock {
 public:
  void Advance(int64_t ns) { AdvanceTo(now_ + ns); }
  void AdvanceTo(int64_t ns) {
    now_ = ns;
    clock_.RunDue();
  }
  VirtualClock& operator*() { return clock_; }
  VirtualClock* operator->() { return &clock_; }

 private:
  int64_t now_ = 0;
  VirtualClock clock_{[this] { return now_; }};
};

inline uint64_t In(memory::MmioDevice& device, uint64_t offset, unsigned size = 4, memory::MemAttrs attrs = {}) {
  return device.Read(memory::RegionOffset(offset), size, attrs).value;
}

inline memory::MemStatus Out(memory::MmioDevice& device, uint64_t offset, uint64_t value, unsigned size = 4) {
  return device.Write(memory::RegionOffset(offset), size, value, {});
}

inline constexpr memory::MemAttrs kDebugger = {0, false, false, true};

}  // namespace emu::devices

#endif  // EMU_DEVICES_TEST_SUPPORT_H_
