#include "loaders/riscv_placement.h"

#include "gtest/gtest.h"

namespace emu::loaders {
namespace {

constexpr uint64_t kMiB = 1 << 20, kBase = 0x80000000;

TEST(RiscvPlacementTest, Kernel) {
  EXPECT_EQ(RiscvKernelAddress(kBase), kBase);
  EXPECT_EQ(RiscvKernelAddress(kBase + 1), kBase + 2 * kMiB);
}

// Places that QEMU's board was seen to choose.
TEST(RiscvPlacementTest, Initrd) {
  const uint64_t kernel = 0x80200000, end = kernel + 32 * kMiB;
  EXPECT_EQ(RiscvInitrdAddress(kernel, end, 128 * kMiB), 0x84200000u);
  EXPECT_EQ(RiscvInitrdAddress(kernel, end, 256 * kMiB), 0x88200000u);
  EXPECT_EQ(RiscvInitrdAddress(kernel, end, 8192 * kMiB), 0x88200000u);
  // The kernel is in the way.
  EXPECT_EQ(RiscvInitrdAddress(kernel, end + 1, 40 * kMiB), end + 4096);
}

TEST(RiscvPlacementTest, DeviceTree) {
  EXPECT_EQ(RiscvFdtAddress(kBase, 256 * kMiB, 5000), 0x8fe00000u);
  EXPECT_EQ(RiscvFdtAddress(kBase, 8192 * kMiB, 5000), 0xbfe00000u);
  EXPECT_EQ(RiscvFdtAddress(kBase, kMiB, 5000), kBase);
  EXPECT_EQ(RiscvFdtAddress(0, 4096, 8192), 0u);
}

}  // namespace
}  // namespace emu::loaders
