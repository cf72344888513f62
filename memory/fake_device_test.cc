#include "memory/fake_device.h"

#include <gtest/gtest.h>

namespace emu::memory {
namespace {

TEST(FakeDeviceTest, KeepsBytesInItsOrderAndRemembersAccesses) {
  FakeDevice little, big(true);
  EXPECT_EQ(little.Read(RegionOffset(1), 2, {}).value, 0x0201u);
  EXPECT_EQ(big.Read(RegionOffset(1), 2, {}).value, 0x0102u);
  EXPECT_EQ(big.Write(RegionOffset(4), 4, 0x11223344, {}), MemStatus::kOk);
  EXPECT_EQ(big.bytes[4], 0x11);
  const std::vector<FakeDevice::Access> want = {{false, 1, 2, 0x0102}, {true, 4, 4, 0x11223344}};
  EXPECT_EQ(big.accesses, want);
}

}  // namespace
}  // namespace emu::memory
