// The virtio-mmio slots of a virtual board, and the -device options that fill them.
#ifndef EMU_BOARDS_VIRTIO_SLOTS_H_
#define EMU_BOARDS_VIRTIO_SLOTS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "boards/char_devices.h"
#include "boards/machine_config.h"
#include "devices/entropy.h"
#include "devices/virtio/device.h"

namespace emu::boards {

// One entry a slot, by rising address; null where the slot stays empty. The first device gets the last slot, the second
// the one before it: the order that QEMU's boards have. A virtconsole goes into the last virtio-serial-device before
// it.
absl::StatusOr<std::vector<std::unique_ptr<devices::virtio::Device>>> FillVirtioSlots(
    absl::Span<const DeviceRequest> requests, size_t slots, CharDevices& chars, const devices::EntropySource& entropy);

// What -device help prints.
std::string VirtioDeviceHelp();

}  // namespace emu::boards

#endif  // EMU_BOARDS_VIRTIO_SLOTS_H_
