// virtio over memory-mapped registers (Virtual I/O Device specification 1.2, section 4.2), modern (version 2) or legacy
// (version 1, section 4.2.4). Without a device it is an empty slot: magic, version, and device number 0.
#ifndef EMU_DEVICES_VIRTIO_MMIO_H_
#define EMU_DEVICES_VIRTIO_MMIO_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "devices/fdt_builder.h"
#include "devices/irq_line.h"
#include "devices/virtio/device.h"
#include "devices/virtio/guest_memory.h"
#include "memory/access.h"
#include "memory/address_space.h"

namespace emu::devices::virtio {

class Mmio : public memory::MmioDevice, private Host {
 public:
  static constexpr uint64_t kSize = 0x200;

  enum class Version : uint32_t { kLegacy = 1, kModern = 2 };

  // `device` may be null. `memory` is what the device sees as bus master.
  Mmio(std::string name, memory::AddressSpace& memory, std::unique_ptr<Device> device,
       Version version = Version::kLegacy);

  memory::MemValue Read(memory::RegionOffset offset, unsigned size, memory::MemAttrs attrs) override;
  memory::MemStatus Write(memory::RegionOffset offset, unsigned size, uint64_t value, memory::MemAttrs attrs) override;
  const char* RegisterName(memory::RegionOffset offset) const override;
  static memory::MmioTraits Traits() { return {memory::Endian::kLittle, {1, 8, false}, {1, 4, false}}; }

  IrqLine& irq() { return irq_; }
  Device* device() { return device_.get(); }
  uint32_t status() const { return status_; }
  void Reset();
  // `place.size` may be larger than kSize, as on QEMU's board.
  static void AddFdtNode(FdtBuilder& fdt, const FdtPlace& place);

 private:
  // What the driver has written about a queue before it is switched on.
  struct Setup {
    uint32_t size = 0;
    uint32_t align = 0;
    uint32_t page_frame = 0;
    uint64_t descriptors = 0, available = 0, used = 0;
  };

  bool legacy() const { return version_ == Version::kLegacy; }
  uint64_t offered() const;
  uint32_t ReadRegister(uint64_t offset) const;
  void WriteRegister(uint64_t offset, uint32_t value);
  void WriteLegacyRegister(uint64_t offset, uint32_t value);
  void WriteModernRegister(uint64_t offset, uint32_t value);
  memory::MemValue ReadConfig(uint64_t offset, unsigned size) const;
  void WriteDriverFeatures(uint32_t value);
  void WriteStatus(uint32_t value);
  void Notify(uint32_t index);
  void EnableQueue(const Virtqueue::Layout& layout);
  void SetPageFrame(uint32_t value);
  bool selected() const { return queue_select_ < queues_.size(); }
  void CheckBroken(unsigned index);
  void Interrupt(uint32_t bits);

  Virtqueue& queue(unsigned index) override { return queues_.at(index); }
  void Used(unsigned index) override;
  void ConfigChanged() override;
  bool driver_ok() const override;
  uint64_t features() const override { return driver_features_; }

  IrqLine irq_;
  GuestMemory memory_;
  const std::unique_ptr<Device> device_;
  const Version version_;
  std::vector<Virtqueue> queues_;
  std::vector<Setup> setups_;

  uint64_t driver_features_ = 0;
  uint32_t device_features_select_ = 0;
  uint32_t driver_features_select_ = 0;
  uint32_t queue_select_ = 0;
  uint32_t page_size_ = 0;
  uint32_t status_ = 0;
  uint32_t interrupt_status_ = 0;
  uint32_t config_generation_ = 0;
  bool busy_ = false;  // at work on a register write
};

}  // namespace emu::devices::virtio

#endif  // EMU_DEVICES_VIRTIO_MMIO_H_
