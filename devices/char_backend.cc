#include "devices/char_backend.h"

#include <algorithm>
#include <utility>

namespace emu::devices {

void CharBackend::SetFrontend(CharFrontend frontend) {
  frontend_ = std::move(frontend);
  AcceptInput();
}

void CharBackend::AcceptInput() {
  // Taking a byte makes most devices ask for the next one; the loop in Deliver() sees to that already.
  if (delivering_ || pending_.empty()) return;
  Deliver();
  if (pending_.empty()) InputDrained();
}

void CharBackend::Offer(absl::string_view bytes) {
  pending_.Append(bytes);
  if (!delivering_) Deliver();
}

void CharBackend::SendEvent(CharEvent event) {
  if (frontend_.event) frontend_.event(event);
}

void CharBackend::Deliver() {
  if (!frontend_.can_receive || !frontend_.receive) return;
  delivering_ = true;
  while (!pending_.empty()) {
    const size_t count = std::min(frontend_.can_receive(), pending_.size());
    if (count == 0) break;
    const std::string chunk(pending_.view().substr(0, count));
    pending_.Pop(count);
    frontend_.receive(chunk);
  }
  delivering_ = false;
}

}  // namespace emu::devices
