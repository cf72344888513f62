#include "cli/tool_flags.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"

namespace emu::cli {
namespace {

const ToolFlag* Find(absl::Span<const ToolFlag> flags, absl::string_view name) {
  const auto found = std::find_if(flags.begin(), flags.end(), [&](const ToolFlag& flag) { return flag.name == name; });
  return found == flags.end() ? nullptr : &*found;
}

std::string Names(absl::Span<const ToolFlag> flags) {
  const auto name = [](std::string* out, const ToolFlag& flag) { absl::StrAppend(out, "--", flag.name); };
  return absl::StrJoin(flags, ", ", name);
}

absl::Status Bad(absl::string_view name, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("--", name, ": ", why));
}

absl::Status Apply(const ToolFlag& flag, std::optional<absl::string_view> value) {
  if (value.has_value() && flag.argument.empty()) return Bad(flag.name, absl::StrCat("takes no value, got ", *value));
  if (!value.has_value() && !flag.argument.empty()) return Bad(flag.name, absl::StrCat("wants ", flag.argument));
  const absl::Status status = flag.apply(value.value_or(""));
  return status.ok() ? status : Bad(flag.name, status.message());
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ParseToolFlags(absl::Span<const std::string> arguments,
                                                        absl::Span<const ToolFlag> flags) {
  std::vector<std::string> rest;
  for (size_t i = 0; i < arguments.size(); ++i) {
    absl::string_view text = arguments[i];
    if (text == "--") {
      rest.insert(rest.end(), arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1, arguments.end());
      break;
    }
    if (text.size() < 2 || !absl::ConsumePrefix(&text, "-")) {
      rest.push_back(arguments[i]);
      continue;
    }
    absl::ConsumePrefix(&text, "-");
    const size_t equals = text.find('=');
    const ToolFlag* const flag = Find(flags, text.substr(0, equals));
    if (flag == nullptr) return Bad(text.substr(0, equals), absl::StrCat("unknown flag; known are ", Names(flags)));
    std::optional<absl::string_view> value;
    if (equals != absl::string_view::npos) {
      value = text.substr(equals + 1);
    } else if (!flag->argument.empty() && i + 1 < arguments.size()) {
      value = arguments[++i];
    }
    if (absl::Status status = Apply(*flag, value); !status.ok()) return status;
  }
  return rest;
}

std::string ToolFlagsHelp(absl::Span<const ToolFlag> flags) {
  std::string text;
  for (const ToolFlag& flag : flags) {
    const std::string name = absl::StrCat("--", flag.name, flag.argument.empty() ? "" : " ", flag.argument);
    absl::StrAppendFormat(&text, "  %-22s  %s\n", name, flag.help);
  }
  return text;
}

}  // namespace emu::cli
