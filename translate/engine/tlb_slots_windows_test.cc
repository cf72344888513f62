// Slots that go to and fro between pages which lie in the host's memory in another order.
#include <gtest/gtest.h>

#include "memory/ram_block.h"
#include "translate/engine/tlb_slots.h"

namespace emu::translate {
namespace {

constexpr uint64_t kPage = mmu::kPageSize;
constexpr uint64_t kGuest = 0x40000000;
constexpr unsigned kPages = 1024;
constexpr uint64_t kLater = uint64_t{1} << 40;  // instructions: pages can be shown as many as are wanted

class TlbSlotsWindowsTest : public ::testing::Test {
 protected:
  TlbSlotsWindowsTest() {
    slots_.Attach(absl::MakeSpan(memory_));
    for (unsigned page = 0; page < kPages; ++page) {
      const uint64_t offset = (kPages - 1 - page) * kPage;  // in falling order
      context_.read.Fill(kGuest + page * kPage, reinterpret_cast<uint64_t>(ram_->host() + offset), offset, 0);
      ram_->host()[offset] = static_cast<uint8_t>(page);
    }
  }
  uint32_t Take(uint32_t span, bool windows = true) {
    return slots_.Take({0x1000, false, span, windows}, 5, 10, 0, kNoSlot);
  }
  bool Hits(uint32_t slot, uint64_t gva) const { return gva - memory_[slot].first < memory_[slot].starts; }
  // An access. False: the slot was given up.
  bool Access(uint32_t slot, uint64_t gva, uint64_t now = kLater) {
    if (Hits(slot, gva)) return true;
    ++misses_;
    const auto share = [this](uint64_t physical) { return ++shared_, ram_->Share(physical, kPage); };
    return slots_.Fill(slot, gva, context_, now, {share, [this] { slots_.TakeOut(context_); }});
  }
  // Accesses to `pages` pages, without a pattern, until it is given up.
  bool GoToAndFro(uint32_t slot, unsigned pages, unsigned times, uint64_t now = kLater) {
    uint32_t random = 1;
    bool kept = true;
    for (unsigned i = 0; kept && i < times; ++i) {
      random = random * 1664525 + 1013904223;
      kept = Access(slot, kGuest + (random >> 12) % pages * kPage + 8, now);
    }
    return kept;
  }

  // Where the table leads for a page, and where that lies.
  uint64_t LeadsTo(uint64_t gva) { return mmu::ProbeTlb(context_.read.table(), gva, 1, false); }
  uint64_t HostOf(unsigned page) const {
    return reinterpret_cast<uint64_t>(ram_->host() + (kPages - 1 - page) * kPage);
  }

  memory::RamBlock::Ptr ram_ = *memory::RamBlock::Anonymous("ram", kPages* kPage);
  Context context_{{1, 2}};
  TlbSlot memory_[8];
  TlbSlots slots_;
  unsigned misses_ = 0, shared_ = 0;
};

TEST_F(TlbSlotsWindowsTest, OneSlotHoldsThemAll) {
  const uint32_t slot = Take(8);
  EXPECT_TRUE(GoToAndFro(slot, 64, 10000));
  EXPECT_LT(misses_, 800u);
  for (unsigned page = 0; page < 64; ++page) {
    const uint64_t gva = kGuest + page * kPage;
    ASSERT_TRUE(Hits(slot, gva));
    EXPECT_EQ(*reinterpret_cast<uint8_t*>(gva + memory_[slot].addend), page);
  }
}

TEST_F(TlbSlotsWindowsTest, AGroupOverTheEndOfAPage) {
  const uint32_t slot = Take(64);
  const uint64_t over_the_end = kGuest + kPage - 16;
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(Access(slot, kGuest));
    EXPECT_TRUE(Access(slot, over_the_end));
  }
  EXPECT_TRUE(Hits(slot, over_the_end));
  EXPECT_EQ(*reinterpret_cast<uint8_t*>(over_the_end + 16 + memory_[slot].addend), 1);
}

TEST_F(TlbSlotsWindowsTest, MorePagesThanAWindowHasAreNotWorthIt) {
  const uint32_t slot = Take(8);
  EXPECT_FALSE(GoToAndFro(slot, kPages, 10000));
  EXPECT_EQ(shared_, 0u);
}

TEST_F(TlbSlotsWindowsTest, ShowingHasToPay) {
  const uint32_t slot = Take(8);
  EXPECT_FALSE(GoToAndFro(slot, 200, 10000, 10 << 19));
  EXPECT_LE(shared_, 64u + 10);
  EXPECT_GT(shared_, 64u);
}

TEST_F(TlbSlotsWindowsTest, PagesInTheHostsOrderNeedNone) {
  for (unsigned page = 0; page < kPages; ++page) {
    context_.read.Fill(kGuest + page * kPage, reinterpret_cast<uint64_t>(ram_->host() + page * kPage), page * kPage, 0);
  }
  EXPECT_FALSE(GoToAndFro(Take(8), kPages, 10000));
  EXPECT_EQ(shared_, 0u);
}

// Once over, or a few times, is not to and fro.
TEST_F(TlbSlotsWindowsTest, PagesThatAreMissedSeldomAreNotShown) {
  const uint32_t slot = Take(8);
  for (int time = 0; time < 3; ++time) {
    for (unsigned page = 0; page < 64; ++page) Access(slot, kGuest + page * kPage);
  }
  EXPECT_EQ(shared_, 0u);
}

TEST_F(TlbSlotsWindowsTest, TheTableLeadsThere) {
  context_.write.Fill(kGuest, HostOf(0), 0, 0);
  context_.write.Fill(kGuest + kPage, HostOf(1), 0, mmu::kSlowTag);
  const uint32_t slot = Take(8);
  EXPECT_TRUE(GoToAndFro(slot, 8, 2000));
  for (unsigned page = 0; page < 8; ++page) {
    const uint64_t gva = kGuest + page * kPage;
    EXPECT_EQ(LeadsTo(gva), gva + memory_[slot].addend);
    EXPECT_EQ(slots_.HomeOf(LeadsTo(gva)), HostOf(page));
  }
  EXPECT_EQ(kGuest + context_.write.entry(kGuest).addend, LeadsTo(kGuest));
  EXPECT_EQ(kGuest + kPage + context_.write.entry(kGuest + kPage).addend, HostOf(1)) << "it has a flag";
  // What is filled again.
  context_.read.Fill(kGuest, HostOf(0), 0, 0);
  slots_.PutIn(context_, kGuest);
  EXPECT_EQ(LeadsTo(kGuest), kGuest + memory_[slot].addend);
  context_.read.Fill(kGuest, HostOf(9), 0, 0);
  slots_.PutIn(context_, kGuest);
  EXPECT_EQ(LeadsTo(kGuest), HostOf(9)) << "another page than the one that is shown";
  slots_.TakeOut(context_);
  for (unsigned page = 1; page < 8; ++page) EXPECT_EQ(LeadsTo(kGuest + page * kPage), HostOf(page));
}

TEST_F(TlbSlotsWindowsTest, OtherSlotsLeadThereToo) {
  const uint32_t slot = Take(8), other = Take(8), apart = Take(8);
  EXPECT_TRUE(Access(other, kGuest));
  EXPECT_TRUE(Access(apart, kGuest + 100 * kPage));
  EXPECT_TRUE(GoToAndFro(slot, 8, 2000));
  EXPECT_FALSE(Hits(other, kGuest));
  EXPECT_TRUE(Hits(apart, kGuest + 100 * kPage));
  EXPECT_TRUE(Access(other, kGuest));
  EXPECT_EQ(memory_[other].addend, memory_[slot].addend);
}

// Windows are taken anew for other pages, by turns.
TEST_F(TlbSlotsWindowsTest, TheTableLeadsHomeBeforeAWindowShowsAnotherPage) {
  constexpr unsigned kFar = 40;
  static_assert(kFar > PageWindows::kWindows);
  const auto gva_of = [](unsigned n) { return (n + 1) * 2 * PageWindows::kPages * kPage; };
  slots_.set_windows_at_once(true);
  const uint32_t slot = Take(8), first = Take(8);
  context_.read.Fill(gva_of(0), HostOf(0), (kPages - 1) * kPage, 0);
  Access(first, gva_of(0));
  EXPECT_TRUE(Hits(first, gva_of(0)));
  EXPECT_NE(memory_[first].addend, HostOf(0) - gva_of(0)) << "it is not in a window";
  for (unsigned n = 0; n < kFar; ++n) {
    context_.read.Fill(gva_of(n), HostOf(n), (kPages - 1 - n) * kPage, 0);
    Access(slot, gva_of(n));
  }
  unsigned shown = 0;
  for (unsigned n = 0; n < kFar; ++n) {
    ASSERT_EQ(*reinterpret_cast<uint8_t*>(LeadsTo(gva_of(n))), n);
    ASSERT_EQ(slots_.HomeOf(LeadsTo(gva_of(n))), HostOf(n));
    shown += LeadsTo(gva_of(n)) != HostOf(n);
  }
  EXPECT_GT(shown, 0u);
  EXPECT_LE(shown, PageWindows::kWindows);
  EXPECT_FALSE(Hits(first, gva_of(0))) << "its window shows another page";
}

TEST_F(TlbSlotsWindowsTest, AtOnceIfToldSo) {
  slots_.set_windows_at_once(true);
  const uint32_t slot = Take(8);
  EXPECT_TRUE(Access(slot, kGuest));
  EXPECT_EQ(shared_, 1u);
  EXPECT_EQ(LeadsTo(kGuest), kGuest + memory_[slot].addend);
  EXPECT_NE(LeadsTo(kGuest), HostOf(0));
}

// It does not wait for a page to be missed often, and holds nothing that lies elsewhere.
TEST_F(TlbSlotsWindowsTest, AFixedSlotHoldsWhatIsAtTheDistance) {
  const uint32_t slot = slots_.Take({.pc = 0x1000, .span = 8, .windows = true, .fixed = true}, 5, 10, 0, kNoSlot);
  EXPECT_TRUE(slots_.IsFixed(slot));
  EXPECT_TRUE(Access(slot, kGuest + 3 * kPage, 0));
  ASSERT_TRUE(Hits(slot, kGuest + 3 * kPage));
  EXPECT_EQ(memory_[slot].addend, PageWindows::kDistance);
  EXPECT_EQ(*reinterpret_cast<uint8_t*>(kGuest + 3 * kPage + PageWindows::kDistance), 3);
  Context other{{1, 7}};
  other.read.Fill(kGuest, HostOf(5), (kPages - 6) * kPage, 0);
  slots_.Enter(other.key, 5);
  const auto share = [this](uint64_t physical) { return ram_->Share(physical, kPage); };
  unsigned kept = 0;
  while (kept < 100 && slots_.Fill(slot, kGuest, other, 1000, {share, [] {}})) ++kept;
  EXPECT_FALSE(Hits(slot, kGuest)) << "the first context's window is there";
  EXPECT_LT(kept, 40u);
}

TEST_F(TlbSlotsWindowsTest, WhatIsAtTheDistance) {
  slots_.set_windows_at_once(true);
  const uint32_t there = Take(8), none = slots_.Take({.pc = 0x2000, .span = 8}, 5, 10, 0, there);
  Access(there, kGuest);
  Access(none, kGuest + kPage);
  std::vector<uint64_t> found;
  slots_.ForEachAtDistance(none, [&](const SlotUse& use) { found.push_back(use.pc); });
  EXPECT_EQ(found, std::vector<uint64_t>{0x1000});
}

TEST_F(TlbSlotsWindowsTest, NoneIsShownUnlessWanted) {
  EXPECT_FALSE(GoToAndFro(Take(8, false), 64, 10000));
  EXPECT_EQ(shared_, 0u);
}

}  // namespace
}  // namespace emu::translate
