#include "backends/x86_64/fp_divisions.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "backends/testing/machine.h"
#include "translate/ir/parser.h"

namespace emu::backends::x86_64 {
namespace {

// For each division which divider makes it.
std::string Dividers(const std::string& body, const std::string& end = "goto 0x1000") {
  const absl::StatusOr<ir::Block> block =
      ir::Parse(absl::StrCat("block 0x1000\ncharge 0x1000\ninsn 0x1000\n%a = get.i64 r0\n%b = get.i64 r1\n", body, end),
                testing::RegisterNames());
  EXPECT_TRUE(block.ok()) << block.status() << body;
  FpDivisions divisions;
  divisions.Find(*block);
  std::string text;
  for (uint32_t n = 0; n < block->code.size(); ++n) {
    const ir::Op op = block->code[n].op;
    if (op < ir::Op::kDivU || op > ir::Op::kRemS) continue;
    text += divisions.Has(n) ? 'f' : 'i';
  }
  return text;
}

// A division whose result goes to a register that the loop does not read.
constexpr char kAlone[] = "%q = divu.i64 %a, %b\nset r2, %q\n";

TEST(FpDivisionsTest, OnlyInLoops) {
  EXPECT_EQ(Dividers(kAlone), "f");
  EXPECT_EQ(Dividers(kAlone, "goto 0x1004"), "i");
  EXPECT_EQ(Dividers(kAlone, "exitif eq %a, %b -> 0x1000\ngoto 0x1004"), "f");
}

TEST(FpDivisionsTest, BothDividersAreBusy) {
  const std::string four = "%q = divu.i64 %a, %b\n%r = remu.i64 %a, %b\n%s = divs.i64 %a, %b\n%t = rems.i64 %a, %b\n";
  EXPECT_EQ(Dividers(four), "fifi");
}

TEST(FpDivisionsTest, WhatFollowsFromItselfWaits) {
  EXPECT_EQ(Dividers("%q = divu.i64 %a, %b\nset r0, %q\n"), "i");
  EXPECT_EQ(Dividers("%q = remu.i64 %a, %b\nset r0, %b\nset r1, %q\n"), "i");
  // Over another register, a round later.
  EXPECT_EQ(Dividers("%c = get.i64 r2\n%q = divu.i64 %a, %b\nset r0, %c\nset r2, %q\n"), "i");
  // Two that follow from each other.
  EXPECT_EQ(Dividers("%q = divu.i64 %a, %b\n%r = remu.i64 %q, %b\nset r0, %r\n"), "ii");
}

TEST(FpDivisionsTest, WhatFollowsFromAnotherDoesNot) {
  EXPECT_EQ(Dividers("%q = divu.i64 %a, %b\n%r = remu.i64 %q, %b\nset r2, %r\n"), "fi");
  EXPECT_EQ(Dividers("%q = divu.i64 %a, %b\nset r0, %q\n%r = remu.i64 %q, %b\nset r2, %r\n"), "if");
}

TEST(FpDivisionsTest, DivisorsThatAreKnownAreLeftAlone) {
  EXPECT_EQ(Dividers("%c = const.i64 3\n%q = divu.i64 %a, %c\nset r2, %q\n"), "i");
}

}  // namespace
}  // namespace emu::backends::x86_64
