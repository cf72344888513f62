#include "memory/range.h"

#include <gtest/gtest.h>

namespace emu::memory {
namespace {

constexpr uint64_t kMax = ~uint64_t{0};

TEST(SizeTest, ReachesFromNothingToTheWholeSpace) {
  EXPECT_TRUE(Size(0).empty());
  EXPECT_EQ(Size(0).bytes(), 0u);
  EXPECT_EQ(Size(1).last(), 0u);
  EXPECT_EQ(Size(kMax).last(), kMax - 1);
  EXPECT_TRUE(Size::Whole().whole());
  EXPECT_FALSE(Size::Whole().empty());
  EXPECT_FALSE(Size(0).whole());
  EXPECT_EQ(Size::Whole().bytes(), kMax);
  EXPECT_EQ(Size::WithLast(15), Size(16));
  EXPECT_FALSE(Size(0) == Size::Whole());
}

TEST(SizeTest, Compares) {
  EXPECT_TRUE(Size::Whole() >= Size(kMax));
  EXPECT_FALSE(Size(kMax) >= Size::Whole());
  EXPECT_TRUE(Size(0) >= Size(0));
  EXPECT_FALSE(Size(0) >= Size(1));
  EXPECT_TRUE(Size(1) >= Size(0));
  EXPECT_TRUE(Size::Whole() >= Size(0));
}

TEST(RangeTest, IsCutAtTheEndOfTheSpace) {
  EXPECT_EQ(Range::At(0x1000, 0x10), (Range{0x1000, 0x100f}));
  EXPECT_EQ(Range::At(kMax, 1), (Range{kMax, kMax}));
  EXPECT_EQ(Range::At(kMax - 1, 16), (Range{kMax - 1, kMax}));
  EXPECT_EQ(Range::At(1, Size::Whole()), (Range{1, kMax}));
  EXPECT_EQ(Range::At(0, Size::Whole()), Range::Whole());
  EXPECT_EQ(Range::At(5, 0), std::nullopt);
}

TEST(RangeTest, SizeOfAll) {
  EXPECT_TRUE(Range::Whole().size().whole());
  EXPECT_EQ((Range{3, 3}.size()), Size(1));
}

// All pairs of ranges in a world of six addresses, against membership of single addresses.
TEST(RangeTest, RelationsAgreeWithMembership) {
  std::vector<Range> all;
  for (uint64_t first = 0; first < 6; ++first) {
    for (uint64_t last = first; last < 6; ++last) all.push_back({first, last});
  }
  for (const Range& a : all) {
    for (const Range& b : all) {
      int common = 0, of_b = 0;
      for (uint64_t at = 0; at < 6; ++at) {
        common += a.Contains(at) && b.Contains(at);
        of_b += b.Contains(at);
      }
      EXPECT_EQ(a.Overlaps(b), common > 0);
      EXPECT_EQ(a.Contains(b), common == of_b);
      const std::optional<Range> both = Intersect(a, b);
      ASSERT_EQ(both.has_value(), common > 0);
      EXPECT_EQ(both ? both->last - both->first + 1 : 0, static_cast<uint64_t>(common));
      EXPECT_EQ(a.Precedes(b), a.last + 1 == b.first);
    }
  }
}

TEST(RangeTest, NothingFollowsTheEnd) { EXPECT_FALSE((Range{5, kMax}.Precedes({0, 4}))); }

TEST(RangeTest, Shifts) {
  EXPECT_EQ((Range{0x10, 0x1f}.ShiftedUp(0x100)), (Range{0x110, 0x11f}));
  EXPECT_EQ((Range{0x110, 0x11f}.ShiftedDown(0x100)), (Range{0x10, 0x1f}));
}

}  // namespace
}  // namespace emu::memory
