#include "memory/address_space.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "memory/byte_order.h"
#include "memory/mmio_dispatch.h"

namespace emu::memory {
namespace {

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

MmioPort PortOf(const FlatRange& range, bool native_big) {
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

Onward Translate(const FlatRange& range, Gpa at, uint64_t length, bool write, MemAttrs attrs) {
  const RegionOffset offset = range.OffsetAt(at);
  const IommuEntry entry = range.translator->Translate(offset, write, attrs);
  const uint64_t in_block = offset.value & entry.mask;
  const uint64_t last = std::min(length - 1, entry.mask - in_block);
  Onward onward{MemStatus::kDecodeError, entry.target, Gpa((entry.translated.value & ~entry.mask) | in_block), last + 1};
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

}  // namespace

AddressSpace::AddressSpace(absl::string_view name, RegionPtr root, Endian native)
    : name_(name), root_(std::move(root)), native_(native) {
  TreeLock lock;
  root_->AddDependent(this);
  owned_ = FlatView::Of(root_);
  current_.store(owned_.get(), std::memory_order_seq_cst);
}

AddressSpace::~AddressSpace() { root_->RemoveDependent(this); }

// --- Views ---

void AddressSpace::OnTreeChange() {
  FlatView::Ptr view = FlatView::Of(root_);
  if (view == owned_) return;
  if (untold_ == nullptr) untold_ = owned_;
  Publish(std::move(view));
}

void AddressSpace::AfterTreeChange() {
  const FlatView::Ptr before = std::exchange(untold_, nullptr);
  const FlatView::Ptr after = owned_;
  if (before != nullptr) TellListeners(*before, *after);
}

void AddressSpace::Publish(FlatView::Ptr view) {
  retired_.push_back(std::exchange(owned_, std::move(view)));
  current_.store(owned_.get(), std::memory_order_seq_cst);
  generation_.fetch_add(1, std::memory_order_release);
  has_retired_.store(true, std::memory_order_seq_cst);
  Reclaim();
}

// A reader that comes after the new view was published cannot get an old one, so old views may go as soon as the
// number of readers has once been seen as zero. Called by writers and by the last reader to leave.
void AddressSpace::Reclaim() const {
  TryUnderTreeLock([this] {
    if (readers_.load(std::memory_order_seq_cst) != 0) return;
    has_retired_.store(false, std::memory_order_seq_cst);
    // Taken out first: views may be the last to hold a device, whose end may lead here again.
    std::vector<FlatView::Ptr> old = std::exchange(retired_, {});
  });
}

FlatView::Ptr AddressSpace::Snapshot() const {
  TreeLock lock;
  return owned_;
}

const FlatRange* AddressSpace::FindIn(const FlatView& view, Gpa at) const {
  const std::vector<FlatRange>& ranges = view.ranges();
  const uint32_t guess = last_found_.load(std::memory_order_relaxed);
  if (guess < ranges.size() && ranges[guess].Contains(at)) return &ranges[guess];
  const FlatRange* range = view.Find(at);
  if (range != nullptr) last_found_.store(static_cast<uint32_t>(range - ranges.data()), std::memory_order_relaxed);
  return range;
}

// --- Listeners ---

void AddressSpace::AddListener(Listener* listener) {
  TreeLock lock;
  const FlatView::Ptr view = untold_ != nullptr ? untold_ : owned_;  // if newer, the change is still to be told
  listener->OnBegin(*this);
  for (const FlatRange& range : view->ranges()) {
    listener->OnAdd(*this, range);
    if (range.dirty_clients != 0) listener->OnLogStart(*this, range, range.dirty_clients);
  }
  listener->OnCommit(*this);
  auto higher = [&](const Listener* other) { return other->priority() > listener->priority(); };
  listeners_.insert(std::find_if(listeners_.begin(), listeners_.end(), higher), listener);
}

void AddressSpace::RemoveListener(Listener* listener) {
  TreeLock lock;
  listeners_.erase(std::remove(listeners_.begin(), listeners_.end(), listener), listeners_.end());
  const FlatView::Ptr view = untold_ != nullptr ? untold_ : owned_;
  listener->OnBegin(*this);
  for (const FlatRange& range : view->ranges()) listener->OnRemove(*this, range);
  listener->OnCommit(*this);
}

void AddressSpace::TellListeners(const FlatView& before, const FlatView& after) {
  for (Listener* listener : listeners_) listener->OnBegin(*this);
  auto same_in = [](const FlatView& view, const FlatRange& range) {
    const FlatRange* other = view.Find(range.first);
    return other != nullptr && SameRange(*other, range) ? other : nullptr;
  };
  for (const FlatRange& range : before.ranges()) {
    if (same_in(after, range) != nullptr) continue;
    for (auto it = listeners_.rbegin(); it != listeners_.rend(); ++it) (*it)->OnRemove(*this, range);
  }
  for (const FlatRange& range : after.ranges()) TellKept(same_in(before, range), range);
  for (Listener* listener : listeners_) listener->OnCommit(*this);
}

// `old`: the same range in the view before, or null if it is new.
void AddressSpace::TellKept(const FlatRange* old, const FlatRange& range) {
  const uint32_t logged = old == nullptr ? 0 : old->dirty_clients;
  const uint32_t started = range.dirty_clients & ~logged, stopped = logged & ~range.dirty_clients;
  for (Listener* listener : listeners_) {
    old == nullptr ? listener->OnAdd(*this, range) : listener->OnKeep(*this, range);
    if (started != 0) listener->OnLogStart(*this, range, started);
  }
  if (stopped == 0) return;
  for (auto it = listeners_.rbegin(); it != listeners_.rend(); ++it) (*it)->OnLogStop(*this, range, stopped);
}

// --- Values ---

MemValue AddressSpace::Load(Gpa at, unsigned size, MemAttrs attrs, Endian endian) {
  const Pin pin(*this);
  const bool big = IsBig(endian);
  const FlatRange* range = FindIn(*pin, at);
  if (range == nullptr || range->LastFrom(at) < size - 1) return LoadAsBytes(*pin, at, size, attrs, big);
  if (range->host != nullptr) return {MemStatus::kOk, LoadValue(range->HostAt(at), size, big)};
  return LoadDevice(*range, at, size, attrs, big);
}

MemStatus AddressSpace::Store(Gpa at, unsigned size, uint64_t value, MemAttrs attrs, Endian endian) {
  const Pin pin(*this);
  const bool big = IsBig(endian);
  const FlatRange* range = FindIn(*pin, at);
  if (range == nullptr || range->LastFrom(at) < size - 1) return StoreAsBytes(*pin, at, size, value, attrs, big);
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

// --- Bytes ---

MemStatus AddressSpace::Read(Gpa at, absl::Span<uint8_t> bytes, MemAttrs attrs) {
  const Pin pin(*this);
  return ReadIn(*pin, at, bytes, attrs);
}

MemStatus AddressSpace::Write(Gpa at, absl::Span<const uint8_t> bytes, MemAttrs attrs) {
  const Pin pin(*this);
  return WriteIn(*pin, at, bytes, attrs);
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

// --- Memory itself ---

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

ExchangeResult AddressSpace::CompareExchange(Gpa at, unsigned size, uint64_t expected, uint64_t desired,
                                             MemAttrs attrs, Endian endian) {
  const Pin pin(*this);
  const FlatRange* range = FindIn(*pin, at);
  if (range == nullptr) return {MemStatus::kDecodeError};
  if ((size != 4 && size != 8) || at.value % size != 0 || range->LastFrom(at) < size - 1) {
    return {MemStatus::kDeviceError};
  }
  if (range->direct_writes()) return ExchangeHost(*range, at, size, expected, desired, IsBig(endian));
  if (range->translator == nullptr) return {MemStatus::kDeviceError};
  const Nesting nesting;
  const Onward onward = Translate(*range, at, size, true, attrs);
  if (nesting.too_deep() || onward.length < size) return {MemStatus::kDeviceError};
  if (onward.status != MemStatus::kOk) return {onward.status};
  const Endian order = IsBig(endian) ? Endian::kBig : Endian::kLittle;
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
    result.exchanged = __atomic_compare_exchange_n(reinterpret_cast<uint32_t*>(host), &old32,
                                                   static_cast<uint32_t>(wanted), false, __ATOMIC_SEQ_CST,
                                                   __ATOMIC_SEQ_CST);
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
