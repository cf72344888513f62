// ptwalk without its process: arguments in, output and exit status out.
#ifndef EMU_CLI_PTWALK_RUN_H_
#define EMU_CLI_PTWALK_RUN_H_

#include <string>

#include "absl/types/span.h"

namespace emu::cli {

struct PtwalkOutcome {
  int status = 0;      // 1: a wrong flag or file; 2: an address without translation, or a list that had to stop
  std::string output;  // for standard output
  std::string error;   // a line without its end; for standard error
};

PtwalkOutcome RunPtwalk(absl::Span<const std::string> arguments);

}  // namespace emu::cli

#endif  // EMU_CLI_PTWALK_RUN_H_
