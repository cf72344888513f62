// Region trees and flat views as text, in the layout of QEMU's `info mtree` and `info mtree -f`.
#ifndef EMU_MEMORY_MTREE_H_
#define EMU_MEMORY_MTREE_H_

#include <string>

#include "absl/types/span.h"
#include "memory/address_space.h"

namespace emu::memory {

struct MtreeOptions {
  bool owners = false;    // -o: who made each region; "orphan" where nobody said
  bool disabled = false;  // -D: disabled regions too, marked [disabled]
  // -d: the lookup table of each flat view, which is one sorted table here and not a tree.
  bool dispatch = false;
};

// The trees of the address spaces, those with one root together, followed by every region that an alias refers to.
//
// As QEMU 11 has it: a disabled region is left out but its children are not; what is neither memory nor has a parent
// is called "container" and what has one "i/o", whatever it is; a region is shown at its address in its parent.
std::string FormatTrees(absl::Span<AddressSpace* const> spaces, const MtreeOptions& options = {});

// The flat views, each with the address spaces that share it.
std::string FormatFlatViews(absl::Span<AddressSpace* const> spaces, const MtreeOptions& options = {});

}  // namespace emu::memory

#endif  // EMU_MEMORY_MTREE_H_
