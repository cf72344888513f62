#include "boards/virtio_slots.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "devices/virtio/console.h"
#include "devices/virtio/rng.h"

namespace emu::boards {
namespace {

using devices::virtio::Device;
using Devices = std::vector<std::unique_ptr<Device>>;

constexpr absl::string_view kKnown = "virtio-rng-device, virtio-serial-device, virtconsole";

absl::Status Bad(const DeviceRequest& request, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("-device \"", request.driver, "\": ", why));
}

// A property that means nothing here but that scripts give.
bool Harmless(absl::string_view name) { return name == "id" || name == "bus" || name == "rng" || name == "name"; }

class Filler {
 public:
  Filler(size_t slots, CharDevices& chars, const devices::EntropySource& entropy)
      : chars_(chars), entropy_(entropy), slots_(slots), free_(slots) {}

  absl::Status Add(const DeviceRequest& request) {
    if (request.driver == "virtio-rng-device") return Place(request, std::make_unique<devices::virtio::Rng>(entropy_));
    if (request.driver == "virtio-serial-device") return AddSerial(request);
    if (request.driver == "virtconsole") return AddConsole(request);
    return Bad(request, absl::StrCat("unknown device; this board knows ", kKnown));
  }

  Devices Finish() { return std::move(slots_); }

 private:
  absl::Status CheckProperties(const DeviceRequest& request, absl::string_view known) {
    for (const auto& [name, value] : request.properties) {
      if (name != known && !Harmless(name)) return Bad(request, absl::StrCat("unknown property \"", name, "\""));
    }
    return absl::OkStatus();
  }

  absl::Status Place(const DeviceRequest& request, std::unique_ptr<Device> device) {
    if (absl::Status status = CheckProperties(request, ""); !status.ok()) return status;
    if (free_ == 0) return Bad(request, absl::StrCat("all ", slots_.size(), " slots are taken"));
    slots_[--free_] = std::move(device);
    return absl::OkStatus();
  }

  absl::Status AddSerial(const DeviceRequest& request) {
    // Its one port is joined when the virtconsole comes.
    absl::Status status = Place(request, std::make_unique<devices::virtio::Console>(nullptr));
    if (status.ok()) serial_ = free_, serial_free_ = true;
    return status;
  }

  absl::Status AddConsole(const DeviceRequest& request) {
    if (absl::Status status = CheckProperties(request, "chardev"); !status.ok()) return status;
    if (!serial_free_) return Bad(request, "needs a -device virtio-serial-device of its own before it");
    std::string id;
    for (const auto& [name, value] : request.properties) {
      if (name == "chardev") id = value;
    }
    if (id.empty()) return Bad(request, "chardev=ID is missing");
    absl::StatusOr<devices::CharBackend*> backend = chars_.Take(id);
    if (!backend.ok()) return backend.status();
    slots_[serial_] = std::make_unique<devices::virtio::Console>(*backend);
    serial_free_ = false;
    return absl::OkStatus();
  }

  CharDevices& chars_;
  const devices::EntropySource& entropy_;
  Devices slots_;
  size_t free_;
  size_t serial_ = 0;
  bool serial_free_ = false;
};

}  // namespace

absl::StatusOr<Devices> FillVirtioSlots(absl::Span<const DeviceRequest> requests, size_t slots, CharDevices& chars,
                                        const devices::EntropySource& entropy) {
  Filler filler(slots, chars, entropy);
  for (const DeviceRequest& request : requests) {
    if (absl::Status status = filler.Add(request); !status.ok()) return status;
  }
  return filler.Finish();
}

std::string VirtioDeviceHelp() {
  return "Devices of this board:\n"
         "  virtio-rng-device                entropy\n"
         "  virtio-serial-device             carries one virtconsole\n"
         "  virtconsole,chardev=ID           a console on a -chardev\n";
}

}  // namespace emu::boards
