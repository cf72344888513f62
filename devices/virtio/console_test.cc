#include "devices/virtio/console.h"

#include <gtest/gtest.h>

#include "devices/virtio/test_driver.h"

namespace emu::devices::virtio {
namespace {

constexpr uint64_t kBuffers = TestDriver::kBuffers;

class ConsoleTest : public testing::TestWithParam<Mmio::Version> {
 protected:
  MemoryBackend backend_;
  TestDriver driver_{std::make_unique<Console>(&backend_), GetParam()};
  TestRing& input_ = driver_.rings[0];
  TestRing& output_ = driver_.rings[1];
};

INSTANTIATE_TEST_SUITE_P(Versions, ConsoleTest, testing::Values(Mmio::Version::kLegacy, Mmio::Version::kModern));

TEST_P(ConsoleTest, PrintsAndGivesTheBufferBack) {
  driver_.guest.PutText(kBuffers, "hello world");
  output_.Describe(0, kBuffers, 6, TestRing::kNext, 1);
  output_.Describe(1, kBuffers + 6, 5);
  output_.Offer(0);
  driver_.Notify(1);
  EXPECT_EQ(backend_.output(), "hello world");
  EXPECT_EQ(output_.used(), 1u);
  EXPECT_TRUE(driver_.mmio.irq().level());
}

TEST_P(ConsoleTest, InputWaitsForBuffersAndFillsOneAfterTheOther) {
  backend_.Type("abcdefgh");
  EXPECT_EQ(backend_.pending(), 8u);
  for (uint16_t i = 0; i < 2; ++i) {
    input_.Describe(i, kBuffers + 16 * i, 5, TestRing::kWrite);
    input_.Offer(i);
  }
  driver_.Notify(0);
  EXPECT_EQ(backend_.pending(), 0u);
  EXPECT_EQ(input_.used(), 2u);
  EXPECT_EQ(input_.Used(0).second, 5u);
  EXPECT_EQ(input_.Used(1).second, 3u);
  EXPECT_EQ(driver_.guest.GetText(kBuffers, 5) + driver_.guest.GetText(kBuffers + 16, 3), "abcdefgh");
}

TEST_P(ConsoleTest, InputThatComesLaterInterrupts) {
  input_.Describe(0, kBuffers, 8, TestRing::kWrite);
  input_.Offer(0);
  driver_.Notify(0);
  EXPECT_FALSE(driver_.mmio.irq().level());
  backend_.Type("x");
  EXPECT_TRUE(driver_.mmio.irq().level());
  EXPECT_EQ(driver_.guest.GetText(kBuffers, 1), "x");
}

TEST_P(ConsoleTest, EmergencyWriteNeedsNoQueue) {
  driver_.Set(0x70, 0);
  Out(driver_.mmio, 0x108, '!', 4);
  EXPECT_EQ(backend_.output(), "!");
  EXPECT_EQ(In(driver_.mmio, 0x104, 4), 1u);
}

TEST_P(ConsoleTest, BadBuffersBreakItAndResetMendsIt) {
  output_.Describe(0, 0x10, 6);
  output_.Offer(0);
  driver_.Notify(1);
  EXPECT_NE(driver_.mmio.status() & 64, 0u);
  backend_.Type("kept");
  EXPECT_EQ(backend_.pending(), 4u);
  input_.Describe(0, kBuffers, 8, TestRing::kWrite);
  input_.Offer(0);
  driver_.Start(0);
  EXPECT_EQ(driver_.guest.GetText(kBuffers, 4), "kept");
}

}  // namespace
}  // namespace emu::devices::virtio
