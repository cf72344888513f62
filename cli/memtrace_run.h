// memtrace without its process: arguments in, output and exit status out.
#ifndef EMU_CLI_MEMTRACE_RUN_H_
#define EMU_CLI_MEMTRACE_RUN_H_

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace emu::cli {

struct MemtraceOutcome {
  int status = 0;     // 1: a wrong flag or file; 2: the trace is damaged or not whole, or there was no such write
  std::string error;  // lines; for standard error
};

// `print` gets the output, piece by piece.
MemtraceOutcome RunMemtrace(absl::Span<const std::string> arguments, absl::FunctionRef<void(absl::string_view)> print);

}  // namespace emu::cli

#endif  // EMU_CLI_MEMTRACE_RUN_H_
