// From a line to the command that it names, and to the words that could stand in it.
#ifndef EMU_DEBUG_MONITOR_COMMAND_LINE_H_
#define EMU_DEBUG_MONITOR_COMMAND_LINE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "debug/monitor/command.h"

namespace emu::debug {

// All commands, in the order of the help.
const std::vector<const Command*>& AllCommands();
// The command of that name, such as "info mtree" or "p"; null if there is none.
const Command* FindCommand(absl::string_view name);
// Whether commands of two words begin with it: "info".
bool IsPrefix(absl::string_view word);
// "x/FMT ADDRESS  -- what it does", with a line's end.
std::string UsageLine(const Command& command);

struct SplitText {
  bool json = false;  // "json" in front, or "-json" at the end; neither is in `text`
  absl::string_view text;
};
SplitText SplitLine(absl::string_view line);

// Runs what `line` says. `json`: also without these words.
absl::StatusOr<Answer> RunLine(absl::string_view line, bool json, MonitorState& state);
std::vector<std::string> CompleteLine(absl::string_view line, const MonitorState& state);

}  // namespace emu::debug

#endif  // EMU_DEBUG_MONITOR_COMMAND_LINE_H_
