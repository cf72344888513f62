#include "loaders/linux_image.h"

#include <cstring>

#include "gtest/gtest.h"

namespace emu::loaders {
namespace {

std::vector<uint8_t> Header() {
  std::vector<uint8_t> h(64);
  h[0] = 'M', h[1] = 'Z';  // with an EFI stub
  h[10] = 0x20;            // text_offset: 2 MiB
  h[18] = 0x30;            // image_size: 3 MiB
  std::memcpy(&h[48], "RISCV\0\0\0RSC\x05", 12);
  return h;
}

TEST(LinuxImageTest, Header) {
  const Bytes file(Header());
  ASSERT_TRUE(IsRiscvImage(file));
  const absl::StatusOr<LinuxImage> image = ParseRiscvImage(file, "x");
  ASSERT_TRUE(image.ok());
  EXPECT_EQ(image->text_offset, 0x200000u);
  EXPECT_EQ(image->image_size, 0x300000u);
}

TEST(LinuxImageTest, RefusesNonsense) {
  std::vector<uint8_t> h = Header();
  h[24] = 1;
  EXPECT_FALSE(ParseRiscvImage(Bytes(h), "x").ok());  // big-endian
  h = Header();
  h[23] = 1;
  EXPECT_FALSE(ParseRiscvImage(Bytes(h), "x").ok());  // 2^56 bytes
  h = Header();
  h[56] = 0;
  EXPECT_FALSE(IsRiscvImage(Bytes(h)));
  h.resize(63);
  EXPECT_FALSE(IsRiscvImage(Bytes(h)));
}

}  // namespace
}  // namespace emu::loaders
