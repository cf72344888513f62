#include "devices/virtio/rng.h"

#include <gtest/gtest.h>

#include "devices/virtio/test_driver.h"

namespace emu::devices::virtio {
namespace {

constexpr uint64_t kBuffers = TestDriver::kBuffers;

TEST(RngTest, FillsBuffersFromItsSource) {
  TestDriver driver(std::make_unique<Rng>(SeededEntropy(1)), Mmio::Version::kLegacy);
  EXPECT_EQ(driver.Get(0x08), 4u);
  driver.rings[0].Describe(0, kBuffers, 8, TestRing::kWrite);
  driver.rings[0].Offer(0);
  driver.Notify(0);
  uint8_t expected[8];
  SeededEntropy(1)(absl::MakeSpan(expected));
  for (int i = 0; i < 8; ++i) EXPECT_EQ(driver.guest.Get(kBuffers + i, 1), expected[i]);
  EXPECT_EQ(driver.rings[0].Used(0).second, 8u);
  EXPECT_TRUE(driver.mmio.irq().level());
}

TEST(RngTest, AHugeRequestIsFilledInPart) {
  TestDriver driver(std::make_unique<Rng>(SeededEntropy(1)), Mmio::Version::kModern);
  driver.rings[0].Describe(0, kBuffers, 0xffffffff, TestRing::kWrite);
  driver.rings[0].Offer(0);
  driver.Notify(0);
  EXPECT_EQ(driver.rings[0].Used(0).second, 64u << 10);
}

// The buffer is the ring of available requests itself: every answer makes new requests.
TEST(RngTest, ARequestThatFeedsItselfEnds) {
  TestDriver driver(std::make_unique<Rng>([](absl::Span<uint8_t> bytes) {
                      static uint8_t count = 2;
                      for (uint8_t& byte : bytes) byte = 0;
                      bytes[0] = count++;
                    }),
                    Mmio::Version::kModern);
  driver.rings[0].Describe(0, driver.rings[0].layout.available + 2, 1, TestRing::kWrite);
  driver.rings[0].Offer(0);
  driver.Notify(0);
  EXPECT_GT(driver.rings[0].used(), 100u);
}

}  // namespace
}  // namespace emu::devices::virtio
