// One terminal for several frontends, usually the first serial port and the monitor. Output of all is mixed; input goes
// to the one in focus. Ctrl-A begins a command to the emulator itself.
#ifndef EMU_DEVICES_CHAR_MUX_H_
#define EMU_DEVICES_CHAR_MUX_H_

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "devices/char_backend.h"

namespace emu::devices {

class CharMux {
 public:
  static constexpr char kEscape = 0x01;  // Ctrl-A

  explicit CharMux(std::unique_ptr<CharBackend> terminal);
  ~CharMux();

  // A new port, owned by the mux. The first one has the focus.
  CharBackend* AddPort();
  // What Ctrl-A X does.
  void SetQuit(std::function<void()> quit) { quit_ = std::move(quit); }
  // Told with the new focus when Ctrl-A C moves it.
  void SetFocusHook(std::function<void(size_t port)> hook) { focus_hook_ = std::move(hook); }
  size_t focus() const { return focus_; }
  void SetFocus(size_t port);
  CharBackend& terminal() { return *terminal_; }
  // What Ctrl-A H prints.
  static absl::string_view HelpText();

 private:
  class Port;

  size_t CanReceive() const;
  void Receive(absl::string_view bytes);
  void Command(char key);
  void Forward(absl::string_view bytes);

  std::vector<std::unique_ptr<Port>> ports_;
  std::unique_ptr<CharBackend> terminal_;
  std::function<void()> quit_;
  std::function<void(size_t)> focus_hook_;
  size_t focus_ = 0;
  bool escaped_ = false;
};

}  // namespace emu::devices

#endif  // EMU_DEVICES_CHAR_MUX_H_
