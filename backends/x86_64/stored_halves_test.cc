#include "backends/x86_64/stored_halves.h"

#include "gtest/gtest.h"

namespace emu::backends::x86_64 {
namespace {

TEST(StoredHalves, JoinsTwoOfOneBase) {
  StoredHalves halves;
  halves.Store(7, 8, 4);
  EXPECT_FALSE(halves.Joins(7, 8));
  halves.Store(7, 12, 4);
  EXPECT_TRUE(halves.Joins(7, 8));
  EXPECT_FALSE(halves.Joins(7, 4));
  EXPECT_FALSE(halves.Joins(7, 12));
  EXPECT_FALSE(halves.Joins(6, 8));
  halves.Clear();
  EXPECT_FALSE(halves.Joins(7, 8));
}

TEST(StoredHalves, WhatIsStoredOverIsNoHalf) {
  for (const auto& [displacement, size] : {std::pair<int64_t, unsigned>{-8, 8}, {-1, 1}, {3, 2}, {4, 8}, {-4, 8}}) {
    StoredHalves halves;
    halves.Store(7, -4, 4);
    halves.Store(7, 0, 4);
    halves.Store(7, 4, 4);
    halves.Store(6, displacement, size);
    EXPECT_TRUE(halves.Joins(7, 0)) << displacement;
    halves.Store(7, displacement, size);
    EXPECT_FALSE(halves.Joins(7, -4) && halves.Joins(7, 0)) << displacement;
  }
}

TEST(StoredHalves, OldOnesAreForgotten) {
  StoredHalves halves;
  halves.Store(7, 0, 4);
  halves.Store(7, 4, 4);
  for (int64_t n = 0; n < 6; ++n) halves.Store(1, 4 * n, 4);
  EXPECT_TRUE(halves.Joins(7, 0));
  halves.Store(1, 24, 4);
  EXPECT_FALSE(halves.Joins(7, 0));
}

}  // namespace
}  // namespace emu::backends::x86_64
