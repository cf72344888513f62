#include "debug/qmp/machine_commands.h"

#include <unistd.h>

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "boards/registry.h"
#include "boards/version.h"

namespace emu::debug {
namespace {

namespace json = llvm::json;
using boards::PauseReason;
using boards::RunCause;
using Type = QmpArgument::Type;

// The type RunState of QEMU's QMP reference, as far as it applies.
absl::string_view StatusName(const boards::RunControl& control, bool never_ran) {
  if (!control.paused()) return "running";
  if (never_ran) return "prelaunch";
  return control.reason() == PauseReason::kUser ? "paused" : "debug";
}

// QEMU's name of what gdb calls riscv:rv64.
std::string TargetName(const translate::Inspector& inspector) {
  std::string name(inspector.gdb_architecture());
  return absl::StrReplaceAll(name, {{"riscv:rv", "riscv"}});
}

json::Value Chardevs(boards::Machine& machine) {
  json::Array list;
  for (const auto& d : machine.chars().descriptions()) {
    list.push_back(json::Object{{"label", d.label}, {"filename", d.filename}, {"frontend-open", true}});
  }
  return list;
}

json::Value Cpus(boards::Machine& machine) {
  return json::Array{json::Object{{"cpu-index", 0},
                                  {"qom-path", "/machine/cpu[0]"},
                                  {"thread-id", static_cast<int64_t>(gettid())},
                                  {"props", json::Object{{"core-id", 0}}},
                                  {"target", TargetName(machine.inspector())}}};
}

json::Value Machines() {
  json::Array list;
  for (const boards::BoardInfo* board : boards::AllBoards()) {
    json::Object item{{"name", board->name},         {"cpu-max", 1},        {"hotpluggable-cpus", false},
                      {"numa-mem-supported", false}, {"deprecated", false}, {"acpi", false}};
    if (!board->aliases.empty()) item["alias"] = board->aliases.front();
    if (board->family_default) item["is-default"] = true;
    list.push_back(std::move(item));
  }
  return list;
}

void AddQueries(QmpCommands& commands, const QmpParts& parts, std::function<bool()> never_ran) {
  boards::Machine& machine = parts.machine;
  commands.AddQuery("query-version", [] { return QmpVersion(); });
  commands.AddQuery("query-name",
                    [name = parts.name] { return name.empty() ? json::Object() : json::Object{{"name", name}}; });
  commands.AddQuery("query-kvm", [] { return json::Object{{"enabled", false}, {"present", false}}; });
  commands.AddQuery("query-status", [&machine, never_ran = std::move(never_ran)] {
    const boards::RunControl& control = machine.control();
    return json::Object{{"status", std::string(StatusName(control, never_ran()))},
                        {"running", !control.paused()},
                        {"singlestep", false}};
  });
  commands.AddQuery("query-chardev", [&machine] { return Chardevs(machine); });
  commands.AddQuery("query-cpus-fast", [&machine] { return Cpus(machine); });
  commands.AddQuery("query-machines", Machines);
  commands.AddQuery("query-target", [&machine] { return json::Object{{"arch", TargetName(machine.inspector())}}; });
  commands.AddQuery("query-memory-size-summary", [&machine] {
    return json::Object{{"base-memory", static_cast<int64_t>(machine.config().ram_bytes)}};
  });
}

absl::Status PressPowerButton(const QmpParts& parts) {
  if (!parts.machine.PowerButton()) {
    return absl::FailedPreconditionError("this board has no power button that its guest sees");
  }
  if (parts.power_button_pressed) parts.power_button_pressed();
  return absl::OkStatus();
}

void AddActions(QmpCommands& commands, const QmpParts& parts) {
  boards::Machine& machine = parts.machine;
  const auto add = [&commands](absl::string_view name, std::function<void()> run) {
    commands.Add(name, [run = std::move(run)] { return run(), absl::OkStatus(); });
  };
  add("stop", [&machine] { machine.control().Pause(PauseReason::kUser); });
  add("cont", [&machine] { machine.control().Resume(); });
  add("system_reset", [&machine] { machine.Reset(RunCause::kHostReset); });
  add("quit", [&machine] { machine.Quit(); });
  commands.Add("system_powerdown", [parts] { return PressPowerButton(parts); });
}

// Lines of the monitor end as QEMU's do there.
std::string WithCrLf(absl::string_view text) { return absl::StrReplaceAll(text, {{"\n", "\r\n"}}); }

void AddMonitor(QmpCommands& commands, const QmpParts& parts) {
  const std::vector<QmpArgument> arguments = {{"command-line"}, {"cpu-index", Type::kInt, false}};
  const auto add = [&](absl::string_view name, const auto& run) {
    commands.Add(name, arguments, [run](const json::Object& given) -> absl::StatusOr<json::Value> {
      if (absl::Status status = CheckCpuIndex(given); !status.ok()) return status;
      return run(given.getString("command-line")->str());
    });
  };
  if (parts.monitor) {
    add("human-monitor-command", [monitor = parts.monitor](const std::string& line) -> absl::StatusOr<json::Value> {
      return json::Value(json::fixUTF8(WithCrLf(monitor(line))));
    });
  }
  if (parts.monitor_json) add("x-monitor-json", parts.monitor_json);
}

}  // namespace

absl::Status CheckCpuIndex(const json::Object& arguments) {
  const auto index = arguments.getInteger("cpu-index");
  if (!index || *index == 0) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("argument \"cpu-index\": there is no CPU ", *index, ", only 0"));
}

json::Object QmpVersion() {
  const std::vector<absl::string_view> parts = absl::StrSplit(boards::kVersion, '.');
  const auto part = [&](size_t i) {
    int number = 0;
    return i < parts.size() && absl::SimpleAtoi(parts[i], &number) ? number : 0;
  };
  return json::Object{{"qemu", json::Object{{"major", part(0)}, {"minor", part(1)}, {"micro", part(2)}}},
                      {"package", absl::StrCat("emu ", boards::kVersion)}};
}

void AddMachineCommands(QmpCommands& commands, const QmpParts& parts, std::function<bool()> never_ran) {
  AddQueries(commands, parts, std::move(never_ran));
  AddActions(commands, parts);
  AddMonitor(commands, parts);
}

}  // namespace emu::debug
