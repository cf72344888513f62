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
  ASSERT_TRUE(image.WriteTo(*ram, /*again=*/false).ok());
  EXPECT_EQ(ram->host()[0x10], 1);
  EXPECT_EQ(ram->host()[0x11], 2);
  EXPECT_EQ(ram->host()[0x12], 0xcc);
  ASSERT_TRUE(image.WriteTo(*ram, /*again=*/true).ok());
  EXPECT_EQ(ram->host()[0x12], 0);
  EXPECT_EQ(ram->host()[0x17], 0);
  EXPECT_EQ(ram->host()[0x18], 0xcc);
}

TEST(BootImageTest, AFileThatWasChangedIsNotWrittenAgain) {
  const std::string path = std::string(getenv("TEST_TMPDIR")) + "/piece";
  ASSERT_TRUE(WriteFile(path, std::vector<uint8_t>(10000, 1)).ok());
  const memory::RamBlock::Ptr ram = *memory::RamBlock::Anonymous("ram", 16384);
  BootImage image(0, 16384);
  ASSERT_TRUE(image.Add({"piece", 0, 0, *MapFile(path)}).ok());
  EXPECT_TRUE(image.WriteTo(*ram, /*again=*/false).ok());
  EXPECT_TRUE(image.WriteTo(*ram, /*again=*/true).ok());
  EXPECT_EQ(ram->host()[9999], 1);
  ASSERT_TRUE(WriteFile(path, std::vector<uint8_t>(5, 2)).ok());
  EXPECT_THAT(std::string(image.WriteTo(*ram, /*again=*/true).message()), HasSubstr("piece: the file was changed"));
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
