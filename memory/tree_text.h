// Region trees in a text form that is easy to write by hand: a line for each region, what is indented lies inside.
//
//     # What lies at an address may be hidden by what has a higher priority.
//     space memory of system
//     container system 16E
//       ram ram 0x80000000+128M
//       io uart 0x10000000-0x100000ff prio 1 owner "dev id=uart"
//       alias ram-again 0x400000000+4K of ram at 0x1000 readonly
//
//     KIND NAME RANGE [PROPERTY...]    docs/mtree.md has all of it
#ifndef EMU_MEMORY_TREE_TEXT_H_
#define EMU_MEMORY_TREE_TEXT_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "memory/tree_spec.h"

namespace emu::memory {

// Whether names refer to something, and to one thing, is found out when the tree is built (memory/tree_build.h).
// Errors begin with "line N: ".
absl::StatusOr<TreeSpec> ParseTreeText(absl::string_view text);

std::string FormatTreeText(const TreeSpec& spec);

}  // namespace emu::memory

#endif  // EMU_MEMORY_TREE_TEXT_H_
