// The 16550A serial port with its FIFOs (National Semiconductor PC16550D data sheet). Output leaves at once, so the
// transmitter is always empty; input waits at the backend until the receiver has room.
#ifndef EMU_DEVICES_UART16550_H_
#define EMU_DEVICES_UART16550_H_

#include <array>
#include <cstdint>
#include <deque>
#include <string>

#include "devices/char_backend.h"
#include "devices/clock.h"
#include "devices/fdt_builder.h"
#include "devices/irq_line.h"
#include "memory/access.h"

namespace emu::devices {

class Uart16550 : public memory::MmioDevice {
 public:
  struct Config {
    std::string name = "serial";
    unsigned register_shift = 0;        // registers lie 1 << shift bytes apart
    uint32_t input_clock_hz = 3686400;  // of the baud rate generator; only the receive timeout depends on it
  };

  // `backend` may be null: nobody is at the other end. It and `clock` must outlive the device.
  Uart16550(Config config, Clock& clock, CharBackend* backend);
  ~Uart16550() override;

  memory::MemValue Read(memory::RegionOffset offset, unsigned size, memory::MemAttrs attrs) override;
  memory::MemStatus Write(memory::RegionOffset offset, unsigned size, uint64_t value, memory::MemAttrs attrs) override;
  const char* RegisterName(memory::RegionOffset offset) const override;
  // An access of any width touches the one register that it begins at.
  static memory::MmioTraits Traits() { return {memory::Endian::kLittle, {1, 8, true}, {1, 8, true}}; }
  uint64_t region_size() const { return uint64_t{8} << config_.register_shift; }

  IrqLine& irq() { return irq_; }
  void Reset();
  void AddFdtNode(FdtBuilder& fdt, const FdtPlace& place) const;
  // One line: what is in the registers.
  std::string Describe() const;

 private:
  struct Received {
    uint8_t byte;
    uint8_t errors;  // LSR bits that go with it
  };

  unsigned Index(memory::RegionOffset offset) const { return (offset.value >> config_.register_shift) & 7; }
  bool divisor_access() const { return (lcr_ & 0x80) != 0; }
  bool fifo_on() const { return (fcr_ & 1) != 0; }
  bool loopback() const { return (mcr_ & 0x10) != 0; }
  uint8_t Peek(unsigned index) const;
  void AfterRead(unsigned index);

  uint8_t Lsr() const;
  uint8_t Iir() const;
  uint8_t ModemInputs() const;
  bool DataReady() const;

  void WriteThr(uint8_t value);
  void WriteIer(uint8_t value);
  void WriteFcr(uint8_t value);
  void WriteMcr(uint8_t value);
  void PopReceived();

  size_t CanReceive() const;
  void Receive(absl::string_view bytes);
  void Push(uint8_t byte, uint8_t errors);
  void TopChanged();
  void RestartTimeout();
  int64_t CharacterNs() const;
  void UpdateIrq() { irq_.Set((Iir() & 1) == 0); }
  void Changed();

  const Config config_;
  Clock& clock_;
  CharBackend* const backend_;
  IrqLine irq_;
  Timer timeout_;

  std::deque<Received> received_;
  uint8_t ier_ = 0, fcr_ = 0, lcr_ = 0, mcr_ = 0, scratch_ = 0;
  uint8_t modem_delta_ = 0;
  uint8_t line_errors_ = 0;  // of the byte that is next to be read, until LSR is read
  uint16_t divisor_ = 0;
  bool thr_empty_pending_ = false;
  bool timed_out_ = false;
};

}  // namespace emu::devices

#endif  // EMU_DEVICES_UART16550_H_
