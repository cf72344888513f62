// Page tables without a CPU: two tables in memory, a walk through them, and all that they map.
#include <cstdio>

#include "memory/address_space.h"
#include "memory/region.h"
#include "mmu/address_space_words.h"
#include "mmu/mapping_text.h"
#include "mmu/walkers.h"

using emu::memory::AddressSpace;
using emu::memory::Gpa;
using emu::memory::Gva;
using emu::memory::RamBlock;
using emu::memory::Region;
using emu::memory::RegionOffset;
using emu::memory::Size;
using emu::mmu::AccessKind;

int main() {
  constexpr uint64_t kRam = 0x80000000, kRoot = kRam, kTable = kRam + 0x1000;
  const auto block = RamBlock::Anonymous("ram", 0x10000);
  if (!block.ok()) return 1;
  const auto system = Region::Container("system", Size::Whole());
  if (!system->Map(Region::Ram("ram", *block), RegionOffset(kRam)).ok()) return 1;
  AddressSpace memory("memory", system);

  // Sv32: an entry is a page number shifted by 10, and flags; here V, then X, R, V with A.
  memory.Store(Gpa(kRoot + 1 * 4), 4, kTable >> 12 << 10 | 0x01);
  for (uint64_t page = 0; page < 3; ++page) {
    memory.Store(Gpa(kTable + (8 + page) * 4), 4, ((kRam >> 12) + 4 + page) << 10 | 0x4B);
  }
  memory.Store(Gpa(kRam + 0x5678), 1, 42);

  const auto walker = emu::mmu::MakeWalker("riscv-sv32", {.user = false, .settings = {{"root", kRoot}}});
  if (!walker.ok()) return 1;
  emu::mmu::AddressSpaceWords words(memory);
  for (const AccessKind kind : {AccessKind::kRead, AccessKind::kWrite}) {
    const emu::mmu::Translation translation = (*walker)->Walk(Gva(0x409678), kind, words);
    printf("%s\n", TranslationText(translation, memory.Load(translation.gpa, 1)).c_str());
  }
  printf("%s", MappingListText((*walker)->Scan(words, {})).c_str());
}
