// The command lines of the small tools: flags from a table, and everything else in order.
#ifndef EMU_CLI_TOOL_FLAGS_H_
#define EMU_CLI_TOOL_FLAGS_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace emu::cli {

struct ToolFlag {
  std::string name;      // without dashes
  std::string argument;  // what a help calls its value; empty: it takes none
  std::string help;
  std::function<absl::Status(absl::string_view value)> apply;
};

// Flags begin with one dash or two; a value is the next argument, or stands behind "=". Gives what is no flag; behind
// "--" nothing is. Errors name flag and value.
absl::StatusOr<std::vector<std::string>> ParseToolFlags(absl::Span<const std::string> arguments,
                                                        absl::Span<const ToolFlag> flags);
// A line per flag.
std::string ToolFlagsHelp(absl::Span<const ToolFlag> flags);

}  // namespace emu::cli

#endif  // EMU_CLI_TOOL_FLAGS_H_
