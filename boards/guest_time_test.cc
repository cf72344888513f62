#include "boards/guest_time.h"

#include "gtest/gtest.h"

namespace emu::boards {
namespace {

TEST(GuestTimeTest, CountedTimeStandsStillUntilSkipped) {
  GuestTime time(/*deterministic=*/true);
  EXPECT_EQ(time.NowNs(), 0);
  time.SkipTo(500);
  EXPECT_EQ(time.NowNs(), 500);
  time.SkipTo(100);  // never back
  EXPECT_EQ(time.NowNs(), 500);
  EXPECT_EQ(time.Insns(), 0u);
}

TEST(GuestTimeTest, HostTimeGoesOn) {
  GuestTime time(/*deterministic=*/false);
  const int64_t first = time.NowNs();
  EXPECT_GE(first, 0);
  while (time.NowNs() == first) {
  }
  EXPECT_GT(time.NowNs(), first);
}

}  // namespace
}  // namespace emu::boards
