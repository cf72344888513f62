// Page-table words behind the PMP. The walk's own reads and updates are checked as supervisor accesses (RISC-V
// Privileged Architecture, version 20240411, section 3.7.1 and 3.7.2), and verdicts are kept per page, because a linear
// search through the entries for every word would cost more than the walk.
#ifndef EMU_MMU_RISCV_PMP_WORDS_H_
#define EMU_MMU_RISCV_PMP_WORDS_H_

#include <array>
#include <cstdint>

#include "memory/access.h"
#include "memory/address.h"
#include "mmu/page_walk.h"
#include "mmu/riscv/paging_mode.h"
#include "mmu/riscv/pmp.h"
#include "mmu/riscv/privilege.h"

namespace emu::mmu::riscv {

// Verdicts on pages for supervisor and user mode, which the PMP does not tell apart. Good for TLB fills as well.
class PmpPageCache {
 public:
  explicit PmpPageCache(const Pmp& pmp) : pmp_(pmp) {}

  // What the PMP says of the 4 KiB page around `gpa`.
  PmpVerdict PageOf(memory::Gpa gpa) {
    const uint64_t page = gpa.value >> kPageShift;
    Slot& slot = slots_[page % kSlots];
    if (slot.page != page || slot.generation != pmp_.generation()) {
      const memory::Gpa start(page << kPageShift);
      slot = {page, pmp_.generation(), pmp_.Over(start, uint64_t{1} << kPageShift, Privilege::kSupervisor)};
    }
    return slot.verdict;
  }

  // For accesses that do not leave a page.
  bool Allows(memory::Gpa gpa, unsigned size, AccessKind kind) {
    const PmpVerdict verdict = PageOf(gpa);
    return verdict.uniform ? verdict.allowed.Allows(kind) : pmp_.Allows(gpa, size, kind, Privilege::kSupervisor);
  }

 private:
  static constexpr unsigned kSlots = 64;
  struct Slot {
    uint64_t page = ~uint64_t{0};
    uint64_t generation = 0;
    PmpVerdict verdict;
  };

  const Pmp& pmp_;
  std::array<Slot, kSlots> slots_{};
};

// `Words` as the PMP lets a walk see them. A denial is kDeviceError: something is there and refuses.
template <PhysicalWords Words>
class PmpCheckedWords {
 public:
  PmpCheckedWords(Words& words, PmpPageCache& pmp) : words_(words), pmp_(pmp) {}

  memory::MemValue Read(memory::Gpa gpa, unsigned size) {
    if (!pmp_.Allows(gpa, size, AccessKind::kRead)) return {memory::MemStatus::kDeviceError, 0};
    return words_.Read(gpa, size);
  }
  memory::MemValue CompareExchange(memory::Gpa gpa, unsigned size, uint64_t expected, uint64_t desired) {
    if (!pmp_.Allows(gpa, size, AccessKind::kWrite)) return {memory::MemStatus::kDeviceError, 0};
    return words_.CompareExchange(gpa, size, expected, desired);
  }

 private:
  Words& words_;
  PmpPageCache& pmp_;
};

}  // namespace emu::mmu::riscv

#endif  // EMU_MMU_RISCV_PMP_WORDS_H_
