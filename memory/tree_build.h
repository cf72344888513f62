// From the description of a region tree to the tree, and back.
#ifndef EMU_MEMORY_TREE_BUILD_H_
#define EMU_MEMORY_TREE_BUILD_H_

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "memory/address_space.h"
#include "memory/region.h"
#include "memory/tree_spec.h"

namespace emu::memory {

// Regions and address spaces as described. RAM and ROM are zeroed memory of this process, devices answer reads with 0
// and ignore writes, IOMMUs translate nothing: enough to look at, and to map further regions into.
struct BuiltTree {
  std::vector<RegionPtr> regions;  // in the order of the description
  std::vector<std::unique_ptr<AddressSpace>> spaces;

  std::vector<AddressSpace*> space_pointers() const;
};

// Fails where a name means nothing or several regions, where a region contains itself through aliases, and where
// aliases repeat one another beyond a million regions to look at.
absl::StatusOr<BuiltTree> BuildTree(const TreeSpec& spec);

// What is in the address spaces, with all that their regions lie in or refer to.
TreeSpec DescribeTree(absl::Span<AddressSpace* const> spaces);

}  // namespace emu::memory

#endif  // EMU_MEMORY_TREE_BUILD_H_
