// A page-table walker of any architecture behind one interface, for tools: the monitor and ptwalk do not know what an
// entry looks like.
#ifndef EMU_MMU_PAGE_TABLE_WALKER_H_
#define EMU_MMU_PAGE_TABLE_WALKER_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "memory/address.h"
#include "mmu/mapping_list.h"
#include "mmu/page_walk.h"
#include "mmu/table_scan.h"

namespace emu::mmu {

// What became of one address.
struct Translation {
  memory::Gva gva = {};
  AccessKind kind = AccessKind::kRead;
  std::string fault = {};  // what the CPU would raise; empty when there is a translation
  // When there is one. `permissions`: all that the CPU may do there at its privilege.
  memory::Gpa gpa = {};
  uint8_t page_shift = 0;
  Permissions permissions = {};
  MappingAttributes attributes = {};
  WalkLog log = {};  // every step, with the reason for the last one's verdict

  bool ok() const { return fault.empty(); }
  // Where the page begins.
  memory::Gpa page() const { return memory::Gpa(gpa.value >> page_shift << page_shift); }
};

// An address space, and the CPU state that its translations depend on. Looks only: no word is changed.
class PageTableWalker {
 public:
  virtual ~PageTableWalker() = default;
  // In a line: architecture, root, privilege and what else was set.
  virtual std::string Description() const = 0;
  // Whether there can be such an address at all, by its width.
  virtual absl::Status Check(memory::Gva gva) const = 0;
  virtual Translation Walk(memory::Gva gva, AccessKind kind, AnyPhysicalWords& words) const = 0;
  virtual MappingList Scan(AnyPhysicalWords& words, const ScanLimits& limits) const = 0;
};

}  // namespace emu::mmu

#endif  // EMU_MMU_PAGE_TABLE_WALKER_H_
