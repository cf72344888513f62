#include "debug/monitor/memory_dump.h"

#include <random>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace emu::debug {
namespace {

using ::testing::HasSubstr;

std::string Dump(absl::string_view format, absl::Span<const uint8_t> bytes, bool big = false) {
  const absl::StatusOr<DumpFormat> f = ParseDumpFormat(format, {});
  EXPECT_TRUE(f.ok()) << f.status();
  return FormatDump(bytes, 0x1000, *f, big);
}

const std::vector<uint8_t> kCode = {0x97, 0x02, 0x00, 0x00, 0x13, 0x86, 0x82, 0x02, 0x73, 0x25, 0x40, 0xf1,
                                    0x83, 0xb5, 0x02, 0x02, 0x83, 0xb2, 0x82, 0x01, 0x67, 0x80, 0x02, 0x00};

// The first lines of QEMU's reset ROM, in QEMU's own words.
TEST(MemoryDumpTest, LayoutIsQemus) {
  const auto code = absl::MakeConstSpan(kCode);
  EXPECT_EQ(Dump("4xw", code.first(16)), "0000000000001000: 0x00000297 0x02828613 0xf1402573 0x0202b583\n");
  EXPECT_EQ(Dump("8xb", code.first(8)), "0000000000001000: 0x97 0x02 0x00 0x00 0x13 0x86 0x82 0x02\n");
  EXPECT_EQ(Dump("4uh", code.first(8)), "0000000000001000:   663     0 34323   642\n");
  EXPECT_EQ(Dump("2cw", code.first(8)),
            "0000000000001000: '\\x97' '\\x02' '\\x00' '\\x00' '\\x13' '\\x86' '\\x82' '\\x02'\n");
  EXPECT_EQ(Dump("2og", code.first(16)), "0000000000001000:  012024141140000001227  010025530176120022563\n");
  EXPECT_EQ(Dump("3xg", code),
            "0000000000001000: 0x0282861300000297 0x0202b583f1402573\n"
            "0000000000001010: 0x000280670182b283\n");
  EXPECT_EQ(Dump("9xb", code.first(9)),
            "0000000000001000: 0x97 0x02 0x00 0x00 0x13 0x86 0x82 0x02\n0000000000001008: 0x73\n");
}

TEST(MemoryDumpTest, DecimalsHaveSigns) {
  EXPECT_EQ(Dump("2dh", absl::MakeConstSpan(kCode).subspan(4, 4)), "0000000000001000: -31213   642\n");
  EXPECT_EQ(FormatValue(0xff, 'd', 1), "-1");
  EXPECT_EQ(FormatValue(~uint64_t{0}, 'u', 8), "18446744073709551615");
}

TEST(MemoryDumpTest, ByteOrder) { EXPECT_EQ(Dump("xh", {{0x12, 0x34}}, true), "0000000000001000: 0x1234\n"); }

TEST(MemoryDumpTest, Values) {
  EXPECT_EQ(FormatValue(9, 'o', 8), "011");
  EXPECT_EQ(FormatValue(65, 'c', 8), "'A'");
  EXPECT_EQ(FormatValue('\'', 'c', 8), "'\\''");
  EXPECT_EQ(FormatValue(10, 'c', 8), "'\\n'");
  EXPECT_EQ(QuoteBytes("a\"\x01"), "\"a\\\"\\x01\"");
}

TEST(MemoryDumpTest, Json) {
  const llvm::json::Value json = DumpJson(absl::MakeConstSpan(kCode).first(8), 16, {2, 'x', 4}, false);
  EXPECT_EQ(*json.getAsObject()->getString("address"), "0x10");
  EXPECT_EQ(*(*json.getAsObject()->getArray("values"))[1].getAsString(), "0x2828613");
}

TEST(MemoryDumpTest, FormatsAreKept) {
  const DumpFormat last = {7, 'd', 2};
  const DumpFormat f = *ParseDumpFormat("", last);
  EXPECT_EQ(f.count, 1u);
  EXPECT_EQ(f.letter, 'd');
  EXPECT_EQ(f.size, 2u);
  EXPECT_EQ(ParseDumpFormat("3", last)->count, 3u);
  EXPECT_EQ(ParseDumpFormat("gx", last)->size, 8u);
}

TEST(MemoryDumpTest, ErrorsSayWhat) {
  EXPECT_THAT(std::string(ParseDumpFormat("4zz", {}).status().message()),
              HasSubstr("format \"/4zz\": unknown letter \"z\"; expected a count"));
  EXPECT_THAT(std::string(ParseDumpFormat("99999999999999999999x", {}).status().message()), HasSubstr("too large"));
}

TEST(MemoryDumpTest, RandomText) {
  std::mt19937_64 random(1);
  const absl::string_view alphabet = "0123456789xduocisbhwgLz\n\xff";
  int good = 0;
  for (int i = 0; i < 10000; ++i) {
    std::string text(random() % 5, ' ');
    for (char& c : text) c = alphabet[random() % alphabet.size()];
    const absl::StatusOr<DumpFormat> f = ParseDumpFormat(text, {});
    if (!f.ok()) continue;
    ++good;
    if (f->letter != 'i' && f->letter != 's') FormatDump(kCode, random(), *f, random() % 2 == 0);
  }
  EXPECT_GT(good, 100);
}

}  // namespace
}  // namespace emu::debug
