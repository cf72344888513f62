#include "debug/qmp/qmp_commands.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace emu::debug {
namespace {

namespace json = llvm::json;
using Type = QmpArgument::Type;

absl::string_view TypeName(Type type) {
  static constexpr absl::string_view kNames[] = {"string", "integer", "64-bit integer", "array"};
  return kNames[static_cast<int>(type)];
}

bool Fits(Type type, const json::Value& value) {
  switch (type) {
    case Type::kString:
      return value.kind() == json::Value::String;
    case Type::kInt:
      return value.getAsInteger().has_value();
    case Type::kAddress:
      return value.getAsInteger().has_value() || value.getAsUINT64().has_value();
    case Type::kArray:
      return value.kind() == json::Value::Array;
  }
  return false;
}

absl::Status CheckOne(const QmpArgument& wanted, const json::Value* value) {
  if (value == nullptr) {
    if (!wanted.required) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat("argument \"", wanted.name, "\" (", TypeName(wanted.type), ") is missing"));
  }
  if (Fits(wanted.type, *value)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("argument \"", wanted.name, "\": expected a value of type ", TypeName(wanted.type)));
}

std::string Names(const std::vector<QmpArgument>& arguments) {
  if (arguments.empty()) return "the command takes none";
  return absl::StrCat("known are ", absl::StrJoin(arguments, ", ",
                                                  [](std::string* out, const QmpArgument& a) { out->append(a.name); }));
}

absl::Status CheckKnown(const QmpCommand& command, absl::string_view name) {
  for (const QmpArgument& argument : command.arguments) {
    if (argument.name == name) return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat("argument \"", name, "\" is unknown; ", Names(command.arguments)));
}

}  // namespace

QmpCommands::QmpCommands() {
  Add("qmp_capabilities", {{"enable", Type::kArray, false}}, nullptr);
  AddQuery("query-commands", [this] {
    json::Array names;
    for (const auto& [name, command] : commands_) names.push_back(json::Object{{"name", name}});
    return names;
  });
}

void QmpCommands::Add(absl::string_view name, std::vector<QmpArgument> arguments, QmpHandler run) {
  commands_[std::string(name)] = {std::move(arguments), std::move(run)};
}

void QmpCommands::Add(absl::string_view name, std::function<absl::Status()> run) {
  Add(name, {}, [run = std::move(run)](const json::Object&) -> absl::StatusOr<json::Value> {
    if (absl::Status status = run(); !status.ok()) return status;
    return json::Object();
  });
}

void QmpCommands::AddQuery(absl::string_view name, std::function<json::Value()> run) {
  Add(name, {}, [run = std::move(run)](const json::Object&) -> absl::StatusOr<json::Value> { return run(); });
}

const QmpCommand* QmpCommands::Find(absl::string_view name) const {
  const auto it = commands_.find(std::string(name));
  return it == commands_.end() ? nullptr : &it->second;
}

absl::Status QmpCommands::CheckArguments(const QmpCommand& command, const json::Object& arguments) {
  for (const auto& [name, value] : arguments) {
    if (absl::Status status = CheckKnown(command, llvm::StringRef(name).str()); !status.ok()) return status;
  }
  for (const QmpArgument& wanted : command.arguments) {
    if (absl::Status status = CheckOne(wanted, arguments.get(wanted.name)); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace emu::debug
