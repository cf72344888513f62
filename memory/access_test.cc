#include "memory/access.h"

#include <gtest/gtest.h>

namespace emu::memory {
namespace {

class Nameless : public MmioDevice {
 public:
  MemValue Read(RegionOffset, unsigned, MemAttrs) override { return {}; }
  MemStatus Write(RegionOffset, unsigned, uint64_t, MemAttrs) override { return MemStatus::kDeviceError; }
};

TEST(AccessTest, WorseStatusesCompareGreater) {
  EXPECT_LT(MemStatus::kOk, MemStatus::kDecodeError);
  EXPECT_LT(MemStatus::kDecodeError, MemStatus::kDeviceError);
}

TEST(AccessTest, ADeviceNeedNotNameItsRegisters) {
  Nameless device;
  EXPECT_EQ(device.RegisterName(RegionOffset(4)), nullptr);
  EXPECT_EQ(device.Read(RegionOffset(0), 4, {}).status, MemStatus::kOk);
}

TEST(AccessTest, ByDefaultADeviceTakesEverySizeAndSeesAlignedAccesses) {
  const MmioTraits traits;
  EXPECT_EQ(traits.endian, Endian::kLittle);
  EXPECT_EQ(traits.valid.min, 1);
  EXPECT_EQ(traits.valid.max, 8);
  EXPECT_TRUE(traits.valid.unaligned);
  EXPECT_FALSE(traits.impl.unaligned);
}

}  // namespace
}  // namespace emu::memory
