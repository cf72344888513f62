#include "loaders/memory_image.h"

#include <random>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "loaders/test_elf.h"

namespace emu::loaders {
namespace {

using memory::Endian;
using memory::Gpa;
using memory::MemStatus;
using ::testing::HasSubstr;

std::optional<uint64_t> Little(const MemoryImage& image, uint64_t at, unsigned size) {
  const memory::MemValue value = image.Read(Gpa(at), size, Endian::kLittle);
  if (value.status != MemStatus::kOk) return std::nullopt;
  return value.value;
}

TEST(MemoryImageTest, RawBytesFromTheBaseOn) {
  const absl::StatusOr<MemoryImage> image = MemoryImage::Parse(Bytes({1, 2, 3, 4, 5, 6, 7, 8, 9}), "x", 0x1000);
  ASSERT_TRUE(image.ok());
  EXPECT_EQ(image->Extent(), "0x1000-0x1008");
  EXPECT_EQ(Little(*image, 0x1000, 8), 0x0807060504030201u);
  EXPECT_EQ(Little(*image, 0x1001, 4), 0x05040302u);
  EXPECT_EQ(image->Read(Gpa(0x1000), 4, Endian::kBig).value, 0x01020304u);
  EXPECT_EQ(Little(*image, 0x1008, 1), 9u);
  EXPECT_EQ(Little(*image, 0x1006, 4), std::nullopt);
  EXPECT_EQ(Little(*image, 0xFFF, 1), std::nullopt);
  EXPECT_EQ(Little(*MemoryImage::Parse(Bytes({7}), "x", std::nullopt), 0, 1), 7u);
}

TEST(MemoryImageTest, TheLastAddressOfAll) {
  const absl::StatusOr<MemoryImage> image = MemoryImage::Parse(Bytes({1, 2, 3}), "x", ~uint64_t{1});
  EXPECT_EQ(Little(*image, ~uint64_t{0}, 1), 2u);
  EXPECT_EQ(Little(*image, ~uint64_t{1}, 4), std::nullopt);
  EXPECT_EQ(Little(*image, 0, 1), std::nullopt);
}

TEST(MemoryImageTest, SegmentsLieWhereTheirPhysicalAddressesSay) {
  absl::StatusOr<MemoryImage> image = MemoryImage::Parse(TestElf{}.File(), "x", std::nullopt);
  ASSERT_TRUE(image.ok()) << image.status();
  EXPECT_EQ(Little(*image, 0x80000000, 4), 0x04030201u);
  EXPECT_EQ(Little(*image, 0x80000002, 4), 0x0403u);  // zeros behind the data
  EXPECT_EQ(Little(*image, 0x8000003F, 1), 0u);
  EXPECT_EQ(Little(*image, 0x80000040, 1), std::nullopt);
  image = MemoryImage::Parse(TestElf{.type = 4}.File(), "x", std::nullopt);
  ASSERT_TRUE(image.ok()) << image.status();
  EXPECT_EQ(Little(*image, 0x80000000, 4), 0x04030201u);
  EXPECT_EQ(Little(*image, 0x80000004, 1), std::nullopt);  // a core has not saved it
}

TEST(MemoryImageTest, AnElfFileHasNoBase) {
  const absl::Status status = MemoryImage::Parse(TestElf{}.File(), "dump", 0).status();
  EXPECT_THAT(std::string(status.message()), HasSubstr("\"dump\": an ELF file says itself where it lies"));
  const auto raw = MemoryImage::Parse(TestElf{}.File(), "x", 0x10, MemoryImage::Format::kRaw);
  EXPECT_EQ(Little(*raw, 0x11, 1), uint64_t{'E'});
}

TEST(MemoryImageTest, ErrorsNameTheFile) {
  EXPECT_THAT(std::string(MemoryImage::Parse(Bytes(), "dump", 0).status().message()),
              HasSubstr("\"dump\": the file is empty"));
  EXPECT_THAT(std::string(MemoryImage::Load("/nonexistent", 0).status().message()), HasSubstr("/nonexistent"));
  EXPECT_THAT(
      std::string(MemoryImage::Parse(TestElf{.type = 4, .data = {}}.File(), "dump", std::nullopt).status().message()),
      HasSubstr("\"dump\": the core holds no memory"));
}

// A file with the same segment twice; the second's physical address is `second`.
std::vector<uint8_t> TwoSegments(uint64_t second) {
  constexpr uint64_t kHeader = 64, kSegment = 56;
  std::vector<uint8_t> file = TestElf{.type = 4, .symbols = {}}.Build();
  file[40] = file[60] = 0;  // no sections, which would have moved
  const std::vector<uint8_t> again(file.begin() + kHeader, file.begin() + kHeader + kSegment);
  file.insert(file.begin() + kHeader, again.begin(), again.end());
  file[56] = 2;
  for (const uint64_t segment : {kHeader, kHeader + kSegment}) file[segment + 8] += kSegment;  // where the data is
  for (unsigned i = 0; i < 8; ++i) file[kHeader + kSegment + 24 + i] = static_cast<uint8_t>(second >> 8 * i);
  return file;
}

TEST(MemoryImageTest, SegmentsInAnyOrderButNotTwice) {
  const absl::StatusOr<MemoryImage> image = MemoryImage::Parse(Bytes(TwoSegments(0x1000)), "x", std::nullopt);
  ASSERT_TRUE(image.ok()) << image.status();
  EXPECT_EQ(image->Extent(), "0x1000-0x1003, 0x80000000-0x80000003");
  EXPECT_EQ(Little(*image, 0x1000, 4), 0x04030201u);
  EXPECT_EQ(Little(*image, 0x80000000, 4), 0x04030201u);
  const absl::Status status = MemoryImage::Parse(Bytes(TwoSegments(0x80000003)), "core", std::nullopt).status();
  EXPECT_THAT(std::string(status.message()), HasSubstr("two segments hold physical address 0x80000003"));
}

TEST(MemoryImageTest, DamagedFilesAreRefusedOrHarmless) {
  std::mt19937 random(1);
  const std::vector<uint8_t> good = TwoSegments(0x1000);
  int taken = 0;
  for (int i = 0; i < 20000; ++i) {
    std::vector<uint8_t> bad = good;
    for (int n = random() % 4 + 1; n > 0; --n) bad[random() % bad.size()] = random() % 3 != 0 ? random() : 0xff;
    if (random() % 8 == 0) bad.resize(random() % bad.size());
    const absl::StatusOr<MemoryImage> image = MemoryImage::Parse(Bytes(bad), "x", std::nullopt);
    if (!image.ok()) continue;
    ++taken;
    for (const MemoryImage::Part& part : image->parts()) {
      for (const uint64_t at : {part.gpa.first - 1, part.gpa.first, part.gpa.last - 3, part.gpa.last}) {
        for (const unsigned size : {1u, 4u, 8u}) Little(*image, at, size);
      }
    }
  }
  EXPECT_GT(taken, 1000);
}

}  // namespace
}  // namespace emu::loaders
