// Translates a guest-virtual address through RISC-V page tables. A pure function of its arguments and of the words it
// reads; the steps are those of the RISC-V Privileged Architecture, version 20240411, section 10.3.2.
//
//   WalkResult r = Walk(context, gva, AccessKind::kRead, words);
//   if (!r.ok()) trap(r.cause, r.gva); else fill(r.gpa, r.allowed);
#ifndef EMU_MMU_RISCV_WALKER_H_
#define EMU_MMU_RISCV_WALKER_H_

#include <cstdint>

#include "memory/address.h"
#include "mmu/page_walk.h"
#include "mmu/riscv/ordinary_walk.h"
#include "mmu/riscv/paging_mode.h"
#include "mmu/riscv/tree_walk.h"
#include "mmu/riscv/walk_cache.h"
#include "mmu/riscv/walk_types.h"

namespace emu::mmu::riscv {

namespace internal {

// Bare translation, and machine mode: the address is physical already. All of it may be kept page by page.
constexpr WalkResult WalkBare(memory::Gva gva) {
  WalkResult result;
  result.page_shift = kPageShift;
  result.allowed = Permissions::All();
  result.gva = gva;
  result.gpa = memory::Gpa(gva.value);
  return result;
}

// Not inlined: Walk then is a jump to the mode's own code.
template <PagingMode kMode, PhysicalWords Words, WalkRecorder Recorder, typename Cache>
[[gnu::noinline]] WalkResult WalkTables(const WalkContext& context, memory::Gva gva, AccessKind kind, Words& words,
                                        Recorder& recorder, Cache& cache) {
  const uint64_t va = kMode == PagingMode::kSv32 ? static_cast<uint32_t>(gva.value) : gva.value;
  WalkResult result;
  result.gva = gva;
  if (Recorder::kEnabled || !WalkOrdinary<kMode>(context, va, kind, words, cache, result)) {
    TreeWalk<kMode, Words, Recorder, Cache>::Run(context, va, kind, words, recorder, cache, result);
  }
  return result;
}

}  // namespace internal

// Translates `gva` for an access of `kind`. Steps go to `recorder`; upper levels come from and go to `cache`.
template <PhysicalWords Words, WalkRecorder Recorder, typename Cache>
WalkResult Walk(const WalkContext& context, memory::Gva gva, AccessKind kind, Words& words, Recorder& recorder,
                Cache& cache) {
  const auto walk = [&]<PagingMode kMode>() {
    return internal::WalkTables<kMode>(context, gva, kind, words, recorder, cache);
  };
  const bool translated = context.privilege != Privilege::kMachine;
  switch (translated ? context.root.mode : PagingMode::kBare) {
    case PagingMode::kSv32:
      return walk.template operator()<PagingMode::kSv32>();
    case PagingMode::kSv39:
      return walk.template operator()<PagingMode::kSv39>();
    case PagingMode::kSv48:
      return walk.template operator()<PagingMode::kSv48>();
    case PagingMode::kSv57:
      return walk.template operator()<PagingMode::kSv57>();
    case PagingMode::kBare:
      break;
  }
  return internal::WalkBare(gva);
}

// The common walk of a CPU: nothing recorded, upper levels remembered.
template <PhysicalWords Words>
WalkResult Walk(const WalkContext& context, memory::Gva gva, AccessKind kind, Words& words, WalkCache& cache) {
  NoRecorder recorder;
  return Walk(context, gva, kind, words, recorder, cache);
}

// Reads every level from memory and notes every step.
template <PhysicalWords Words>
WalkResult Walk(const WalkContext& context, memory::Gva gva, AccessKind kind, Words& words, WalkLog& log) {
  NoWalkCache cache;
  return Walk(context, gva, kind, words, log, cache);
}

template <PhysicalWords Words>
WalkResult Walk(const WalkContext& context, memory::Gva gva, AccessKind kind, Words& words) {
  NoRecorder recorder;
  NoWalkCache cache;
  return Walk(context, gva, kind, words, recorder, cache);
}

}  // namespace emu::mmu::riscv

#endif  // EMU_MMU_RISCV_WALKER_H_
