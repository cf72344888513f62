// irdump: guest code, its intermediate code before and after each pass, and its host code.
#include <cstdio>
#include <string>
#include <vector>

#include "cli/irdump_run.h"

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  const emu::cli::IrdumpOutcome outcome = emu::cli::RunIrdump(arguments);
  if (!outcome.error.empty()) fprintf(stderr, "irdump: %s\n", outcome.error.c_str());
  fwrite(outcome.output.data(), 1, outcome.output.size(), stdout);
  if (fflush(stdout) == 0 && ferror(stdout) == 0) return outcome.status;
  perror("irdump: cannot write to standard output");
  return 1;
}
