// How a virtio device reaches the guest's memory: by the bus master's address space, little-endian.
#ifndef EMU_DEVICES_VIRTIO_GUEST_MEMORY_H_
#define EMU_DEVICES_VIRTIO_GUEST_MEMORY_H_

#include <cstdint>
#include <optional>

#include "absl/types/span.h"
#include "memory/address_space.h"

namespace emu::devices::virtio {

class GuestMemory {
 public:
  explicit GuestMemory(memory::AddressSpace& space) : space_(space) {}

  bool Read(uint64_t at, absl::Span<uint8_t> bytes) {
    return space_.Read(memory::Gpa(at), bytes, kAttrs) == memory::MemStatus::kOk;
  }
  bool Write(uint64_t at, absl::Span<const uint8_t> bytes) {
    return space_.Write(memory::Gpa(at), bytes, kAttrs) == memory::MemStatus::kOk;
  }
  std::optional<uint64_t> Load(uint64_t at, unsigned size) {
    const memory::MemValue value = space_.Load(memory::Gpa(at), size, kAttrs, memory::Endian::kLittle);
    if (value.status != memory::MemStatus::kOk) return std::nullopt;
    return value.value;
  }
  bool Store(uint64_t at, unsigned size, uint64_t value) {
    return space_.Store(memory::Gpa(at), size, value, kAttrs, memory::Endian::kLittle) == memory::MemStatus::kOk;
  }

 private:
  static constexpr memory::MemAttrs kAttrs = {0, false, true, false};
  memory::AddressSpace& space_;
};

}  // namespace emu::devices::virtio

#endif  // EMU_DEVICES_VIRTIO_GUEST_MEMORY_H_
