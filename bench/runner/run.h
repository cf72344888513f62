// One run of one system through its kernels.
#ifndef EMU_BENCH_RUNNER_RUN_H_
#define EMU_BENCH_RUNNER_RUN_H_

#include "absl/status/status.h"
#include "bench/runner/child.h"
#include "bench/runner/results.h"

namespace emu::bench {

inline constexpr char kBoot[] = "boot";        // from the start of the process to its first mark
inline constexpr char kNothing[] = "nothing";  // a kernel that does nothing: what two marks cost

// Starts the system's command, answers its marks, and adds what each kernel cost, less the smallest that a
// kernel called kNothing has cost before. An error if it stops in the middle, says nothing for `timeout_s`, gives
// another checksum than in its run before, or ends badly.
absl::Status RunOnce(int timeout_s, System* system, Results* results);

// The same for the emulator's own counters instead of costs, which are not kept. `socket_path` is where the command's
// QMP server listens.
absl::Status CountOnce(int timeout_s, const std::string& command, const std::string& socket_path, Results* results);

}  // namespace emu::bench

#endif  // EMU_BENCH_RUNNER_RUN_H_
