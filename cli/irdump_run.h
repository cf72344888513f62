// irdump without its process: arguments in, output and exit status out.
#ifndef EMU_CLI_IRDUMP_RUN_H_
#define EMU_CLI_IRDUMP_RUN_H_

#include <string>

#include "absl/types/span.h"

namespace emu::cli {

struct IrdumpOutcome {
  int status = 0;      // 1: a wrong flag, text or file; 2: the code ends within an instruction
  std::string output;  // for standard output
  std::string error;   // a line without its end; for standard error
};

IrdumpOutcome RunIrdump(absl::Span<const std::string> arguments);

}  // namespace emu::cli

#endif  // EMU_CLI_IRDUMP_RUN_H_
