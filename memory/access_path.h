// What the ways of access through an AddressSpace have in common. Internal to it.
#ifndef EMU_MEMORY_ACCESS_PATH_H_
#define EMU_MEMORY_ACCESS_PATH_H_

#include <algorithm>
#include <cstdint>

#include "memory/address_space.h"
#include "memory/flat_view.h"
#include "memory/iommu.h"
#include "memory/mmio_dispatch.h"

namespace emu::memory {

// Counts the accesses to devices and IOMMUs that are under way on this thread, one within the other.
class Nesting {
 public:
  Nesting() { ++Depth(); }
  ~Nesting() { --Depth(); }
  Nesting(const Nesting&) = delete;
  Nesting& operator=(const Nesting&) = delete;
  bool too_deep() const { return Depth() > AddressSpace::kMaxNesting; }

 private:
  static int& Depth() {
    thread_local int depth = 0;
    return depth;
  }
};

inline MmioPort PortOf(const FlatRange& range, bool native_big) {
  const Endian endian = range.traits->endian;
  return {range.device, range.traits, endian == Endian::kNative ? native_big : endian == Endian::kBig};
}

// Where an access to an IOMMU range goes on, and how many bytes of it, if it may.
struct Onward {
  MemStatus status = MemStatus::kDecodeError;
  AddressSpace* space = nullptr;
  Gpa at;
  uint64_t length = 0;  // valid, and at least 1, also when the status is not kOk
};

inline Onward Translate(const FlatRange& range, Gpa at, uint64_t length, bool write, MemAttrs attrs) {
  const RegionOffset offset = range.OffsetAt(at);
  const IommuEntry entry = range.translator->Translate(offset, write, attrs);
  const uint64_t in_block = offset.value & entry.mask;
  const uint64_t last = std::min(length - 1, entry.mask - in_block);
  Onward onward{MemStatus::kDecodeError, entry.target, Gpa((entry.translated.value & ~entry.mask) | in_block),
                last + 1};
  if (entry.target != nullptr && (write ? entry.writable : entry.readable)) onward.status = MemStatus::kOk;
  return onward;
}

// Calls part(range or null, address, length) for the parts of [at, at + length), each within one range or one hole.
// What reaches past the end of the space is one hole more. Gives the worst status.
template <typename Part>
MemStatus ForEachPart(const FlatView& view, Gpa at, uint64_t length, Part part) {
  MemStatus status = MemStatus::kOk;
  bool wrapped = false;
  while (length != 0) {
    const FlatRange* range = wrapped ? nullptr : view.FindFrom(at);
    uint64_t last = wrapped ? length - 1 : std::min(length - 1, ~at.value);
    if (range != nullptr && range->first > at) {
      last = std::min(last, range->first - at - 1);
      range = nullptr;
    }
    if (range != nullptr) last = std::min(last, range->LastFrom(at));
    status = std::max(status, part(range, at, last + 1));
    wrapped |= last == ~at.value;
    at = at + (last + 1);
    length -= last + 1;
  }
  return status;
}

}  // namespace emu::memory

#endif  // EMU_MEMORY_ACCESS_PATH_H_
