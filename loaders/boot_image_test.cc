#include "loaders/boot_image.h"

#include <algorithm>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace emu::loaders {
namespace {

using ::testing::HasSubstr;

TEST(BootImageTest, WritesPieces) {
  const memory::RamBlock::Ptr ram = *memory::RamBlock::Anonymous("ram", 8192);
  std::fill_n(ram->host(), 8192, uint8_t{0xcc});
  BootImage image(0x1000, 8192);
  ASSERT_TRUE(image.Add({"a", 0x1010, 8, Bytes({1, 2})}).ok());
  image.WriteTo(*ram, /*again=*/false);
  EXPECT_EQ(ram->host()[0x10], 1);
  EXPECT_EQ(ram->host()[0x11], 2);
  EXPECT_EQ(ram->host()[0x12], 0xcc);
  image.WriteTo(*ram, /*again=*/true);
  EXPECT_EQ(ram->host()[0x12], 0);
  EXPECT_EQ(ram->host()[0x17], 0);
  EXPECT_EQ(ram->host()[0x18], 0xcc);
}

TEST(BootImageTest, RefusesWhatDoesNotFit) {
  BootImage image(0x80000000, 0x1000);
  EXPECT_FALSE(image.Add({"low", 0x7fffffff, 1, {}}).ok());
  EXPECT_FALSE(image.Add({"high", 0x80000fff, 2, {}}).ok());
  EXPECT_FALSE(image.Add({"huge", 0x80000000, ~uint64_t{0}, {}}).ok());
  EXPECT_FALSE(image.Add({"wrapping", ~uint64_t{0}, 2, {}}).ok());
  EXPECT_TRUE(image.Add({"all", 0x80000000, 0x1000, {}}).ok());
  const absl::Status status = image.Add({"initrd \"x\"", 0x80000800, 4, {}});
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("initrd \"x\" (4 bytes at 0x80000800) overlaps all (4096 bytes"));
}

}  // namespace
}  // namespace emu::loaders
