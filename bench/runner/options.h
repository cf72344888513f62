// The runner's command line.
#ifndef EMU_BENCH_RUNNER_OPTIONS_H_
#define EMU_BENCH_RUNNER_OPTIONS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace emu::bench {

struct Options {
  struct System {
    std::string name;
    std::string command;
  };
  std::vector<System> systems;
  int native = -1, ours = -1;  // indices of `systems`
  int runs = 3;
  int timeout_s = 300;
  std::string counted_command, counted_socket;  // empty: counters are not asked for
  std::string kernel_list;                      // paths; empty: none
  std::string svg;
  std::string json;
};

// `arguments` without the program's name:
//   --native COMMAND      the kernels on the machine itself
//   --ours NAME COMMAND   the emulator that the others are held against
//   --other NAME COMMAND  each other
//   --counters COMMAND SOCKET  ours once more at the end, not measured, with its QMP server at SOCKET
//   --runs N, --timeout SECONDS, --kernel-list FILE, --svg FILE, --json FILE
absl::StatusOr<Options> ParseOptions(absl::Span<const std::string> arguments);

}  // namespace emu::bench

#endif  // EMU_BENCH_RUNNER_OPTIONS_H_
