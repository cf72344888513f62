// The short way through page tables; see walker.h, of which this is a part.
#ifndef EMU_MMU_RISCV_ORDINARY_WALK_H_
#define EMU_MMU_RISCV_ORDINARY_WALK_H_

#include <cstdint>

#include "memory/access.h"
#include "memory/address.h"
#include "mmu/page_walk.h"
#include "mmu/riscv/page_entry.h"
#include "mmu/riscv/paging_mode.h"
#include "mmu/riscv/walk_cache.h"
#include "mmu/riscv/walk_types.h"

namespace emu::mmu::riscv::internal {

// Writes down the mapping that leaf `pte`, met at `at`, gives.
constexpr void SetMapping(WalkResult& result, const WalkContext& context, const PagingFormat& format, uint64_t va,
                          PageEntry pte, WalkStart at) {
  const unsigned shift = pte.IsNapot() ? kNapotShift : PageShiftAt(format, at.level);
  const uint64_t offset = (uint64_t{1} << shift) - 1;
  result.gpa = memory::Gpa((pte.Target(format).value & ~offset) | (va & offset));
  result.page_shift = static_cast<uint8_t>(shift);
  result.global = at.global || pte.Has(kPteG);
  if (!pte.Has(kPteD) && context.accessed_dirty != AccessedDirty::kIgnore) {
    result.allowed = result.allowed & Permissions(true, false, true);
  }
}

template <PagingMode kMode>
constexpr bool IsSignExtended(uint64_t va) {
  constexpr unsigned kUnused = 64 - FormatOf(kMode).va_bits;
  if constexpr (kMode == PagingMode::kSv32) return true;
  return static_cast<uint64_t>(static_cast<int64_t>(va << kUnused) >> kUnused) == va;
}

template <PagingMode kMode>
constexpr uint64_t IndexAt(uint64_t va, int level) {
  constexpr const PagingFormat& kFormat = FormatOf(kMode);
  return va >> PageShiftAt(kFormat, level) & ((uint64_t{1} << kFormat.index_bits) - 1);
}

// The walk of nearly every TLB miss, with all its state in registers: pointers without a blemish, then a leaf that
// permits the access as it stands. False where anything is out of the ordinary; TreeWalk then starts again.
template <PagingMode kMode, PhysicalWords Words, typename Cache>
[[gnu::always_inline]] inline bool WalkOrdinary(const WalkContext& context, uint64_t va, AccessKind kind, Words& words,
                                                Cache& cache, WalkResult& result) {
  constexpr const PagingFormat& kFormat = FormatOf(kMode);
  constexpr uint64_t kOptional = kPteN | kPtePbmt | kPteReserved;
  constexpr uint64_t kPointerBits = kPteV | kPteR | kPteW | kPteX | kPteU | kPteA | kPteD | kOptional;
  if (!IsSignExtended<kMode>(va)) return false;
  WalkStart at{kFormat.levels - 1, context.root.table, false};
  cache.Find(context.root, kFormat, va, at);
  memory::Gpa entry;
  PageEntry pte;
  for (;; --at.level) {
    entry = at.table + IndexAt<kMode>(va, at.level) * kFormat.entry_size;
    const memory::MemValue word = words.Read(entry, kFormat.entry_size);
    pte.bits = word.value;
    if (word.status != memory::MemStatus::kOk) return false;
    if ((pte.bits & kPointerBits) != kPteV) break;
    if (at.level == 0) return false;
    at.table = pte.Target(kFormat);
    at.global |= pte.Has(kPteG);
    cache.Insert(context.root, kFormat, va, {at.level - 1, at.table, at.global});
  }
  const uint64_t wanted = kind == AccessKind::kWrite ? kPteV | kPteA | kPteD : kPteV | kPteA;
  const Permissions allowed = EffectivePermissions(pte, context.privilege, context.sum, context.mxr);
  if (!pte.Has(wanted) || !allowed.Allows(kind) || (pte.bits & kOptional) != 0) return false;
  if (MalformedLeaf(pte, at.level, kFormat, context.features) != nullptr) return false;
  result.allowed = allowed;
  result.entry = entry;
  result.entry_value = pte.bits;
  SetMapping(result, context, kFormat, va, pte, at);
  return true;
}

}  // namespace emu::mmu::riscv::internal

#endif  // EMU_MMU_RISCV_ORDINARY_WALK_H_
