#include "devices/clint.h"

#include <gtest/gtest.h>
#include <libfdt.h>

#include "devices/test_support.h"

namespace emu::devices {
namespace {

class ClintTest : public testing::Test {
 protected:
  TestClock clock_;
  Mtime mtime_{*clock_, 10'000'000};
  Clint clint_{2, mtime_};
};

TEST_F(ClintTest, MsipIsOneBitPerHart) {
  Out(clint_.mswi, 4, 0xffffffff);
  EXPECT_FALSE(clint_.mswi.irq(0).level());
  EXPECT_TRUE(clint_.mswi.irq(1).level());
  EXPECT_EQ(In(clint_.mswi, 4), 1u);
  Out(clint_.mswi, 4, 0xfffffffe);
  EXPECT_FALSE(clint_.mswi.irq(1).level());
  Out(clint_.mswi, 8, 1);  // no such hart
  EXPECT_EQ(In(clint_.mswi, 8), 0u);
}

TEST_F(ClintTest, TimerInterruptIsALevelThatFollowsTheComparison) {
  AclintMtimer& timer = clint_.mtimer;
  EXPECT_FALSE(timer.irq(0).level());
  Out(timer, 8, 1000, 8);
  EXPECT_EQ(clock_->NextDeadlineNs(), 100'000);
  clock_.AdvanceTo(99'999);
  EXPECT_FALSE(timer.irq(1).level());
  clock_.AdvanceTo(100'000);
  EXPECT_TRUE(timer.irq(1).level());
  EXPECT_FALSE(timer.irq(0).level());
  Out(timer, 8, 2000, 8);
  EXPECT_FALSE(timer.irq(1).level());
  Out(timer, 8, 1000, 8);  // in the past
  EXPECT_TRUE(timer.irq(1).level());
}

TEST_F(ClintTest, HalvesCanBeWrittenAndReadApart) {
  AclintMtimer& timer = clint_.mtimer;
  Out(timer, 4, 0xffffffff);  // as the manual tells RV32 to do: no spurious interrupt on the way
  Out(timer, 0, 0x100);
  Out(timer, 4, 0x2);
  EXPECT_EQ(timer.compare(0), 0x200000100u);
  EXPECT_EQ(In(timer, 0, 8), 0x200000100u);
  EXPECT_EQ(In(timer, 4), 2u);
  EXPECT_FALSE(timer.irq(0).level());
  Out(timer, AclintMtimer::kTimeOffset, 0x300000005, 8);
  EXPECT_EQ(In(timer, AclintMtimer::kTimeOffset), 5u);
  EXPECT_EQ(In(timer, AclintMtimer::kTimeOffset + 4), 3u);
  EXPECT_TRUE(timer.irq(0).level()) << "setting mtime compares anew";
  Out(timer, AclintMtimer::kTimeOffset + 4, 0);
  EXPECT_FALSE(timer.irq(0).level());
  EXPECT_EQ(mtime_.Now(), 5u);
}

TEST_F(ClintTest, WhatLiesBetweenIsNothing) {
  Out(clint_.mtimer, 0x1000, 1, 8);
  EXPECT_EQ(In(clint_.mtimer, 0x1000, 8), 0u);
  EXPECT_EQ(clint_.mtimer.RegisterName(memory::RegionOffset(0x1000)), nullptr);
  EXPECT_STREQ(clint_.mtimer.RegisterName(memory::RegionOffset(0x7ffc)), "mtime");
  EXPECT_STREQ(clint_.mtimer.RegisterName(memory::RegionOffset(0)), "mtimecmp");
}

TEST_F(ClintTest, ResetDropsAllInterrupts) {
  Out(clint_.mswi, 0, 1);
  Out(clint_.mtimer, 0, 0, 8);
  EXPECT_TRUE(clint_.mtimer.irq(0).level());
  clint_.Reset();
  EXPECT_FALSE(clint_.mswi.irq(0).level());
  EXPECT_FALSE(clint_.mtimer.irq(0).level());
  EXPECT_EQ(clock_->NextDeadlineNs(), Clock::kNever);
}

TEST_F(ClintTest, DescribesItself) {
  FdtBuilder fdt;
  fdt.BeginNode("");
  Clint::AddFdtNode(fdt, 0x2000000, {2});
  fdt.EndNode();
  const auto blob = fdt.Finish();
  ASSERT_TRUE(blob.ok());
  const int node = fdt_path_offset(blob->data(), "/clint@2000000");
  ASSERT_GT(node, 0);
  int length = 0;
  const auto* cells = static_cast<const fdt32_t*>(fdt_getprop(blob->data(), node, "interrupts-extended", &length));
  ASSERT_EQ(length, 16);
  EXPECT_EQ(fdt32_ld(cells + 1), 3u);
  EXPECT_EQ(fdt32_ld(cells + 3), 7u);
}

}  // namespace
}  // namespace emu::devices
