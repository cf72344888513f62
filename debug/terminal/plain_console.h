// Lines as they come, without echo: for pipes and sockets.
#ifndef EMU_DEBUG_TERMINAL_PLAIN_CONSOLE_H_
#define EMU_DEBUG_TERMINAL_PLAIN_CONSOLE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "debug/terminal/console.h"

namespace emu::debug {

class PlainConsole final : public Console {
 public:
  static constexpr size_t kMaxLine = 64 << 10;    // longer ones are refused
  static constexpr size_t kMaxQueued = 64 << 10;  // who does not read answers is not listened to

  explicit PlainConsole(ConsoleParts parts);
  ~PlainConsole() override;
  void Print(absl::string_view line) override;

 private:
  void OnEvent(devices::CharEvent event);
  void Receive(absl::string_view bytes);
  void Take(char c);
  void TakeLine();
  void Begin();
  void Write(absl::string_view text);

  const ConsoleParts parts_;
  std::string line_;
  bool begun_ = false;     // the banner is out
  bool after_cr_ = false;  // a line feed that follows ends nothing
  bool too_long_ = false;
};

}  // namespace emu::debug

#endif  // EMU_DEBUG_TERMINAL_PLAIN_CONSOLE_H_
