// Lines with editing, history and completion by GNU Readline, which has one terminal per process.
#ifndef EMU_DEBUG_TERMINAL_EDITED_CONSOLE_H_
#define EMU_DEBUG_TERMINAL_EDITED_CONSOLE_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "debug/terminal/console.h"
#include "debug/terminal/line_history.h"

namespace emu::debug {

class EditedConsole final : public Console {
 public:
  // Only while there is no other.
  explicit EditedConsole(ConsoleParts parts);
  ~EditedConsole() override;
  static bool exists();

  void Print(absl::string_view line) override;

 private:
  struct Readline;  // what the library calls

  void OnEvent(devices::CharEvent event);
  void Receive(absl::string_view bytes);
  void TakeLine(const char* line);
  void Begin();
  void End();
  void UpdateSize();
  void Write(absl::string_view text);

  const ConsoleParts parts_;
  LineHistory history_;
  std::string input_;    // not yet read by the library
  bool active_ = false;  // the library shows a prompt and takes keys
  bool executing_ = false;
  bool dropped_ = false;              // the line that ends now is not to be executed
  std::vector<std::string> matches_;  // for the completion that is under way
};

}  // namespace emu::debug

#endif  // EMU_DEBUG_TERMINAL_EDITED_CONSOLE_H_
