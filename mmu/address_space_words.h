// The words of an address space as tools see them: looked at without a trace, never changed.
#ifndef EMU_MMU_ADDRESS_SPACE_WORDS_H_
#define EMU_MMU_ADDRESS_SPACE_WORDS_H_

#include <cstdint>

#include "memory/access.h"
#include "memory/address.h"
#include "memory/address_space.h"
#include "mmu/page_walk.h"

namespace emu::mmu {

class AddressSpaceWords : public AnyPhysicalWords {
 public:
  // Page tables are read in `order`; RISC-V's are little-endian.
  explicit AddressSpaceWords(memory::AddressSpace& space, memory::Endian order = memory::Endian::kLittle)
      : space_(space), order_(order) {}

  memory::MemValue Read(memory::Gpa gpa, unsigned size) override {
    return space_.Load(gpa, size, {.debug = true}, order_);
  }
  memory::MemValue CompareExchange(memory::Gpa, unsigned, uint64_t, uint64_t) override {
    return {memory::MemStatus::kDeviceError, 0};
  }

 private:
  memory::AddressSpace& space_;
  const memory::Endian order_;
};

}  // namespace emu::mmu

#endif  // EMU_MMU_ADDRESS_SPACE_WORDS_H_
