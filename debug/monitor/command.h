// A command of the monitor. All are entries of tables, from which lines are parsed and completed and the help is made.
#ifndef EMU_DEBUG_MONITOR_COMMAND_H_
#define EMU_DEBUG_MONITOR_COMMAND_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "debug/monitor/state.h"
#include "llvm/Support/JSON.h"

namespace emu::debug {

struct Answer {
  std::string text;  // empty, or lines
  llvm::json::Value json = llvm::json::Object{};
};

struct Request {
  MonitorState& state;
  bool json = false;                    // the answer's text is of no interest
  std::string format = {};              // what stands behind a slash: "4xw"
  std::string rest = {};                // behind the command's name and format
  std::vector<std::string> words = {};  // the same; text in double quotes is one word
};

struct Command {
  absl::string_view names;      // all that it has, the first is the one to show: "print|p", "info mtree"
  absl::string_view arguments;  // as the help shows them; a leading "/FMT" means that it takes a format
  absl::string_view help;
  absl::StatusOr<Answer> (*run)(Request& request);
  // What may stand as an argument, for completion; null: nothing that is known.
  std::vector<std::string> (*choices)(const MonitorState& state) = nullptr;

  bool takes_format() const { return !arguments.empty() && arguments[0] == '/'; }
  absl::string_view name() const { return names.substr(0, names.find('|')); }
};

// The tables.
absl::Span<const Command> InfoCommands();
absl::Span<const Command> AddressCommands();
absl::Span<const Command> MemoryCommands();
absl::Span<const Command> RunCommands();
absl::Span<const Command> WatchCommands();

// --- What commands have in common.
// Errors that end by telling how the command is spelled are made of this by whoever runs it.
absl::Status WrongArguments(absl::string_view why);
// Fails unless there are between `least` and `most` words.
absl::Status ExpectWords(const Request& request, size_t least, size_t most);
// All of `rest` as an expression.
absl::StatusOr<uint64_t> RestAsAddress(const Request& request);
std::string HexText(uint64_t value);  // "0x1f"
// Names that somebody else chose, as JSON takes them: what is no UTF-8 is replaced.
std::string Utf8(absl::string_view text);
// Text that is known to be JSON.
llvm::json::Value FromJsonText(absl::string_view text);
std::string JsonText(const llvm::json::Value& value);  // in one line
// Registers ("$pc") and symbols that begin like the word to complete are offered where this is `choices`.
std::vector<std::string> NoWords(const MonitorState&);

}  // namespace emu::debug

#endif  // EMU_DEBUG_MONITOR_COMMAND_H_
