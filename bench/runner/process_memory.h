// How much memory an emulator holds beside that of its guest.
#ifndef EMU_BENCH_RUNNER_PROCESS_MEMORY_H_
#define EMU_BENCH_RUNNER_PROCESS_MEMORY_H_

#include <sys/types.h>

#include <cstdint>

#include "absl/strings/string_view.h"

namespace emu::bench {

// Bytes resident in all mappings but the one with the most, which is the RAM of a guest that has booted; address space
// that is set aside and hardly used, for code or tables, may be larger. `smaps` as in proc(5), /proc/PID/smaps.
uint64_t ResidentBesideLargest(absl::string_view smaps);
// Of a running process; 0 if it cannot be read.
uint64_t ResidentBesideRam(pid_t pid);

}  // namespace emu::bench

#endif  // EMU_BENCH_RUNNER_PROCESS_MEMORY_H_
