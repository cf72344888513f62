#include "devices/virtio/rng.h"

#include <algorithm>
#include <vector>

namespace emu::devices::virtio {
namespace {

// A request may be filled in part; drivers ask again.
constexpr uint64_t kMostBytes = 64 << 10;

}  // namespace

void Rng::OnNotify(unsigned index) {
  Virtqueue& queue = host().queue(index);
  for (int count = 0; count < kMostRequests; ++count) {
    const std::optional<Chain> chain = queue.Pop();
    if (!chain) break;
    std::vector<uint8_t> bytes(std::min(chain->writable_bytes, kMostBytes));
    entropy_(absl::MakeSpan(bytes));
    queue.Push(*chain, static_cast<uint32_t>(queue.Scatter(*chain, bytes)));
  }
  queue.WantNotification(true);
  host().Used(index);
}

}  // namespace emu::devices::virtio
