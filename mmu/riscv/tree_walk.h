// The long way through page tables, which knows every case and can record its steps; see walker.h, of which this is a
// part.
#ifndef EMU_MMU_RISCV_TREE_WALK_H_
#define EMU_MMU_RISCV_TREE_WALK_H_

#include <cstdint>

#include "memory/access.h"
#include "memory/address.h"
#include "mmu/page_walk.h"
#include "mmu/riscv/ordinary_walk.h"
#include "mmu/riscv/page_entry.h"
#include "mmu/riscv/paging_mode.h"
#include "mmu/riscv/walk_cache.h"
#include "mmu/riscv/walk_types.h"

namespace emu::mmu::riscv::internal {

// Why `kind` is not among `EffectivePermissions`, for a record of the walk.
constexpr const char* DenialText(PageEntry e, const WalkContext& context, AccessKind kind) {
  if (context.privilege == Privilege::kUser && !e.Has(kPteU)) return "not a user page";
  if (context.privilege == Privilege::kSupervisor && e.Has(kPteU)) {
    if (kind == AccessKind::kExecute) return "a user page is never executable for the supervisor";
    if (!context.sum) return "user page and SUM is 0";
  }
  switch (kind) {
    case AccessKind::kRead:
      return context.mxr ? "neither readable nor executable" : "not readable";
    case AccessKind::kWrite:
      return "not writable";
    case AccessKind::kExecute:
      break;
  }
  return "not executable";
}

// One walk through tables of one mode, every case. Every step function returns true when the walk is over.
template <PagingMode kMode, PhysicalWords Words, WalkRecorder Recorder, typename Cache>
class TreeWalk {
 public:
  [[gnu::noinline]] static void Run(const WalkContext& context, uint64_t va, AccessKind kind, Words& words,
                                    Recorder& recorder, Cache& cache, WalkResult& result) {
    TreeWalk(context, va, kind, words, recorder, cache, result).Start();
  }

 private:
  static constexpr const PagingFormat& kFormat = FormatOf(kMode);

  TreeWalk(const WalkContext& context, uint64_t va, AccessKind kind, Words& words, Recorder& recorder, Cache& cache,
           WalkResult& result)
      : context_(context), va_(va), kind_(kind), words_(words), recorder_(recorder), cache_(cache), result_(result) {}

  void Start() {
    if (!IsSignExtended<kMode>(va_)) {
      Fail(WalkFault::kPage, "the address is not sign-extended");
      return;
    }
    at_ = {kFormat.levels - 1, context_.root.table, false};
    cache_.Find(context_.root, kFormat, va_, at_);
    while (!Step()) {
    }
  }

  uint64_t Index() const { return IndexAt<kMode>(va_, at_.level); }

  bool Step() {
    result_.entry = at_.table + Index() * kFormat.entry_size;
    const memory::MemValue word = words_.Read(result_.entry, kFormat.entry_size);
    pte_.bits = result_.entry_value = word.value;
    if (word.status != memory::MemStatus::kOk) return Fail(WalkFault::kAccess, "the entry cannot be read");
    if (!pte_.Has(kPteV)) return Fail(WalkFault::kPage, "not valid");
    return pte_.IsLeaf() ? Leaf() : Descend();
  }

  bool Descend() {
    if (const char* why = MalformedPointer(pte_, at_.level)) return Fail(WalkFault::kPage, why);
    Record(StepVerdict::kTable, "points to the next table");
    at_ = {at_.level - 1, pte_.Target(kFormat), at_.global || pte_.Has(kPteG)};
    cache_.Insert(context_.root, kFormat, va_, at_);
    return false;
  }

  bool Leaf() {
    if (const char* why = MalformedLeaf(pte_, at_.level, kFormat, context_.features)) {
      return Fail(WalkFault::kPage, why);
    }
    result_.allowed = EffectivePermissions(pte_, context_.privilege, context_.sum, context_.mxr);
    if (!result_.allowed.Allows(kind_)) {
      return Fail(WalkFault::kPage, Recorder::kEnabled ? DenialText(pte_, context_, kind_) : "");
    }
    const uint64_t wanted = kind_ == AccessKind::kWrite ? kPteA | kPteD : kPteA;
    if (!pte_.Has(wanted) && context_.accessed_dirty != AccessedDirty::kIgnore) return MarkUsed(wanted);
    return Succeed();
  }

  // Step 7 (9 in later versions): a clear A or D bit. When the entry has changed meanwhile, it is read again.
  bool MarkUsed(uint64_t wanted) {
    if (context_.accessed_dirty == AccessedDirty::kFault) {
      return Fail(WalkFault::kPage, pte_.Has(kPteA) ? "D is clear" : "A is clear");
    }
    const memory::MemValue found =
        words_.CompareExchange(result_.entry, kFormat.entry_size, pte_.bits, pte_.bits | wanted);
    if (found.status != memory::MemStatus::kOk) return Fail(WalkFault::kAccess, "the entry cannot be written");
    if (found.value != pte_.bits) {
      Record(StepVerdict::kRetry, "the entry has changed");
      return false;
    }
    pte_.bits = result_.entry_value = pte_.bits | wanted;
    Record(StepVerdict::kUpdated, "A and D stored as the access needs");
    return Succeed();
  }

  bool Succeed() {
    Record(StepVerdict::kLeaf, pte_.IsNapot() ? "maps a 64 KiB range" : "maps the page");
    SetMapping(result_, context_, kFormat, va_, pte_, at_);
    return true;
  }

  bool Fail(WalkFault fault, const char* why) {
    Record(StepVerdict::kFault, why);
    result_.fault = fault;
    result_.cause = static_cast<uint8_t>(FaultCause(fault, kind_));
    result_.allowed = {};
    return true;
  }

  void Record(StepVerdict verdict, const char* text) {
    if constexpr (Recorder::kEnabled) {
      if (at_.level < 0) {
        recorder_.Add({-1, 0, {}, 0, 0, "", verdict, text});
      } else {
        recorder_.Add(
            {at_.level, Index(), result_.entry, kFormat.entry_size, pte_.bits, FlagText(pte_), verdict, text});
      }
    }
  }

  const WalkContext& context_;
  const uint64_t va_;
  const AccessKind kind_;
  Words& words_;
  Recorder& recorder_;
  Cache& cache_;
  WalkStart at_{-1, {}, false};
  PageEntry pte_;
  WalkResult& result_;
};

}  // namespace emu::mmu::riscv::internal

#endif  // EMU_MMU_RISCV_TREE_WALK_H_
