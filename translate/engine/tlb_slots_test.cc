#include "translate/engine/tlb_slots.h"

#include <gtest/gtest.h>

namespace emu::translate {
namespace {

constexpr uint64_t kPage = mmu::kPageSize;
constexpr uint32_t kKey = 5, kPeriod = 10;

class TlbSlotsTest : public ::testing::Test {
 protected:
  TlbSlotsTest() { slots_.Attach(absl::MakeSpan(memory_)); }
  uint32_t Take(bool write, uint32_t span, uint32_t key = kKey) {
    return slots_.Take({0x1000, write, span}, key, kPeriod, 0, kNoSlot);
  }
  // The page at `gva` lies at `host`.
  void Map(mmu::TlbTable& table, uint64_t gva, uint64_t host, uint64_t flags = 0) {
    table.Fill(gva, host, 0x80000000, flags);
  }
  bool Fill(uint32_t slot, uint64_t gva, uint64_t now) {
    return slots_.Fill(slot, gva, context_, now, {[](uint64_t) { return false; }, [] {}});
  }
  bool Hits(uint32_t slot, uint64_t start) const { return start - memory_[slot].first < memory_[slot].starts; }

  Context context_{{1, 2}};
  TlbSlot memory_[8];
  TlbSlots slots_;
};

TEST_F(TlbSlotsTest, AFilledSlotHoldsForThePageThatTheTableHas) {
  const uint32_t slot = Take(false, 8);
  Map(context_.read, 0x7000, 0x100000);
  EXPECT_FALSE(Hits(slot, 0x7000));
  EXPECT_TRUE(Fill(slot, 0x7010, 0));
  EXPECT_TRUE(Hits(slot, 0x7000));
  EXPECT_TRUE(Hits(slot, 0x7000 + kPage - 8));
  EXPECT_FALSE(Hits(slot, 0x7000 + kPage - 7)) << "its last byte is on the next page";
  EXPECT_FALSE(Hits(slot, 0x6fff));
  EXPECT_EQ(0x7010 + memory_[slot].addend, 0x100010u);
}

TEST_F(TlbSlotsTest, PagesThatLieAlikeInTheHostsMemoryAreHeldTogether) {
  const uint32_t slot = Take(false, 4);
  for (int page = 0; page < 4; ++page) Map(context_.read, 0x7000 + page * kPage, 0x100000 + page * kPage);
  Map(context_.read, 0x7000 + 4 * kPage, 0x300000);
  Fill(slot, 0x8000, 0);
  EXPECT_TRUE(Hits(slot, 0x7000));
  EXPECT_TRUE(Hits(slot, 0x7ffe));
  EXPECT_TRUE(Hits(slot, 0x7000 + 4 * kPage - 4));
  EXPECT_FALSE(Hits(slot, 0x7000 + 4 * kPage));
}

TEST_F(TlbSlotsTest, FlaggedPagesAndThoseOfTheOtherTableAreNotHeld) {
  const uint32_t write = Take(true, 8);
  Map(context_.read, 0x7000, 0x100000);
  Map(context_.write, 0x8000, 0x101000, mmu::kSlowTag);
  Map(context_.write, 0x9000, 0x102000);
  Fill(write, 0x7000, 0);
  EXPECT_FALSE(Hits(write, 0x7000));
  Fill(write, 0x8000, 0);
  EXPECT_FALSE(Hits(write, 0x8000));
  Fill(write, 0x9000, 0);
  EXPECT_TRUE(Hits(write, 0x9000));
  EXPECT_FALSE(Hits(write, 0x8ff8));
}

TEST_F(TlbSlotsTest, AllBytesOfAGroupMustBeThere) {
  const uint32_t slot = Take(false, 32);
  Map(context_.read, 0x7000, 0x100000);
  Fill(slot, 0x6ff8, 0);
  EXPECT_FALSE(Hits(slot, 0x7000)) << "the group begins on the page before";
  Fill(slot, 0x7000, 0);
  EXPECT_TRUE(Hits(slot, 0x7000));
  EXPECT_TRUE(Hits(slot, 0x7000 + kPage - 32));
  EXPECT_FALSE(Hits(slot, 0x7000 + kPage - 31));
}

TEST_F(TlbSlotsTest, BothEndsOfTheAddressSpace) {
  const uint32_t low = Take(false, 1), high = Take(false, 1);
  Map(context_.read, 0, 0x100000);
  Map(context_.read, ~uint64_t{0xfff}, 0x100000 - kPage);
  Fill(low, 0, 0);
  Fill(high, ~uint64_t{0}, 0);
  EXPECT_TRUE(Hits(low, 0));
  EXPECT_FALSE(Hits(low, kPage));
  EXPECT_TRUE(Hits(high, ~uint64_t{0}));
  EXPECT_FALSE(Hits(high, ~uint64_t{0x1000}));
}

TEST_F(TlbSlotsTest, ASwitchToAnotherAddressSpaceEmptiesWhatItsCodeUses) {
  const uint32_t mine = Take(false, 8), kernels = Take(false, 8, kKey + 1);
  Map(context_.read, 0x7000, 0x100000);
  Fill(mine, 0x7000, 0);
  slots_.Enter({9, 9}, kKey + 1);
  EXPECT_TRUE(Hits(mine, 0x7000)) << "other code runs there";
  slots_.Enter(context_.key, kKey);
  EXPECT_TRUE(Hits(mine, 0x7000));
  Fill(kernels, 0x7000, 0);
  slots_.Enter({9, 9}, kKey);
  EXPECT_FALSE(Hits(mine, 0x7000));
  EXPECT_TRUE(Hits(kernels, 0x7000));
}

TEST_F(TlbSlotsTest, WhatAContextForgetsItsSlotsForget) {
  const uint32_t slot = Take(false, 8);
  Map(context_.read, 0x7000, 0x100000);
  Fill(slot, 0x7000, 0);
  slots_.Forget([](const ContextKey& key) { return key.space == 2; });
  EXPECT_TRUE(Hits(slot, 0x7000));
  slots_.Forget([](const ContextKey& key) { return key.space == 1; });
  EXPECT_FALSE(Hits(slot, 0x7000));
  Fill(slot, 0x7000, 0);
  slots_.ForgetAll();
  EXPECT_FALSE(Hits(slot, 0x7000));
}

TEST_F(TlbSlotsTest, SlotsEndAndAreGivenBack) {
  uint32_t last = kNoSlot;
  unsigned taken = 0;
  while (const uint32_t slot = slots_.Take({0x1000, false, 8}, kKey, kPeriod, 0, last)) last = slot, ++taken;
  EXPECT_EQ(taken, std::size(memory_) - 1);
  Map(context_.read, 0x7000, 0x100000);
  Fill(last, 0x7000, 0);
  slots_.Free(last);
  EXPECT_FALSE(Hits(last, 0x7000));
  Fill(last, 0x7000, 0);
  EXPECT_FALSE(Hits(last, 0x7000)) << "nobody's";
  for (; taken > 0; --taken) EXPECT_NE(Take(false, 8), kNoSlot);
}

TEST_F(TlbSlotsTest, SlotsOfABlockThatMissAsWellGoWithTheBadOne) {
  const uint32_t good = slots_.Take({0x10, false, 8}, kKey, kPeriod, 0, kNoSlot);
  const uint32_t doubtful = slots_.Take({0x20, false, 8}, kKey, kPeriod, 0, good);
  const uint32_t bad = slots_.Take({0x30, false, 8}, kKey, kPeriod, 0, doubtful);
  for (int miss = 0; miss < 8; ++miss) Fill(doubtful, 0x7000, 1);
  std::vector<uint64_t> pcs;
  slots_.ForEachDoubtful(bad, bad, [&](const SlotUse& use) { pcs.push_back(use.pc); });
  EXPECT_EQ(pcs, (std::vector<uint64_t>{0x30, 0x20}));
}

TEST_F(TlbSlotsTest, ASlotThatMissesOftenIsNotWorthIt) {
  const auto is_kept = [&](bool in_loop, uint64_t runs_between) {
    const uint32_t slot = slots_.Take({.pc = 0x1000, .span = 8, .in_loop = in_loop}, kKey, kPeriod, 0, kNoSlot);
    bool kept = true;
    uint64_t insns = 0;
    for (int miss = 0; miss < 100; ++miss) kept = kept && Fill(slot, 0x7000, insns += runs_between * kPeriod);
    return kept;
  };
  EXPECT_FALSE(is_kept(true, 20));
  EXPECT_TRUE(is_kept(true, 1000));
  EXPECT_FALSE(is_kept(false, 1000));
  EXPECT_TRUE(is_kept(false, 4000));
}

}  // namespace
}  // namespace emu::translate
