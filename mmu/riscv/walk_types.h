// What goes into a RISC-V page-table walk and what comes out.
#ifndef EMU_MMU_RISCV_WALK_TYPES_H_
#define EMU_MMU_RISCV_WALK_TYPES_H_

#include <cstdint>

#include "memory/address.h"
#include "mmu/page_walk.h"
#include "mmu/riscv/page_entry.h"
#include "mmu/riscv/paging_mode.h"
#include "mmu/riscv/privilege.h"

namespace emu::mmu::riscv {

// What happens when a leaf's A bit, or its D bit for a write, is clear.
enum class AccessedDirty : uint8_t {
  kFault,   // Svade, and Svadu while menvcfg.ADUE is 0
  kUpdate,  // Svadu
  kIgnore,  // a look from outside (debugger, tool): neither a fault nor a change
};

// The CPU state that a translation depends on. The caller has applied MPRV to `privilege`.
struct WalkContext {
  AddressSpaceRoot root;
  Privilege privilege = Privilege::kSupervisor;
  bool sum = false;
  bool mxr = false;
  EntryFeatures features = {};
  AccessedDirty accessed_dirty = AccessedDirty::kFault;
};

enum class WalkFault : uint8_t { kNone, kPage, kAccess };

// The exception code of mcause/scause; `fault` is not kNone. (Privileged Architecture 20240411, table 14.)
constexpr unsigned FaultCause(WalkFault fault, AccessKind kind) {
  const bool page = fault == WalkFault::kPage;
  switch (kind) {
    case AccessKind::kExecute:
      return page ? 12 : 1;
    case AccessKind::kRead:
      return page ? 13 : 5;
    case AccessKind::kWrite:
      break;
  }
  return page ? 15 : 7;
}

struct WalkResult {
  WalkFault fault = WalkFault::kNone;
  uint8_t cause = 0;       // exception code when faulted; the trap value is `gva`
  uint8_t page_shift = 0;  // log2 of the mapping's size: what one SFENCE.VMA by address must drop
  bool global = false;     // the G bit of the leaf or of any pointer on the way
  // All that this privilege may do with the page and may be kept in a TLB: a write only once D is set.
  Permissions allowed;
  memory::Gva gva;
  memory::Gpa gpa;           // of `gva`, when there is no fault
  memory::Gpa entry;         // where the last entry read lies
  uint64_t entry_value = 0;  // and what it holds after the walk

  constexpr bool ok() const { return fault == WalkFault::kNone; }
  // Of the leaf, as in memory after the walk; false and 0 where nothing was translated.
  constexpr bool user() const { return PageEntry{entry_value}.Has(kPteU); }
  constexpr bool accessed() const { return PageEntry{entry_value}.Has(kPteA); }
  constexpr bool dirty() const { return PageEntry{entry_value}.Has(kPteD); }
  constexpr unsigned pbmt() const { return PageEntry{entry_value}.Pbmt(); }  // Svpbmt memory type
};

// What `privilege` may do through leaf `e`, A and D aside. Section 10.3.1 of 20240411; SUM and MXR: section 3.1.6.3.
constexpr Permissions EffectivePermissions(PageEntry e, Privilege privilege, bool sum, bool mxr) {
  Permissions permissions = Permissions::FromBits(e.bits >> 1 & 7);  // R, W and X in this order
  if (mxr && e.Has(kPteX)) permissions = Permissions(true, permissions.write(), true);
  const bool user_mode = privilege == Privilege::kUser;
  if (e.Has(kPteU) == user_mode) return permissions;
  if (user_mode || !sum) return {};
  return permissions & Permissions(true, true, false);
}

}  // namespace emu::mmu::riscv

#endif  // EMU_MMU_RISCV_WALK_TYPES_H_
