// Where an address lives, in one answer: the walk through the page tables, what the soft TLB holds, the region, host
// memory, what is there now, and who wrote it.
#ifndef EMU_DEBUG_MONITOR_EXPLAIN_ADDRESS_H_
#define EMU_DEBUG_MONITOR_EXPLAIN_ADDRESS_H_

#include "absl/status/statusor.h"
#include "debug/monitor/command.h"
#include "memory/address.h"

namespace emu::debug {

absl::StatusOr<Answer> ExplainVirtual(MonitorState& state, memory::Gva gva);
absl::StatusOr<Answer> ExplainPhysical(MonitorState& state, memory::Gpa gpa);

}  // namespace emu::debug

#endif  // EMU_DEBUG_MONITOR_EXPLAIN_ADDRESS_H_
