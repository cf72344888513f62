#include "devices/mtime.h"

#include <gtest/gtest.h>

#include "devices/test_support.h"

namespace emu::devices {
namespace {

class MtimeTest : public testing::Test {
 protected:
  TestClock clock_;
  Mtime mtime_{*clock_, 10'000'000};
};

TEST_F(MtimeTest, CountsTheClockAndGoesOnFromWhereItIsSet) {
  clock_.AdvanceTo(1'000'000'099);
  EXPECT_EQ(mtime_.Now(), 10'000'000u);
  int told = 0;
  mtime_.AddListener([&told] { ++told; });
  mtime_.Set(5);
  EXPECT_EQ(told, 1);
  EXPECT_EQ(mtime_.Now(), 5u);
  clock_.Advance(1000);
  EXPECT_EQ(mtime_.Now(), 15u);
}

TEST_F(MtimeTest, ADeadlineIsTheFirstNanosecondAtWhichTheCountIsThere) {
  Mtime odd(*clock_, 32768);
  clock_.AdvanceTo(12345);
  for (const uint64_t target : {1u, 2u, 3u, 1000u, 32768u, 32769u}) {
    TestClock other;
    Mtime check(*other, 32768);
    const int64_t deadline = odd.DeadlineNs(target);
    other.AdvanceTo(deadline);
    EXPECT_GE(check.Now(), target);
    other.AdvanceTo(deadline - 1);
    EXPECT_LT(check.Now(), target);
  }
}

TEST_F(MtimeTest, WhatIsPastIsNowAndWhatNeverComesIsNever) {
  clock_.AdvanceTo(1'000'000);
  EXPECT_EQ(mtime_.DeadlineNs(0), 1'000'000);
  EXPECT_EQ(mtime_.DeadlineNs(~uint64_t{0}), Clock::kNever);
  mtime_.Set(~uint64_t{0} - 10);
  EXPECT_EQ(mtime_.DeadlineNs(~uint64_t{0}), 1'000'000 + 1000);
}

}  // namespace
}  // namespace emu::devices
