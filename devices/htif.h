// The host-target interface of RISC-V's simulators: the guest writes 64-bit commands to `tohost` and finds answers in
// `fromhost`. Both are words that the test program itself defines; the board lays the two windows over them.
//
// A command is device (8 bits), command (8 bits), payload (48 bits). Device 0 command 0: with payload bit 0 set, the
// program ends with exit code payload >> 1; else payload is the address of a system call's block. Device 1 is the
// console: command 1 writes a byte, command 0 asks for one.
#ifndef EMU_DEVICES_HTIF_H_
#define EMU_DEVICES_HTIF_H_

#include <cstdint>
#include <functional>

#include "devices/char_backend.h"
#include "devices/clock.h"
#include "devices/fdt_builder.h"
#include "memory/access.h"
#include "memory/address_space.h"

namespace emu::devices {

class Htif {
 public:
  // `memory` is where system calls find their arguments. `console` may be null.
  Htif(Clock& clock, memory::AddressSpace& memory, CharBackend* console, std::function<void(int code)> exit);
  ~Htif();
  Htif(const Htif&) = delete;
  Htif& operator=(const Htif&) = delete;

  // A register of 8 bytes, to be mapped at the symbol's address with a priority above RAM's.
  memory::MmioDevice& tohost() { return tohost_window_; }
  memory::MmioDevice& fromhost() { return fromhost_window_; }
  // Both as one device of 16 bytes, tohost first.
  memory::MmioDevice& both() { return both_window_; }
  static constexpr uint64_t kWindowSize = 8;
  static memory::MmioTraits Traits() { return {memory::Endian::kLittle, {1, 8, false}, {1, 8, false}}; }

  uint64_t tohost_value() const { return tohost_; }
  uint64_t fromhost_value() const { return fromhost_; }
  void Reset();
  // With the windows at addresses that the guest cannot know, their places go into the tree; else place is null.
  static void AddFdtNode(FdtBuilder& fdt, const FdtPlace* place);

 private:
  class Window : public memory::MmioDevice {
   public:
    Window(Htif* htif, unsigned first) : htif_(htif), first_(first) {}
    memory::MemValue Read(memory::RegionOffset offset, unsigned size, memory::MemAttrs attrs) override;
    memory::MemStatus Write(memory::RegionOffset offset, unsigned size, uint64_t value,
                            memory::MemAttrs attrs) override;
    const char* RegisterName(memory::RegionOffset offset) const override;

   private:
    Htif* htif_;
    unsigned first_;  // 0: begins with tohost, 8: with fromhost
  };

  void WriteTohost(unsigned offset, unsigned size, uint64_t value);
  void RunCommand();
  void Respond(uint64_t command, uint64_t payload) { fromhost_ = (command & (uint64_t{0xffff} << 48)) | payload; }
  void SystemCall(uint64_t block);
  uint64_t WriteCall(uint64_t fd, uint64_t from, uint64_t length);

  memory::AddressSpace& memory_;
  CharBackend* const console_;
  std::function<void(int)> exit_;
  Timer half_written_;  // runs while the low half of tohost waits for the high one
  uint64_t tohost_ = 0;
  uint64_t fromhost_ = 0;
  uint64_t wanted_ = 0;  // the command that asked for a byte of input, while there is none
  bool asked_ = false;
  Window tohost_window_{this, 0};
  Window fromhost_window_{this, 8};
  Window both_window_{this, 0};
};

}  // namespace emu::devices

#endif  // EMU_DEVICES_HTIF_H_
