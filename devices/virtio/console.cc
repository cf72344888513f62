#include "devices/virtio/console.h"

#include <algorithm>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace emu::devices::virtio {
namespace {

constexpr unsigned kReceiveQueue = 0;
constexpr unsigned kTransmitQueue = 1;
constexpr uint64_t kEmergencyWrite = uint64_t{1} << 2;
// Section 5.3.4, struct virtio_console_config.
constexpr uint64_t kMaxPortsOffset = 4;
constexpr uint64_t kEmergencyOffset = 8;
// What one request may print; what is longer is cut.
constexpr uint64_t kMostBytes = 1 << 20;

}  // namespace

Console::Console(CharBackend* backend) : backend_(backend) {
  if (backend_ == nullptr) return;
  CharFrontend frontend;
  frontend.can_receive = [this] { return CanReceive(); };
  frontend.receive = [this](absl::string_view bytes) { Receive(bytes); };
  backend_->SetFrontend(std::move(frontend));
}

Console::~Console() {
  if (backend_ != nullptr) backend_->SetFrontend({});
}

uint64_t Console::features() const { return kEmergencyWrite; }

uint8_t Console::ReadConfig(uint64_t offset) const { return offset == kMaxPortsOffset ? 1 : 0; }

void Console::WriteConfig(uint64_t offset, unsigned, uint64_t value) {
  const char byte = static_cast<char>(value);
  if (offset == kEmergencyOffset && backend_ != nullptr) backend_->Write(absl::string_view(&byte, 1));
}

void Console::OnDriverOk() {
  if (backend_ != nullptr) backend_->AcceptInput();
}

void Console::OnNotify(unsigned index) {
  if (index == kTransmitQueue) return Transmit();
  if (backend_ != nullptr) backend_->AcceptInput();
}

void Console::Send(const Chain& chain) {
  uint8_t bytes[4096];
  for (uint64_t at = 0; at < std::min(chain.readable_bytes, kMostBytes);) {
    const size_t count = host().queue(kTransmitQueue).Gather(chain, absl::MakeSpan(bytes), at);
    if (count == 0) return;
    if (backend_ != nullptr) backend_->Write(absl::string_view(reinterpret_cast<char*>(bytes), count));
    at += count;
  }
}

void Console::Transmit() {
  Virtqueue& queue = host().queue(kTransmitQueue);
  for (int count = 0; count < kMostRequests; ++count) {
    const std::optional<Chain> chain = queue.Pop();
    if (!chain) break;
    Send(*chain);
    queue.Push(*chain, 0);
  }
  queue.WantNotification(true);
  host().Used(kTransmitQueue);
}

size_t Console::CanReceive() {
  if (!attached() || !host().driver_ok()) return 0;
  Virtqueue& queue = host().queue(kReceiveQueue);
  if (!buffer_) buffer_ = queue.Pop();
  if (!buffer_) queue.WantNotification(true);
  if (queue.broken()) host().Used(kReceiveQueue);
  return buffer_ ? static_cast<size_t>(buffer_->writable_bytes) : 0;
}

void Console::Receive(absl::string_view bytes) {
  const Chain chain = *std::exchange(buffer_, std::nullopt);
  Virtqueue& queue = host().queue(kReceiveQueue);
  const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
  const size_t count = queue.Scatter(chain, absl::MakeConstSpan(data, bytes.size()));
  queue.Push(chain, static_cast<uint32_t>(count));
  host().Used(kReceiveQueue);
}

}  // namespace emu::devices::virtio
