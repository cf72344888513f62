// What `info` says of the CPU, its mappings, and of the code that was made for it.
#ifndef EMU_DEBUG_MONITOR_INFO_CPU_H_
#define EMU_DEBUG_MONITOR_INFO_CPU_H_

#include "absl/status/statusor.h"
#include "debug/monitor/command.h"

namespace emu::debug {

absl::StatusOr<Answer> InfoCpus(Request& request);
absl::StatusOr<Answer> InfoRegisters(Request& request);
absl::StatusOr<Answer> InfoMem(Request& request);
absl::StatusOr<Answer> InfoTlb(Request& request);
absl::StatusOr<Answer> InfoJit(Request& request);

}  // namespace emu::debug

#endif  // EMU_DEBUG_MONITOR_INFO_CPU_H_
