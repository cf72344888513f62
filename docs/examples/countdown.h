// A countdown: software writes how many microseconds it wants to wait and gets an interrupt when they are over.
#ifndef EMU_DOCS_EXAMPLES_COUNTDOWN_H_
#define EMU_DOCS_EXAMPLES_COUNTDOWN_H_

#include <cstdint>

#include "devices/clock.h"
#include "devices/fdt_builder.h"
#include "devices/irq_line.h"
#include "memory/access.h"

namespace emu::examples {

class Countdown : public memory::MmioDevice {
 public:
  static constexpr uint64_t kSize = 8;
  // The registers. COUNT: a write starts a countdown of so many microseconds, a read gives what is left. STATUS: bit 0
  // says that it is over, and writing a 1 there takes that back.
  static constexpr uint64_t kCount = 0, kStatus = 4;

  explicit Countdown(devices::Clock& clock) : clock_(clock), timer_(clock, [this] { SetOver(true); }) {}

  memory::MemValue Read(memory::RegionOffset offset, unsigned size, memory::MemAttrs attrs) override;
  memory::MemStatus Write(memory::RegionOffset offset, unsigned size, uint64_t value, memory::MemAttrs attrs) override;
  const char* RegisterName(memory::RegionOffset offset) const override;
  static memory::MmioTraits Traits() { return {memory::Endian::kLittle, {4, 4, false}, {4, 4, false}}; }

  devices::IrqLine& irq() { return irq_; }
  void Reset();
  void AddFdtNode(devices::FdtBuilder& fdt, const devices::FdtPlace& place) const;

 private:
  uint64_t Left() const;
  void SetOver(bool over);

  devices::Clock& clock_;
  devices::Timer timer_;
  devices::IrqLine irq_{"countdown"};
  bool over_ = false;
};

}  // namespace emu::examples

#endif  // EMU_DOCS_EXAMPLES_COUNTDOWN_H_
