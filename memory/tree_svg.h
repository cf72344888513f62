// A region tree as a picture: the flat view beside the tree, one column for each level, hidden parts hatched.
#ifndef EMU_MEMORY_TREE_SVG_H_
#define EMU_MEMORY_TREE_SVG_H_

#include <string>

#include "memory/address_space.h"

namespace emu::memory {

// A whole SVG document. Heights follow the logarithm of sizes, so sparse 64-bit spaces stay readable.
std::string FormatTreeSvg(const AddressSpace& space);

}  // namespace emu::memory

#endif  // EMU_MEMORY_TREE_SVG_H_
