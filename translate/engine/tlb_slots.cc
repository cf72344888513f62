#include "translate/engine/tlb_slots.h"

namespace emu::translate {
namespace {

// How far a slot reaches beyond the page that was asked for, in each direction.
constexpr uint64_t kReach = 64 * mmu::kPageSize;
// Misses are judged in lots. A filling costs as much as what hundreds of hits save.
constexpr uint32_t kLot = 16;
constexpr uint64_t kWorthwhile = 256;  // times that a block runs between two misses

bool Continues(const uint64_t* table, uint64_t page, uint64_t addend) {
  return mmu::ProbeTlb(table, page, 1, false) == page + addend;
}

}  // namespace

void TlbSlots::Attach(absl::Span<TlbSlot> memory) {
  ForgetAll();
  memory_ = memory;
  uses_.assign(memory.size(), {});
  free_ = kNoSlot;
  for (uint32_t slot = static_cast<uint32_t>(memory.size()); slot-- > 1;) {
    uses_[slot].next = free_;
    free_ = slot;
  }
}

uint32_t TlbSlots::Take(const SlotUse& use, uint32_t key, uint32_t period, uint64_t now, uint32_t next) {
  const uint32_t slot = free_;
  if (slot == kNoSlot) return kNoSlot;
  free_ = uses_[slot].next;
  uses_[slot] = {use, key, period, next, 0, now};
  memory_[slot] = {};
  return slot;
}

void TlbSlots::Free(uint32_t slot) {
  while (slot != kNoSlot) {
    const uint32_t next = uses_[slot].next;
    memory_[slot] = {};
    uses_[slot].period = 0;
    uses_[slot].next = free_;
    free_ = slot;
    slot = next;
  }
}

bool TlbSlots::Fill(uint32_t slot, uint64_t gva, Context& context, uint64_t now) {
  Use& use = uses_[slot];
  if (use.period == 0) return true;
  mmu::TlbTable& of_kind = use.use.write ? context.write : context.read;
  const uint64_t* const table = of_kind.table();
  const uint64_t start = gva - use.use.before;
  if (const uint64_t host = mmu::ProbeTlb(table, start, 1, false); host != 0) {
    const uint64_t addend = host - start;
    uint64_t low = start & mmu::kPageMask, high = low + mmu::kPageSize;
    for (const uint64_t end = low < kReach ? 0 : low - kReach; low != end; low -= mmu::kPageSize) {
      if (!Continues(table, low - mmu::kPageSize, addend)) break;
    }
    for (const uint64_t end = high + kReach; high < end && Continues(table, high, addend);) high += mmu::kPageSize;
    if (high - low >= use.use.span) {
      Enter(context.key, use.key);
      if (memory_[slot].starts == 0) GroupOf(use.key).filled.push_back(slot);
      memory_[slot] = {low, high - low - use.use.span + 1, addend, 0};
    }
  }
  if (++use.misses < kLot) return true;
  const uint64_t runs = (now - use.since) / use.period;
  use.misses = 0;
  use.since = now;
  return runs >= kLot * kWorthwhile;
}

void TlbSlots::ForEachDoubtful(uint32_t first, uint32_t bad, absl::FunctionRef<void(const SlotUse&)> fn) const {
  for (uint32_t slot = first; slot != kNoSlot; slot = uses_[slot].next) {
    if (slot == bad || uses_[slot].misses >= kLot / 4) fn(uses_[slot].use);
  }
}

TlbSlots::Group& TlbSlots::GroupOf(uint32_t key) {
  for (Group& g : groups_) {
    if (g.key == key) return g;
  }
  return groups_.emplace_back(Group{key, {}, {}});
}

void TlbSlots::Empty(Group& group) {
  for (uint32_t slot : group.filled) memory_[slot].starts = 0;
  group.filled.clear();
}

void TlbSlots::Enter(const ContextKey& context, uint32_t key) {
  for (Group& g : groups_) {
    if (g.key != key) continue;
    if (!(g.context == context)) Empty(g);
    g.context = context;
    return;
  }
  groups_.push_back({key, context, {}});
}

void TlbSlots::Forget(absl::FunctionRef<bool(const ContextKey&)> which) {
  for (Group& g : groups_) {
    if (!g.filled.empty() && which(g.context)) Empty(g);
  }
}

void TlbSlots::ForgetAll() {
  for (Group& g : groups_) Empty(g);
}

}  // namespace emu::translate
