#include "translate/engine/context.h"

#include <gtest/gtest.h>

namespace emu::translate {
namespace {

class ContextTest : public ::testing::Test {
 protected:
  void FillData(uint64_t gva) {
    context_.read.Fill(gva, gva + 0x10000000, gva + 0x80000000, 0);
    context_.write.Fill(gva, gva + 0x10000000, gva + 0x80000000, 0);
  }
  bool HasData(uint64_t gva) { return context_.read.entry(gva).tag == gva && context_.write.entry(gva).tag == gva; }
  bool HasCode(uint64_t gva) {
    return context_.exec[Context::Slot(gva)].page == gva && context_.mapping_ids[Context::Slot(gva)] != 0;
  }
  uint32_t Number(uint32_t key = 0) { return context_.JumpContext(key, &next_); }

  Context context_{{1, 2}};
  uint32_t next_ = 1;
  uint8_t code_[1] = {};
};

TEST_F(ContextTest, NumbersStayUntilAMappingOfCodeGoes) {
  const uint32_t n = Number();
  EXPECT_NE(Number(7), n);
  context_.FillExec(0x1000, code_, 0x9000, 3);
  FillData(0x2000);
  context_.DropPage(0x2000);
  EXPECT_FALSE(HasData(0x2000));
  EXPECT_EQ(Number(), n) << "no code ran from the page";
  context_.DropPage(0x1000);
  EXPECT_FALSE(HasCode(0x1000));
  EXPECT_NE(Number(), n);
}

TEST_F(ContextTest, ACodePageThatLostItsSlotStillCounts) {
  context_.FillExec(0x1000, code_, 0x9000, 3);
  context_.FillExec(0x1000 + kMappingEntries * mmu::kPageSize, code_, 0x9000, 4);
  const uint32_t n = Number();
  context_.DropPage(0x1000);
  EXPECT_NE(Number(), n);
  EXPECT_TRUE(HasCode(0x1000 + kMappingEntries * mmu::kPageSize));
}

TEST_F(ContextTest, DroppingAPageLeavesOthers) {
  FillData(0x1000);
  FillData(0x2000);
  FillData(0x1000 + mmu::kTlbEntries * mmu::kPageSize);  // in the place of the first
  context_.DropPage(0x1000);
  EXPECT_TRUE(HasData(0x2000));
  EXPECT_TRUE(HasData(0x1000 + mmu::kTlbEntries * mmu::kPageSize));
}

TEST_F(ContextTest, DroppingAnAddressOfALargePageDropsAllOfIt) {
  context_.NoteLargePage(0x200000, 21);
  FillData(0x200000);
  FillData(0x3ff000);
  context_.DropPage(0x345000);
  EXPECT_FALSE(HasData(0x200000));
  EXPECT_FALSE(HasData(0x3ff000));
}

TEST_F(ContextTest, PagesApartFromLargeOnesDropAlone) {
  context_.NoteLargePage(0xffffffff80000000, 21);
  context_.NoteLargePage(0xffffffc000000000, 30);
  context_.NoteLargePage(0x200000, 21);
  FillData(0x200000);
  FillData(0x5000000000);
  context_.DropPage(0x5000000000);
  EXPECT_TRUE(HasData(0x200000));
}

TEST_F(ContextTest, ManyLargePagesAreAllRemembered) {
  for (uint64_t n = 1; n <= 40; ++n) context_.NoteLargePage(n << 40, 21);
  for (uint64_t n = 1; n <= 40; ++n) {
    FillData((n << 40) + 0x3000);
    context_.DropPage((n << 40) + 0x1000);
    EXPECT_FALSE(HasData((n << 40) + 0x3000)) << n;
    for (uint64_t m = 1; m <= 40; ++m) context_.NoteLargePage(m << 40, 21);
  }
  context_.NoteLargePage(0xffffffff80000000, 64);
  FillData(0x1234000);
  context_.DropPage(0x99000);
  EXPECT_FALSE(HasData(0x1234000));
}

TEST_F(ContextTest, ClearForgetsAll) {
  FillData(0x1000);
  context_.FillExec(0x1000, code_, 0x9000, 3);
  const uint32_t n = Number();
  context_.Clear();
  EXPECT_FALSE(HasData(0x1000));
  EXPECT_FALSE(HasCode(0x1000));
  EXPECT_NE(Number(), n);
}

TEST(ContextPoolTest, KeepsTheMostRecentlyUsed) {
  ContextPool pool;
  Context* first = pool.Get({0, 0});
  first->read.Fill(0x1000, 0x5000, 0x9000, 0);
  for (uint64_t n = 1; n < ContextPool::kMaxContexts; ++n) pool.Get({n, 0});
  EXPECT_EQ(pool.Get({0, 0}), first);
  Context* second = pool.Get({1000, 0});  // takes the place of {1, 0}
  EXPECT_NE(second, first);
  EXPECT_EQ(pool.Get({0, 0}), first);
  EXPECT_EQ(first->read.entry(0x1000).tag, 0x1000u);
  unsigned count = 0;
  pool.ForEach([&](Context& c) { count += c.key == ContextKey{1, 0} ? 100 : 1; });
  EXPECT_EQ(count, ContextPool::kMaxContexts);
}

TEST(ContextPoolTest, ARecycledContextIsEmpty) {
  ContextPool pool;
  Context* first = pool.Get({0, 0});
  first->read.Fill(0x1000, 0x5000, 0x9000, 0);
  const uint32_t n = first->JumpContext(0, pool.next_jump_number());
  for (uint64_t k = 1; k <= ContextPool::kMaxContexts; ++k) pool.Get({k, 0});
  EXPECT_EQ(first->key, (ContextKey{ContextPool::kMaxContexts, 0}));
  EXPECT_NE(first->read.entry(0x1000).tag, 0x1000u);
  EXPECT_NE(first->JumpContext(0, pool.next_jump_number()), n);
}

TEST(ContextPoolTest, RestartedNumbersAreNew) {
  ContextPool pool;
  Context* c = pool.Get({0, 0});
  *pool.next_jump_number() = 100;
  EXPECT_EQ(c->JumpContext(0, pool.next_jump_number()), 100u);
  pool.RestartJumpNumbers();
  EXPECT_EQ(c->JumpContext(0, pool.next_jump_number()), 1u);
}

}  // namespace
}  // namespace emu::translate
