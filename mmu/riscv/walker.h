// Translates a guest-virtual address through RISC-V page tables. A pure function of its arguments and of the words it
// reads; the steps are those of the RISC-V Privileged Architecture, version 20240411, section 10.3.2.
//
//   WalkResult r = Walk(context, gva, AccessKind::kRead, words);
//   if (!r.ok()) trap(r.cause, r.gva); else fill(r.gpa, r.allowed);
#ifndef EMU_MMU_RISCV_WALKER_H_
#define EMU_MMU_RISCV_WALKER_H_

#include <cstdint>

#include "memory/access.h"
#include "memory/address.h"
#include "mmu/page_walk.h"
#include "mmu/riscv/page_entry.h"
#include "mmu/riscv/paging_mode.h"
#include "mmu/riscv/walk_cache.h"
#include "mmu/riscv/walk_types.h"

namespace emu::mmu::riscv {

namespace internal {

// Why `kind` is not among `EffectivePermissions`, for a record of the walk.
constexpr const char* DenialText(PageEntry e, const WalkContext& context, AccessKind kind) {
  if (context.privilege == Privilege::kUser && !e.Has(kPteU)) return "not a user page";
  if (context.privilege == Privilege::kSupervisor && e.Has(kPteU)) {
    if (kind == AccessKind::kExecute) return "a user page is never executable for the supervisor";
    if (!context.sum) return "user page and SUM is 0";
  }
  switch (kind) {
    case AccessKind::kRead: return context.mxr ? "neither readable nor executable" : "not readable";
    case AccessKind::kWrite: return "not writable";
    case AccessKind::kExecute: break;
  }
  return "not executable";
}

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
// permits the access as it stands. False where anything is out of the ordinary; TreeWalk then says what, from the start.
template <PagingMode kMode, PhysicalWords Words, typename Cache>
[[gnu::always_inline]] inline bool WalkOrdinary(const WalkContext& context, uint64_t va, AccessKind kind, Words& words, Cache& cache,
                  WalkResult& result) {
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
        recorder_.Add({at_.level, Index(), result_.entry, kFormat.entry_size, pte_.bits, FlagText(pte_), verdict, text});
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
[[gnu::noinline]] WalkResult WalkTables(const WalkContext& context, memory::Gva gva, AccessKind kind, Words& words, Recorder& recorder,
                      Cache& cache) {
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
    case PagingMode::kSv32: return walk.template operator()<PagingMode::kSv32>();
    case PagingMode::kSv39: return walk.template operator()<PagingMode::kSv39>();
    case PagingMode::kSv48: return walk.template operator()<PagingMode::kSv48>();
    case PagingMode::kSv57: return walk.template operator()<PagingMode::kSv57>();
    case PagingMode::kBare: break;
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
