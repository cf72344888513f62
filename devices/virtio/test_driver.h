// A guest's driver for virtio tests: sets a device up through its registers and keeps a queue in the guest's RAM.
#ifndef EMU_DEVICES_VIRTIO_TEST_DRIVER_H_
#define EMU_DEVICES_VIRTIO_TEST_DRIVER_H_

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "devices/test_guest.h"
#include "devices/test_support.h"
#include "devices/virtio/mmio.h"

namespace emu::devices::virtio {

// The rings of one queue, at `base` in the guest's RAM.
struct TestRing {
  static constexpr uint16_t kSize = 8;
  enum Flag : uint16_t { kNext = 1, kWrite = 2, kIndirect = 4 };

  TestRing(TestGuest& guest, uint64_t base) : guest(guest), layout(Virtqueue::LegacyLayout(kSize, base, 4096)) {}

  void Describe(uint64_t table, uint16_t index, uint64_t address, uint32_t length, uint16_t flags, uint16_t next) {
    const uint64_t at = table + 16 * index;
    guest.Put(at, 8, address);
    guest.Put(at + 8, 4, length);
    guest.Put(at + 12, 2, flags);
    guest.Put(at + 14, 2, next);
  }
  void Describe(uint16_t index, uint64_t address, uint32_t length, uint16_t flags = 0, uint16_t next = 0) {
    Describe(layout.descriptors, index, address, length, flags, next);
  }
  void Offer(uint16_t head) {
    guest.Put(layout.available + 4 + 2 * (offered % kSize), 2, head);
    guest.Put(layout.available + 2, 2, ++offered);
  }
  uint16_t used() { return static_cast<uint16_t>(guest.Get(layout.used + 2, 2)); }
  // Of the used entry `index`: descriptor and length.
  std::pair<uint64_t, uint64_t> Used(uint16_t index) {
    const uint64_t at = layout.used + 4 + 8 * (index % kSize);
    return {guest.Get(at, 4), guest.Get(at + 4, 4)};
  }

  TestGuest& guest;
  Virtqueue::Layout layout;
  uint16_t offered = 0;
};

class TestDriver {
 public:
  static constexpr uint64_t kRings = TestGuest::kBase;
  static constexpr uint64_t kBuffers = TestGuest::kBase + 0x80000;

  TestDriver(std::unique_ptr<Device> device, Mmio::Version version, uint64_t features = 0)
      : mmio("virtio", guest.space(), std::move(device), version), legacy_(version == Mmio::Version::kLegacy) {
    for (uint64_t i = 0; i < 2; ++i) rings.emplace_back(guest, kRings + i * 0x4000);
    Start(features);
  }

  uint64_t Get(uint64_t offset) { return In(mmio, offset); }
  void Set(uint64_t offset, uint64_t value) { Out(mmio, offset, value); }
  void Notify(unsigned queue) { Set(0x50, queue); }

  void Start(uint64_t features) {
    Set(0x70, 0);
    Set(0x70, 3);
    Set(0x24, 0);
    Set(0x20, features & 0xffffffff);
    Set(0x24, 1);
    Set(0x20, legacy_ ? 0 : 1);  // version 1
    if (!legacy_) Set(0x70, 11);
    for (unsigned i = 0; i < rings.size(); ++i) StartQueue(i);
    Set(0x70, legacy_ ? 7 : 15);
  }

  TestGuest guest;
  Mmio mmio;
  std::vector<TestRing> rings;

 private:
  void StartQueue(unsigned index) {
    const Virtqueue::Layout& layout = rings[index].layout;
    Set(0x30, index);
    if (Get(0x34) == 0) return;  // the device has no such queue
    Set(0x38, TestRing::kSize);
    if (legacy_) {
      Set(0x28, 4096);
      Set(0x3c, 4096);
      Set(0x40, layout.descriptors / 4096);
      return;
    }
    const std::pair<uint64_t, uint64_t> parts[] = {
        {0x80, layout.descriptors}, {0x90, layout.available}, {0xa0, layout.used}};
    for (const auto& [offset, address] : parts) {
      Set(offset, address & 0xffffffff);
      Set(offset + 4, address >> 32);
    }
    Set(0x44, 1);
  }
  const bool legacy_;
};

}  // namespace emu::devices::virtio

#endif  // EMU_DEVICES_VIRTIO_TEST_DRIVER_H_
