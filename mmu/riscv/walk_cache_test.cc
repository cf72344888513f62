#include "mmu/riscv/walk_cache.h"

#include <gtest/gtest.h>

#include "mmu/riscv/test_tables.h"
#include "mmu/riscv/walker.h"

namespace emu::mmu::riscv {
namespace {

using memory::Gpa;
using memory::Gva;

constexpr uint64_t kBase = 0x80000000;

class WalkCacheTest : public ::testing::TestWithParam<PagingMode> {
 protected:
  WalkCacheTest() { tables_.Map(kVa, 0x90000000, 0, 0xDF); }

  // How many entries a walk reads.
  int Reads(uint64_t va = kVa, uint16_t asid = 1) {
    const WalkContext context = {.root = tables_.Root(asid), .privilege = Privilege::kUser};
    words_.reads = 0;
    EXPECT_TRUE(Walk(context, Gva(va), AccessKind::kRead, words_, cache_).ok());
    return words_.reads;
  }

  static constexpr uint64_t kVa = 0x12345000;
  TestWords words_{kBase, 0x40000};
  TableBuilder tables_{GetParam(), words_, kBase};
  WalkCache cache_;
  const int all_ = tables_.Levels();
};

TEST_P(WalkCacheTest, RemembersTheLastTable) {
  EXPECT_EQ(Reads(), all_);
  EXPECT_EQ(Reads(), 1);
  tables_.Map(kVa + 0x1000, 0x91000000, 0, 0xDF);
  EXPECT_EQ(Reads(kVa + 0x1000), 1) << "a neighbour shares the table";
}

TEST_P(WalkCacheTest, FallsBackToAnUpperTable) {
  if (all_ < 3) return;
  Reads();
  const uint64_t other = kVa ^ uint64_t { 1 } << tables_.Shift(1);
  tables_.Map(other, 0x91000000, 0, 0xDF);
  EXPECT_EQ(Reads(other), 2);
}

TEST_P(WalkCacheTest, FlushesForgetAsMuchAsTheySay) {
  Reads();
  cache_.FlushAll();
  EXPECT_EQ(Reads(), all_);
  cache_.FlushAsid(2);
  EXPECT_EQ(Reads(), 1);
  cache_.FlushAsid(1);
  EXPECT_EQ(Reads(), all_);
  cache_.FlushVa(Gva(kVa ^ 0x7F << tables_.Shift(1)));
  EXPECT_EQ(Reads(), 1);
  cache_.FlushVa(Gva(kVa + 0xFFF));
  EXPECT_EQ(Reads(), all_);
}

TEST_P(WalkCacheTest, AddressSpacesAreApart) {
  Reads(kVa, 1);
  EXPECT_EQ(Reads(kVa, 2), all_);
  EXPECT_EQ(Reads(kVa, 2), 1);
  TableBuilder other(GetParam(), words_, kBase + 0x20000);
  other.Map(kVa, 0xA0000000, 0, 0xDF);
  const WalkContext context = {.root = other.Root(2), .privilege = Privilege::kUser};
  EXPECT_EQ(Walk(context, Gva(kVa), AccessKind::kRead, words_, cache_).gpa, Gpa(0xA0000000));
}

TEST_P(WalkCacheTest, KeepsTheGlobalBitOfPointers) {
  TableBuilder other(GetParam(), words_, kBase + 0x20000);
  other.Place(kVa, 0, 0x90000 << 10 | 0xDF, 0x21);
  const WalkContext context = {.root = other.Root(), .privilege = Privilege::kUser};
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(Walk(context, Gva(kVa), AccessKind::kRead, words_, cache_).global);
}

INSTANTIATE_TEST_SUITE_P(Modes, WalkCacheTest,
                         ::testing::Values(PagingMode::kSv32, PagingMode::kSv39, PagingMode::kSv48, PagingMode::kSv57),
                         [](const auto& mode) { return FormatOf(mode.param).name; });

}  // namespace
}  // namespace emu::mmu::riscv
