#include "mmu/soft_tlb.h"

#include <gtest/gtest.h>

namespace emu::mmu {
namespace {

constexpr uint64_t kPage = 0x12345000, kFarPage = kPage + (uint64_t{kTlbEntries} << kPageBits);

bool Has(TlbTable& table, uint64_t page) { return ProbeTlb(table.table(), page, 8, false) != 0; }

TEST(SoftTlbTest, APageIsThereFromItsFillToItsDrop) {
  TlbTable table;
  for (uint64_t page : {uint64_t{0}, kPageSize, kPage, ~uint64_t{0} << kPageBits}) {
    EXPECT_FALSE(Has(table, page));
    table.Fill(page + 0x123, 0x7f0000001123, 0x80000123, 0);
    EXPECT_EQ(ProbeTlb(table.table(), page + 0x123, 1, false), 0x7f0000001123u);
    EXPECT_EQ(table.physical(page), 0x80000000u);
    EXPECT_FALSE(Has(table, page + (uint64_t{1} << 32)));
    table.DropPage(page + (uint64_t{1} << 32));
    EXPECT_TRUE(Has(table, page)) << "another page of the same entry";
    table.DropPage(page + 0xfff);
    EXPECT_FALSE(Has(table, page));
  }
}

TEST(SoftTlbTest, AccessesStayWithinThePage) {
  TlbTable table;
  table.Fill(kPage, 0x7f0000001000, 0, 0);
  table.Fill(kPage + kPageSize, 0x7f0000005000, 0, 0);
  for (unsigned size : {1, 2, 4, 8}) {
    for (unsigned at = 0; at < kPageSize; ++at) {
      const uint64_t inside = at + size <= kPageSize ? 0x7f0000001000 + at : 0;
      ASSERT_EQ(ProbeTlb(table.table(), kPage + at, size, false), inside) << at;
      ASSERT_EQ(ProbeTlb(table.table(), kPage + at, size, true), at % size == 0 ? inside : 0) << at;
    }
  }
}

TEST(SoftTlbTest, NothingGoesOverTheEndOfTheAddressSpace) {
  TlbTable table;
  constexpr uint64_t kLast = ~uint64_t{0} - 3;
  EXPECT_FALSE(Has(table, kLast));
  for (uint64_t page : {uint64_t{0}, kLast}) {
    table.Fill(page, kPage, 0, 0);
    EXPECT_FALSE(Has(table, kLast));
  }
}

TEST(SoftTlbTest, NothingIsFoundAcrossThePagesOfAnEmptyTable) {
  TlbTable table;
  for (const uint64_t end :
       {kPageSize, 2 * kPageSize, uint64_t{1} << 32, (uint64_t{1} << 32) + kPageSize, uint64_t{0}}) {
    for (unsigned before = 0; before <= 8; ++before)
      EXPECT_EQ(ProbeTlb(table.table(), end - before, 8, false), 0u) << end;
    EXPECT_EQ(ProbeTlb(table.table(), end - 1, kPageSize, false), 0u) << end;
  }
}

TEST(SoftTlbTest, ManyPagesCanBeGivenBack) {
  TlbTable table;
  for (int round = 0; round < 3; ++round) {
    for (uint64_t page = 0; page < uint64_t{1} << 32; page += 1 << 24) table.Fill(page, kPage, 0, 0);
    EXPECT_TRUE(Has(table, 0) && Has(table, 1 << 24));
    EXPECT_TRUE(table.MayLeadTo(kPage));
    table.Clear();
    EXPECT_FALSE(table.MayLeadTo(kPage));
    for (uint64_t page = 0; page < uint64_t{1} << 32; page += 1 << 24) ASSERT_FALSE(Has(table, page)) << page;
  }
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
  const TlbEntry e = table.entry(kPage);
  EXPECT_EQ(e.tag, kPage | kSlowTag);
  table.Unflag(kFarPage, kSlowTag);
  EXPECT_EQ(e.tag, kPage | kSlowTag);
  table.Unflag(kPage, kSlowTag);
  EXPECT_EQ(e.tag, kPage);
}

TEST(SoftTlbTest, RedirectIsForThePageWithoutAFlag) {
  TlbTable table;
  table.Fill(kPage, 0x100000, 0, 0);
  table.Redirect(kFarPage, 0x200000);
  EXPECT_EQ(ProbeTlb(table.table(), kPage + 8, 8, false), 0x100008u);
  table.Redirect(kPage + 8, 0x200000);
  EXPECT_EQ(ProbeTlb(table.table(), kPage + 8, 8, false), 0x200008u);
  table.Fill(kPage, 0x100000, 0, kSlowTag);
  table.Redirect(kPage, 0x200000);
  EXPECT_EQ(kPage + table.entry(kPage).addend, 0x100000u);
  table.DropPage(kPage);
  table.Redirect(kPage, 0x200000);
  EXPECT_FALSE(Has(table, kPage));
}

TEST(SoftTlbTest, ClearForgetsAllAndForEachSeesWhatIsThere) {
  TlbTable table;
  for (uint64_t page = 0; page < 3; ++page) table.Fill(page << kPageBits, 0, 0, 0);
  table.DropPage(kPageSize);
  unsigned seen = 0;
  table.ForEach([&](TlbEntry) { ++seen; });
  EXPECT_EQ(seen, 2u);
  table.Clear();
  table.ForEach([&](TlbEntry) { ++seen; });
  EXPECT_EQ(seen, 2u);
  for (uint64_t page = 0; page < 3; ++page) EXPECT_FALSE(Has(table, page << kPageBits));
}

}  // namespace
}  // namespace emu::mmu
