// Address translation between bus masters and memory, as a callback of an IOMMU region.
#ifndef EMU_MEMORY_IOMMU_H_
#define EMU_MEMORY_IOMMU_H_

#include <cstdint>

#include "memory/access.h"
#include "memory/address.h"

namespace emu::memory {

class AddressSpace;

// What an IOMMU makes of one address. The entry holds for the naturally aligned block of mask + 1 bytes around it:
// the address in `target` is (translated & ~mask) | (offset & mask).
struct IommuEntry {
  AddressSpace* target = nullptr;  // null: nothing is mapped there
  Gpa translated;
  uint64_t mask = 0;  // block size - 1, a power of two less one
  bool readable = false;
  bool writable = false;
};

class IommuTranslator {
 public:
  virtual ~IommuTranslator() = default;
  // `offset` counts from the start of the IOMMU region. Translations for attrs.debug must leave no trace.
  virtual IommuEntry Translate(RegionOffset offset, bool write, MemAttrs attrs) = 0;
};

}  // namespace emu::memory

#endif  // EMU_MEMORY_IOMMU_H_
