// What QMP commands do to a machine.
#ifndef EMU_DEBUG_QMP_MACHINE_COMMANDS_H_
#define EMU_DEBUG_QMP_MACHINE_COMMANDS_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "boards/machine.h"
#include "debug/qmp/qmp_commands.h"
#include "llvm/Support/JSON.h"

namespace emu::debug {

// What the commands work on. All outlive them.
struct QmpParts {
  boards::Machine& machine;
  std::string name = "";                                                 // the guest's, as -name gives it
  std::function<std::string(absl::string_view line)> monitor = nullptr;  // human-monitor-command, if there is one
  std::function<absl::StatusOr<llvm::json::Value>(absl::string_view line)> monitor_json = nullptr;  // x-monitor-json
  std::function<void()> power_button_pressed = nullptr;                                             // for the event
};

// `version` as greetings contain it.
llvm::json::Object QmpVersion();
// Machines have one CPU: a "cpu-index" can only be 0.
absl::Status CheckCpuIndex(const llvm::json::Object& arguments);
// `never_ran`: the machine has not left the pause that -S began.
void AddMachineCommands(QmpCommands& commands, const QmpParts& parts, std::function<bool()> never_ran);
// memsave and pmemsave.
void AddMemoryCommands(QmpCommands& commands, const QmpParts& parts);

}  // namespace emu::debug

#endif  // EMU_DEBUG_QMP_MACHINE_COMMANDS_H_
