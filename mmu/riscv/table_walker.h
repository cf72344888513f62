// RISC-V page tables behind the interface for tools.
#ifndef EMU_MMU_RISCV_TABLE_WALKER_H_
#define EMU_MMU_RISCV_TABLE_WALKER_H_

#include <string>

#include "absl/status/status.h"
#include "memory/address.h"
#include "mmu/mapping_list.h"
#include "mmu/page_table_walker.h"
#include "mmu/page_walk.h"
#include "mmu/riscv/walk_types.h"
#include "mmu/table_scan.h"
#include "mmu/walker_info.h"

namespace emu::mmu::riscv {

// Translates as a hart in the state `context` does. A and D bits are never updated: kUpdate is taken as kIgnore.
class TableWalker : public PageTableWalker {
 public:
  explicit TableWalker(const WalkContext& context);
  std::string Description() const override;
  absl::Status Check(memory::Gva gva) const override;
  Translation Walk(memory::Gva gva, AccessKind kind, AnyPhysicalWords& words) const override;
  MappingList Scan(AnyPhysicalWords& words, const ScanLimits& limits) const override;

 private:
  WalkContext context_;
};

// For the list of all walkers.
extern const WalkerInfo kSv32Walker;
extern const WalkerInfo kSv39Walker;
extern const WalkerInfo kSv48Walker;
extern const WalkerInfo kSv57Walker;

}  // namespace emu::mmu::riscv

#endif  // EMU_MMU_RISCV_TABLE_WALKER_H_
