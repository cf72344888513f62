#include "cli/options.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace emu::cli {
namespace {

const Flag* FindFlag(absl::string_view name) {
  for (const Flag& flag : Flags()) {
    if (flag.name == name) return &flag;
  }
  return nullptr;
}

bool IsStdio(const devices::CharSpec& spec) { return spec.kind == devices::CharSpec::Kind::kStdio; }

// Whether the terminal has a use already.
bool TakesTerminal(const Options& options) {
  for (const MonitorOption& m : options.debug.monitors) {
    if (IsStdio(m.stream)) return true;
  }
  return std::any_of(options.machine.chardevs.begin(), options.machine.chardevs.end(), IsStdio);
}

// A serial port and a monitor on the terminal, where nothing was said of either.
absl::Status AddDefaults(Options* options) {
  if (!options->machine.serials.empty() || !options->defaults) return absl::OkStatus();
  absl::StatusOr<devices::CharSpec> serial = devices::ParseSerialSpec(TakesTerminal(*options) ? "null" : "mon:stdio");
  if (!serial.ok()) return serial.status();
  options->machine.serials.push_back(*std::move(serial));
  options->debug.serial_monitors = !options->no_monitor;
  return absl::OkStatus();
}

absl::Status Finish(Options* options) {
  boards::MachineConfig& machine = options->machine;
  if (absl::Status status = AddDefaults(options); !status.ok()) return status;
  if (options->log_items == 0) return absl::OkStatus();
  absl::StatusOr<boards::GuestLog> log =
      boards::GuestLog::Open(options->log_items, options->log_path, options->log_filter);
  if (!log.ok()) return log.status();
  machine.log = *std::move(log);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Options> ParseOptions(absl::Span<const std::string> arguments) {
  Options options;
  for (size_t i = 0; i < arguments.size(); ++i) {
    absl::string_view name = arguments[i];
    if (name.size() < 2 || name[0] != '-') {
      return absl::InvalidArgumentError(absl::StrCat("\"", name, "\" is no flag; flags begin with -, see -help"));
    }
    name.remove_prefix(name[1] == '-' ? 2 : 1);
    const Flag* const flag = FindFlag(name);
    if (flag == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat("unknown flag \"", arguments[i], "\"; -help lists all"));
    }
    absl::string_view value;
    if (!flag->argument.empty()) {
      if (i + 1 == arguments.size()) {
        return absl::InvalidArgumentError(absl::StrCat("-", name, " needs an argument: ", flag->argument));
      }
      value = arguments[++i];
    }
    if (absl::Status status = flag->apply(value, &options); !status.ok()) return status;
    if (options.action != Options::Action::kRun && options.action != Options::Action::kCpuHelp &&
        options.action != Options::Action::kDeviceHelp) {
      return options;
    }
  }
  if (absl::Status status = Finish(&options); !status.ok()) return status;
  return options;
}

std::string HelpText(absl::string_view program) {
  std::string text = absl::StrCat("usage: ", program, " [flags]\n\n");
  for (const Flag& flag : Flags()) {
    if (flag.help.empty()) continue;
    absl::StrAppendFormat(&text, "  %-34s %s\n",
                          absl::StrCat("-", flag.name, flag.argument.empty() ? "" : " ", flag.argument), flag.help);
  }
  absl::StrAppend(&text,
                  "\nSizes take K, M, G, T. Exit status: the guest's; 0 when it powers off or the user quits; 1 for a "
                  "wrong flag or file;\n124 when -icount-limit is reached; 125 when the guest waits for ever; 70 when "
                  "the emulator itself fails.\n");
  return text;
}

}  // namespace emu::cli
