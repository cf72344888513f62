#include "bench/runner/options.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace emu::bench {
namespace {

struct Flag {
  absl::string_view name;
  size_t values;
  bool (*apply)(absl::Span<const std::string> values, Options* options);  // false: the value is not acceptable
  absl::string_view accepted;
};

bool Positive(const std::string& text, int* value) { return absl::SimpleAtoi(text, value) && *value > 0; }

bool AddSystem(const std::string& name, const std::string& command, Options* options) {
  for (const Options::System& s : options->systems) {
    if (s.name == name) return false;
  }
  options->systems.push_back({name, command});
  return !command.empty();
}

bool Only(int* index, const std::string& name, const std::string& command, Options* options) {
  if (*index >= 0) return false;
  *index = static_cast<int>(options->systems.size());
  return AddSystem(name, command, options);
}

bool Counted(const std::string& command, const std::string& socket, Options* options) {
  options->counted_command = command;
  options->counted_socket = socket;
  return !command.empty() && !socket.empty();
}

using Values = absl::Span<const std::string>;
constexpr Flag kFlags[] = {
    {"--native", 1, [](Values v, Options* o) { return Only(&o->native, "native", v[0], o); }, "one command"},
    {"--ours", 2, [](Values v, Options* o) { return Only(&o->ours, v[0], v[1], o); }, "one name and command"},
    {"--other", 2, [](Values v, Options* o) { return AddSystem(v[0], v[1], o); }, "a new name and a command"},
    {"--counters", 2, [](Values v, Options* o) { return Counted(v[0], v[1], o); }, "a command and a socket"},
    {"--runs", 1, [](Values v, Options* o) { return Positive(v[0], &o->runs); }, "a number above 0"},
    {"--timeout", 1, [](Values v, Options* o) { return Positive(v[0], &o->timeout_s); }, "seconds above 0"},
    {"--kernel-list", 1, [](Values v, Options* o) { return !(o->kernel_list = v[0]).empty(); }, "a file"},
    {"--svg", 1, [](Values v, Options* o) { return !(o->svg = v[0]).empty(); }, "a file"},
    {"--json", 1, [](Values v, Options* o) { return !(o->json = v[0]).empty(); }, "a file"},
};

absl::StatusOr<const Flag*> Find(const std::string& name) {
  std::string known;
  for (const Flag& flag : kFlags) {
    if (flag.name == name) return &flag;
    absl::StrAppend(&known, known.empty() ? "" : ", ", flag.name);
  }
  return absl::InvalidArgumentError(absl::StrCat("unknown flag ", name, ": expected ", known));
}

}  // namespace

absl::StatusOr<Options> ParseOptions(absl::Span<const std::string> arguments) {
  Options options;
  for (size_t i = 0; i < arguments.size();) {
    const absl::StatusOr<const Flag*> flag = Find(arguments[i]);
    if (!flag.ok()) return flag.status();
    const Values values = arguments.subspan(i + 1).subspan(0, (*flag)->values);
    if (values.size() < (*flag)->values || !(*flag)->apply(values, &options))
      return absl::InvalidArgumentError(absl::StrCat(
          arguments[i], values.empty() ? "" : " ", values.empty() ? "" : values[0], ": expected ", (*flag)->accepted));
    i += 1 + (*flag)->values;
  }
  if (options.ours < 0) return absl::InvalidArgumentError("no emulator was named: --ours NAME COMMAND");
  return options;
}

}  // namespace emu::bench
