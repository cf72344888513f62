// What one access to guest memory is and how it may end: the vocabulary shared by devices, address spaces
// and the CPU's slow path. Nothing here aborts: a guest may ask for anything and gets a MemStatus.
#ifndef EMU_MEMORY_ACCESS_H_
#define EMU_MEMORY_ACCESS_H_

#include <cstdint>

#include "memory/address.h"

namespace emu::memory {

// How an access ended. kDecodeError: no region answers at the address. kDeviceError: a region answers and refuses.
enum class MemStatus : uint8_t { kOk, kDecodeError, kDeviceError };

// Byte order of multi-byte values on the bus. kNative is that of the guest CPU of the address space.
enum class Endian : uint8_t { kLittle, kBig, kNative };

// Who makes the access. `debug` marks accesses of a person (monitor, gdb, tools): devices must not change state.
struct MemAttrs {
  uint16_t requester = 0;  // CPU index, or a bus master's number
  bool user = false;       // made at the guest's user privilege
  bool dma = false;        // made by a device, not a CPU
  bool debug = false;
};

// A value of up to 8 bytes together with how its read ended. `value` is zero-extended; zero if status is not kOk.
struct MemValue {
  MemStatus status = MemStatus::kOk;
  uint64_t value = 0;
};

// Sizes in bytes (powers of two, 1 to 8) and alignment of accesses, either those that a device accepts (`valid`) or
// those that its code implements (`impl`). Accesses outside `impl` are split or widened before the device sees them.
struct AccessSizes {
  uint8_t min = 1;
  uint8_t max = 8;
  bool unaligned = false;
};

struct MmioTraits {
  Endian endian = Endian::kLittle;
  AccessSizes valid = {1, 8, true};
  AccessSizes impl = {1, 8, false};
};

// The register side of a device. `offset` counts from the start of its region; `size` is within traits.impl.
class MmioDevice {
 public:
  virtual ~MmioDevice() = default;
  virtual MemValue Read(RegionOffset offset, unsigned size, MemAttrs attrs) = 0;
  virtual MemStatus Write(RegionOffset offset, unsigned size, uint64_t value, MemAttrs attrs) = 0;
  // The name of the register at `offset`, for traces; null where the device gives none. Static storage.
  virtual const char* RegisterName(RegionOffset offset) const {
    (void)offset;
    return nullptr;
  }
};

}  // namespace emu::memory

#endif  // EMU_MEMORY_ACCESS_H_
