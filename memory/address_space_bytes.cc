// Read, Write and WriteRom.
#include "memory/address_space.h"

#include <algorithm>
#include <cstring>

#include "memory/access_path.h"
#include "memory/byte_order.h"
#include "memory/mmio_dispatch.h"

namespace emu::memory {

MemStatus AddressSpace::Read(Gpa at, absl::Span<uint8_t> bytes, MemAttrs attrs) {
  const Pin pin(*this);
  const MemStatus status = ReadIn(*pin, at, bytes, attrs);
  if (AccessObserver* const o = observer()) o->OnRead(*pin, at, bytes, attrs, status);
  return status;
}

MemStatus AddressSpace::Write(Gpa at, absl::Span<const uint8_t> bytes, MemAttrs attrs) {
  const Pin pin(*this);
  const MemStatus status = WriteIn(*pin, at, bytes, attrs);
  if (AccessObserver* const o = observer()) o->OnWrite(*pin, at, bytes, attrs, status);
  return status;
}

MemStatus AddressSpace::ReadIn(const FlatView& view, Gpa at, absl::Span<uint8_t> bytes, MemAttrs attrs) {
  return ForEachPart(view, at, bytes.size(), [&](const FlatRange* range, Gpa part, uint64_t length) {
    const absl::Span<uint8_t> to = bytes.subspan(part - at, length);
    if (range != nullptr) return ReadPart(*range, part, to, attrs);
    std::fill(to.begin(), to.end(), 0);
    return MemStatus::kDecodeError;
  });
}

MemStatus AddressSpace::WriteIn(const FlatView& view, Gpa at, absl::Span<const uint8_t> bytes, MemAttrs attrs) {
  return ForEachPart(view, at, bytes.size(), [&](const FlatRange* range, Gpa part, uint64_t length) {
    return range == nullptr ? MemStatus::kDecodeError
                            : WritePart(*range, part, bytes.subspan(part - at, length), attrs);
  });
}

MemStatus AddressSpace::ReadPart(const FlatRange& range, Gpa at, absl::Span<uint8_t> bytes, MemAttrs attrs) {
  if (range.host != nullptr) {
    std::memcpy(bytes.data(), range.HostAt(at), bytes.size());
    return MemStatus::kOk;
  }
  std::fill(bytes.begin(), bytes.end(), 0);
  const Nesting nesting;
  if (nesting.too_deep()) return MemStatus::kDeviceError;
  if (range.device != nullptr) return ReadDevice(range, at, bytes, attrs);
  if (range.translator == nullptr) return MemStatus::kDecodeError;
  MemStatus status = MemStatus::kOk;
  for (uint64_t done = 0; done < bytes.size();) {
    const Onward onward = Translate(range, at + done, bytes.size() - done, false, attrs);
    const bool may = onward.status == MemStatus::kOk;
    const absl::Span<uint8_t> part = bytes.subspan(done, onward.length);
    status = std::max(status, may ? onward.space->Read(onward.at, part, attrs) : onward.status);
    done += onward.length;
  }
  return status;
}

MemStatus AddressSpace::WritePart(const FlatRange& range, Gpa at, absl::Span<const uint8_t> bytes, MemAttrs attrs) {
  if (range.direct_writes()) {
    std::memcpy(range.HostAt(at), bytes.data(), bytes.size());
    range.block->NoteWrite(range.BlockOffsetAt(at), bytes.size());
    return MemStatus::kOk;
  }
  if (range.block != nullptr && range.device == nullptr) return MemStatus::kOk;  // ROM
  const Nesting nesting;
  if (nesting.too_deep()) return MemStatus::kDeviceError;
  if (range.device != nullptr) return WriteDevice(range, at, bytes, attrs);
  if (range.translator == nullptr) return MemStatus::kDecodeError;
  MemStatus status = MemStatus::kOk;
  for (uint64_t done = 0; done < bytes.size();) {
    const Onward onward = Translate(range, at + done, bytes.size() - done, true, attrs);
    const bool may = onward.status == MemStatus::kOk;
    const absl::Span<const uint8_t> part = bytes.subspan(done, onward.length);
    status = std::max(status, may ? onward.space->Write(onward.at, part, attrs) : onward.status);
    done += onward.length;
  }
  return status;
}

MemStatus AddressSpace::ReadDevice(const FlatRange& range, Gpa at, absl::Span<uint8_t> bytes, MemAttrs attrs) {
  const MmioPort port = PortOf(range, IsBig(Endian::kNative));
  MemStatus status = MemStatus::kOk;
  for (uint64_t done = 0; done < bytes.size();) {
    const RegionOffset offset = range.OffsetAt(at + done);
    const unsigned size = MmioTransferSize(*range.traits, offset, bytes.size() - done);
    const MemValue got = MmioRead(port, offset, size, /*big=*/false, attrs);
    StoreValue(&bytes[done], size, got.value, /*big=*/false);
    status = std::max(status, got.status);
    done += size;
  }
  return status;
}

MemStatus AddressSpace::WriteDevice(const FlatRange& range, Gpa at, absl::Span<const uint8_t> bytes, MemAttrs attrs) {
  const MmioPort port = PortOf(range, IsBig(Endian::kNative));
  MemStatus status = MemStatus::kOk;
  for (uint64_t done = 0; done < bytes.size();) {
    const RegionOffset offset = range.OffsetAt(at + done);
    const unsigned size = MmioTransferSize(*range.traits, offset, bytes.size() - done);
    const uint64_t value = LoadValue(&bytes[done], size, /*big=*/false);
    status = std::max(status, MmioWrite(port, offset, size, value, /*big=*/false, attrs));
    done += size;
  }
  return status;
}

MemStatus AddressSpace::WriteRom(Gpa at, absl::Span<const uint8_t> bytes) {
  const Pin pin(*this);
  return ForEachPart(*pin, at, bytes.size(), [&](const FlatRange* range, Gpa part, uint64_t length) {
    if (range == nullptr || range->block == nullptr) return MemStatus::kDecodeError;
    const uint64_t offset = range->BlockOffsetAt(part);
    std::memcpy(range->block->host() + offset, bytes.data() + (part - at), length);
    range->block->NoteWrite(offset, length);
    return MemStatus::kOk;
  });
}

}  // namespace emu::memory
