#include "mmu/soft_tlb.h"

#include <gtest/gtest.h>

namespace emu::mmu {
namespace {

constexpr uint64_t kPage = 0x12345000, kFarPage = kPage + (uint64_t{kTlbEntries} << kPageBits);

TEST(SoftTlbTest, APageIsThereFromItsFillToItsDrop) {
  TlbTable table;
  EXPECT_EQ(table.entries()[TlbIndex(kPage)].tag, kInvalidTag);
  table.Fill(kPage + 0x123, 0x7f0000001123, 0x80000123, 0);
  const TlbEntry& e = table.entries()[TlbIndex(kPage)];
  EXPECT_EQ(e.tag, kPage);
  EXPECT_EQ(kPage + 0x123 + e.addend, 0x7f0000001123u);
  EXPECT_EQ(table.physical(TlbIndex(kPage)), 0x80000000u);
  table.DropPage(kFarPage);
  EXPECT_EQ(e.tag, kPage) << "another page of the same entry";
  table.DropPage(kPage + 0xfff);
  EXPECT_EQ(e.tag, kInvalidTag);
}

TEST(SoftTlbTest, AnEntryHasRoomForItsOwnPageOnly) {
  TlbTable table;
  EXPECT_TRUE(table.HasRoom(kPage));
  table.Fill(kPage, 0, 0, kSlowTag);
  EXPECT_TRUE(table.HasRoom(kPage + 8));
  EXPECT_FALSE(table.HasRoom(kFarPage));
  table.DropPage(kPage);
  EXPECT_TRUE(table.HasRoom(kFarPage));
}

TEST(SoftTlbTest, FlagsAreTakenBackFromTheirPageOnly) {
  TlbTable table;
  table.Fill(kPage, 0, 0, kSlowTag);
  const TlbEntry& e = table.entries()[TlbIndex(kPage)];
  EXPECT_EQ(e.tag, kPage | kSlowTag);
  table.Unflag(kFarPage, kSlowTag);
  EXPECT_EQ(e.tag, kPage | kSlowTag);
  table.Unflag(kPage, kSlowTag);
  EXPECT_EQ(e.tag, kPage);
}

TEST(SoftTlbTest, ClearForgetsAllAndForEachSeesWhatIsThere) {
  TlbTable table;
  for (uint64_t page = 0; page < 3; ++page) table.Fill(page << kPageBits, 0, 0, 0);
  table.DropPage(kPageSize);
  unsigned seen = 0;
  table.ForEach([&](TlbEntry&) { ++seen; });
  EXPECT_EQ(seen, 2u);
  table.Clear();
  table.ForEach([&](TlbEntry&) { ++seen; });
  EXPECT_EQ(seen, 2u);
  for (unsigned i = 0; i < kTlbEntries; ++i) EXPECT_EQ(table.entries()[i].tag, kInvalidTag);
}

}  // namespace
}  // namespace emu::mmu
