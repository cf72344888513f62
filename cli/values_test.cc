#include "cli/values.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace emu::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(ValuesTest, Sizes) {
  EXPECT_EQ(*ParseSize("256", 1 << 20), uint64_t{256} << 20);
  EXPECT_EQ(*ParseSize("256M", 1), uint64_t{256} << 20);
  EXPECT_EQ(*ParseSize("4k", 1), 4096u);
  EXPECT_EQ(*ParseSize("1.5G", 1), uint64_t{3} << 29);
  EXPECT_EQ(*ParseSize("2T", 1), uint64_t{2} << 40);
  EXPECT_EQ(*ParseSize("77B", 1024), 77u);
  for (const char* bad : {"", "M", "12Q", "-1", "1e9", "99999999999T", "0x10", "nan", "1 M"}) {
    EXPECT_FALSE(ParseSize(bad, 1).ok()) << bad;
  }
}

TEST(ValuesTest, Switches) {
  EXPECT_TRUE(*ParseSwitch("on"));
  EXPECT_FALSE(*ParseSwitch("no"));
  EXPECT_FALSE(ParseSwitch("maybe").ok());
}

TEST(ValuesTest, Numbers) {
  EXPECT_EQ(*ParseNumber("1000"), 1000u);
  EXPECT_EQ(*ParseNumber("0x10"), 16u);
  for (const char* bad : {"", "-1", "1k", "0x"}) EXPECT_FALSE(ParseNumber(bad).ok()) << bad;
}

TEST(ValuesTest, Dates) {
  EXPECT_EQ(*ParseDate("1970-01-02"), 86400);
  EXPECT_EQ(*ParseDate("2024-02-29T12:00:01"), 1709208001);
  EXPECT_FALSE(ParseDate("2023-02-29").ok() && ParseDate("tomorrow").ok());
}

TEST(ValuesTest, Properties) {
  EXPECT_THAT(ParseProperties("virt,dumpdtb=a,,b=c,acpi=off"),
              ElementsAre(Pair("virt", "on"), Pair("dumpdtb", "a,b=c"), Pair("acpi", "off")));
  EXPECT_THAT(ParseProperties("x", ""), ElementsAre(Pair("x", "")));
  EXPECT_THAT(ParseProperties(""), IsEmpty());
  EXPECT_THAT(SplitCommas(",a"), ElementsAre("", "a"));
}

}  // namespace
}  // namespace emu::cli
