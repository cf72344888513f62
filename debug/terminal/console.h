// A line-oriented conversation on a byte stream: a prompt, a command, its answer.
#ifndef EMU_DEBUG_TERMINAL_CONSOLE_H_
#define EMU_DEBUG_TERMINAL_CONSOLE_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "devices/char_backend.h"

namespace emu::debug {

struct ConsoleParts {
  devices::CharBackend& backend;  // outlives the console
  std::string banner = {};        // one line, for each who comes
  std::string prompt = {};
  // The answer to a line: empty, or lines that each end with \n.
  std::function<std::string(absl::string_view line)> execute = nullptr;
  // What could stand in place of the last word of `line`, which may be empty.
  std::function<std::vector<std::string>(absl::string_view line)> complete = nullptr;
  // No more commands are taken. Empty: they always are.
  std::function<bool()> ended = nullptr;
  bool crlf = true;  // how lines end; a terminal sees to it itself
  // Rows and columns of the terminal; empty: of standard input.
  std::function<std::pair<int, int>()> screen_size = nullptr;
};

class Console {
 public:
  virtual ~Console() = default;
  // Shows a line, given without its end, that nobody asked for. What is being typed stays.
  virtual void Print(absl::string_view line) = 0;
};

// On a terminal with editing, history and completion; else, and where another console has those already, plain lines.
std::unique_ptr<Console> MakeConsole(ConsoleParts parts);

}  // namespace emu::debug

#endif  // EMU_DEBUG_TERMINAL_CONSOLE_H_
