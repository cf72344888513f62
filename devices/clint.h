// The core-local interruptor of RISC-V boards as two devices, after the ACLINT specification (version 1.0-rc4, chapters
// 2 and 3), which fits SiFive's CLINT byte for byte: MSWI makes software interrupts, MTIMER makes timer interrupts.
#ifndef EMU_DEVICES_CLINT_H_
#define EMU_DEVICES_CLINT_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <string>

#include "absl/types/span.h"
#include "devices/clock.h"
#include "devices/fdt_builder.h"
#include "devices/irq_line.h"
#include "devices/mtime.h"
#include "memory/access.h"

namespace emu::devices {

// One 32-bit MSIP register per hart; bit 0 is the interrupt.
class AclintMswi : public memory::MmioDevice {
 public:
  static constexpr uint64_t kSize = 0x4000;

  explicit AclintMswi(unsigned harts);
  memory::MemValue Read(memory::RegionOffset offset, unsigned size, memory::MemAttrs attrs) override;
  memory::MemStatus Write(memory::RegionOffset offset, unsigned size, uint64_t value, memory::MemAttrs attrs) override;
  const char* RegisterName(memory::RegionOffset offset) const override;
  static memory::MmioTraits Traits() { return {memory::Endian::kLittle, {4, 8, false}, {4, 4, false}}; }

  IrqLine& irq(unsigned hart) { return lines_.at(hart); }
  void Reset();

 private:
  std::deque<IrqLine> lines_;
};

// A 64-bit compare register per hart from offset 0, and mtime in the last 8 bytes.
class AclintMtimer : public memory::MmioDevice {
 public:
  static constexpr uint64_t kSize = 0x8000;
  static constexpr uint64_t kTimeOffset = 0x7ff8;

  AclintMtimer(unsigned harts, Mtime& mtime);
  memory::MemValue Read(memory::RegionOffset offset, unsigned size, memory::MemAttrs attrs) override;
  memory::MemStatus Write(memory::RegionOffset offset, unsigned size, uint64_t value, memory::MemAttrs attrs) override;
  const char* RegisterName(memory::RegionOffset offset) const override;
  static memory::MmioTraits Traits() { return {memory::Endian::kLittle, {4, 8, false}, {4, 8, false}}; }

  IrqLine& irq(unsigned hart) { return harts_.at(hart).line; }
  uint64_t compare(unsigned hart) const { return harts_.at(hart).compare; }
  // For firmware services: as a store to the hart's compare register.
  void SetCompare(unsigned hart, uint64_t value);
  // The compare registers become "never"; mtime itself is Mtime's to reset.
  void Reset();

 private:
  struct Hart {
    Hart(const std::string& name, Clock& clock, std::function<void()> expire) : line(name), timer(clock, expire) {}
    uint64_t compare = ~uint64_t{0};
    IrqLine line;
    Timer timer;
  };
  void Update(Hart& hart);

  Mtime& mtime_;
  std::deque<Hart> harts_;
};

// Both at once, laid out as SiFive's CLINT: MSWI at 0, MTIMER at 0x4000.
struct Clint {
  static constexpr uint64_t kSize = 0x10000;
  static constexpr uint64_t kMtimerOffset = AclintMswi::kSize;

  Clint(unsigned harts, Mtime& mtime) : mswi(harts), mtimer(harts, mtime) {}
  void Reset() {
    mswi.Reset();
    mtimer.Reset();
  }
  // `cpu_intc` holds the phandle of each hart's interrupt controller.
  static void AddFdtNode(FdtBuilder& fdt, uint64_t base, absl::Span<const uint32_t> cpu_intc);

  AclintMswi mswi;
  AclintMtimer mtimer;
};

}  // namespace emu::devices

#endif  // EMU_DEVICES_CLINT_H_
