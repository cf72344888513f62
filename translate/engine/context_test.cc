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
  static constexpr uint64_t kJump = 0x1234;
  void PutJump(uint32_t key = 0) { context_.Jumps(key).Put(kJump, 9); }
  bool HasJump(uint32_t key = 0) { return context_.Jumps(key).Line(kJump).pc == kJump; }

  Context context_{{1, 2}};
  uint8_t code_[1] = {};
};

TEST_F(ContextTest, JumpsStayUntilAMappingOfCodeGoes) {
  PutJump();
  EXPECT_FALSE(HasJump(7));
  context_.FillExec(0x1000, code_, 0x9000, 3);
  FillData(0x2000);
  context_.DropPage(0x2000);
  EXPECT_FALSE(HasData(0x2000));
  EXPECT_TRUE(HasJump()) << "no code ran from the page";
  context_.DropPage(0x1000);
  EXPECT_FALSE(HasCode(0x1000));
  EXPECT_FALSE(HasJump());
}

TEST_F(ContextTest, TheLastKeysHaveTheirJumps) {
  for (uint32_t key = 0; key < 4; ++key) PutJump(key);
  JumpEntry* const lines = context_.Jumps(0).lines();
  PutJump(4);  // takes the place of 1
  EXPECT_EQ(context_.Jumps(0).lines(), lines);
  for (uint32_t key : {0, 2, 3, 4}) EXPECT_TRUE(HasJump(key));
  EXPECT_FALSE(HasJump(1));
}

TEST_F(ContextTest, ACodePageThatLostItsSlotStillCounts) {
  context_.FillExec(0x1000, code_, 0x9000, 3);
  context_.FillExec(0x1000 + kMappingEntries * mmu::kPageSize, code_, 0x9000, 4);
  PutJump();
  context_.DropPage(0x1000);
  EXPECT_FALSE(HasJump());
  EXPECT_TRUE(HasCode(0x1000 + kMappingEntries * mmu::kPageSize));
}

TEST_F(ContextTest, APageWithoutCodeTakesNoJumps) {
  for (uint64_t page = 0; page < 1000; ++page) context_.FillExec(page << mmu::kPageBits, code_, 0x9000, 3);
  PutJump();
  for (uint64_t page = 1000; page < 20000; ++page) context_.DropPage(page << mmu::kPageBits);
  EXPECT_TRUE(HasJump());
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
  PutJump();
  context_.Clear();
  EXPECT_FALSE(HasData(0x1000));
  EXPECT_FALSE(HasCode(0x1000));
  EXPECT_FALSE(HasJump());
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
  first->Jumps(0).Put(0x1000, 9);
  for (uint64_t k = 1; k <= ContextPool::kMaxContexts; ++k) pool.Get({k, 0});
  EXPECT_EQ(first->key, (ContextKey{ContextPool::kMaxContexts, 0}));
  EXPECT_NE(first->read.entry(0x1000).tag, 0x1000u);
  EXPECT_EQ(first->Jumps(0).Line(0x1000).code, 0u);
}

}  // namespace
}  // namespace emu::translate
