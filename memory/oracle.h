// What lies at one address, found by walking the region tree from its root: the meaning of a tree in a few lines, slow
// and meant to be obviously right. Flat views are held against it.
#ifndef EMU_MEMORY_ORACLE_H_
#define EMU_MEMORY_ORACLE_H_

#include "memory/address.h"
#include "memory/region.h"

namespace emu::memory {

struct Resolved {
  const Region* region = nullptr;  // null: nothing
  RegionOffset offset;
  bool readonly = false;
  bool nonvolatile = false;
  bool operator==(const Resolved&) const = default;
};

Resolved Resolve(const Region& root, Gpa at);

}  // namespace emu::memory

#endif  // EMU_MEMORY_ORACLE_H_
