// help, stop, cont, step, system_reset, system_powerdown, quit, log.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "boards/guest_log.h"
#include "boards/run_control.h"
#include "debug/machine_log.h"
#include "debug/monitor/command.h"
#include "debug/monitor/command_line.h"

namespace emu::debug {
namespace {

boards::RunControl& Control(Request& request) { return request.state.parts.machine.control(); }

std::vector<std::string> CommandNames(const MonitorState&) { return {}; }

llvm::json::Object HelpJson(const Command& c) {
  return llvm::json::Object{
      {"names", std::string(c.names)}, {"arguments", std::string(c.arguments)}, {"help", std::string(c.help)}};
}

absl::StatusOr<Answer> Help(Request& request) {
  Answer answer;
  llvm::json::Array commands;
  for (const Command* c : AllCommands()) {
    const bool wanted = request.rest.empty() || c == FindCommand(request.rest) ||
                        (IsPrefix(request.rest) && absl::StartsWith(c->names, absl::StrCat(request.rest, " ")));
    if (!wanted) continue;
    absl::StrAppend(&answer.text, UsageLine(*c));
    commands.push_back(HelpJson(*c));
  }
  if (commands.empty()) return absl::NotFoundError(absl::StrCat("unknown command: '", request.rest, "'"));
  if (request.rest.empty())
    absl::StrAppend(&answer.text, "Each answers in JSON too: json COMMAND, or COMMAND -json.\n");
  answer.json = llvm::json::Object{{"commands", std::move(commands)}};
  return answer;
}

absl::StatusOr<Answer> Stop(Request& request) {
  if (absl::Status status = ExpectWords(request, 0, 0); !status.ok()) return status;
  Control(request).Pause(boards::PauseReason::kUser);
  return Answer{};
}

absl::StatusOr<Answer> Cont(Request& request) {
  if (absl::Status status = ExpectWords(request, 0, 0); !status.ok()) return status;
  Control(request).Resume();
  return Answer{};
}

absl::StatusOr<Answer> Step(Request& request) {
  const absl::StatusOr<uint64_t> count = request.rest.empty() ? 1 : request.state.Eval(request.rest);
  if (!count.ok()) return count.status();
  if (*count == 0) return WrongArguments("0 steps: expected 1 or more");
  if (!Control(request).paused()) return absl::FailedPreconditionError("step: the guest is running; `stop` first");
  Control(request).Step(*count);
  return Answer{};
}

absl::StatusOr<Answer> Reset(Request& request) {
  if (absl::Status status = ExpectWords(request, 0, 0); !status.ok()) return status;
  request.state.parts.machine.Reset(boards::RunCause::kHostReset);
  return Answer{};
}

absl::StatusOr<Answer> PowerDown(Request& request) {
  if (absl::Status status = ExpectWords(request, 0, 0); !status.ok()) return status;
  if (request.state.parts.machine.PowerButton()) return Answer{};
  return absl::UnimplementedError("system_powerdown: this board has no power button that its guest sees");
}

absl::StatusOr<Answer> Quit(Request& request) {
  if (absl::Status status = ExpectWords(request, 0, 0); !status.ok()) return status;
  request.state.parts.machine.Quit();
  return Answer{};
}

// The names of -d, from its help.
std::vector<std::string> LogNames(const MonitorState&) {
  std::vector<std::string> names = {"none", "help"};
  for (absl::string_view line : absl::StrSplit(boards::LogItemsHelp(), '\n')) {
    const absl::string_view name = line.substr(0, line.find(' '));
    if (boards::ParseLogItems(name).ok()) names.emplace_back(name);
  }
  return names;
}

Answer LogState(const MonitorState& state) {
  std::vector<std::string> on;
  for (std::string& name : LogNames(state)) {
    const absl::StatusOr<uint32_t> item = boards::ParseLogItems(name);
    if (item.ok() && (*item & state.parts.log->items()) != 0) on.push_back(std::move(name));
  }
  Answer answer{on.empty() ? "nothing is logged\n" : absl::StrCat(absl::StrJoin(on, ","), "\n")};
  llvm::json::Array items;
  for (std::string& name : on) items.push_back(std::move(name));
  answer.json = llvm::json::Object{{"items", std::move(items)}};
  return answer;
}

absl::StatusOr<Answer> Log(Request& request) {
  MachineLog* const log = request.state.parts.log;
  if (log == nullptr) return absl::UnimplementedError("this monitor was made without a log");
  if (request.rest.empty()) return LogState(request.state);
  if (request.rest == "help") return Answer{boards::LogItemsHelp()};
  const absl::StatusOr<uint32_t> items = request.rest == "none" ? 0 : boards::ParseLogItems(request.rest);
  if (!items.ok()) return items.status();
  log->SetItems(*items);
  return Answer{"", LogState(request.state).json};
}

constexpr Command kCommands[] = {
    {"help|?", "[COMMAND]", "what there is", Help, CommandNames},
    {"stop|s", "", "pauses the guest", Stop},
    {"cont|c", "", "lets it go on", Cont},
    {"step", "[COUNT]", "executes one instruction, or COUNT, and pauses again", Step, NoWords},
    {"system_reset", "", "restarts the guest", Reset},
    {"system_powerdown", "", "presses the guest's power button", PowerDown},
    {"quit|q", "", "ends the emulator", Quit},
    {"log", "[ITEM,...|none|help]", "what the log shows, as -d says it. Alone: what it shows now", Log, LogNames},
};

}  // namespace

absl::Span<const Command> RunCommands() { return kCommands; }

}  // namespace emu::debug
