// The test finisher of SiFive's boards: one register by which software ends the run or resets the machine.
#ifndef EMU_DEVICES_SIFIVE_TEST_H_
#define EMU_DEVICES_SIFIVE_TEST_H_

#include <cstdint>
#include <functional>
#include <utility>

#include "devices/fdt_builder.h"
#include "memory/access.h"

namespace emu::devices {

class SifiveTest : public memory::MmioDevice {
 public:
  static constexpr uint64_t kSize = 0x1000;
  // Low 16 bits of what is written at offset 0; for kFail the upper 16 bits are the exit code.
  static constexpr uint16_t kFail = 0x3333;
  static constexpr uint16_t kPass = 0x5555;
  static constexpr uint16_t kReset = 0x7777;

  // Both are called from within the guest's store; they note the wish for the run loop.
  SifiveTest(std::function<void(int code)> exit, std::function<void()> reset)
      : exit_(std::move(exit)), reset_(std::move(reset)) {}

  memory::MemValue Read(memory::RegionOffset, unsigned, memory::MemAttrs) override { return {}; }
  memory::MemStatus Write(memory::RegionOffset offset, unsigned size, uint64_t value, memory::MemAttrs attrs) override;
  const char* RegisterName(memory::RegionOffset offset) const override {
    return offset.value == 0 ? "FINISHER" : nullptr;
  }
  static memory::MmioTraits Traits() { return {memory::Endian::kLittle, {2, 4, false}, {2, 4, false}}; }

  void Reset() {}  // holds no state
  void AddFdtNode(FdtBuilder& fdt, uint64_t base, uint32_t phandle) const;
  // The nodes by which a kernel finds out how to power off and reboot; they go into the root.
  static void AddSysconNodes(FdtBuilder& fdt, uint32_t phandle);

 private:
  std::function<void(int)> exit_;
  std::function<void()> reset_;
};

}  // namespace emu::devices

#endif  // EMU_DEVICES_SIFIVE_TEST_H_
