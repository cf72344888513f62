// That asked blocks do what the block does is shown by running both, in backends/testing.
#include "translate/ir/rounds.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "translate/ir/parser.h"
#include "translate/ir/passes.h"
#include "translate/ir/printer.h"
#include "translate/ir/verifier.h"

namespace emu::ir {
namespace {

// A block of `rounds` in each of which %a goes on by `step`, `width` being what the sum passes through ("" or
// "sext32"), and which end when it is %b: another register, or what `end` says. # is the number of the round.
std::string Loop(int rounds, int step, const std::string& width = "", const std::string& end = "%b# = get.i64 r1\n") {
  std::string text = "block 0x1000\ncharge 0x1000\n";
  for (int n = 0; n < rounds; ++n) {
    const std::string sum = width.empty() ? "%n#" : "%w#";
    const std::string round =
        absl::StrCat("insn 0x1000\n%a# = get.i64 r0\n%s# = const.i64 ", step, "\n%n# = add.i64 %a#, %s#\n",
                     width.empty() ? "" : absl::StrCat("%w# = ", width, ".i64 %n#\n"), "set r0, ", sum,
                     "\ninsn 0x1004\n", end, "exitif eq ", sum, ", %b# -> 0x1008\n");
    text += absl::StrReplaceAll(round, {{"#", absl::StrCat(n)}});
  }
  return text + "goto 0x1000\n";
}

Block Parsed(const std::string& text) {
  absl::StatusOr<Block> block = Parse(text);
  EXPECT_TRUE(block.ok()) << block.status() << text;
  Optimize(&*block);
  return *std::move(block);
}

// What is asked, as text, and how many exits are left out; empty if nothing is.
std::string Asked(const std::string& text) {
  Block block = Parsed(text);
  const std::string before = Print(block);
  const unsigned gone = AskForRounds(&block);
  if (gone == 0) {
    EXPECT_EQ(Print(block), before);
    return "";
  }
  Optimize(&block);
  EXPECT_TRUE(Verify(block).ok()) << Verify(block) << Print(block);
  std::string out = absl::StrCat(gone, " gone\n");
  for (size_t n = 0; block.code[n].op != Op::kCharge; ++n) absl::StrAppend(&out, PrintInstr(block, n), "\n");
  return out;
}

TEST(RoundsTest, TwoRegisters) {
  EXPECT_EQ(Asked(Loop(4, 8)),
            "4 gone\n%0 = get.i64 r0\n%1 = get.i64 r1\n%2 = sub.i64 %0, %1\n%3 = const.i64 32\n%4 = add.i64 %2, %3\n"
            "%5 = const.i64 24\nleaveif rounds leu %4, %5 -> 0x1000\n");
  EXPECT_EQ(Asked(Loop(4, -8)),
            "4 gone\n%0 = get.i64 r0\n%1 = get.i64 r1\n%2 = sub.i64 %0, %1\n%3 = const.i64 -8\n%4 = add.i64 %2, %3\n"
            "%5 = const.i64 24\nleaveif rounds leu %4, %5 -> 0x1000\n");
}

TEST(RoundsTest, AConstantEnd) {
  EXPECT_EQ(Asked(Loop(3, -1, "", "%b# = const.i64 0\n")),
            "3 gone\n%0 = get.i64 r0\n%1 = const.i64 -1\n%2 = add.i64 %0, %1\n%3 = const.i64 2\n"
            "leaveif rounds leu %2, %3 -> 0x1000\n");
}

TEST(RoundsTest, SumsThatWrapAreComparedByWhatTheyKeep) {
  EXPECT_EQ(Asked(Loop(3, 1, "sext32")),
            "3 gone\n%0 = get.i64 r0\n%1 = get.i64 r1\n%2 = sub.i64 %0, %1\n%3 = const.i64 3\n%4 = add.i64 %2, %3\n"
            "%5 = zext32.i64 %4\n%6 = const.i64 2\nleaveif rounds leu %5, %6 -> 0x1000\n");
}

TEST(RoundsTest, OneReachesTheOther) {
  const auto with = [](const std::string& cond, const std::string& text) {
    return Asked(absl::StrReplaceAll(text, {{"exitif eq", "exitif " + cond}}));
  };
  EXPECT_EQ(with("geu", Loop(3, 8)),
            "3 gone\n%0 = get.i64 r0\n%1 = const.i64 8\n%2 = add.i64 %0, %1\n%3 = get.i64 r1\n"
            "leaveif rounds geu %2, %3 -> 0x1000\n%5 = sub.i64 %3, %2\n%6 = const.i64 16\n"
            "leaveif rounds leu %5, %6 -> 0x1000\n");
  EXPECT_EQ(with("lt", Loop(3, -1, "", "%b# = const.i64 0\n")),
            "3 gone\n%0 = const.i64 0\n%1 = get.i64 r0\n%2 = const.i64 -1\n%3 = add.i64 %1, %2\n"
            "leaveif rounds lt %3, %0 -> 0x1000\n%5 = const.i64 2\nleaveif rounds ltu %3, %5 -> 0x1000\n");
  EXPECT_NE(with("ge", Loop(3, 1, "sext32")), "");
  EXPECT_EQ(with("geu", Loop(3, 1, "sext32")), "") << "a sum that wraps may be anywhere";
  EXPECT_EQ(with("ge", Loop(3, -1)), "") << "it goes away from the end";
}

TEST(RoundsTest, NothingIsAskedOfFewRounds) { EXPECT_EQ(Asked(Loop(2, 8)), ""); }

TEST(RoundsTest, NorWhereTheEndMoves) {
  EXPECT_EQ(Asked(Loop(4, 8, "", "%b# = load.i64 [%a#]\n")), "");
  EXPECT_EQ(Asked(Loop(4, 8, "", "%b# = get.i64 r1\n%c# = add.i64 %b#, %b#\nset r1, %c#\n")), "");
}

TEST(RoundsTest, NorAroundCallsAndLabels) {
  EXPECT_EQ(Asked(Loop(4, 8, "", "%b# = get.i64 r1\ncall h0()\n")), "");
  std::string labelled = Loop(4, 8);
  labelled.insert(labelled.rfind("goto"), "label L0\n");
  EXPECT_EQ(Asked(labelled), "");
}

TEST(RoundsTest, OtherExitsStay) {
  std::string text = Loop(4, 8);
  text.insert(text.rfind("goto"), "exitif ne %n0, %b0 -> 0x1000\n");
  Block block = Parsed(text);
  EXPECT_EQ(AskForRounds(&block), 4u);
  EXPECT_NE(Print(block).find("exitif ne"), std::string::npos);
}

}  // namespace
}  // namespace emu::ir
