// Lists all that RISC-V page tables map. What entries mean is said once, in page_entry.h, for this and for the walker.
#ifndef EMU_MMU_RISCV_TABLE_SCAN_H_
#define EMU_MMU_RISCV_TABLE_SCAN_H_

#include <cstdint>
#include <vector>

#include "memory/address.h"
#include "memory/range.h"
#include "mmu/mapping_list.h"
#include "mmu/page_walk.h"
#include "mmu/riscv/page_entry.h"
#include "mmu/riscv/paging_mode.h"
#include "mmu/riscv/walk_types.h"
#include "mmu/table_scan.h"

namespace emu::mmu::riscv {

// The memory type of a leaf (Svpbmt, table of its chapter); 3 is reserved and no leaf has it.
constexpr const char* MemoryTypeName(unsigned pbmt) { return pbmt == 1 ? "nc" : pbmt == 2 ? "io" : ""; }

constexpr MappingAttributes AttributesOf(PageEntry e, bool global) {
  return {e.Has(kPteU), global, e.Has(kPteA), e.Has(kPteD), MemoryTypeName(e.Pbmt())};
}

// What is handed down from table to table is the G bit: 0 or 1.
class RiscvScanFormat {
 public:
  RiscvScanFormat(PagingMode mode, EntryFeatures features) : format_(FormatOf(mode)), features_(features) {}

  int TopLevel() const { return format_.levels - 1; }
  unsigned IndexBits(int) const { return format_.index_bits; }
  unsigned Shift(int level) const { return PageShiftAt(format_, level); }
  unsigned EntrySize() const { return format_.entry_size; }

  memory::Gva Extend(uint64_t va) const {
    if (format_.va_bits == 32) return memory::Gva(va);
    const unsigned unused = 64u - format_.va_bits;
    return memory::Gva(static_cast<uint64_t>(static_cast<int64_t>(va << unused) >> unused));
  }

  std::vector<memory::Range> Spaces() const {
    if (format_.va_bits == 32) return {{0, 0xFFFFFFFF}};
    const uint64_t half = uint64_t{1} << (format_.va_bits - 1);
    return {{0, half - 1}, {~(half - 1), ~uint64_t{0}}};
  }

  ScanEntry Decode(uint64_t bits, int level, uint64_t va, uint32_t global) const {
    const PageEntry e{bits};
    if (!e.Has(kPteV)) return {};
    if (e.IsLeaf()) return Leaf(e, level, va, global != 0);
    if (const char* why = MalformedPointer(e, level)) return {.kind = ScanEntry::Kind::kFault, .reason = why};
    return {.kind = ScanEntry::Kind::kTable, .target = e.Target(format_), .inherited = global | e.Has(kPteG)};
  }

 private:
  // An entry of a NAPOT range maps its own part of it.
  ScanEntry Leaf(PageEntry e, int level, uint64_t va, bool global) const {
    if (const char* why = MalformedLeaf(e, level, format_, features_)) {
      return {.kind = ScanEntry::Kind::kFault, .reason = why};
    }
    const unsigned shift = e.IsNapot() ? kNapotShift : Shift(level);
    const uint64_t offset = (uint64_t{1} << shift) - 1;
    return {.kind = ScanEntry::Kind::kLeaf,
            .target = memory::Gpa((e.Target(format_).value & ~offset) | (va & offset)),
            .permissions = Permissions::FromBits(e.bits >> 1 & 7),  // R, W and X in this order
            .page_shift = static_cast<uint8_t>(shift),
            .attributes = AttributesOf(e, global || e.Has(kPteG))};
  }

  const PagingFormat& format_;
  const EntryFeatures features_;
};

// `root` is no bare one.
template <PhysicalWords Words>
MappingList Scan(const AddressSpaceRoot& root, EntryFeatures features, Words& words, const ScanLimits& limits = {}) {
  return ScanTables(RiscvScanFormat(root.mode, features), root.table, 0, words, limits);
}

}  // namespace emu::mmu::riscv

#endif  // EMU_MMU_RISCV_TABLE_SCAN_H_
