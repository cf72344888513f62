#include "targets/riscv/isa/decode_line.h"

#include "gtest/gtest.h"

namespace emu::riscv {
namespace {

TEST(LineParser, FullWord) {
  constexpr DecodeLine kBeq =
      LineParser::Parse("beq", "iiiiiii ttttt sssss 000 iiiii 1100011", "s12|10:5|4:1|11", "", 1, 0, 4);
  EXPECT_EQ(kBeq.mask, 0x707fu);
  EXPECT_EQ(kBeq.match, 0x63u);
  EXPECT_EQ(kBeq.piece_count, 4);
  EXPECT_EQ(kBeq.immediate_bits, 13);
  const uint32_t word = 0xfe208ee3;  // beq x1, x2, -4
  EXPECT_TRUE(kBeq.Matches(word));
  EXPECT_EQ(kBeq.Immediate(word), -4);
  EXPECT_EQ(kBeq.rs1.Extract(word), 1);
  EXPECT_EQ(kBeq.rs2.Extract(word), 2);
  EXPECT_EQ(kBeq.rd.Extract(word), 0);
}

TEST(LineParser, ShortRegistersImpliedOnesAndExclusions) {
  constexpr DecodeLine kLine =
      LineParser::Parse("c.addi4spn", "000 iiiiiiii ddd 00", "u5:4|9:6|2|3", "s=2 i!=0", 1, 0, 2);
  EXPECT_EQ(kLine.immediate_bits, 0);
  EXPECT_EQ(kLine.rs1.Extract(0x1fe0), 2);
  EXPECT_EQ(kLine.rd.Extract(0x001c), 15);
  EXPECT_FALSE(kLine.Matches(0x001c));
  EXPECT_TRUE(kLine.Matches(0x003c));
  EXPECT_EQ(kLine.Immediate(0x003c), 8);
  EXPECT_EQ(kLine.Immediate(0x1fe0), 1020);
}

// What is rejected by the compiler in a table throws at run time.
TEST(LineParser, RejectsMistakes) {
  auto parse = [](absl::string_view bits, absl::string_view immediate, absl::string_view rules) {
    LineParser::Parse("x", bits, immediate, rules, 1, 0, 4);
  };
  EXPECT_NO_THROW(parse("iiiiiii iiiii sssss 000 ddddd 0010011", "s11:0", ""));
  EXPECT_ANY_THROW(parse("iiiiiii iiii sssss 000 ddddd 0010011", "s11:0", ""));
  EXPECT_ANY_THROW(parse("iiiiiii iiiiii sssss 000 ddddd 0010011", "s11:0", ""));
  EXPECT_ANY_THROW(parse("iiiiiii iiiii sssss 000 ddddd 0010011", "s12:0", ""));
  EXPECT_ANY_THROW(parse("iiiiiii iiiii sssss 000 ddddd 0010011", "s10:0", ""));
  EXPECT_ANY_THROW(parse("iiiiiii iiiii sssss 000 ddddd 0010011", "", ""));
  EXPECT_ANY_THROW(parse("iiiiiii iiiii sssss 000 ddddd 0010011", "11:0", ""));
  EXPECT_ANY_THROW(parse("0000000 sssss ttttt 000 ddddd 0010011", "", ""));  // s and t exchanged
  EXPECT_ANY_THROW(parse("0000000 ttttt sssss 000 dddd0 0010011", "", ""));
  EXPECT_ANY_THROW(parse("0000000 ttttt sssss 000 qqqqq 0010011", "", ""));
  EXPECT_ANY_THROW(parse("00010la 00000 sssss 010 ddddd 0101111", "", ""));
  EXPECT_ANY_THROW(parse("0000000 ttttt sssss 000 ddddd 0010000", "", ""));  // a compressed word's end
  EXPECT_ANY_THROW(parse("0000000 ttttt sssss 000 ddddd 0010011", "", "s=2"));
  EXPECT_ANY_THROW(parse("0000000 ttttt sssss 000 ddddd 0010011", "", "u!=2"));
}

}  // namespace
}  // namespace emu::riscv
