// ptwalk: how page tables in a file of physical memory translate addresses, and all that they map.
#include <cstdio>
#include <string>
#include <vector>

#include "cli/ptwalk_run.h"

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  const emu::cli::PtwalkOutcome outcome = emu::cli::RunPtwalk(arguments);
  if (!outcome.error.empty()) fprintf(stderr, "ptwalk: %s\n", outcome.error.c_str());
  fwrite(outcome.output.data(), 1, outcome.output.size(), stdout);
  if (fflush(stdout) == 0 && ferror(stdout) == 0) return outcome.status;
  perror("ptwalk: cannot write to standard output");
  return 1;
}
