// The commands of a QMP server, each with the arguments that it takes.
#ifndef EMU_DEBUG_QMP_QMP_COMMANDS_H_
#define EMU_DEBUG_QMP_QMP_COMMANDS_H_

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "llvm/Support/JSON.h"

namespace emu::debug {

struct QmpArgument {
  enum class Type { kString, kInt, kAddress, kArray };
  std::string name;
  Type type = Type::kString;
  bool required = true;
};

// What a command does with arguments that are as it wants them. Its errors are GenericErrors.
using QmpHandler = std::function<absl::StatusOr<llvm::json::Value>(const llvm::json::Object& arguments)>;

struct QmpCommand {
  std::vector<QmpArgument> arguments;
  QmpHandler run;
};

class QmpCommands {
 public:
  // With query-commands, and with qmp_capabilities, which sessions serve themselves.
  QmpCommands();

  void Add(absl::string_view name, std::vector<QmpArgument> arguments, QmpHandler run);
  // For commands without arguments and answer.
  void Add(absl::string_view name, std::function<absl::Status()> run);
  // For commands without arguments.
  void AddQuery(absl::string_view name, std::function<llvm::json::Value()> run);

  // Null if there is none.
  const QmpCommand* Find(absl::string_view name) const;
  // The error names the argument.
  static absl::Status CheckArguments(const QmpCommand& command, const llvm::json::Object& arguments);

 private:
  std::map<std::string, QmpCommand, std::less<>> commands_;
};

}  // namespace emu::debug

#endif  // EMU_DEBUG_QMP_QMP_COMMANDS_H_
