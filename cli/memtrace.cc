// memtrace: what is in a binary trace of memory accesses.
#include <cstdio>
#include <string>
#include <vector>

#include "cli/memtrace_run.h"

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  const emu::cli::MemtraceOutcome outcome =
      emu::cli::RunMemtrace(arguments, [](absl::string_view text) { fwrite(text.data(), 1, text.size(), stdout); });
  if (!outcome.error.empty()) fprintf(stderr, "memtrace: %s\n", outcome.error.c_str());
  if (fflush(stdout) == 0 && ferror(stdout) == 0) return outcome.status;
  perror("memtrace: cannot write to standard output");
  return 1;
}
