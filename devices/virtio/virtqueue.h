// A split virtqueue seen from the device (Virtual I/O Device specification 1.2, section 2.7). The guest writes the
// rings and descriptors, so nothing in them is believed: every chain is bounded, and what does not fit breaks the
// queue, which then stands still until the driver resets the device.
#ifndef EMU_DEVICES_VIRTIO_VIRTQUEUE_H_
#define EMU_DEVICES_VIRTIO_VIRTQUEUE_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "devices/virtio/guest_memory.h"

namespace emu::devices::virtio {

struct Segment {
  uint64_t address = 0;
  uint32_t length = 0;
};

// One request: what the device may read, then what it may write.
struct Chain {
  uint16_t head = 0;
  std::vector<Segment> readable;
  std::vector<Segment> writable;
  uint64_t readable_bytes = 0;
  uint64_t writable_bytes = 0;
};

class Virtqueue {
 public:
  static constexpr uint16_t kMaxSize = 1024;

  Virtqueue(GuestMemory& memory, uint16_t max_size) : memory_(memory), max_size_(max_size) {}

  struct Layout {
    uint16_t size = 0;
    uint64_t descriptors = 0;
    uint64_t available = 0;
    uint64_t used = 0;
  };
  // Where a legacy driver has put a queue of `size` entries that begins at `base` (section 2.7.2).
  static Layout LegacyLayout(uint16_t size, uint64_t base, uint32_t align);

  // False (and the queue stays off) if the size is not a power of two up to max_size().
  bool Enable(const Layout& layout, bool event_index, bool indirect);
  void Reset();
  bool ready() const { return ready_; }
  // The guest has put nonsense into the queue.
  bool broken() const { return broken_; }
  uint16_t max_size() const { return max_size_; }
  const Layout& layout() const { return layout_; }

  // The next request, if there is one.
  std::optional<Chain> Pop();
  // Whether Pop() would find something.
  bool HasWork();
  // Hands a request back, `written` bytes of its writable part filled.
  void Push(const Chain& chain, uint32_t written);
  // Whether the driver wants an interrupt for what was pushed since the last call.
  bool TakeInterrupt();
  // Tells the driver whether it need announce new requests. Called when the queue has run empty.
  void WantNotification(bool wanted);

  // Copies between the segments and `bytes`; the number of bytes copied. A bad address breaks the queue.
  size_t Gather(const Chain& chain, absl::Span<uint8_t> bytes, uint64_t skip = 0);
  size_t Scatter(const Chain& chain, absl::Span<const uint8_t> bytes, uint64_t skip = 0);

 private:
  struct Descriptor {
    uint64_t address;
    uint32_t length;
    uint16_t flags;
    uint16_t next;
  };

  std::optional<uint64_t> Load(uint64_t at, unsigned size);
  bool Store(uint64_t at, unsigned size, uint64_t value);
  std::optional<Descriptor> ReadDescriptor(uint64_t table, uint16_t index);
  bool WalkChain(uint64_t table, uint16_t entries, uint16_t index, bool inside_indirect, Chain* chain);
  bool AddSegment(const Descriptor& descriptor, Chain* chain);
  bool Break();

  GuestMemory& memory_;
  const uint16_t max_size_;
  Layout layout_;
  bool ready_ = false;
  bool broken_ = false;
  bool event_index_ = false;
  bool indirect_ = false;
  uint16_t next_available_ = 0;
  uint16_t next_used_ = 0;
  uint16_t signalled_used_ = 0;  // next_used_ at the last TakeInterrupt()
};

}  // namespace emu::devices::virtio

#endif  // EMU_DEVICES_VIRTIO_VIRTQUEUE_H_
