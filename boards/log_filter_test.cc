#include "boards/log_filter.h"

#include <random>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace emu::boards {
namespace {

using ::testing::HasSubstr;

// The lowest and highest of a few interesting addresses around what is expected.
void ExpectRange(absl::string_view text, uint64_t first, uint64_t last) {
  const absl::StatusOr<LogFilter> filter = LogFilter::Parse(text);
  ASSERT_TRUE(filter.ok()) << text << ": " << filter.status();
  EXPECT_TRUE(filter->Wants(first)) << text;
  EXPECT_TRUE(filter->Wants(last)) << text;
  EXPECT_TRUE(first == 0 || !filter->Wants(first - 1)) << text;
  EXPECT_TRUE(last == ~uint64_t{0} || !filter->Wants(last + 1)) << text;
}

TEST(LogFilterTest, EverythingWithoutRanges) {
  EXPECT_TRUE(LogFilter().Wants(0));
  EXPECT_TRUE(LogFilter().Wants(~uint64_t{0}));
}

// The example of QEMU's manual page, and the ends of the address space.
TEST(LogFilterTest, Forms) {
  ExpectRange("0x8000..0x8fff", 0x8000, 0x8fff);
  ExpectRange("0xffffffc000080000+0x200", 0xffffffc000080000, 0xffffffc0000801ff);
  ExpectRange("0xffffffc000060000-0x1000", 0xffffffc00005f000, 0xffffffc00005ffff);
  ExpectRange("16+1", 16, 16);
  ExpectRange("0..0", 0, 0);
  ExpectRange("0..0xffffffffffffffff", 0, ~uint64_t{0});
  ExpectRange("0xffffffffffffffff+1", ~uint64_t{0}, ~uint64_t{0});
  ExpectRange("4-4", 0, 3);
}

TEST(LogFilterTest, AnyOfSeveral) {
  const LogFilter filter = *LogFilter::Parse("0x10+0x10,0x100..0x1ff,0x4000-0x10");
  EXPECT_TRUE(filter.Wants(0x1f));
  EXPECT_FALSE(filter.Wants(0x20));
  EXPECT_TRUE(filter.Wants(0x1ff));
  EXPECT_TRUE(filter.Wants(0x3ff0));
  EXPECT_FALSE(filter.Wants(0x4000));
}

TEST(LogFilterTest, Errors) {
  const auto error = [](absl::string_view text) { return std::string(LogFilter::Parse(text).status().message()); };
  EXPECT_THAT(error(""), HasSubstr("-dfilter \"\": expected START+SIZE"));
  EXPECT_THAT(error("0x1000"), HasSubstr("\"0x1000\": expected"));
  EXPECT_THAT(error("0x10+1,"), HasSubstr("\"\": expected"));
  EXPECT_THAT(error("here+4"), HasSubstr("\"here+4\": expected"));
  EXPECT_THAT(error("4+"), HasSubstr("\"4+\": expected"));
  EXPECT_THAT(error("4.5"), HasSubstr("\"4.5\": expected"));
  EXPECT_THAT(error("5..4"), HasSubstr("\"5..4\": the end is before the start"));
  EXPECT_THAT(error("5+0"), HasSubstr("a size of 0"));
  EXPECT_THAT(error("5-6"), HasSubstr("begins before 0"));
  EXPECT_THAT(error("0xffffffffffffffff+2"), HasSubstr("ends beyond 2^64"));
  EXPECT_THAT(error("0x10000000000000000+2"), HasSubstr("expected"));
}

TEST(LogFilterTest, AnyText) {
  const absl::string_view letters = "0123456789abcxf+-.,, \x01";
  std::mt19937 random(3);
  unsigned good = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (unsigned n = random() % 10; n > 0; --n) text += letters[random() % letters.size()];
    good += LogFilter::Parse(text).ok();
  }
  EXPECT_GT(good, 50u);
}

}  // namespace
}  // namespace emu::boards
