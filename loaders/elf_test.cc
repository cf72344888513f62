#include "loaders/elf.h"

#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "loaders/test_elf.h"

namespace emu::loaders {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ElfTest, EveryClassAndByteOrder) {
  for (const unsigned bits : {32u, 64u}) {
    for (const bool big : {false, true}) {
      const TestElf made{.bits = bits, .big = big};
      const absl::StatusOr<ElfFile> elf = ElfFile::Parse(made.File(), "x");
      ASSERT_TRUE(elf.ok()) << elf.status();
      EXPECT_EQ(elf->bits(), bits);
      EXPECT_EQ(elf->big_endian(), big);
      EXPECT_EQ(elf->machine(), 243);
      EXPECT_EQ(elf->entry(), 0x1010u);
      EXPECT_EQ(elf->physical_entry(), 0x80000010u);
      ASSERT_EQ(elf->segments().size(), 1u);
      EXPECT_EQ(elf->segments()[0].physical, 0x80000000u);
      EXPECT_EQ(elf->segments()[0].memory_size, 0x40u);
      EXPECT_THAT(elf->segments()[0].data.span(), ElementsAre(1, 2, 3, 4));
      EXPECT_EQ(elf->FindSymbol("tohost"), 0x1020u);
      EXPECT_EQ(elf->FindSymbol("tohos"), std::nullopt);
      EXPECT_EQ(elf->FindSymbol("tohostx"), std::nullopt);
    }
  }
}

TEST(ElfTest, EntryOutsideOfAllSegmentsStays) {
  EXPECT_EQ(ElfFile::Parse(TestElf{.entry = 0x9000}.File(), "x")->physical_entry(), 0x9000u);
}

TEST(ElfTest, CoresAreToLookAt) {
  const Bytes core = TestElf{.type = 4}.File();
  EXPECT_THAT(std::string(ElfFile::Parse(core, "x").status().message()),
              HasSubstr("type 4 is not that of an executable"));
  const absl::StatusOr<ElfFile> elf = ElfFile::Parse(core, "x", ElfUse::kLook);
  ASSERT_TRUE(elf.ok()) << elf.status();
  EXPECT_TRUE(elf->is_core());
  EXPECT_EQ(elf->segments().size(), 1u);
  EXPECT_FALSE(ElfFile::Parse(TestElf{}.File(), "x", ElfUse::kLook)->is_core());
}

// The number of segments stands in the first section header, where it does not fit the file's.
TEST(ElfTest, ManySegments) {
  std::vector<uint8_t> file = TestElf{.type = 4}.Build();
  uint64_t sections = 0;
  for (int i = 7; i >= 0; --i) sections = sections << 8 | file[40 + i];
  file[56] = file[57] = 0xFF;
  EXPECT_FALSE(ElfFile::Parse(Bytes(file), "x", ElfUse::kLook).ok());  // no segments
  file[sections + 44] = 1;
  const absl::StatusOr<ElfFile> elf = ElfFile::Parse(Bytes(file), "x", ElfUse::kLook);
  ASSERT_TRUE(elf.ok()) << elf.status();
  EXPECT_EQ(elf->segments().size(), 1u);
}

TEST(ElfTest, ErrorsNameTheFile) {
  const absl::Status status = ElfFile::Parse(Bytes({0x7f, 'E', 'L', 'F'}), "kernel.elf").status();
  EXPECT_THAT(std::string(status.message()), HasSubstr("\"kernel.elf\": malformed ELF file: the header is cut off"));
  EXPECT_FALSE(ElfFile::Parse(TestElf{.memory_size = 2}.File(), "x").ok());  // smaller than the data
}

// Whatever is cut off or changed, the answer is an error or a file whose parts lie within it.
TEST(ElfTest, DamagedFilesAreRefusedOrHarmless) {
  std::mt19937 random(1);
  for (const unsigned bits : {32u, 64u}) {
    const std::vector<uint8_t> good = TestElf{.bits = bits}.Build();
    int refused = 0;
    for (size_t length = 0; length < good.size(); ++length) {
      refused += !ElfFile::Parse(Bytes(std::vector<uint8_t>(good.begin(), good.begin() + length)), "x").ok();
    }
    EXPECT_GT(refused, 100);
    for (int i = 0; i < 20000; ++i) {
      std::vector<uint8_t> bad = good;
      for (int n = random() % 4 + 1; n > 0; --n) bad[random() % bad.size()] = random() % 3 != 0 ? random() : 0xff;
      const absl::StatusOr<ElfFile> elf = ElfFile::Parse(Bytes(bad), "x");
      if (!elf.ok()) continue;
      elf->FindSymbol("tohost");
      for (const ElfSegment& s : elf->segments()) EXPECT_LE(s.data.size(), bad.size());
    }
  }
}

}  // namespace
}  // namespace emu::loaders
