#include "docs/examples/countdown.h"

#include <gtest/gtest.h>

#include "devices/test_support.h"
#include "memory/address_space.h"
#include "memory/region.h"

namespace emu::examples {
namespace {

using devices::In;
using devices::Out;

class CountdownTest : public testing::Test {
 protected:
  devices::TestClock clock_;
  Countdown countdown_{*clock_};
};

TEST_F(CountdownTest, TellsWhenItIsOver) {
  Out(countdown_, Countdown::kCount, 5);
  EXPECT_EQ(In(countdown_, Countdown::kCount), 5u);
  clock_.Advance(4'999);
  EXPECT_EQ(In(countdown_, Countdown::kCount), 1u);
  EXPECT_FALSE(countdown_.irq().level());
  clock_.Advance(1);
  EXPECT_EQ(In(countdown_, Countdown::kCount), 0u);
  EXPECT_EQ(In(countdown_, Countdown::kStatus), 1u);
  EXPECT_TRUE(countdown_.irq().level());
}

TEST_F(CountdownTest, IsAcknowledgedByAOne) {
  Out(countdown_, Countdown::kCount, 1);
  clock_.Advance(1'000);
  Out(countdown_, Countdown::kStatus, 0);
  EXPECT_TRUE(countdown_.irq().level());
  Out(countdown_, Countdown::kStatus, 1);
  EXPECT_FALSE(countdown_.irq().level());
}

TEST_F(CountdownTest, IsStoppedByReset) {
  Out(countdown_, Countdown::kCount, 1);
  countdown_.Reset();
  clock_.Advance(1'000);
  EXPECT_EQ(In(countdown_, Countdown::kStatus), 0u);
  EXPECT_FALSE(countdown_.irq().level());
}

// The greatest value that a guest can write is no trouble.
TEST_F(CountdownTest, TakesAnyValue) {
  Out(countdown_, Countdown::kCount, 0xffffffff);
  EXPECT_EQ(In(countdown_, Countdown::kCount), 0xffffffffu);
}

TEST_F(CountdownTest, RefusesBytes) {
  auto root = memory::Region::Container("system", memory::Size::Whole());
  const auto io = memory::Region::Io("countdown", Countdown::kSize, &countdown_, Countdown::Traits());
  ASSERT_TRUE(root->Map(io, memory::RegionOffset(0x1000)).ok());
  memory::AddressSpace space("memory", root);
  EXPECT_EQ(space.Store(memory::Gpa(0x1000), 4, 7), memory::MemStatus::kOk);
  EXPECT_EQ(space.Load(memory::Gpa(0x1000), 4).value, 7u);
  EXPECT_EQ(space.Load(memory::Gpa(0x1000), 1).status, memory::MemStatus::kDeviceError);
}

}  // namespace
}  // namespace emu::examples
