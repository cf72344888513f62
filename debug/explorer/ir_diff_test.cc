#include "debug/explorer/ir_diff.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "translate/ir/parser.h"
#include "translate/ir/passes.h"
#include "translate/ir/random_program.h"

namespace emu::debug {
namespace {

ir::Block Parse(absl::string_view text) {
  const auto block = ir::Parse(text);
  EXPECT_TRUE(block.ok()) << block.status();
  return *block;
}

std::string Text(const std::vector<IrDiffLine>& lines) {
  std::string text;
  for (const IrDiffLine& line : lines)
    absl::StrAppend(&text, std::string(1, static_cast<char>(line.kind)), line.text, "\n");
  return text;
}

std::string DiffText(absl::string_view before, absl::string_view after) {
  const NamedBlock old = NameValues(Parse(before));
  return Text(Diff(old, FollowNames(old, Parse(after)), {}));
}

constexpr char kBefore[] =
    "block 0x1000 insns=1 labels=0\n"
    "  charge 0x1000 insns=1\n"
    "  insn 0x1000\n"
    "  %2 = const.i64 1\n"
    "  %3 = get.i64 r10\n"
    "  %4 = get.i64 r11\n"
    "  %5 = add.i64 %3, %2\n"
    "  %6 = load.i64 [%5 + 8] size=8\n"
    "  set r11, %6\n"
    "  goto 0x1004\n";

TEST(IrDiffTest, TheSame) {
  EXPECT_EQ(DiffText(kBefore, kBefore),
            " charge 0x1000 insns=1\n"
            " insn 0x1000\n"
            " %2 = const.i64 1\n"
            " %3 = get.i64 r10\n"
            " %4 = get.i64 r11\n"
            " %5 = add.i64 %3, %2\n"
            " %6 = load.i64 [%5 + 8] size=8\n"
            " set r11, %6\n"
            " goto 0x1004\n");
}

// Values keep their names although their numbers change.
TEST(IrDiffTest, GoneNewAndChanged) {
  EXPECT_EQ(DiffText(kBefore,
                     "block 0x1000 insns=1 labels=0\n"
                     "  charge 0x1000 insns=1\n"
                     "  insn 0x1000\n"
                     "  %2 = get.i64 r10\n"
                     "  %3 = const.i64 5\n"
                     "  %4 = load.i64 [%2 + 9] size=8\n"
                     "  set r11, %4\n"
                     "  goto 0x1004\n"),
            " charge 0x1000 insns=1\n"
            " insn 0x1000\n"
            "-%2 = const.i64 1\n"
            " %3 = get.i64 r10\n"
            "-%4 = get.i64 r11\n"
            "-%5 = add.i64 %3, %2\n"
            "+%9 = const.i64 5\n"
            "~%6 = load.i64 [%3 + 9] size=8\n"
            " set r11, %6\n"
            " goto 0x1004\n");
}

TEST(IrDiffTest, NamesOfNewValuesAreNotUsedAgain) {
  const NamedBlock first = NameValues(Parse(kBefore));
  const ir::Block shorter = Parse(
      "block 0x1000 insns=1 labels=0\n"
      "  charge 0x1000 insns=1\n"
      "  insn 0x1000\n"
      "  %2 = const.i64 7\n"
      "  set r11, %2\n"
      "  goto 0x1004\n");
  const NamedBlock second = FollowNames(first, shorter);
  EXPECT_EQ(PrintNamed(second, 3, {}), "set r11, %9");
  const NamedBlock third = FollowNames(second, Parse(kBefore));
  EXPECT_EQ(PrintNamed(third, 5, {}), "%13 = add.i64 %11, %10");
}

// Of whatever the passes make: what is not new was there, what is not gone is there still, in order.
TEST(IrDiffTest, BothBlocksAreInIt) {
  const std::vector<ir::Type> registers(8, ir::Type::kI64);
  for (uint64_t seed = 0; seed < 200; ++seed) {
    const ir::Block before = ir::RandomProgram(seed, {.registers = registers, .helpers = {}});
    ir::Block after = before;
    ir::Optimize(&after);
    const NamedBlock old = NameValues(before), now = FollowNames(old, after);
    size_t of_old = 0, of_now = 0;
    for (const IrDiffLine& line : Diff(old, now, {})) {
      const bool gone = line.kind == IrDiffLine::Kind::kGone;
      EXPECT_EQ(line.text, gone ? PrintNamed(old, of_old, {}) : PrintNamed(now, of_now, {}));
      of_old += line.kind != IrDiffLine::Kind::kNew;
      of_now += !gone;
    }
    EXPECT_EQ(of_old, before.code.size());
    EXPECT_EQ(of_now, after.code.size());
  }
}

}  // namespace
}  // namespace emu::debug
