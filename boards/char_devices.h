// The machine's ends of the byte streams that a user named: -serial, -chardev, and terminals that several share.
#ifndef EMU_BOARDS_CHAR_DEVICES_H_
#define EMU_BOARDS_CHAR_DEVICES_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "devices/char_backend.h"
#include "devices/char_mux.h"
#include "devices/char_spec.h"
#include "devices/event_loop.h"

namespace emu::boards {

class CharDevices {
 public:
  // `quit` is what Ctrl-A X does.
  CharDevices(devices::EventLoop& loop, std::function<void()> quit) : loop_(loop), quit_(std::move(quit)) {}

  absl::Status Open(absl::Span<const devices::CharSpec> chardevs, absl::Span<const devices::CharSpec> serials);
  // The stream for a serial port; null if there is none.
  devices::CharBackend* Serial(size_t port) { return port < serials_.size() ? serials_[port] : nullptr; }
  // The stream that -chardev calls `id`, for one device.
  absl::StatusOr<devices::CharBackend*> Take(const std::string& id);
  // One more stream, for a monitor or debugger: of its own, or one that -chardev made. Null for kNone.
  absl::StatusOr<devices::CharBackend*> OpenStream(const devices::CharSpec& spec, absl::string_view label);
  // For each "mon:" stream of a serial port, another port of its terminal. Ctrl-A C leads there.
  std::vector<devices::CharBackend*> MonitorPorts();

  struct Description {
    std::string label, filename;
    devices::CharBackend* backend;
  };
  // All that are open.
  const std::vector<Description>& descriptions() const { return descriptions_; }

 private:
  struct Named {
    devices::CharBackend* backend = nullptr;
    devices::CharMux* mux = nullptr;
    bool taken = false;
  };
  absl::StatusOr<Named> Make(const devices::CharSpec& spec, absl::string_view label);
  absl::StatusOr<devices::CharBackend*> MakeSerial(const devices::CharSpec& spec, size_t port);

  devices::EventLoop& loop_;
  const std::function<void()> quit_;
  std::vector<std::unique_ptr<devices::CharBackend>> backends_;
  std::vector<std::unique_ptr<devices::CharMux>> muxes_;
  std::map<std::string, Named> named_;
  std::vector<devices::CharBackend*> serials_;
  std::vector<devices::CharMux*> serial_muxes_;
  std::vector<Description> descriptions_;
  bool stdio_taken_ = false;
};

}  // namespace emu::boards

#endif  // EMU_BOARDS_CHAR_DEVICES_H_
