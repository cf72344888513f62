#include "devices/virtio/mmio.h"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <vector>

#include "devices/virtio/test_driver.h"

namespace emu::devices::virtio {
namespace {

// Fills every request with 0x5a.
class FillDevice : public Device {
 public:
  uint32_t id() const override { return 42; }
  const char* name() const override { return "fill"; }
  uint64_t features() const override { return uint64_t{1} << 35 | 2; }
  unsigned queue_count() const override { return 1; }
  uint8_t ReadConfig(uint64_t offset) const override { return offset < 4 ? config[offset] : 0; }
  void WriteConfig(uint64_t offset, unsigned size, uint64_t value) override {
    for (unsigned i = 0; i < size && offset + i < 4; ++i) config[offset + i] = static_cast<uint8_t>(value >> (8 * i));
  }
  void OnNotify(unsigned index) override {
    while (auto chain = host().queue(index).Pop()) {
      const std::vector<uint8_t> bytes(chain->writable_bytes, 0x5a);
      host().queue(index).Push(*chain, static_cast<uint32_t>(host().queue(index).Scatter(*chain, bytes)));
    }
    host().Used(index);
  }
  void OnReset() override { ++resets; }
  void Change() { host().ConfigChanged(); }

  uint8_t config[4] = {1, 2, 3, 4};
  int resets = 0;
};

class MmioTest : public testing::TestWithParam<Mmio::Version> {
 protected:
  bool legacy() const { return GetParam() == Mmio::Version::kLegacy; }
  FillDevice* device_ = new FillDevice;
  TestDriver driver_{std::unique_ptr<Device>(device_), GetParam()};
};

INSTANTIATE_TEST_SUITE_P(Versions, MmioTest, testing::Values(Mmio::Version::kLegacy, Mmio::Version::kModern));

TEST_P(MmioTest, NamesItself) {
  EXPECT_EQ(driver_.Get(0x00), 0x74726976u);
  EXPECT_EQ(driver_.Get(0x04), legacy() ? 1u : 2u);
  EXPECT_EQ(driver_.Get(0x08), 42u);
  driver_.Set(0x14, 0);
  EXPECT_EQ(driver_.Get(0x10), uint64_t{3} << 28 | 2);
  driver_.Set(0x14, 1);
  EXPECT_EQ(driver_.Get(0x10), legacy() ? 0u : 9u);
  driver_.Set(0x14, 2);
  EXPECT_EQ(driver_.Get(0x10), 0u);
}

TEST_P(MmioTest, ServesARequestAndInterrupts) {
  driver_.rings[0].Describe(0, TestDriver::kBuffers, 4, TestRing::kWrite);
  driver_.rings[0].Offer(0);
  EXPECT_FALSE(driver_.mmio.irq().level());
  driver_.Notify(0);
  EXPECT_EQ(driver_.guest.Get(TestDriver::kBuffers, 4), 0x5a5a5a5au);
  EXPECT_EQ(driver_.rings[0].used(), 1u);
  EXPECT_TRUE(driver_.mmio.irq().level());
  EXPECT_EQ(driver_.Get(0x60), 1u);
  driver_.Set(0x64, 1);
  EXPECT_FALSE(driver_.mmio.irq().level());
}

TEST_P(MmioTest, NothingHappensBeforeDriverOkOrAfterReset) {
  driver_.Set(0x70, 0);
  EXPECT_EQ(device_->resets, 3);  // made, started, reset
  EXPECT_EQ(driver_.Get(0x70), 0u);
  driver_.rings[0].Describe(0, TestDriver::kBuffers, 4, TestRing::kWrite);
  driver_.rings[0].Offer(0);
  driver_.Notify(0);
  EXPECT_EQ(driver_.rings[0].used(), 0u);
}

TEST_P(MmioTest, ConfigurationSpace) {
  EXPECT_EQ(In(driver_.mmio, 0x100, 4), 0x04030201u);
  EXPECT_EQ(In(driver_.mmio, 0x102, 2), 0x0403u);
  EXPECT_EQ(In(driver_.mmio, 0x1fc, 4), 0u);
  Out(driver_.mmio, 0x101, 0x77, 1);
  EXPECT_EQ(device_->config[1], 0x77);
  device_->Change();
  EXPECT_EQ(driver_.Get(0x60), 2u);
  EXPECT_EQ(driver_.Get(0xfc), legacy() ? 0u : 1u);
}

TEST_P(MmioTest, NonsenseInAQueueMeansNeedsReset) {
  driver_.rings[0].Offer(999);
  driver_.Notify(0);
  EXPECT_EQ(driver_.Get(0x70) & 64, 64u);
  EXPECT_EQ(driver_.Get(0x60) & 2, 2u);
  driver_.Start(0);
  driver_.rings[0].offered = 0;
  driver_.guest.Put(driver_.rings[0].layout.available + 2, 2, 0);
  driver_.rings[0].Describe(0, TestDriver::kBuffers, 4, TestRing::kWrite);
  driver_.rings[0].Offer(0);
  driver_.Notify(0);
  EXPECT_EQ(driver_.Get(0x70) & 64, 0u);
  EXPECT_EQ(driver_.guest.Get(TestDriver::kBuffers, 4), 0x5a5a5a5au);
}

TEST_P(MmioTest, ADeviceAimedAtItsOwnRegistersIsRefused) {
  auto region = memory::Region::Io("virtio", Mmio::kSize, &driver_.mmio, Mmio::Traits());
  ASSERT_TRUE(driver_.guest.root()->Map(region, memory::RegionOffset(0x10001000)).ok());
  driver_.rings[0].Describe(0, 0x10001070, 4, TestRing::kWrite);  // would write its own status
  driver_.rings[0].Offer(0);
  driver_.Notify(0);
  EXPECT_NE(driver_.Get(0x70) & 64, 0u);
  (void)driver_.guest.root()->Unmap(region);
}

TEST_P(MmioTest, RandomRegisterWritesNeverHarm) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20000; ++i) {
    const uint64_t offset = random() % 3 ? random() % 0x110 & ~3 : 0x50;
    const uint64_t value = random() % 2 ? random() % 16 : random();
    Out(driver_.mmio, offset, value & 0xffffffff, random() % 8 ? 4 : 1);
    In(driver_.mmio, random() % 0x200 & ~3);
  }
}

TEST(MmioModernTest, FeaturesMustBeAcceptable) {
  TestDriver driver(std::make_unique<FillDevice>(), Mmio::Version::kModern);
  driver.Set(0x70, 0);
  driver.Set(0x70, 3 | 8);
  EXPECT_EQ(driver.Get(0x70) & 8, 0u) << "version 1 was not accepted";
  driver.Set(0x24, 1);
  driver.Set(0x20, 1);
  driver.Set(0x24, 0);
  driver.Set(0x20, 0x80);
  driver.Set(0x70, 3 | 8);
  EXPECT_EQ(driver.Get(0x70) & 8, 0u) << "bit 7 was not offered";
  driver.Set(0x20, 2);
  driver.Set(0x70, 3 | 8);
  EXPECT_EQ(driver.Get(0x70) & 8, 8u);
}

TEST(MmioModernTest, QueueReadyReadsBack) {
  TestDriver driver(std::make_unique<FillDevice>(), Mmio::Version::kModern);
  driver.Set(0x30, 0);
  EXPECT_EQ(driver.Get(0x44), 1u);
  driver.Set(0x44, 0);
  EXPECT_EQ(driver.Get(0x44), 0u);
  driver.Set(0x38, 7);
  driver.Set(0x44, 1);
  EXPECT_EQ(driver.Get(0x44), 0u) << "seven is no size";
  driver.Set(0x30, 5);
  EXPECT_EQ(driver.Get(0x34), 0u);
}

TEST(MmioEmptyTest, AnEmptySlotSaysSo) {
  TestGuest guest;
  Mmio slot("slot", guest.space(), nullptr);
  EXPECT_EQ(In(slot, 0), 0x74726976u);
  EXPECT_EQ(In(slot, 4), 1u);
  for (uint64_t offset = 0; offset < Mmio::kSize; offset += 4) {
    Out(slot, offset, ~uint64_t{0});
    if (offset >= 8 && offset != 0xc) {
      EXPECT_EQ(In(slot, offset), 0u);
    }
  }
  EXPECT_STREQ(slot.RegisterName(memory::RegionOffset(0x50)), "QueueNotify");
  slot.Reset();
}

}  // namespace
}  // namespace emu::devices::virtio
