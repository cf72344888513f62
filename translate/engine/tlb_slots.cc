#include "translate/engine/tlb_slots.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace emu::translate {
namespace {

// How far a slot reaches beyond the page that was asked for, in each direction.
constexpr uint64_t kReach = 64 * mmu::kPageSize;
// Misses are judged in lots. A filling costs as much as what hundreds of hits save.
constexpr uint32_t kLot = 16;
// Times that a block runs between two misses. What is no loop runs among much else, a kernel's code among changes of
// mappings, each of which empties its slots.
constexpr uint64_t kWorthwhileLoop = 256, kWorthwhileElse = 2048;
// Windows are for slots that go to and fro in no more pages than one of them has; for those that miss less often than
// after so many runs, as what goes through an array does, only in a few.
constexpr uint64_t kSeldom = 48, kFew = 16;
constexpr uint32_t kTimesBefore = 4;  // that a slot has missed a page before it is shown
// Bad lots in a row without a page that is shown; without one that was missed before.
constexpr uint32_t kPatience = 24, kHope = 3;
constexpr uint32_t kMostShown = PageWindows::kPages;  // pages for one slot
// To show a page costs the host some 10 us. Some are shown whenever it is wanted, then one for so many instructions: a
// few hundredths of the time at most.
constexpr uint64_t kFirstShown = 64, kShowEvery = 1 << 19;

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
  uses_[slot] = {.use = use, .key = key, .period = period, .next = next, .since = now};
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

// The page of `start` and those beside it that lie alike; nothing if the table does not have it.
PageWindows::View TlbSlots::Around(uint64_t start, const uint64_t* table) {
  const uint64_t host = mmu::ProbeTlb(table, start, 1, false);
  if (host == 0) return {};
  const uint64_t addend = host - start;
  uint64_t low = start & mmu::kPageMask, high = low + mmu::kPageSize;
  for (const uint64_t end = low < kReach ? 0 : low - kReach; low != end; low -= mmu::kPageSize) {
    if (!Continues(table, low - mmu::kPageSize, addend)) break;
  }
  for (const uint64_t end = high + kReach; high < end && Continues(table, high, addend);) high += mmu::kPageSize;
  return {low, high, addend};
}

PageWindows::View TlbSlots::Show(uint64_t gva, Context& context, mmu::TlbTable& table, const Host& host) {
  const auto host_of = [&](uint64_t page) { return HomeOf(mmu::ProbeTlb(table.table(), page, 1, false)); };
  const auto share_page = [&](uint64_t page) { return host.share(table.physical(page)); };
  if (windows_.Replaces(context.key, gva, host_of(gva & mmu::kPageMask))) host.take_out(), ForgetAll();
  const PageWindows::View view = windows_.Show(context.key, gva, {host_of, share_page});
  if (view.is_new) {
    PutIn(context, gva);
    EmptyOthers(context.key, gva & mmu::kPageMask, view.addend);
  }
  return view;
}

// All pages of the access, if they are in one window.
PageWindows::View TlbSlots::InWindow(uint64_t start, uint64_t last, Context& context, mmu::TlbTable& table,
                                     const Host& host) {
  const PageWindows::View view = Show(start, context, table, host);
  if (view.low == view.high || last - view.low < view.high - view.low) return view;
  const PageWindows::View end = Show(last, context, table, host);
  return start - end.low < end.high - end.low ? PageWindows::View{end.low, end.high, end.addend, true} : view;
}

void TlbSlots::PutIn(Context& context, uint64_t gva) {
  if (!windows_.MayShow(context.key, gva)) return;
  for (mmu::TlbTable* table : {&context.read, &context.write}) {
    const uint64_t page = gva & mmu::kPageMask, host = mmu::ProbeTlb(table->table(), page, 1, false);
    if (host == 0) continue;
    if (const uint64_t shown = windows_.AddressOf(context.key, page, HomeOf(host))) table->Redirect(page, shown);
  }
}

void TlbSlots::TakeOut(Context& context) {
  for (mmu::TlbTable* table : {&context.read, &context.write}) {
    table->ForEach([&](mmu::TlbEntry e) {
      const uint64_t page = e.tag & mmu::kPageMask;
      e.addend = HomeOf(page + e.addend) - page;
    });
  }
}

// Slots that lead to the page by another way than a window.
void TlbSlots::EmptyOthers(const ContextKey& context, uint64_t page, uint64_t addend) {
  for (Group& g : groups_) {
    if (!(g.context == context)) continue;
    std::erase_if(g.filled, [&](uint32_t slot) {
      TlbSlot& s = memory_[slot];
      const uint64_t end = s.first + s.starts + uses_[slot].use.span;
      if (s.addend == addend || s.first >= page + mmu::kPageSize || end <= page) return false;
      s.starts = 0;
      return true;
    });
  }
}

// How often before the slot missed the page, while other pages came between that do not lie as it does, or the access
// went on to one.
uint32_t TlbSlots::Returns(uint32_t slot, uint64_t start, const PageWindows::View& view) {
  const bool crosses = view.high - start < uses_[slot].use.span;
  if (memory_[slot].starts == 0 || (view.addend == memory_[slot].addend && !crosses)) return 0;
  const uint64_t hash = ((start / mmu::kPageSize) * 0x9e3779b97f4a7c15 + slot) * 0xd6e8feb86659fd93;
  auto& among = missed_[hash >> 54];  // the newest one first
  const auto what = static_cast<uint32_t>(hash >> 16);
  auto of_page = std::ranges::find(among, what, &Missed::what);
  if (of_page == among.end()) *--of_page = {what, 0};
  std::rotate(among.begin(), of_page, of_page + 1);
  return among.front().times++;
}

bool TlbSlots::Affords(const Use& use, uint64_t now) const {
  return use.shown < kMostShown && shown_ < kFirstShown + now / kShowEvery;
}

// What the slot is to hold. A page that is new in a window is no miss, as long as it is the window of last time.
PageWindows::View TlbSlots::Choose(uint32_t slot, uint64_t start, Context& context, uint64_t now, const Host& host) {
  Use& use = uses_[slot];
  mmu::TlbTable& table = use.use.write ? context.write : context.read;
  const PageWindows::View view = Around(start, table.table());
  ++use.misses;
  if (view.low == view.high) return view;
  use.low = std::min(use.low, start / mmu::kPageSize);
  use.high = std::max(use.high, start / mmu::kPageSize);
  const uint32_t returns = Returns(slot, start, view);
  use.returns |= returns != 0;
  // Stores profit from what loads have shown. By themselves they wait for nothing, and where they go through a matrix
  // by its columns, the host does best if its rows do not lie side by side.
  const bool gone = use.use.fixed && view.addend != PageWindows::kDistance;
  const bool pays =
      gone ? Affords(use, now) : use.windowed && !use.use.write && returns >= kTimesBefore && Affords(use, now);
  if (!pays && !(at_once_ && use.use.windows)) return view;
  const PageWindows::View window = InWindow(start, start + use.use.span - 1, context, table, host);
  const bool elsewhere = std::exchange(use.window, window.addend) != window.addend;
  use.elsewhere += elsewhere;
  use.misses -= window.is_new && !elsewhere;
  use.shown += window.is_new;
  shown_ += window.is_new;
  return window.high - window.low >= view.high - view.low ? window : view;
}

bool TlbSlots::Fill(uint32_t slot, uint64_t gva, Context& context, uint64_t now, const Host& host) {
  Use& use = uses_[slot];
  if (use.period == 0) return true;
  const PageWindows::View view = Choose(slot, gva, context, now, host);
  const bool fits = view.low != view.high && view.high - view.low >= use.use.span;
  if (fits && !(use.use.fixed && view.addend != PageWindows::kDistance)) {
    Enter(context.key, use.key);
    if (memory_[slot].starts == 0) GroupOf(use.key).filled.push_back(slot);
    memory_[slot] = {view.low, view.high - view.low - use.use.span + 1, view.addend, 0};
  }
  return use.misses < kLot || Judge(use, now);
}

bool TlbSlots::Judge(Use& use, uint64_t now) const {
  const uint64_t runs = (now - use.since) / use.period, pages = use.high - use.low + 1;
  const bool stays = use.elsewhere < kLot / 2;
  const bool grew = std::exchange(use.shown_by_all, shown_) != shown_;
  use.misses = use.elsewhere = 0;
  use.since = now;
  if (runs >= kLot * (use.use.in_loop ? kWorthwhileLoop : kWorthwhileElse)) return true;
  if (use.use.fixed) return grew;
  if (!use.use.windows || pages > (runs < kLot * kSeldom ? PageWindows::kPages : kFew)) return false;
  use.bad_lots = grew ? 0 : use.bad_lots + 1;
  use.windowed |= use.returns;
  return stays && use.bad_lots < (use.windowed ? kPatience : kHope);
}

void TlbSlots::ForEachDoubtful(uint32_t first, uint32_t bad, absl::FunctionRef<void(const SlotUse&)> fn) const {
  for (uint32_t slot = first; slot != kNoSlot; slot = uses_[slot].next) {
    if (slot == bad || uses_[slot].misses >= kLot / 4) fn(uses_[slot].use);
  }
}

void TlbSlots::ForEachAtDistance(uint32_t first, absl::FunctionRef<void(const SlotUse&)> fn) const {
  for (uint32_t slot = first; slot != kNoSlot; slot = uses_[slot].next) {
    if (memory_[slot].starts != 0 && memory_[slot].addend == PageWindows::kDistance) fn(uses_[slot].use);
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
  ++times_forgotten_;
  for (Group& g : groups_) Empty(g);
}

}  // namespace emu::translate
