// PCI functions and the ECAM window by which a PCI Express host shows their configuration space (PCI Express Base
// Specification, section 7.2.2): 4 KiB a function, at bus << 20 | device << 15 | function << 12.
#ifndef EMU_DEVICES_PCI_H_
#define EMU_DEVICES_PCI_H_

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <memory>

#include "absl/status/status.h"
#include "devices/fdt_builder.h"
#include "memory/access.h"

namespace emu::devices {

struct PciAddress {
  uint8_t bus = 0;
  uint8_t device = 0;    // below 32
  uint8_t function = 0;  // below 8
  auto operator<=>(const PciAddress&) const = default;
};

// What a function is, as its configuration header says (PCI Local Bus Specification 3.0, section 6.1).
struct PciIdentity {
  uint16_t vendor = 0;
  uint16_t device = 0;
  uint16_t subsystem_vendor = 0;
  uint16_t subsystem = 0;
  uint32_t class_code = 0;  // base class, sub-class, programming interface: 24 bits
  uint8_t revision = 0;
  uint8_t interrupt_pin = 0;
};

// A function with the 256 bytes of conventional configuration space: what the guest may write is said by a mask.
class PciFunction {
 public:
  static constexpr unsigned kConfigSize = 256;

  explicit PciFunction(const PciIdentity& identity);
  virtual ~PciFunction() = default;

  // `offset` is aligned to `size` (1, 2 or 4). Past kConfigSize nothing answers: all ones.
  virtual uint32_t ReadConfig(unsigned offset, unsigned size);
  virtual void WriteConfig(unsigned offset, unsigned size, uint32_t value);
  virtual void Reset();

 protected:
  // Sets a field of the header as after a reset, and which of its bits the guest may write.
  void Define(unsigned offset, unsigned size, uint32_t value, uint32_t writable);

 private:
  std::array<uint8_t, kConfigSize> config_ = {};
  std::array<uint8_t, kConfigSize> initial_ = {};
  std::array<uint8_t, kConfigSize> writable_ = {};
};

class PciEcam : public memory::MmioDevice {
 public:
  static constexpr uint64_t kSize = uint64_t{256} << 20;

  // Fails if the slot is taken, or there is no such slot.
  absl::Status Add(PciAddress at, std::unique_ptr<PciFunction> function);
  // Null if nobody is there.
  PciFunction* Find(PciAddress at);

  memory::MemValue Read(memory::RegionOffset offset, unsigned size, memory::MemAttrs attrs) override;
  memory::MemStatus Write(memory::RegionOffset offset, unsigned size, uint64_t value, memory::MemAttrs attrs) override;
  const char* RegisterName(memory::RegionOffset offset) const override;
  static memory::MmioTraits Traits() { return {memory::Endian::kLittle, {1, 8, false}, {1, 4, false}}; }
  void Reset();

 private:
  std::map<PciAddress, std::unique_ptr<PciFunction>> functions_;
};

// The generic PCI Express host ("GPEX") of virtual boards: an ECAM window with a host bridge at 00:00.0.
class GpexHost {
 public:
  // Where the board has put its windows, for the device tree.
  struct Windows {
    uint64_t ecam_base = 0, ecam_size = PciEcam::kSize;
    uint64_t io_base = 0, io_size = 0;
    uint64_t memory_base = 0, memory_size = 0;  // below 4 GiB, mapped one to one
    uint64_t high_base = 0, high_size = 0;      // above 4 GiB, mapped one to one
    uint32_t interrupt_parent = 0;
    uint32_t first_interrupt = 0;  // of four, INTA to INTD of device 0
  };

  GpexHost();
  PciEcam& ecam() { return ecam_; }
  void Reset() { ecam_.Reset(); }
  static void AddFdtNode(FdtBuilder& fdt, const Windows& windows);

 private:
  PciEcam ecam_;
};

}  // namespace emu::devices

#endif  // EMU_DEVICES_PCI_H_
