// The one place where the sizes, alignments and byte orders that guests use meet those that devices implement.
#ifndef EMU_MEMORY_MMIO_DISPATCH_H_
#define EMU_MEMORY_MMIO_DISPATCH_H_

#include "memory/access.h"
#include "memory/address.h"
#include "memory/byte_order.h"

namespace emu::memory {

// A device together with how it wants to be accessed. `big`: it lies big-endian on this bus (traits->endian resolved).
struct MmioPort {
  MmioDevice* device;
  const MmioTraits* traits;
  bool big;
};

// Whether one access of `size` bytes at `offset` keeps to `sizes`.
inline bool Allows(const AccessSizes& sizes, RegionOffset offset, unsigned size) {
  return size >= sizes.min && size <= sizes.max && (sizes.unaligned || (offset.value & (size - 1)) == 0);
}

// One access of 1, 2, 4 or 8 bytes as the bus sees it, `big` or little-endian. Outside of traits.valid: kDeviceError,
// and the device sees nothing. Outside of traits.impl the device sees, in rising order,
// - the largest aligned accesses that it implements, where the access is larger or lies across a boundary;
// - the aligned unit of impl.min bytes around it, where the access is smaller. For a write that unit is read first and
//   written back with the new bytes in it; a register whose reads do something must implement its smaller sizes.
// An access in parts ends with the worst status of these, and reads as zero when it is not kOk.
MemValue MmioRead(const MmioPort& port, RegionOffset offset, unsigned size, bool big, MemAttrs attrs);
MemStatus MmioWrite(const MmioPort& port, RegionOffset offset, unsigned size, uint64_t value, bool big, MemAttrs attrs);

// The largest access, at most `length` bytes, that begins a transfer of bytes at `offset` and that the device accepts.
// Where it accepts none, one that will be refused.
unsigned MmioTransferSize(const MmioTraits& traits, RegionOffset offset, uint64_t length);

}  // namespace emu::memory

#endif  // EMU_MEMORY_MMIO_DISPATCH_H_
