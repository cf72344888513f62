#include "debug/gdb/hex.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace emu::debug::gdb {
namespace {

using ::testing::ElementsAre;
using ::testing::Optional;

TEST(HexTest, Bytes) {
  EXPECT_EQ(TextToHex("Az\xff"), "417aff");
  EXPECT_EQ(BytesToHex({0, 0x1f}), "001f");
  EXPECT_THAT(HexToBytes("00fFa0"), Optional(ElementsAre(0, 0xff, 0xa0)));
  EXPECT_THAT(HexToBytes(""), Optional(ElementsAre()));
  EXPECT_EQ(HexToBytes("0"), std::nullopt);
  EXPECT_EQ(HexToBytes("0g"), std::nullopt);
}

TEST(HexTest, NumbersAreTakenOff) {
  absl::string_view text = "fFff,12:";
  EXPECT_EQ(TakeNumber(&text), 0xffffu);
  EXPECT_EQ(text, ",12:");
  EXPECT_EQ(TakeNumber(&text), std::nullopt);
  text = "ffffffffffffffff";
  EXPECT_EQ(TakeNumber(&text), ~uint64_t{0});
  text = "10000000000000000";
  EXPECT_EQ(TakeNumber(&text), std::nullopt) << "2^64";
}

TEST(HexTest, Pairs) {
  absl::string_view text = "80,4:00";
  const auto pair = TakePair(&text);
  ASSERT_TRUE(pair.has_value());
  EXPECT_EQ(pair->first, 0x80u);
  EXPECT_EQ(pair->second, 4u);
  EXPECT_EQ(text, ":00");
  for (absl::string_view bad : {"", "1", "1,", ",1", "1;2"}) EXPECT_FALSE(TakePair(&bad).has_value()) << bad;
}

}  // namespace
}  // namespace emu::debug::gdb
