#include "bench/runner/statistics.h"

#include <cmath>

#include "gtest/gtest.h"

namespace emu::bench {
namespace {

TEST(Statistics, MedianIsTheMiddleOrTheMeanOfTheTwoMiddles) {
  EXPECT_EQ(Median({3}), 3);
  EXPECT_EQ(Median({9, 1, 5}), 5);
  EXPECT_EQ(Median({8, 2, 4, 100}), 6);
  EXPECT_TRUE(std::isnan(Median({})));
}

TEST(Statistics, SpreadIsRelativeToTheMedian) {
  EXPECT_EQ(Spread({4, 4, 4}), 0);
  EXPECT_EQ(Spread({8, 10, 13}), 0.5);
  EXPECT_TRUE(std::isnan(Spread({})));
}

TEST(Statistics, GeometricMeanLeavesOutWhatIsNoRatio) {
  EXPECT_DOUBLE_EQ(GeometricMean({2, 8}), 4);
  EXPECT_DOUBLE_EQ(GeometricMean({2, NAN, 8, 0, -1, INFINITY}), 4);
  EXPECT_TRUE(std::isnan(GeometricMean({})));
  EXPECT_TRUE(std::isnan(GeometricMean({NAN, 0})));
}

}  // namespace
}  // namespace emu::bench
