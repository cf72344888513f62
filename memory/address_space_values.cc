// Load and Store.
#include "memory/address_space.h"

#include <array>

#include "memory/access_path.h"
#include "memory/byte_order.h"
#include "memory/mmio_dispatch.h"

namespace emu::memory {

MemValue AddressSpace::Load(Gpa at, unsigned size, MemAttrs attrs, Endian endian) {
  const Pin pin(*this);
  const bool big = IsBig(endian);
  const MemValue got = LoadIn(*pin, at, size, attrs, big);
  if (observer() != nullptr) TellValue(*pin, false, at, size, got.value, big, attrs, got.status);
  return got;
}

MemStatus AddressSpace::Store(Gpa at, unsigned size, uint64_t value, MemAttrs attrs, Endian endian) {
  const Pin pin(*this);
  const bool big = IsBig(endian);
  const MemStatus status = StoreIn(*pin, at, size, value, attrs, big);
  if (observer() != nullptr) TellValue(*pin, true, at, size, value, big, attrs, status);
  return status;
}

void AddressSpace::TellValue(const FlatView& view, bool write, Gpa at, unsigned size, uint64_t value, bool big,
                             MemAttrs attrs, MemStatus status) {
  std::array<uint8_t, 8> buffer;
  StoreValue(buffer.data(), size, value, big);
  const absl::Span<const uint8_t> bytes(buffer.data(), size);
  write ? observer()->OnWrite(view, at, bytes, attrs, status) : observer()->OnRead(view, at, bytes, attrs, status);
}

MemValue AddressSpace::LoadIn(const FlatView& view, Gpa at, unsigned size, MemAttrs attrs, bool big) {
  const FlatRange* range = FindIn(view, at);
  if (range == nullptr || range->LastFrom(at) < size - 1) return LoadAsBytes(view, at, size, attrs, big);
  if (range->host != nullptr) return {MemStatus::kOk, LoadValue(range->HostAt(at), size, big)};
  return LoadDevice(*range, at, size, attrs, big);
}

MemStatus AddressSpace::StoreIn(const FlatView& view, Gpa at, unsigned size, uint64_t value, MemAttrs attrs, bool big) {
  const FlatRange* range = FindIn(view, at);
  if (range == nullptr || range->LastFrom(at) < size - 1) return StoreAsBytes(view, at, size, value, attrs, big);
  if (range->direct_writes()) {
    StoreValue(range->HostAt(at), size, value, big);
    range->block->NoteWrite(range->BlockOffsetAt(at), size);
    return MemStatus::kOk;
  }
  return StoreDevice(*range, at, size, value, attrs, big);
}

MemValue AddressSpace::LoadDevice(const FlatRange& range, Gpa at, unsigned size, MemAttrs attrs, bool big) {
  const Nesting nesting;
  if (nesting.too_deep()) return {MemStatus::kDeviceError, 0};
  if (range.device != nullptr) {
    return MmioRead(PortOf(range, IsBig(Endian::kNative)), range.OffsetAt(at), size, big, attrs);
  }
  if (range.translator == nullptr) return {MemStatus::kDecodeError, 0};
  const Onward onward = Translate(range, at, size, false, attrs);
  if (onward.length < size) {
    std::array<uint8_t, 8> bytes = {};
    const MemStatus status = ReadPart(range, at, absl::MakeSpan(bytes).first(size), attrs);
    return {status, status == MemStatus::kOk ? LoadValue(bytes.data(), size, big) : 0};
  }
  if (onward.status != MemStatus::kOk) return {onward.status, 0};
  return onward.space->Load(onward.at, size, attrs, big ? Endian::kBig : Endian::kLittle);
}

MemStatus AddressSpace::StoreDevice(const FlatRange& range, Gpa at, unsigned size, uint64_t value, MemAttrs attrs,
                                    bool big) {
  if (range.block != nullptr && range.device == nullptr) return MemStatus::kOk;  // ROM
  const Nesting nesting;
  if (nesting.too_deep()) return MemStatus::kDeviceError;
  if (range.device != nullptr) {
    return MmioWrite(PortOf(range, IsBig(Endian::kNative)), range.OffsetAt(at), size, value, big, attrs);
  }
  if (range.translator == nullptr) return MemStatus::kDecodeError;
  const Onward onward = Translate(range, at, size, true, attrs);
  if (onward.length < size) {
    std::array<uint8_t, 8> bytes = {};
    StoreValue(bytes.data(), size, value, big);
    return WritePart(range, at, absl::MakeConstSpan(bytes).first(size), attrs);
  }
  if (onward.status != MemStatus::kOk) return onward.status;
  return onward.space->Store(onward.at, size, value, attrs, big ? Endian::kBig : Endian::kLittle);
}

MemValue AddressSpace::LoadAsBytes(const FlatView& view, Gpa at, unsigned size, MemAttrs attrs, bool big) {
  std::array<uint8_t, 8> bytes = {};
  const MemStatus status = ReadIn(view, at, absl::MakeSpan(bytes).first(size), attrs);
  return {status, status == MemStatus::kOk ? LoadValue(bytes.data(), size, big) : 0};
}

MemStatus AddressSpace::StoreAsBytes(const FlatView& view, Gpa at, unsigned size, uint64_t value, MemAttrs attrs,
                                     bool big) {
  std::array<uint8_t, 8> bytes = {};
  StoreValue(bytes.data(), size, value, big);
  return WriteIn(view, at, absl::MakeConstSpan(bytes).first(size), attrs);
}

}  // namespace emu::memory
