#include "devices/virtio/virtqueue.h"

#include <algorithm>
#include <atomic>

namespace emu::devices::virtio {
namespace {

// Section 2.7.5, struct virtq_desc.
enum DescriptorFlag : uint16_t { kNext = 1, kWrite = 2, kIndirect = 4 };
constexpr unsigned kDescriptorSize = 16;
// Section 2.7.6 and 2.7.8: flags, idx, ring, then the event word.
constexpr uint16_t kAvailNoInterrupt = 1;
constexpr uint16_t kUsedNoNotify = 1;
constexpr unsigned kRingStart = 4;
constexpr uint64_t kLongestRequest = uint64_t{1} << 32;

// Calls `copy(address, offset in bytes, count)` for the parts of `segments` from `skip` on, until `size` bytes are
// copied or a copy fails. Returns how many were.
template <typename Copy>
size_t ForEachPart(const std::vector<Segment>& segments, uint64_t skip, size_t size, Copy copy) {
  size_t done = 0;
  for (const Segment& segment : segments) {
    if (skip >= segment.length) {
      skip -= segment.length;
      continue;
    }
    const size_t count = std::min<uint64_t>(segment.length - skip, size - done);
    if (count == 0) break;
    if (!copy(segment.address + skip, done, count)) break;
    done += count;
    skip = 0;
  }
  return done;
}

}  // namespace

Virtqueue::Layout Virtqueue::LegacyLayout(uint16_t size, uint64_t base, uint32_t align) {
  const uint64_t mask = align == 0 ? 0 : uint64_t{align} - 1;
  const uint64_t available = base + uint64_t{kDescriptorSize} * size;
  const uint64_t end = available + 2 * (3 + uint64_t{size});
  return {size, base, available, (end + mask) & ~mask};
}

bool Virtqueue::Enable(const Layout& layout, bool event_index, bool indirect) {
  Reset();
  const bool power_of_two = layout.size != 0 && (layout.size & (layout.size - 1)) == 0;
  if (!power_of_two || layout.size > max_size_) return false;
  layout_ = layout;
  event_index_ = event_index;
  indirect_ = indirect;
  ready_ = true;
  return true;
}

void Virtqueue::Reset() {
  layout_ = {};
  ready_ = broken_ = event_index_ = indirect_ = false;
  next_available_ = next_used_ = signalled_used_ = 0;
}

bool Virtqueue::Break() {
  broken_ = true;
  return false;
}

std::optional<uint64_t> Virtqueue::Load(uint64_t at, unsigned size) {
  std::optional<uint64_t> value = memory_.Load(at, size);
  if (!value) Break();
  return value;
}

bool Virtqueue::Store(uint64_t at, unsigned size, uint64_t value) { return memory_.Store(at, size, value) || Break(); }

std::optional<Virtqueue::Descriptor> Virtqueue::ReadDescriptor(uint64_t table, uint16_t index) {
  uint8_t raw[kDescriptorSize];
  if (!memory_.Read(table + uint64_t{kDescriptorSize} * index, absl::MakeSpan(raw))) {
    Break();
    return std::nullopt;
  }
  auto field = [&raw](unsigned from, unsigned count) {
    uint64_t value = 0;
    for (unsigned i = count; i-- > 0;) value = value << 8 | raw[from + i];
    return value;
  };
  return Descriptor{field(0, 8), static_cast<uint32_t>(field(8, 4)), static_cast<uint16_t>(field(12, 2)),
                    static_cast<uint16_t>(field(14, 2))};
}

bool Virtqueue::AddSegment(const Descriptor& descriptor, Chain* chain) {
  const bool write = (descriptor.flags & kWrite) != 0;
  // What the device reads comes before what it writes (section 2.7.4.2), and no request
  // is longer than 2^32 bytes.
  if (!write && !chain->writable.empty()) return Break();
  (write ? chain->writable : chain->readable).push_back({descriptor.address, descriptor.length});
  (write ? chain->writable_bytes : chain->readable_bytes) += descriptor.length;
  return chain->readable_bytes + chain->writable_bytes <= kLongestRequest || Break();
}

bool Virtqueue::WalkChain(uint64_t table, uint16_t entries, uint16_t index, bool inside_indirect, Chain* chain) {
  // A chain with more links than the table has entries goes round in a circle.
  for (uint32_t links = 0; links < entries; ++links) {
    if (index >= entries) return Break();
    const std::optional<Descriptor> descriptor = ReadDescriptor(table, index);
    if (!descriptor) return false;
    if (descriptor->flags & kIndirect) {
      const uint32_t count = descriptor->length / kDescriptorSize;
      const bool good = indirect_ && !inside_indirect && !(descriptor->flags & kNext) && count > 0 &&
                        count <= layout_.size && descriptor->length % kDescriptorSize == 0;
      return good ? WalkChain(descriptor->address, static_cast<uint16_t>(count), 0, true, chain) : Break();
    }
    if (!AddSegment(*descriptor, chain)) return false;
    if (!(descriptor->flags & kNext)) return true;
    index = descriptor->next;
  }
  return Break();
}

bool Virtqueue::HasWork() {
  if (!ready_ || broken_) return false;
  const std::optional<uint64_t> index = Load(layout_.available + 2, 2);
  if (!index) return false;
  const uint16_t waiting = static_cast<uint16_t>(*index - next_available_);
  if (waiting > layout_.size) return Break();
  return waiting != 0;
}

std::optional<Chain> Virtqueue::Pop() {
  if (!HasWork()) return std::nullopt;
  std::atomic_thread_fence(std::memory_order_acquire);  // the ring entry is not read before the index
  const uint64_t slot = next_available_ % layout_.size;
  const std::optional<uint64_t> head = Load(layout_.available + kRingStart + 2 * slot, 2);
  if (!head) return std::nullopt;
  Chain chain;
  chain.head = static_cast<uint16_t>(*head);
  if (!WalkChain(layout_.descriptors, layout_.size, chain.head, false, &chain)) return std::nullopt;
  ++next_available_;
  return chain;
}

void Virtqueue::Push(const Chain& chain, uint32_t written) {
  if (!ready_ || broken_) return;
  const uint64_t entry = layout_.used + kRingStart + 8 * static_cast<uint64_t>(next_used_ % layout_.size);
  if (!Store(entry, 4, chain.head) || !Store(entry + 4, 4, written)) return;
  std::atomic_thread_fence(std::memory_order_release);  // the entry is there before the index says so
  Store(layout_.used + 2, 2, ++next_used_);
}

bool Virtqueue::TakeInterrupt() {
  if (!ready_ || broken_ || next_used_ == signalled_used_) return false;
  std::atomic_thread_fence(std::memory_order_seq_cst);
  const uint16_t before = signalled_used_;
  signalled_used_ = next_used_;
  if (!event_index_) {
    const std::optional<uint64_t> flags = Load(layout_.available, 2);
    return flags && !(*flags & kAvailNoInterrupt);
  }
  const std::optional<uint64_t> event = Load(layout_.available + kRingStart + 2 * uint64_t{layout_.size}, 2);
  // The driver wants to hear when the index passes its event (section 2.7.7.2).
  const auto passed = static_cast<uint16_t>(next_used_ - before);
  return event && static_cast<uint16_t>(next_used_ - static_cast<uint16_t>(*event) - 1) < passed;
}

void Virtqueue::WantNotification(bool wanted) {
  if (!ready_ || broken_) return;
  if (event_index_) {
    if (wanted) Store(layout_.used + kRingStart + 8 * uint64_t{layout_.size}, 2, next_available_);
  } else {
    Store(layout_.used, 2, wanted ? 0 : kUsedNoNotify);
  }
}

size_t Virtqueue::Gather(const Chain& chain, absl::Span<uint8_t> bytes, uint64_t skip) {
  return ForEachPart(chain.readable, skip, bytes.size(), [&](uint64_t at, size_t from, size_t count) {
    return memory_.Read(at, bytes.subspan(from, count)) || Break();
  });
}

size_t Virtqueue::Scatter(const Chain& chain, absl::Span<const uint8_t> bytes, uint64_t skip) {
  return ForEachPart(chain.writable, skip, bytes.size(), [&](uint64_t at, size_t from, size_t count) {
    return memory_.Write(at, bytes.subspan(from, count)) || Break();
  });
}

}  // namespace emu::devices::virtio
