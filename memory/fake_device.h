// A device for tests: plain bytes that remember every access made to them.
#ifndef EMU_MEMORY_FAKE_DEVICE_H_
#define EMU_MEMORY_FAKE_DEVICE_H_

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "memory/access.h"

namespace emu::memory {

class FakeDevice : public MmioDevice {
 public:
  struct Access {
    bool write;
    uint64_t offset;
    unsigned size;
    uint64_t value;
    bool operator==(const Access&) const = default;
  };

  // Values are made of the bytes in little-endian order, or big. Byte i starts as `first` + i.
  explicit FakeDevice(bool big = false, uint8_t first = 0) : big_(big) {
    for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(first + i);
  }

  MemValue Read(RegionOffset offset, unsigned size, MemAttrs attrs) override {
    last_attrs = attrs;
    if (on_access) on_access(offset);
    uint64_t value = 0;
    for (unsigned i = 0; i < size; ++i) value |= uint64_t{ByteAt(offset, i)} << (big_ ? size - 1 - i : i) * 8;
    accesses.push_back({false, offset.value, size, value});
    return {status, value};
  }
  MemStatus Write(RegionOffset offset, unsigned size, uint64_t value, MemAttrs attrs) override {
    last_attrs = attrs;
    if (on_access) on_access(offset);
    for (unsigned i = 0; i < size; ++i)
      ByteAt(offset, i) = static_cast<uint8_t>(value >> (big_ ? size - 1 - i : i) * 8);
    accesses.push_back({true, offset.value, size, value});
    return status;
  }

  std::array<uint8_t, 256> bytes;  // repeated through the region
  std::vector<Access> accesses;
  MemAttrs last_attrs;
  MemStatus status = MemStatus::kOk;  // what every access ends with
  std::function<void(RegionOffset)> on_access;

 private:
  uint8_t& ByteAt(RegionOffset offset, unsigned i) { return bytes[(offset.value + i) % bytes.size()]; }

  const bool big_;
};

}  // namespace emu::memory

#endif  // EMU_MEMORY_FAKE_DEVICE_H_
