#include "translate/ir/divisors.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "translate/ir/parser.h"
#include "translate/ir/passes.h"
#include "translate/ir/printer.h"
#include "translate/ir/verifier.h"

namespace emu::ir {
namespace {

// Registers hold 1000 times their number, r9 zero.
uint64_t Read(uint64_t reg) { return reg == 9 ? 0 : 1000 * reg; }

// How many divisions are guessed, what is asked, and what is divided by; nothing if none is.
std::string Guessed(const std::string& body) {
  absl::StatusOr<Block> block =
      Parse(absl::StrCat("block 0x1000\ncharge 0x1000\ninsn 0x1000\n", body, "goto 0x1004\n"));
  EXPECT_TRUE(block.ok()) << block.status();
  Optimize(&*block, {.fold = false});
  const std::string before = Print(*block);
  const unsigned count = GuessDivisors(&*block, Read);
  EXPECT_TRUE(Verify(*block).ok()) << Verify(*block) << Print(*block);
  if (count == 0) {
    EXPECT_EQ(Print(*block), before);
    return "";
  }
  std::string out = absl::StrCat(count);
  for (const Instr& i : block->code) {
    const auto constant = [&] { return block->code[i.args[1]].op == Op::kConst ? block->code[i.args[1]].imm : 0; };
    const uint64_t reg = i.op == Op::kLeaveIf ? block->code[i.args[0]].imm : 0;
    if (i.op == Op::kLeaveIf)
      absl::StrAppend(&out, " r", reg, " ", CondName(static_cast<Cond>(i.aux)), " ", constant());
    if (i.op >= Op::kDivU && i.op <= Op::kRemS) absl::StrAppend(&out, ", ", Info(i.op).name, " ", constant());
  }
  return out;
}

TEST(DivisorsTest, RegistersThatTheBlockDoesNotWrite) {
  EXPECT_EQ(Guessed("%a = get.i64 r1\n%b = get.i64 r2\n%q = divu.i64 %a, %b\nset r1, %q\n%r = rems.i64 %q, %b\n"
                    "set r3, %r\n"),
            "2 r2 ne 2000, divu 2000, rems 2000");
  EXPECT_EQ(Guessed("%a = get.i64 r1\n%b = get.i64 r2\n%q = divs.i64 %a, %b\nset r2, %q\n"), "");
}

TEST(DivisorsTest, PartsOfThem) {
  EXPECT_EQ(Guessed("%a = get.i64 r1\n%b = get.i64 r70\n%t = trunc.i32 %a\n%u = trunc.i32 %b\n%q = remu.i32 %t, %u\n"
                    "%w = sext.i64 %q\nset r1, %w\n"),
            "1 r70 ne 70000, remu 70000");
  EXPECT_EQ(Guessed("%a = get.i64 r1\n%b = get.i64 r8000000\n%c = zext32.i64 %b\n%q = divu.i64 %a, %c\nset r1, %q\n"),
            absl::StrCat("1 r8000000 ne 8000000000, divu ", 8000000000 & 0xffffffff));
}

TEST(DivisorsTest, EachRegisterIsAskedOnce) {
  EXPECT_EQ(Guessed("%a = get.i64 r1\n%b = get.i64 r2\n%c = get.i64 r3\n%q = divu.i64 %a, %b\nset r1, %q\n"
                    "%r = divu.i64 %q, %c\nset r1, %r\n%s = divu.i64 %r, %b\nset r1, %s\n"),
            "3 r2 ne 2000 r3 ne 3000, divu 2000, divu 3000, divu 2000");
}

TEST(DivisorsTest, NotByZeroNorWhatIsComputed) {
  EXPECT_EQ(Guessed("%a = get.i64 r1\n%b = get.i64 r9\n%q = divu.i64 %a, %b\nset r1, %q\n"), "");
  EXPECT_EQ(Guessed("%a = get.i64 r1\n%b = get.i64 r2\n%s = add.i64 %a, %b\n%q = divu.i64 %a, %s\nset r1, %q\n"), "");
}

}  // namespace
}  // namespace emu::ir
