// The command line of emu, spelled as QEMU's.
#ifndef EMU_CLI_OPTIONS_H_
#define EMU_CLI_OPTIONS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "boards/machine_config.h"
#include "cli/monitor_options.h"

namespace emu::cli {

// How to look at the machine from outside. Each text is as the user wrote it; empty: not wanted.
struct DebugOptions {
  std::vector<std::string> gdb;         // -s, -gdb: tcp::PORT, unix:PATH, ...
  std::vector<MonitorOption> monitors;  // -monitor, -qmp, -mon
  bool serial_monitors = true;          // one beside each "mon:" serial port
  std::string prompt = "(emu) ";
  std::string name;                  // -name, of the guest
  std::vector<std::string> traces;   // -trace: see debug/trace/trace_spec.h
  std::vector<std::string> symbols;  // -symbols: paths
  bool perf_map = false;             // -perfmap
};

struct Options {
  enum class Action { kRun, kHelp, kVersion, kBoardHelp, kCpuHelp, kDeviceHelp, kLogHelp, kJitOptHelp };

  Action action = Action::kRun;
  std::string board;  // empty: none was named
  boards::MachineConfig machine;
  DebugOptions debug;
  bool print_state = false;  // instruction count and hashes at the end

  // While parsing.
  uint32_t log_items = 0;
  std::string log_path;
  boards::LogFilter log_filter;
  bool defaults = true;     // a serial port on the terminal unless something else is said
  bool no_monitor = false;  // -monitor none
};

// One flag. With a table of these the parser, the help text and the checks are one.
struct Flag {
  absl::string_view name;
  absl::string_view argument;  // what the help calls it; empty: the flag takes none
  absl::Status (*apply)(absl::string_view value, Options* options);
  absl::string_view help;  // empty: understood for the sake of scripts, and not listed
};
absl::Span<const Flag> Flags();

// `arguments` without the program's name. Flags begin with one dash or two.
absl::StatusOr<Options> ParseOptions(absl::Span<const std::string> arguments);
std::string HelpText(absl::string_view program);

}  // namespace emu::cli

#endif  // EMU_CLI_OPTIONS_H_
