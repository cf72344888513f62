// The virtio console with its one basic port (Virtual I/O Device specification 1.2, section 5.3); no multiport.
#ifndef EMU_DEVICES_VIRTIO_CONSOLE_H_
#define EMU_DEVICES_VIRTIO_CONSOLE_H_

#include <optional>

#include "devices/char_backend.h"
#include "devices/virtio/device.h"

namespace emu::devices::virtio {

class Console : public Device {
 public:
  // `backend` may be null and must outlive the device.
  explicit Console(CharBackend* backend);
  ~Console() override;

  uint32_t id() const override { return 3; }
  const char* name() const override { return "virtio-console"; }
  uint64_t features() const override;
  unsigned queue_count() const override { return 2; }
  uint16_t queue_size(unsigned) const override { return 128; }
  uint8_t ReadConfig(uint64_t offset) const override;
  void WriteConfig(uint64_t offset, unsigned size, uint64_t value) override;
  void OnNotify(unsigned index) override;
  void OnDriverOk() override;
  void OnReset() override { buffer_.reset(); }

 private:
  void Transmit();
  void Send(const Chain& chain);
  size_t CanReceive();
  void Receive(absl::string_view bytes);

  CharBackend* const backend_;
  std::optional<Chain> buffer_;  // the guest's next buffer for input
};

}  // namespace emu::devices::virtio

#endif  // EMU_DEVICES_VIRTIO_CONSOLE_H_
