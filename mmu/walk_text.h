// The record of a walk, for people and for tools.
#ifndef EMU_MMU_WALK_TEXT_H_
#define EMU_MMU_WALK_TEXT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "mmu/page_walk.h"

namespace emu::mmu {

// One word for a verdict: "table", "leaf", "updated", "retry" or "fault".
absl::string_view VerdictName(StepVerdict verdict);
absl::string_view AccessKindName(AccessKind kind);
// As in "rw-".
std::string PermissionText(Permissions permissions);

// One line per step, each ending in a newline:
//   level 2 [   1] 0000000080000008: 0000000020000801 -------V  table: points to the next table
std::string WalkText(const WalkLog& log);

// An array of objects with level, index, address, value, flags, verdict and reason; numbers that may exceed 53 bits are
// strings in hexadecimal. A check without an entry has verdict and reason only.
std::string WalkJson(const WalkLog& log);

}  // namespace emu::mmu

#endif  // EMU_MMU_WALK_TEXT_H_
