// Puts the controlling terminal into raw mode and sees to it that it is put back, however the process ends.
#ifndef EMU_DEVICES_RAW_TERMINAL_H_
#define EMU_DEVICES_RAW_TERMINAL_H_

namespace emu::devices {

// At most one terminal is held at a time; a second object, or a descriptor that is no terminal, does nothing.
class RawTerminal {
 public:
  // With `keep_signals`, Ctrl-C and its like still make signals for this process instead of bytes for the guest.
  RawTerminal(int fd, bool keep_signals);
  ~RawTerminal();
  RawTerminal(const RawTerminal&) = delete;
  RawTerminal& operator=(const RawTerminal&) = delete;

  bool active() const { return active_; }

 private:
  bool active_ = false;
};

}  // namespace emu::devices

#endif  // EMU_DEVICES_RAW_TERMINAL_H_
