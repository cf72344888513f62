// Remembers where the lower tables of recently walked addresses lie, so that most walks read the last entry only.
// Only pointers are kept, never leaves: the accessed and dirty bits must always come from memory. The architecture
// allows stale ones until an SFENCE.VMA (RISC-V Privileged Architecture, version 20240411, sections 10.2.1 and 10.3.2).
// One cache belongs to one CPU. Whoever changes the PMP flushes it too: a remembered table is not checked again.
#ifndef EMU_MMU_RISCV_WALK_CACHE_H_
#define EMU_MMU_RISCV_WALK_CACHE_H_

#include <array>
#include <cstdint>

#include "memory/address.h"
#include "mmu/riscv/paging_mode.h"

namespace emu::mmu::riscv {

// Where a walk may begin: `table` is the table of `level` on the way to the address.
struct WalkStart {
  int level = 0;
  memory::Gpa table;
  bool global = false;  // a pointer on the way had its G bit set
};

struct NoWalkCache {
  bool Find(const AddressSpaceRoot&, const PagingFormat&, uint64_t, WalkStart&) { return false; }
  void Insert(const AddressSpaceRoot&, const PagingFormat&, uint64_t, const WalkStart&) {}
};

class WalkCache {
 public:
  // Looks for the lowest table known on the way to `gva`.
  bool Find(const AddressSpaceRoot& root, const PagingFormat& format, uint64_t gva, WalkStart& start) const {
    for (int level = 0; level < format.levels - 1; ++level) {
      const uint64_t prefix = Prefix(format, level, gva);
      const Entry& e = entries_[static_cast<unsigned>(level)][prefix % kEntries];
      if (((e.prefix ^ prefix) | (e.space ^ Space(root)) | (e.stamp ^ Stamp(root.asid))) != 0) continue;
      start = {level, memory::Gpa(e.next & ~uint64_t{1}), (e.next & 1) != 0};
      return true;
    }
    return false;
  }

  void Insert(const AddressSpaceRoot& root, const PagingFormat& format, uint64_t gva, const WalkStart& start) {
    const uint64_t prefix = Prefix(format, start.level, gva);
    Entry& e = entries_[static_cast<unsigned>(start.level)][prefix % kEntries];
    e = {prefix, Space(root), Stamp(root.asid), start.table.value | (start.global ? 1u : 0u)};
  }

  void FlushAll() { ++epoch_; }
  // Forgets the tables of one address space, and of the few others that share its slot.
  void FlushAsid(uint16_t asid) { ++generations_[asid % kGenerations]; }
  // Forgets the tables on the way to `gva` in all address spaces and modes.
  void FlushVa(memory::Gva gva) {
    for (const PagingMode mode : {PagingMode::kSv32, PagingMode::kSv57}) {  // Sv39 and Sv48 index as Sv57 does
      const PagingFormat& format = FormatOf(mode);
      for (int level = 0; level < format.levels - 1; ++level) {
        entries_[static_cast<unsigned>(level)][Prefix(format, level, gva.value) % kEntries].stamp = kNever;
      }
    }
  }

 private:
  static constexpr unsigned kLevels = 4;  // tables below the root of Sv57
  static constexpr unsigned kEntries = 64;
  static constexpr unsigned kGenerations = 64;
  static constexpr uint64_t kNever = ~uint64_t{0};

  struct Entry {
    uint64_t prefix = 0;
    uint64_t space = 0;       // root table and mode
    uint64_t stamp = kNever;  // flush count and ASID
    uint64_t next = 0;        // the table; bit 0: global
  };

  static uint64_t Prefix(const PagingFormat& format, int level, uint64_t gva) {
    return gva >> PageShiftAt(format, level + 1);
  }
  // Tables are page-aligned, so the mode fits below.
  static uint64_t Space(const AddressSpaceRoot& root) { return root.table.value | static_cast<uint64_t>(root.mode); }
  // Both counts only grow, so a flush gives a sum that no older entry has.
  uint64_t Stamp(uint16_t asid) const { return (epoch_ + generations_[asid % kGenerations]) << 16 | asid; }

  uint64_t epoch_ = 0;
  std::array<uint64_t, kGenerations> generations_{};
  std::array<std::array<Entry, kEntries>, kLevels> entries_{};
};

}  // namespace emu::mmu::riscv

#endif  // EMU_MMU_RISCV_WALK_CACHE_H_
