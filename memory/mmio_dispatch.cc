#include "memory/mmio_dispatch.h"

#include <algorithm>
#include <bit>

namespace emu::memory {
namespace {

// The largest power of two that divides `offset`, at most 8.
unsigned AlignmentOf(RegionOffset offset) { return 1u << std::countr_zero(offset.value | 8); }

unsigned FloorPowerOfTwo(uint64_t length) {
  return std::bit_floor(static_cast<unsigned>(std::min<uint64_t>(length, 8)));
}

// The size of the next part of an access that has `length` bytes to go. Less than impl.min only when the part lies in
// one aligned unit of impl.min bytes.
unsigned PartSize(const AccessSizes& impl, RegionOffset offset, unsigned length) {
  unsigned size = std::min<unsigned>(FloorPowerOfTwo(length), std::max<unsigned>(impl.max, 1));
  if (!impl.unaligned || size < impl.min) size = std::min(size, AlignmentOf(offset));
  return size;
}

// The unit of impl.min bytes around a part that is smaller.
struct Unit {
  RegionOffset offset;
  unsigned size;
  unsigned shift;  // of the part in it
};

Unit UnitAround(const MmioPort& port, RegionOffset offset, unsigned size) {
  const unsigned unit = port.traits->impl.min;
  const unsigned at = offset.value & (unit - 1);
  return {offset - at, unit, PartShift(port.big, unit, at, size)};
}

MemValue ReadPart(const MmioPort& port, RegionOffset offset, unsigned size, MemAttrs attrs) {
  if (size >= port.traits->impl.min) {
    const MemValue got = port.device->Read(offset, size, attrs);
    return {got.status, LowBytes(got.value, size)};
  }
  const Unit unit = UnitAround(port, offset, size);
  const MemValue got = port.device->Read(unit.offset, unit.size, attrs);
  return {got.status, LowBytes(got.value >> unit.shift, size)};
}

MemStatus WritePart(const MmioPort& port, RegionOffset offset, unsigned size, uint64_t value, MemAttrs attrs) {
  value = LowBytes(value, size);
  if (size >= port.traits->impl.min) return port.device->Write(offset, size, value, attrs);
  const Unit unit = UnitAround(port, offset, size);
  const MemValue old = port.device->Read(unit.offset, unit.size, attrs);
  if (old.status != MemStatus::kOk) return old.status;
  const uint64_t mask = LowBytes(~uint64_t{0}, size) << unit.shift;
  const uint64_t merged = (old.value & ~mask) | value << unit.shift;
  return port.device->Write(unit.offset, unit.size, LowBytes(merged, unit.size), attrs);
}

MemValue ReadInParts(const MmioPort& port, RegionOffset offset, unsigned size, MemAttrs attrs) {
  MemValue all;
  for (unsigned done = 0, part; done < size; done += part) {
    part = PartSize(port.traits->impl, offset + done, size - done);
    const MemValue got = ReadPart(port, offset + done, part, attrs);
    all.status = std::max(all.status, got.status);
    all.value |= got.value << PartShift(port.big, size, done, part);
  }
  return all;
}

MemStatus WriteInParts(const MmioPort& port, RegionOffset offset, unsigned size, uint64_t value, MemAttrs attrs) {
  MemStatus status = MemStatus::kOk;
  for (unsigned done = 0, part; done < size; done += part) {
    part = PartSize(port.traits->impl, offset + done, size - done);
    const uint64_t bits = value >> PartShift(port.big, size, done, part);
    status = std::max(status, WritePart(port, offset + done, part, bits, attrs));
  }
  return status;
}

}  // namespace

MemValue MmioRead(const MmioPort& port, RegionOffset offset, unsigned size, bool big, MemAttrs attrs) {
  const MmioTraits& traits = *port.traits;
  if (!Allows(traits.valid, offset, size)) return {MemStatus::kDeviceError, 0};
  MemValue got = Allows(traits.impl, offset, size) ? port.device->Read(offset, size, attrs)
                                                   : ReadInParts(port, offset, size, attrs);
  if (got.status != MemStatus::kOk) return {got.status, 0};
  return {got.status, port.big == big ? LowBytes(got.value, size) : SwapBytes(got.value, size)};
}

MemStatus MmioWrite(const MmioPort& port, RegionOffset offset, unsigned size, uint64_t value, bool big,
                    MemAttrs attrs) {
  const MmioTraits& traits = *port.traits;
  if (!Allows(traits.valid, offset, size)) return MemStatus::kDeviceError;
  value = port.big == big ? LowBytes(value, size) : SwapBytes(value, size);
  if (Allows(traits.impl, offset, size)) return port.device->Write(offset, size, value, attrs);
  return WriteInParts(port, offset, size, value, attrs);
}

unsigned MmioTransferSize(const MmioTraits& traits, RegionOffset offset, uint64_t length) {
  unsigned size = std::min<unsigned>(FloorPowerOfTwo(length), std::max<unsigned>(traits.valid.max, 1));
  if (!traits.valid.unaligned) size = std::min(size, AlignmentOf(offset));
  return size;
}

}  // namespace emu::memory
