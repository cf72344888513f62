// The monitor's commands: a line in, text or JSON out. Terminals, sockets and QMP are made of it elsewhere.
#ifndef EMU_DEBUG_MONITOR_MONITOR_H_
#define EMU_DEBUG_MONITOR_MONITOR_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "boards/machine.h"
#include "debug/symbols.h"
#include "debug/watch_hub.h"
#include "llvm/Support/JSON.h"

namespace emu::debug {

class MachineLog;
class TraceSession;
struct MonitorState;

// What the monitor looks at. All outlive it.
struct MonitorParts {
  boards::Machine& machine;
  WatchHub& hub;
  const SymbolTable& symbols;
  TraceSession* traces = nullptr;  // null: `trace` says that there is none
  MachineLog* log = nullptr;       // the same of `log`
  std::string name = "";           // the guest's, as -name gives it
};

// One for a machine, however many look at it: watches and what they print are common to all. All calls come from the
// machine's thread, between slices (callbacks of its event loop), and not from a LineSink.
class Monitor {
 public:
  explicit Monitor(MonitorParts parts);
  ~Monitor();
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;

  // Answers a command line with text that is empty or ends with a newline. What went wrong is text too.
  std::string Execute(absl::string_view line);
  // The same with errors apart: of the words that were given, and what would be accepted.
  absl::StatusOr<std::string> Run(absl::string_view line);
  // The answer in JSON. Commands that say nothing give {}.
  absl::StatusOr<llvm::json::Value> RunJson(absl::string_view line);

  // The words that could stand in place of the last one of `line`, sorted; a `line` that ends with a space has an
  // empty last word.
  std::vector<std::string> Complete(absl::string_view line) const;

  // Lines that come by themselves (hits of watches), without the line's end. May be called from within an access of
  // the guest.
  using LineSink = std::function<void(absl::string_view line)>;
  int AddSink(LineSink sink);
  void RemoveSink(int id);

  // What a terminal shows before it takes a command.
  static constexpr absl::string_view kPrompt = "(emu) ";

 private:
  const std::unique_ptr<MonitorState> state_;
};

}  // namespace emu::debug

#endif  // EMU_DEBUG_MONITOR_MONITOR_H_
