// The virtio entropy device (Virtual I/O Device specification 1.2, section 5.4).
#ifndef EMU_DEVICES_VIRTIO_RNG_H_
#define EMU_DEVICES_VIRTIO_RNG_H_

#include <utility>

#include "devices/entropy.h"
#include "devices/virtio/device.h"

namespace emu::devices::virtio {

class Rng : public Device {
 public:
  explicit Rng(EntropySource entropy) : entropy_(std::move(entropy)) {}
  uint32_t id() const override { return 4; }
  const char* name() const override { return "virtio-rng"; }
  unsigned queue_count() const override { return 1; }
  uint16_t queue_size(unsigned) const override { return 8; }
  void OnNotify(unsigned index) override;

 private:
  EntropySource entropy_;
};

}  // namespace emu::devices::virtio

#endif  // EMU_DEVICES_VIRTIO_RNG_H_
