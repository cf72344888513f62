#include "devices/goldfish_rtc.h"

#include <gtest/gtest.h>

#include "devices/test_support.h"

namespace emu::devices {
namespace {

constexpr int64_t kEpoch = 0x1234567890abcdef;

class RtcTest : public testing::Test {
 protected:
  uint64_t Time() {
    const uint64_t low = In(rtc_, 0x00);
    return In(rtc_, 0x04) << 32 | low;
  }
  void SetAlarm(uint64_t at) {
    Out(rtc_, 0x0c, at >> 32);
    Out(rtc_, 0x08, at & 0xffffffff);
  }
  TestClock clock_;
  GoldfishRtc rtc_{*clock_, kEpoch};
};

TEST_F(RtcTest, ReadsTheTimeWithoutTearing) {
  clock_.AdvanceTo(1000);
  EXPECT_EQ(Time(), static_cast<uint64_t>(kEpoch) + 1000);
  const uint64_t low = In(rtc_, 0x00);
  clock_.Advance(int64_t{5} << 32);
  EXPECT_EQ(In(rtc_, 0x04) << 32 | low, static_cast<uint64_t>(kEpoch) + 1000);
}

TEST_F(RtcTest, CanBeSet) {
  Out(rtc_, 0x04, 0x11);
  Out(rtc_, 0x00, 0x22);
  EXPECT_EQ(Time(), 0x1100000022u);
  clock_.Advance(3);
  EXPECT_EQ(Time(), 0x1100000025u);
}

TEST_F(RtcTest, AlarmInterruptsWhenEnabledUntilCleared) {
  Out(rtc_, 0x10, 1);
  SetAlarm(kEpoch + 500);
  EXPECT_EQ(In(rtc_, 0x18), 1u);
  EXPECT_EQ(In(rtc_, 0x08), (kEpoch + 500) & 0xffffffff);
  clock_.AdvanceTo(499);
  EXPECT_FALSE(rtc_.irq().level());
  clock_.AdvanceTo(500);
  EXPECT_TRUE(rtc_.irq().level());
  EXPECT_EQ(In(rtc_, 0x18), 0u);
  Out(rtc_, 0x1c, 1);
  EXPECT_FALSE(rtc_.irq().level());
}

TEST_F(RtcTest, ALateEnableShowsThePendingAlarmAndAPastAlarmIsDueAtOnce) {
  SetAlarm(5);
  EXPECT_FALSE(rtc_.irq().level());
  Out(rtc_, 0x10, 1);
  EXPECT_TRUE(rtc_.irq().level());
}

TEST_F(RtcTest, AlarmCanBeClearedAndMayLieBeyondAllTime) {
  Out(rtc_, 0x10, 1);
  SetAlarm(kEpoch + 500);
  Out(rtc_, 0x14, 1);
  clock_.AdvanceTo(1000);
  EXPECT_FALSE(rtc_.irq().level());
  SetAlarm(~uint64_t{0});
  EXPECT_EQ(In(rtc_, 0x18), 1u);
  EXPECT_EQ(clock_->NextDeadlineNs(), Clock::kNever);
}

TEST_F(RtcTest, ResetKeepsTheTimeAndDropsTheAlarm) {
  Out(rtc_, 0x00, 0x22);
  Out(rtc_, 0x10, 1);
  SetAlarm(0);
  EXPECT_TRUE(rtc_.irq().level());
  rtc_.Reset();
  EXPECT_FALSE(rtc_.irq().level());
  EXPECT_EQ(Time() & 0xffffffff, 0x22u);
  EXPECT_STREQ(rtc_.RegisterName(memory::RegionOffset(0x18)), "ALARM_STATUS");
}

}  // namespace
}  // namespace emu::devices
