#include "translate/options/jit_options.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace emu::translate {
namespace {

constexpr JitSwitch kSwitches[] = {
#define EMU_JIT_OPT(field, name, what) {name, &JitOptions::field, what},
#include "translate/options/switches.def"
};

void SetAll(bool on, JitOptions* options) {
  for (const JitSwitch& s : kSwitches) options->*s.on = on;
}

absl::Status Unknown(absl::string_view word) {
  const std::string names =
      absl::StrJoin(kSwitches, ", ", [](std::string* out, const JitSwitch& s) { absl::StrAppend(out, "no-", s.name); });
  return absl::InvalidArgumentError(
      absl::StrCat("jit-opt \"", word, "\": expected ", names, ", the same without no-, none or all"));
}

absl::Status Apply(absl::string_view word, JitOptions* options) {
  if (word == "all" || word == "none") return SetAll(word == "all", options), absl::OkStatus();
  absl::string_view name = word;
  const bool on = !absl::ConsumePrefix(&name, "no-");
  for (const JitSwitch& s : kSwitches) {
    if (s.name == name) return options->*s.on = on, absl::OkStatus();
  }
  return Unknown(word);
}

}  // namespace

JitOptions JitOptions::None() {
  JitOptions options;
  SetAll(false, &options);
  return options;
}

absl::Span<const JitSwitch> JitSwitches() { return kSwitches; }

absl::Status ParseJitOptions(absl::string_view text, JitOptions* options) {
  for (absl::string_view word : absl::StrSplit(text, ',')) {
    if (absl::Status status = Apply(word, options); !status.ok()) return status;
  }
  return absl::OkStatus();
}

std::string JitOptionsText(const JitOptions& options) {
  std::string text;
  for (const JitSwitch& s : kSwitches) {
    if (!(options.*s.on)) absl::StrAppend(&text, text.empty() ? "" : ",", "no-", s.name);
  }
  return text.empty() ? "all" : text;
}

std::string JitOptionsHelp() {
  std::string text = "What is done for speed alone, and left out by:\n";
  for (const JitSwitch& s : kSwitches) {
    absl::StrAppendFormat(&text, "  %-20s %s\n", absl::StrCat("no-", s.name), s.what);
  }
  absl::StrAppend(&text, "Words are read from left to right: \"none,fold\" leaves out everything but fold.\n");
  return text;
}

}  // namespace emu::translate
