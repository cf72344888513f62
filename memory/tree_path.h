// The way that an access takes through a region tree.
#ifndef EMU_MEMORY_TREE_PATH_H_
#define EMU_MEMORY_TREE_PATH_H_

#include <cstdint>
#include <vector>

#include "memory/region.h"

namespace emu::memory {

struct TreePlace {
  const Region* region;
  uint64_t offset;  // of the address in the region
  bool aliased;     // reached as the target of the alias before it, otherwise lying in the region before it
  bool operator==(const TreePlace&) const = default;
};
using TreePath = std::vector<TreePlace>;

// From the root to the region that answers `offset` bytes into the root; empty: none does. The caller holds a TreeLock.
TreePath FindTreePath(const Region& root, uint64_t offset);

}  // namespace emu::memory

#endif  // EMU_MEMORY_TREE_PATH_H_
