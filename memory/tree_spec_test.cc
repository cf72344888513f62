#include "memory/tree_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace emu::memory {
namespace {

using ::testing::HasSubstr;

TEST(TreeNumber, Spellings) {
  const std::pair<const char*, uint64_t> good[] = {
      {"0", 0},
      {"64", 64},
      {"4K", 4096},
      {"2g", uint64_t{2} << 30},
      {"0x1f00", 0x1f00},
      {"0XfF", 0xff},
      {"15E", uint64_t{15} << 60},
      {"0000000080000000", 0x80000000},  // as info mtree prints it
      {"ffffffffffffffff", ~uint64_t{0}},
      {"0xffffffffffffffff", ~uint64_t{0}},
      {"18446744073709551615", ~uint64_t{0}},
  };
  for (const auto& [text, value] : good) {
    const absl::StatusOr<uint64_t> number = ParseTreeNumber(text);
    ASSERT_TRUE(number.ok()) << number.status();
    EXPECT_EQ(*number, value) << text;
  }
}

TEST(TreeNumber, WhatIsNoNumberIsNamed) {
  for (const char* text : {"", "0x", "K", "-1", "+1", " 1", "1 ", "1KK", "0x1g", "ff", "18446744073709551616", "16E",
                           "16384P", "0x10000000000000000", "1.5G", "0x1K"}) {
    const absl::StatusOr<uint64_t> number = ParseTreeNumber(text);
    ASSERT_FALSE(number.ok()) << text;
    EXPECT_THAT(number.status().message(), HasSubstr(std::string("\"") + text + "\""));
  }
}

TEST(TreeSize, ReachesTheWholeSpace) {
  EXPECT_EQ(*ParseTreeSize("16E"), Size::Whole());
  EXPECT_EQ(*ParseTreeSize("0"), Size(0));
  EXPECT_EQ(*ParseTreeSize("0xffffffffffffffff"), Size(~uint64_t{0}));
  EXPECT_FALSE(ParseTreeSize("17E").ok());
}

TEST(TreeSize, WhatIsWrittenReadsBack) {
  for (const Size size : {Size(0), Size(1), Size(9), Size(10), Size(1023), Size(1024), Size(1536), Size(3 << 20),
                          Size(uint64_t{1} << 63), Size(~uint64_t{0}), Size::Whole()}) {
    const std::string text = FormatTreeSize(size);
    EXPECT_EQ(*ParseTreeSize(text), size) << text;
  }
  EXPECT_EQ(FormatTreeSize(128 << 20), "128M");
  EXPECT_EQ(FormatTreeSize(0x123), "0x123");
}

TEST(Kinds, EachHasAWord) {
  for (int kind = 0; kind <= static_cast<int>(RegionKind::kIommu); ++kind) {
    const auto known = static_cast<RegionKind>(kind);
    EXPECT_EQ(KindOfWord(KindWord(known)), known);
    EXPECT_THAT(KindWords(), HasSubstr(std::string(KindWord(known))));
  }
  EXPECT_EQ(KindOfWord("RAM"), std::nullopt);
}

}  // namespace
}  // namespace emu::memory
