#include "targets/riscv/isa/decode.h"

#include <bit>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "gtest/gtest.h"

namespace emu::riscv {
namespace {

bool ShareAnXlen(const DecodeLine& a, const DecodeLine& b) { return a.xlen == 0 || b.xlen == 0 || a.xlen == b.xlen; }

// Two lines that match a common word: the one with more fixed bits must match only a part of what the other does.
TEST(Decode, NoTwoFullLinesOverlap) {
  const auto lines = DecodeLines();
  for (size_t i = 0; i < lines.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      const DecodeLine &a = lines[i], &b = lines[j];
      if (a.length != 4 || b.length != 4 || !ShareAnXlen(a, b)) continue;
      const uint32_t common = a.mask & b.mask;
      if (((a.match ^ b.match) & common) != 0) continue;
      EXPECT_TRUE(a.mask != b.mask && (common == a.mask || common == b.mask)) << a.mnemonic << " and " << b.mnemonic;
    }
  }
}

TEST(Decode, NoTwoCompressedLinesOverlap) {
  for (uint8_t xlen : {32, 64}) {
    for (uint32_t word = 0; word < 0x10000; ++word) {
      std::vector<std::string> found;
      for (const DecodeLine& line : DecodeLines()) {
        if (line.length != 2 || (line.xlen != 0 && line.xlen != xlen)) continue;
        if (line.Matches(word)) found.emplace_back(line.mnemonic);
      }
      ASSERT_LE(found.size(), 1u) << absl::StreamFormat("%04x: %s, %s", word, found[0], found[1]);
    }
  }
}

// Every line is found by words of its own, whatever its free bits are.
TEST(Decode, EveryLineIsReached) {
  for (unsigned i = 0; i < kInsnCount; ++i) {
    const DecodeLine& line = LineOf(static_cast<Insn>(i));
    const uint8_t xlen = line.xlen == 0 ? 64 : line.xlen;
    for (uint32_t fill : {0u, 0xffffffffu, 0x5a5a5a5au, 0xa5a5a5a5u}) {
      uint32_t word = line.match | (fill & ~line.mask);
      if (line.has_rm) word |= 0x7000;
      if (!line.Matches(word)) continue;
      Decoded d;
      ASSERT_TRUE(Decode(word, IsaConfig::Full(xlen), &d)) << line.mnemonic;
      const DecodeLine& found = LineOf(d.id);
      EXPECT_GE(std::popcount(found.mask), std::popcount(line.mask)) << line.mnemonic << " " << found.mnemonic;
      EXPECT_EQ(found.mask & line.mask, line.mask) << line.mnemonic << " " << found.mnemonic;
    }
  }
}

// An instruction without one of the extensions that it needs is illegal, unless a wider line takes its words.
TEST(Decode, ExtensionsAreRequired) {
  for (unsigned i = 0; i < kInsnCount; ++i) {
    const DecodeLine& line = LineOf(static_cast<Insn>(i));
    const uint8_t xlen = line.xlen == 0 ? 64 : line.xlen;
    for (unsigned e = 0; e < static_cast<unsigned>(Extension::kCount); ++e) {
      if ((line.extensions >> e & 1) == 0) continue;
      IsaConfig isa = IsaConfig::Full(xlen);
      isa.Enable(static_cast<Extension>(e), false);
      Decoded d;
      EXPECT_TRUE(!Decode(line.match, isa, &d) || d.id != static_cast<Insn>(i)) << line.mnemonic;
    }
  }
}

struct Example {
  uint32_t bits;
  uint8_t xlen;
  const char* expected;  // mnemonic and the fields that are not zero; empty: illegal
};

std::string Show(uint32_t bits, uint8_t xlen) {
  Decoded d;
  if (!Decode(bits, IsaConfig::Full(xlen), &d)) return "";
  std::string text(LineOf(d.id).mnemonic);
  auto field = [&text](const char* name, int value) {
    if (value != 0) absl::StrAppend(&text, " ", name, "=", value);
  };
  field("rd", d.rd);
  field("rs1", d.rs1);
  field("rs2", d.rs2);
  field("rs3", d.rs3);
  field("imm", d.imm);
  field("rm", d.rm);
  field("aq", d.aq);
  field("rl", d.rl);
  return text;
}

constexpr Example kExamples[] = {
    {0x00000000, 64, ""},
    {0xffffffff, 64, ""},
    {0x00000013, 64, "addi"},
    {0xfff50513, 64, "addi rd=10 rs1=10 imm=-1"},
    {0x800002b7, 64, "lui rd=5 imm=-2147483648"},
    {0xffdff06f, 64, "jal imm=-4"},
    {0x7ff100e7, 64, "jalr rd=1 rs1=2 imm=2047"},
    {0xfe5ff06f, 64, "jal imm=-28"},
    {0x00a13823, 64, "sd rs1=2 rs2=10 imm=16"},
    {0xfea13c23, 64, "sd rs1=2 rs2=10 imm=-8"},
    {0x03f51513, 64, "slli rd=10 rs1=10 imm=63"},
    {0x03f51513, 32, ""},
    {0x01f51513, 32, "slli rd=10 rs1=10 imm=31"},
    {0x43f55513, 64, "srai rd=10 rs1=10 imm=63"},
    {0x34011173, 64, "csrrw rd=2 rs1=2 imm=832"},
    {0xc00020f3, 64, "csrrs rd=1 imm=3072"},
    {0x0ff0000f, 64, "fence imm=255"},
    {0x8330000f, 64, "fence.tso"},
    {0x0100000f, 64, "pause"},
    {0x0000100f, 64, "fence.i"},
    {0x1605a52f, 64, "lr.w rd=10 rs1=11 aq=1 rl=1"},
    {0x1005a52f, 64, "lr.w rd=10 rs1=11"},
    {0x18c5b52f, 64, "sc.d rd=10 rs1=11 rs2=12"},
    {0x18c5b52f, 32, ""},
    {0x02c5f543, 64, "fmadd.d rd=10 rs1=11 rs2=12 rm=7"},
    {0x72c5f543, 64, "fmadd.d rd=10 rs1=11 rs2=12 rs3=14 rm=7"},
    {0x00c5d553, 64, ""},  // rounding mode 5
    {0x00c5e553, 64, ""},
    {0x00c5c553, 64, "fadd.s rd=10 rs1=11 rs2=12 rm=4"},
    {0x30200073, 64, "mret"},
    {0x10500073, 64, "wfi"},
    {0x12b50073, 64, "sfence.vma rs1=10 rs2=11"},
    {0x0045200f, 64, "cbo.zero rs1=10"},
    {0x02156013, 64, "prefetch.r rs1=10 imm=32"},
    {0x02256013, 64, "ori rs1=10 imm=34"},
    // Compressed.
    {0x0001, 64, "c.nop"},
    {0x0000, 64, ""},
    {0x0004, 64, ""},  // c.addi4spn, immediate 0
    {0x0040, 64, "c.addi4spn rd=8 rs1=2 imm=4"},
    {0x6188, 64, "c.ld rd=10 rs1=11"},
    {0x6188, 32, "c.flw rd=10 rs1=11"},
    {0x4588, 64, "c.lw rd=10 rs1=11 imm=8"},
    {0xe588, 64, "c.sd rs1=11 rs2=10 imm=8"},
    {0x157d, 64, "c.addi rd=10 rs1=10 imm=-1"},
    {0x0505, 64, "c.addi rd=10 rs1=10 imm=1"},
    {0x357d, 64, "c.addiw rd=10 rs1=10 imm=-1"},
    {0x2001, 64, ""},  // c.addiw, rd 0
    {0x2001, 32, "c.jal rd=1"},
    {0x557d, 64, "c.li rd=10 imm=-1"},
    {0x757d, 64, "c.lui rd=10 imm=-4096"},
    {0x6501, 64, ""},  // c.lui, immediate 0
    {0x717d, 64, "c.addi16sp rd=2 rs1=2 imm=-16"},
    {0x6101, 64, ""},  // c.addi16sp, immediate 0
    {0x9105, 64, "c.srli rd=10 rs1=10 imm=33"},
    {0x9105, 32, ""},
    {0x8d0d, 64, "c.sub rd=10 rs1=10 rs2=11"},
    {0x9d2d, 64, "c.addw rd=10 rs1=10 rs2=11"},
    {0x9d2d, 32, ""},
    {0xbffd, 64, "c.j imm=-2"},
    {0xdd7d, 64, "c.beqz rs1=10 imm=-2"},
    {0x4002, 64, ""},  // c.lwsp, rd 0
    {0x40b2, 64, "c.lwsp rd=1 rs1=2 imm=12"},
    {0x60a2, 64, "c.ldsp rd=1 rs1=2 imm=8"},
    {0x8002, 64, ""},  // c.jr, rs1 0
    {0x8082, 64, "c.jr rs1=1"},
    {0x9082, 64, "c.jalr rd=1 rs1=1"},
    {0x852e, 64, "c.mv rd=10 rs2=11"},
    {0x952e, 64, "c.add rd=10 rs1=10 rs2=11"},
    {0x9002, 64, "c.ebreak"},
    {0xe406, 64, "c.sdsp rs1=2 rs2=1 imm=8"},
};

TEST(Decode, Examples) {
  for (const Example& e : kExamples) {
    EXPECT_EQ(Show(e.bits, e.xlen), e.expected) << absl::StreamFormat("%08x, RV%d", e.bits, e.xlen);
  }
}

TEST(Decode, IllegalOnesStillHaveBitsAndLength) {
  Decoded d;
  EXPECT_FALSE(Decode(0xabcd0000, IsaConfig::Full(64), &d));
  EXPECT_EQ(d.length, 2);
  EXPECT_EQ(d.bits, 0u);
  EXPECT_FALSE(Decode(0xffffffff, IsaConfig::Full(64), &d));
  EXPECT_EQ(d.length, 4);
  EXPECT_EQ(d.bits, 0xffffffffu);
}

}  // namespace
}  // namespace emu::riscv
