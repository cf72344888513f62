// What is between a virtio transport and the device behind it: Device is the kind of device (entropy, console, ...),
// Host is the transport as the device sees it. The same device works on every transport.
#ifndef EMU_DEVICES_VIRTIO_DEVICE_H_
#define EMU_DEVICES_VIRTIO_DEVICE_H_

#include <cstdint>

#include "devices/virtio/virtqueue.h"

namespace emu::devices::virtio {

class Host {
 public:
  virtual ~Host() = default;
  virtual Virtqueue& queue(unsigned index) = 0;
  // Requests have been pushed to the queue: interrupts the driver if it wants that, and takes note if it is broken.
  virtual void Used(unsigned index) = 0;
  virtual void ConfigChanged() = 0;
  virtual bool driver_ok() const = 0;
  // The feature bits that both sides have agreed on.
  virtual uint64_t features() const = 0;
};

class Device {
 public:
  // More requests than this are not taken in one go, or a guest that points buffers at its own rings could hold the
  // host for ever.
  static constexpr int kMostRequests = 2 * Virtqueue::kMaxSize;

  virtual ~Device() = default;
  virtual uint32_t id() const = 0;
  virtual const char* name() const = 0;
  // Feature bits of this kind of device; those of queues and transport are the transport's business.
  virtual uint64_t features() const { return 0; }
  virtual unsigned queue_count() const = 0;
  virtual uint16_t queue_size(unsigned) const { return 256; }

  // One byte of the configuration space, little-endian; past its end zero, and writes without effect.
  virtual uint8_t ReadConfig(uint64_t) const { return 0; }
  virtual void WriteConfig(uint64_t, unsigned, uint64_t) {}

  // The driver has put requests into the queue.
  virtual void OnNotify(unsigned index) = 0;
  virtual void OnDriverOk() {}
  virtual void OnReset() {}

  // Called once, by the transport.
  void Attach(Host* host) { host_ = host; }

 protected:
  Host& host() { return *host_; }
  bool attached() const { return host_ != nullptr; }

 private:
  Host* host_ = nullptr;
};

}  // namespace emu::devices::virtio

#endif  // EMU_DEVICES_VIRTIO_DEVICE_H_
