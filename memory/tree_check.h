// What a description must be before it can be built.
#ifndef EMU_MEMORY_TREE_CHECK_H_
#define EMU_MEMORY_TREE_CHECK_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "memory/tree_spec.h"

namespace emu::memory {

// "line 7: region "uart": ", or without the line where there is none.
std::string WhereInTree(const RegionSpec& region);

// What the names in a description refer to: indices in TreeSpec::regions.
struct TreeReferences {
  std::vector<int> targets;  // for each region; -1 for those that are no aliases
  std::vector<int> roots;    // for each address space
};
absl::StatusOr<TreeReferences> ResolveReferences(const TreeSpec& spec);

// That no region contains itself, and that what can be seen through aliases has a limit.
absl::Status CheckShape(const TreeSpec& spec, const TreeReferences& references);

}  // namespace emu::memory

#endif  // EMU_MEMORY_TREE_CHECK_H_
