#include "devices/pci.h"

#include <gtest/gtest.h>

#include "devices/test_support.h"

namespace emu::devices {
namespace {

TEST(GpexTest, HasItsHostBridgeAndNobodyElse) {
  GpexHost host;
  PciEcam& ecam = host.ecam();
  EXPECT_EQ(In(ecam, 0x00), 0x00081b36u);
  EXPECT_EQ(In(ecam, 0x08), 0x06000000u);
  EXPECT_EQ(In(ecam, 0x0e, 1), 0u);
  EXPECT_EQ(In(ecam, 0x2c), 0x11001af4u);
  EXPECT_EQ(In(ecam, 0x3d, 1), 0u);
  EXPECT_EQ(In(ecam, 0x100), 0xffffffffu);
  for (uint64_t offset = 0x1000; offset < PciEcam::kSize; offset += 0x1000) {
    ASSERT_EQ(In(ecam, offset), 0xffffffffu) << std::hex << offset;
  }
  EXPECT_EQ(In(ecam, 0x8000, 2), 0xffffu);
}

TEST(GpexTest, SizingFindsNoBarsAndOnlyWritableBitsStick) {
  GpexHost host;
  PciEcam& ecam = host.ecam();
  for (const uint64_t bar : {0x10, 0x14, 0x18, 0x1c, 0x20, 0x24, 0x30}) {
    Out(ecam, bar, 0xffffffff);
    EXPECT_EQ(In(ecam, bar), 0u);
  }
  Out(ecam, 0x04, 0xffff, 2);
  EXPECT_EQ(In(ecam, 0x04), 0x0547u);
  Out(ecam, 0x00, 0);
  EXPECT_EQ(In(ecam, 0x00), 0x00081b36u);
  Out(ecam, 0x3c, 0x55, 1);
  EXPECT_EQ(In(ecam, 0x3c, 1), 0x55u);
  Out(ecam, 0x12345000, 1);  // nobody there
  host.Reset();
  EXPECT_EQ(In(ecam, 0x04), 0u);
  EXPECT_STREQ(ecam.RegisterName(memory::RegionOffset(0x3c)), "interrupt");
}

TEST(PciEcamTest, SlotsAreChecked) {
  PciEcam ecam;
  EXPECT_TRUE(ecam.Add({1, 2, 3}, std::make_unique<PciFunction>(PciIdentity{0x1234, 0x5678, 0, 0, 0, 0, 0})).ok());
  EXPECT_FALSE(ecam.Add({1, 2, 3}, std::make_unique<PciFunction>(PciIdentity{})).ok());
  EXPECT_FALSE(ecam.Add({0, 32, 0}, std::make_unique<PciFunction>(PciIdentity{})).ok());
  EXPECT_EQ(In(ecam, 1 << 20 | 2 << 15 | 3 << 12), 0x56781234u);
}

}  // namespace
}  // namespace emu::devices
