// Which of the things that are done for speed alone are done (switches.def): a plain struct for the engine and the
// backends, and its text form, "no-chain,no-fold".
#ifndef EMU_TRANSLATE_OPTIONS_JIT_OPTIONS_H_
#define EMU_TRANSLATE_OPTIONS_JIT_OPTIONS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "translate/ir/passes.h"

namespace emu::translate {

// Has a field for each line of switches.def; those of passes are the base's.
struct JitOptions : ir::OptimizeOptions {
#define EMU_JIT_OPT(field, name, what) bool field = true;
#define EMU_JIT_PASS(field, name, what)
#include "translate/options/switches.def"

  // Everything off.
  static JitOptions None();
};

struct JitSwitch {
  absl::string_view name;
  bool JitOptions::* on;
  absl::string_view what;
};
absl::Span<const JitSwitch> JitSwitches();

// Changes `options` as words with commas between them say, from left to right: no-NAME, NAME, none or all.
absl::Status ParseJitOptions(absl::string_view text, JitOptions* options);
// Text that ParseJitOptions makes the same options of, beginning with everything on: "all" or "no-fold,no-chain".
std::string JitOptionsText(const JitOptions& options);
// A line for each switch.
std::string JitOptionsHelp();

}  // namespace emu::translate

#endif  // EMU_TRANSLATE_OPTIONS_JIT_OPTIONS_H_
