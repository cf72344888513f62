// Where in a drawing of an address space its regions stand: rows of addresses from top to bottom, columns of regions
// from the root to the right. No two boxes of a column overlap.
#ifndef EMU_MEMORY_TREE_LAYOUT_H_
#define EMU_MEMORY_TREE_LAYOUT_H_

#include <cstdint>
#include <vector>

#include "memory/address_space.h"
#include "memory/flat_view.h"
#include "memory/range.h"
#include "memory/region.h"

namespace emu::memory {

// Addresses between which nothing begins or ends.
struct LayoutRow {
  Range range;
  double top = 0;
  double height = 0;
};

// A region in the tree. Aliases are shown, what they show is not.
struct LayoutBox {
  const Region* region = nullptr;
  int parent = -1;  // index of the box in which this region lies
  size_t first_row = 0;
  size_t last_row = 0;
  int column = 0;
  bool disabled = false;   // the region, or one in which it lies
  std::vector<bool> seen;  // for each of its rows: whether what answers there is in this region
};

struct TreeLayout {
  std::vector<LayoutRow> rows;
  std::vector<LayoutBox> boxes;  // those in which others lie come first
  int columns = 0;
  double height = 0;
  FlatView::Ptr view;

  double Top(const LayoutBox& box) const { return rows[box.first_row].top; }
  double Height(const LayoutBox& box) const { return rows[box.last_row].top + rows[box.last_row].height - Top(box); }
  // The row that begins with, or the one that ends with, an address at which something begins or ends.
  size_t RowOf(uint64_t address) const;
};

// A row is as high as the logarithm of its bytes, so that a register and a 64-bit space fit one page. The caller holds
// a TreeLock while he uses the layout.
TreeLayout LayOutTree(const AddressSpace& space);

}  // namespace emu::memory

#endif  // EMU_MEMORY_TREE_LAYOUT_H_
