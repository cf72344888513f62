// Map and CompareExchange, which work on memory only.
#include "memory/address_space.h"

#include <algorithm>

#include "memory/access_path.h"
#include "memory/byte_order.h"

namespace emu::memory {

ExchangeResult AddressSpace::CompareExchange(Gpa at, unsigned size, uint64_t expected, uint64_t desired, MemAttrs attrs,
                                             Endian endian) {
  const Pin pin(*this);
  const bool big = IsBig(endian);
  const ExchangeResult r = ExchangeIn(*pin, at, size, expected, desired, attrs, big);
  if (r.exchanged && observer() != nullptr) TellValue(*pin, true, at, size, desired, big, attrs, r.status);
  return r;
}

ExchangeResult AddressSpace::ExchangeIn(const FlatView& view, Gpa at, unsigned size, uint64_t expected,
                                        uint64_t desired, MemAttrs attrs, bool big) {
  const FlatRange* range = FindIn(view, at);
  if (range == nullptr) return {MemStatus::kDecodeError};
  if ((size != 4 && size != 8) || at.value % size != 0 || range->LastFrom(at) < size - 1) {
    return {MemStatus::kDeviceError};
  }
  if (range->direct_writes()) return ExchangeHost(*range, at, size, expected, desired, big);
  if (range->translator == nullptr) return {MemStatus::kDeviceError};
  const Nesting nesting;
  const Onward onward = Translate(*range, at, size, true, attrs);
  if (nesting.too_deep() || onward.length < size) return {MemStatus::kDeviceError};
  if (onward.status != MemStatus::kOk) return {onward.status};
  const Endian order = big ? Endian::kBig : Endian::kLittle;
  return onward.space->CompareExchange(onward.at, size, expected, desired, attrs, order);
}

ExchangeResult AddressSpace::ExchangeHost(const FlatRange& range, Gpa at, unsigned size, uint64_t expected,
                                          uint64_t desired, bool big) {
  uint8_t* const host = range.HostAt(at);
  // A region may lie at an odd place of its block, or the caller's memory be unaligned.
  if (reinterpret_cast<uintptr_t>(host) % size != 0) return {MemStatus::kDeviceError};
  const bool swap = big != kHostIsBig;
  uint64_t old = swap ? SwapBytes(expected, size) : LowBytes(expected, size);
  const uint64_t wanted = swap ? SwapBytes(desired, size) : desired;
  ExchangeResult result;
  if (size == 4) {
    uint32_t old32 = static_cast<uint32_t>(old);
    result.exchanged =
        __atomic_compare_exchange_n(reinterpret_cast<uint32_t*>(host), &old32, static_cast<uint32_t>(wanted), false,
                                    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    old = old32;
  } else {
    result.exchanged = __atomic_compare_exchange_n(reinterpret_cast<uint64_t*>(host), &old, wanted, false,
                                                   __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
  }
  result.old = swap ? SwapBytes(old, size) : old;
  if (result.exchanged) range.block->NoteWrite(range.BlockOffsetAt(at), size);
  return result;
}

HostSpan AddressSpace::Map(Gpa at, uint64_t length, bool write, MemAttrs attrs) {
  const Pin pin(*this);
  const FlatRange* range = FindIn(*pin, at);
  if (range == nullptr || length == 0) return {};
  const uint64_t count = std::min(length - 1, range->LastFrom(at)) + 1;
  if (AccessObserver* const o = observer()) o->OnMap(*pin, at, count, write, attrs);
  if (write ? range->direct_writes() : range->host != nullptr) {
    return {range->HostAt(at), count, range->region->block(), range->BlockOffsetAt(at)};
  }
  const Nesting nesting;
  if (range->translator == nullptr || nesting.too_deep()) return {};
  const Onward onward = Translate(*range, at, count, write, attrs);
  if (onward.status != MemStatus::kOk) return {};
  return onward.space->Map(onward.at, onward.length, write, attrs);
}

}  // namespace emu::memory
