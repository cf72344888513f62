// Single rules, as text. That programs keep their meaning is shown on random ones in backends/testing.
#include "translate/ir/passes.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "absl/strings/str_cat.h"
#include "translate/ir/parser.h"
#include "translate/ir/printer.h"
#include "translate/ir/verifier.h"

namespace emu::ir {
namespace {

// The lines of a block between its first insn and its end, optimised; %a and %b are registers r0, r1, %w is the i32 r2.
std::string Optimized(absl::string_view body) {
  const std::string text =
      absl::StrCat("block 0x1000\ncharge 0x1000\ninsn 0x1000\n%a = get.i64 r0\n%b = get.i64 r1\n%w = get.i32 r2\n",
                   body, "\ngoto 0x1004\n");
  absl::StatusOr<Block> block = Parse(text);
  if (!block.ok()) return std::string(block.status().message());
  if (!Verify(*block).ok()) return std::string(Verify(*block).message());
  Optimize(&*block);
  EXPECT_TRUE(Verify(*block).ok()) << Verify(*block) << Print(*block);
  std::string out;
  for (size_t n = 2; n + 1 < block->code.size(); ++n) absl::StrAppend(&out, PrintInstr(*block, n), "\n");
  return out;
}

constexpr char kSetA[] = "%2 = get.i64 r0\nset r5, %2\n";

TEST(PassesTest, Identities) {
  for (const char* op :
       {"add.i64 %a, %z", "sub.i64 %a, %z", "or.i64 %z, %a", "xor.i64 %a, %z", "and.i64 %a, %a", "or.i64 %a, %a",
        "andn.i64 %a, %z", "shl.i64 %a, %z", "rotr.i64 %a, %z", "mul.i64 %one, %a", "divu.i64 %a, %one",
        "divs.i64 %a, %one", "select.i64 %one, %a, %b", "select.i64 %b, %a, %a"}) {
    EXPECT_EQ(Optimized(absl::StrCat("%z = const.i64 0\n%one = const.i64 1\n%x = ", op, "\nset r5, %x")), kSetA) << op;
  }
}

TEST(PassesTest, ResultsThatAreConstant) {
  for (const char* op : {"sub.i64 %a, %a", "xor.i64 %a, %a", "and.i64 %a, %z", "mul.i64 %a, %z", "andn.i64 %a, %a",
                         "setcc.i64 lt %a, %a", "setcc.i64 ltu %a, %z", "remu.i64 %a, %one"}) {
    EXPECT_EQ(Optimized(absl::StrCat("%z = const.i64 0\n%one = const.i64 1\n%x = ", op, "\nset r5, %x")),
              "%2 = const.i64 0\nset r5, %2\n")
        << op;
  }
}

TEST(PassesTest, ConstantsAreEvaluated) {
  EXPECT_EQ(
      Optimized(
          "%x = const.i64 6\n%y = const.i64 7\n%p = mul.i64 %x, %y\n%t = trunc.i32 %p\n%n = neg.i32 %t\nset r5, %n"),
      "%2 = const.i32 -42\nset r5, %2\n");
}

TEST(PassesTest, BoxesAndSigns) {
  EXPECT_EQ(Optimized("%s = get.f32 r3\n%box = fbox.f64 %s\n%u = funbox.f32 %box\n%n = fneg.f32 %u\n%m = fneg.f32 %n\n"
                      "%p = fabs.f32 %n\n%q = fabs.f32 %p\nset r4, %m\nset r5, %q"),
            "%2 = get.f32 r3\n%3 = fabs.f32 %2\nset r4, %2\nset r5, %3\n");
  EXPECT_EQ(Optimized("%c = const.f64 0x7ff8000000000000\n%u = funbox.f32 %c\n%n = fneg.f32 %u\nset r3, %n"),
            "%2 = const.f32 0xffc00000\nset r3, %2\n");
}

TEST(PassesTest, FlagsThatNobodyReadsAreNotRead) {
  EXPECT_EQ(Optimized("%f = getflags.i64\nsetflags %a"), "%2 = get.i64 r0\nsetflags %2\n");
}

TEST(PassesTest, ShiftPairsBecomeExtensions) {
  EXPECT_EQ(Optimized("%n = const.i64 32\n%x = shl.i64 %a, %n\n%y = shr.i64 %x, %n\nset r5, %y"),
            "%2 = get.i64 r0\n%3 = zext32.i64 %2\nset r5, %3\n");
  EXPECT_EQ(Optimized("%n = const.i64 48\n%x = shl.i64 %a, %n\n%y = sar.i64 %x, %n\nset r5, %y"),
            "%2 = get.i64 r0\n%3 = sext16.i64 %2\nset r5, %3\n");
}

TEST(PassesTest, ExtensionsOfWhatIsExtended) {
  EXPECT_EQ(Optimized("%x = load.i64 [%a] size=4 signed\n%y = sext32.i64 %x\nset r5, %y"),
            "%2 = get.i64 r0\n%3 = load.i64 [%2] size=4 signed\nset r5, %3\n");
  EXPECT_EQ(Optimized("%x = setcc.i64 lt %a, %b\n%y = zext8.i64 %x\nset r5, %y"),
            "%2 = get.i64 r0\n%3 = get.i64 r1\n%4 = setcc.i64 lt %2, %3\nset r5, %4\n");
  EXPECT_EQ(Optimized("%t = trunc.i32 %a\n%y = sext.i64 %t\nset r5, %y"),
            "%2 = get.i64 r0\n%3 = sext32.i64 %2\nset r5, %3\n");
  EXPECT_EQ(Optimized("%x = sext.i64 %w\n%y = trunc.i32 %x\nset r5, %y"), "%2 = get.i32 r2\nset r5, %2\n");
}

// A single-precision value boxed in a register and unboxed again, with the check of the box.
TEST(PassesTest, BoxedValuesComeOutOfTheirBox) {
  EXPECT_EQ(
      Optimized("%z = zext.i64 %w\n%ones = const.i64 0xffffffff00000000\n%boxed = or.i64 %z, %ones\nset r5, %boxed\n"
                "%again = get.i64 r5\n%ok = setcc.i64 geu %again, %ones\n%t = trunc.i32 %again\n"
                "%nan = const.i32 0x7fc00000\n%v = select.i32 %ok, %t, %nan\nset r6, %v"),
      "%2 = get.i32 r2\n%3 = zext.i64 %2\n%4 = const.i64 0xffffffff00000000\n%5 = or.i64 %3, %4\nset r5, %5\nset r6, "
      "%2\n");
}

TEST(PassesTest, AddressesTakeConstants) {
  EXPECT_EQ(Optimized("%c = const.i64 100\n%p = add.i64 %a, %c\n%x = load.i64 [%p - 4] size=8\nset r5, %x"),
            "%2 = get.i64 r0\n%3 = load.i64 [%2 + 96] size=8\nset r5, %3\n");
  EXPECT_EQ(Optimized("%c = const.i64 16\n%p = add.i64 %a, %c\n%q = sub.i64 %p, %c\nset r5, %q"), kSetA);
}

TEST(PassesTest, AddressesThatARegisterHoldsStay) {
  EXPECT_EQ(Optimized("%n = const.i64 8\n%x = add.i64 %a, %n\nset r0, %x\n%y = load.i64 [%x + 16] size=8\nset r5, %y"),
            "%2 = get.i64 r0\n%3 = const.i64 8\n%4 = add.i64 %2, %3\nset r0, %4\n%6 = load.i64 [%4 + 16] size=8\n"
            "set r5, %6\n");
}

TEST(PassesTest, ABaseThatWasOneIsOneAgain) {
  EXPECT_EQ(Optimized("%u = load.i64 [%a] size=8\nset r6, %u\n%n = const.i64 8\n%x = add.i64 %a, %n\nset r0, %x\n"
                      "%y = load.i64 [%x] size=8\nset r5, %y\nstore [%x], %y size=8"),
            "%2 = get.i64 r0\n%3 = load.i64 [%2] size=8\nset r6, %3\n%5 = const.i64 8\n%6 = add.i64 %2, %5\n"
            "set r0, %6\n%8 = load.i64 [%2 + 8] size=8\nset r5, %8\nstore [%6], %8 size=8\n");
}

TEST(PassesTest, ABaseIsSharedByOtherSumsOfItsSource) {
  EXPECT_EQ(Optimized("%c = const.i64 8\n%d = const.i64 9\n%x = add.i64 %a, %c\nset r0, %x\n%u = load.i64 [%x - 1]\n"
                      "%y = add.i64 %a, %d\nset r0, %y\n%v = load.i64 [%y - 1]\n%w2 = load.i64 [%a + 2]"),
            "%2 = get.i64 r0\n%3 = const.i64 8\n%4 = const.i64 9\n%5 = add.i64 %2, %3\nset r0, %5\n"
            "%7 = load.i64 [%5 - 1] size=8\n%8 = add.i64 %2, %4\nset r0, %8\n%10 = load.i64 [%5] size=8\n%11 = "
            "load.i64 [%5 - 6] size=8\n");
}

TEST(PassesTest, SumsThatDifferByAConstant) {
  constexpr char kFirst[] = "%c = const.i64 1\n%d = const.i64 3\n%x = add.i64 %a, %c\n%y = add.i64 %a, %d\n";
  constexpr char kMade[] = "%2 = get.i64 r0\n%3 = get.i64 r1\n%4 = const.i64 1\n%5 = add.i64 %2, %4\n";
  for (const auto& [first, second, made] : {std::array{"sub.i64 %x, %b", "sub.i64 %y, %b", "sub.i64 %5, %3"},
                                            std::array{"add.i64 %x, %b", "add.i64 %b, %y", "add.i64 %5, %3"}}) {
    EXPECT_EQ(Optimized(absl::StrCat(kFirst, "%s = ", first, "\nset r5, %s\n%t = ", second, "\nset r4, %t")),
              absl::StrCat(kMade, "%6 = ", made, "\nset r5, %6\n%8 = const.i64 2\n%9 = add.i64 %6, %8\nset r4, %9\n"));
    EXPECT_EQ(Optimized(absl::StrCat(kFirst, "%s = ", first, "\nset r5, %s\n%t = ", first, "\nset r4, %t")),
              absl::StrCat(kMade, "%6 = ", made, "\nset r5, %6\nset r4, %6\n"));
  }
}

TEST(PassesTest, OtherSumsAreMadeAnew) {
  EXPECT_EQ(Optimized("%s = sub.i64 %a, %b\nset r5, %s\n%t = sub.i64 %b, %a\nset r4, %t"),
            "%2 = get.i64 r0\n%3 = get.i64 r1\n%4 = sub.i64 %2, %3\nset r5, %4\n%6 = sub.i64 %3, %2\nset r4, %6\n");
}

TEST(PassesTest, ComparisonsOfComparisons) {
  EXPECT_EQ(Optimized("%z = const.i64 0\n%c = setcc.i64 lt %a, %b\nexitif eq %c, %z -> 0x2000"),
            "%2 = get.i64 r0\n%3 = get.i64 r1\nexitif ge %2, %3 -> 0x2000 refund=0\n");
  EXPECT_EQ(Optimized("%c = const.i64 5\nexitif lt %c, %a -> 0x2000"),
            "%2 = get.i64 r0\n%3 = const.i64 5\nexitif gt %2, %3 -> 0x2000 refund=0\n");
  EXPECT_EQ(Optimized("exitif ne %a, %a -> 0x2000"), "");
}

TEST(PassesTest, SelectionsByAComparisonWithZero) {
  EXPECT_EQ(Optimized("%z = const.i64 0\n%c = setcc.i64 ne %a, %z\n%x = select.i64 %c, %a, %b\nset r5, %x"),
            "%2 = get.i64 r0\n%3 = get.i64 r1\n%4 = select.i64 %2, %2, %3\nset r5, %4\n");
  EXPECT_EQ(Optimized("%z = const.i64 0\n%c = setcc.i64 eq %a, %z\n%x = select.i64 %c, %a, %b\nset r5, %x"),
            "%2 = get.i64 r0\n%3 = get.i64 r1\n%4 = select.i64 %2, %3, %2\nset r5, %4\n");
}

TEST(PassesTest, TruncationsLookThroughWhatTheyDrop) {
  constexpr char kHigh[] = "%h = const.i64 0x500000000\n";
  EXPECT_EQ(Optimized(absl::StrCat(kHigh, "%x = add.i64 %a, %h\n%t = trunc.i32 %x\nset r5, %t")),
            "%2 = get.i64 r0\n%3 = trunc.i32 %2\nset r5, %3\n");
  EXPECT_EQ(Optimized(absl::StrCat(kHigh, "%x = mul.i64 %a, %h\n%t = trunc.i32 %x\nset r5, %t")),
            "%2 = get.i64 r0\n%3 = const.i64 0x500000000\n%4 = mul.i64 %2, %3\n%5 = trunc.i32 %4\nset r5, %5\n");
}

TEST(PassesTest, ShiftsBothWaysAreARotation) {
  constexpr char kShifts[] = "%l = const.i64 7\n%r = const.i64 57\n%x = shl.i64 %a, %l\n%y = shr.i64 %a, %r\n";
  for (const char* join : {"or.i64 %x, %y", "or.i64 %y, %x", "xor.i64 %x, %y", "add.i64 %y, %x"}) {
    EXPECT_EQ(Optimized(absl::StrCat(kShifts, "%z = ", join, "\nset r5, %z")),
              "%2 = get.i64 r0\n%3 = const.i64 7\n%4 = rotl.i64 %2, %3\nset r5, %4\n");
  }
  EXPECT_EQ(Optimized("%l = const.i64 7\n%r = const.i64 56\n%x = shl.i64 %a, %l\n%y = shr.i64 %a, %r\n"
                      "%z = or.i64 %x, %y\nset r5, %z"),
            "%2 = get.i64 r0\n%3 = const.i64 7\n%4 = const.i64 56\n%5 = shl.i64 %2, %3\n%6 = shr.i64 %2, %4\n"
            "%7 = or.i64 %5, %6\nset r5, %7\n");
}

TEST(PassesTest, ExtendedShiftsBothWaysAreAnExtendedRotation) {
  constexpr char kShifts[] =
      "%t = trunc.i32 %a\n%l = const.i32 7\n%x = shl.i32 %t, %l\n%p = sext.i64 %x\n"
      "%u = trunc.i32 %a\n%r = const.i32 25\n%y = shr.i32 %u, %r\n%q = sext.i64 %y\n";
  for (const char* join : {"or.i64 %p, %q", "xor.i64 %q, %p"}) {
    EXPECT_EQ(Optimized(absl::StrCat(kShifts, "%z = ", join, "\nset r5, %z")),
              "%2 = get.i64 r0\n%3 = trunc.i32 %2\n%4 = const.i32 7\n%5 = rotl.i32 %3, %4\n%6 = sext.i64 %5\n"
              "set r5, %6\n");
  }
}

TEST(PassesTest, AShiftToTheRightLeavesNoSignToExtend) {
  EXPECT_EQ(Optimized("%n = const.i32 1\n%x = shr.i32 %w, %n\n%y = sext.i64 %x\nset r5, %y"),
            "%2 = get.i32 r2\n%3 = const.i32 1\n%4 = shr.i32 %2, %3\n%5 = zext.i64 %4\nset r5, %5\n");
}

TEST(PassesTest, HighBitsThatNobodyAsksForAreNotMade) {
  EXPECT_EQ(Optimized("%x = add.i64 %a, %b\n%y = sext32.i64 %x\n%z = sub.i64 %y, %b\n%u = sext32.i64 %z\nset r5, %u"),
            "%2 = get.i64 r0\n%3 = get.i64 r1\n%4 = add.i64 %2, %3\n%5 = sub.i64 %4, %3\n%6 = sext32.i64 %5\n"
            "set r5, %6\n");
  EXPECT_EQ(Optimized("%x = sext32.i64 %a\nset r5, %x\nstore [%b], %x size=4\nstore [%b], %x size=8"),
            "%2 = get.i64 r0\n%3 = get.i64 r1\n%4 = sext32.i64 %2\nset r5, %4\nstore [%3], %4 size=4\n"
            "store [%3], %4 size=8\n");
  EXPECT_EQ(Optimized("%m = const.i64 255\n%x = and.i64 %a, %m\nstore [%b], %x size=1"),
            "%2 = get.i64 r0\n%3 = get.i64 r1\nstore [%3], %2 size=1\n");
  EXPECT_EQ(Optimized("%y = sext.i64 %w\n%z = xor.i64 %y, %a\nstore [%b], %z size=4"),
            "%2 = get.i64 r0\n%3 = get.i64 r1\n%4 = get.i32 r2\n%5 = zext.i64 %4\n%6 = xor.i64 %5, %2\n"
            "store [%3], %6 size=4\n");
}

TEST(PassesTest, HighBitsThatComeDownStay) {
  EXPECT_EQ(Optimized("%n = const.i64 8\n%x = sext32.i64 %a\n%y = shr.i64 %x, %n\nstore [%b], %y size=4"),
            "%2 = get.i64 r0\n%3 = get.i64 r1\n%4 = const.i64 8\n%5 = sext32.i64 %2\n%6 = shr.i64 %5, %4\n"
            "store [%3], %6 size=4\n");
  EXPECT_EQ(Optimized("%n = const.i64 8\n%x = sext32.i64 %a\n%y = shr.i64 %x, %n\nstore [%b], %y size=2"),
            "%2 = get.i64 r0\n%3 = get.i64 r1\n%4 = const.i64 8\n%5 = shr.i64 %2, %4\nstore [%3], %5 size=2\n");
}

TEST(PassesTest, RegistersAreRememberedUntilACallOrLabel) {
  EXPECT_EQ(Optimized("set r5, %a\n%x = get.i64 r5\nset r6, %x"), "%2 = get.i64 r0\nset r5, %2\nset r6, %2\n");
  EXPECT_EQ(Optimized("set r5, %a\ncall h0()\n%x = get.i64 r5\nset r6, %x"),
            "%2 = get.i64 r0\nset r5, %2\ncall h0()\n%5 = get.i64 r5\nset r6, %5\n");
  EXPECT_EQ(Optimized("set r5, %a\nlabel L0\n%x = get.i64 r5\nset r6, %x"),
            "%2 = get.i64 r0\nset r5, %2\nlabel L0\n%5 = get.i64 r5\nset r6, %5\n");
  EXPECT_EQ(Optimized("set r0, %a"), "") << "what is there already";
}

TEST(PassesTest, SetsThatNobodyCanSeeGo) {
  EXPECT_EQ(Optimized("set r5, %a\nset r5, %b"), "%2 = get.i64 r1\nset r5, %2\n");
  EXPECT_EQ(Optimized("set r5, %a\n%x = load.i64 [%b]\nset r5, %x"),
            "%2 = get.i64 r0\n%3 = get.i64 r1\nset r5, %2\n%5 = load.i64 [%3] size=8\nset r5, %5\n");
}

TEST(PassesTest, WhatMayFaultOrRaiseFlagsStays) {
  EXPECT_EQ(Optimized("%x = load.i64 [%a]"), "%2 = get.i64 r0\n%3 = load.i64 [%2] size=8\n");
  EXPECT_EQ(Optimized("%f = bitcast.f64 %a\n%x = fadd.f64 %f, %f"),
            "%2 = get.i64 r0\n%3 = bitcast.f64 %2\n%4 = fadd.f64 %3, %3\n");
  EXPECT_EQ(Optimized("%x = add.i64 %a, %b"), "");
}

}  // namespace
}  // namespace emu::ir
