#include "devices/clock.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace emu::devices {
namespace {

class ClockTest : public testing::Test {
 protected:
  int64_t now_ = 0;
  std::string log_;
  VirtualClock clock_{[this] { return now_; }};
  Timer a_{clock_, [this] { log_ += 'a'; }};
  Timer b_{clock_, [this] { log_ += 'b'; }};
};

TEST_F(ClockTest, RunsByDeadlineThenByOrderOfArming) {
  Timer c(clock_, [this] { log_ += 'c'; });
  c.Schedule(20);
  b_.Schedule(10);
  a_.Schedule(20);
  EXPECT_EQ(clock_.NextDeadlineNs(), 10);
  now_ = 9;
  EXPECT_EQ(clock_.RunDue(), 0);
  now_ = 20;
  EXPECT_EQ(clock_.RunDue(), 3);
  EXPECT_EQ(log_, "bca");
  EXPECT_EQ(clock_.NextDeadlineNs(), Clock::kNever);
  EXPECT_FALSE(a_.armed());
}

TEST_F(ClockTest, CancelledMovedAndDestroyedTimersDoNotFire) {
  a_.Schedule(5);
  a_.Cancel();
  b_.Schedule(5);
  b_.Schedule(50);
  std::make_unique<Timer>(clock_, [this] { log_ += 'x'; })->Schedule(5);
  now_ = 10;
  EXPECT_EQ(clock_.RunDue(), 0);
  b_.Schedule(Clock::kNever);
  now_ = 100;
  EXPECT_EQ(clock_.RunDue(), 0);
  EXPECT_EQ(log_, "");
}

TEST_F(ClockTest, ATimerThatRearmsInThePastDoesNotHoldTheLoop) {
  int runs = 0;
  std::unique_ptr<Timer> again;
  again = std::make_unique<Timer>(clock_, [&] {
    ++runs;
    again->Schedule(0);
  });
  again->Schedule(0);
  EXPECT_EQ(clock_.RunDue(), 1);
  EXPECT_EQ(clock_.RunDue(), 1);
  EXPECT_EQ(runs, 2);
}

TEST_F(ClockTest, ACallbackMayDestroyAnotherDueTimer) {
  auto victim = std::make_unique<Timer>(clock_, [this] { log_ += 'v'; });
  Timer killer(clock_, [&] { victim.reset(); });
  killer.Schedule(1);
  victim->Schedule(2);
  now_ = 3;
  EXPECT_EQ(clock_.RunDue(), 1);
  EXPECT_EQ(log_, "");
}

TEST_F(ClockTest, HookHearsOfEachNewNextDeadline) {
  std::vector<int64_t> heard;
  clock_.SetDeadlineHook([&heard](int64_t deadline) { heard.push_back(deadline); });
  a_.Schedule(100);
  b_.Schedule(200);  // later: no news
  b_.Schedule(50);
  b_.Cancel();
  now_ = 100;
  clock_.RunDue();
  EXPECT_EQ(heard, (std::vector<int64_t>{100, 50, 100, Clock::kNever}));
}

TEST(MulDivTest, KeepsTheWholeProductAndSaturates) {
  EXPECT_EQ(MulDiv(~uint64_t{0}, 10, 20), ~uint64_t{0} / 2);
  EXPECT_EQ(MulDiv(~uint64_t{0}, 3, 2), ~uint64_t{0});
  EXPECT_EQ(MulDiv(1'000'000'050, 10'000'000, 1'000'000'000), 10'000'000u);
}

TEST(HostMonotonicTest, StartsNearZeroAndDoesNotRunBackwards) {
  const auto source = HostMonotonicSource();
  const int64_t first = source();
  EXPECT_GE(first, 0);
  EXPECT_GE(source(), first);
}

}  // namespace
}  // namespace emu::devices
