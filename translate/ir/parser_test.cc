// Of printer.h and parser.h together.
#include "translate/ir/parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "translate/ir/printer.h"
#include "translate/ir/verifier.h"

namespace emu::ir {
namespace {

using ::testing::HasSubstr;

constexpr absl::string_view kRegisterNames[] = {"pc", "a0", "a1"};
constexpr absl::string_view kHelperNames[] = {"Csr"};
const Names kNames{kRegisterNames, kHelperNames};

// Every form that the syntax has.
constexpr char kAll[] = R"(block 0x80000000 insns=2 labels=1
  guard 0x80001000 id=7
  charge 0x80000000 insns=2
  insn 0x80000000
  %3 = get.i64 a0
  %4 = const.i64 -12
  %5 = const.i32 0xfffff000
  %6 = const.f64 0x3ff0000000000000
  %7 = load.i32 [%3 + 8] size=2 signed big align ctx=3
  %8 = load.i64 [%3 - 2048] size=8 sure
  store [%3], %7 size=4
  %10 = rmw.i64 maxu [%3], %4 size=8 align
  %11 = cas.i64 [%3], %4, %8 size=4 signed
  fence
  %13 = setcc.i64 ltu %3, %4
  %14 = select.f64 %13, %6, %6
  %15 = fma.f64 %6, %6, %14 rm=rtz negprod negadd
  %16 = ftoi.i32 %15 unsigned
  %17 = fcmp.i32 unord %6, %15
  %18 = trunc.i32 %3
  set a1, %8
  exitif ne %3, %4 -> 0x80001000 refund=1
  %21 = call.i64 Csr(%3, %4, %8)
  call h5()
  brif lt %3, %4 -> L0
  insn 0x80000004
  br L0
  label L0
  %27 = get.i64 r40
  gotoind %27 return
)";

TEST(ParserTest, ReadsWhatIsPrinted) {
  const absl::StatusOr<Block> block = Parse(kAll, kNames);
  ASSERT_TRUE(block.ok()) << block.status();
  EXPECT_EQ(Print(*block, kNames), kAll);
  EXPECT_TRUE(Verify(*block).ok()) << Verify(*block);
}

TEST(ParserTest, CountsWhatIsLeftOut) {
  const absl::StatusOr<Block> block = Parse(R"(; a comment
block 4096
  charge 0x1000
  insn 0x1000   ; another
  %x = get.i32 r1
  %sum = add.i32 %x, %x
  set r1, %sum
  %p = const.i64 0x100
  %l = load.i32 [%p]
  brif eq %x, %l -> L2
  label L2
  insn 0x1004
  goto 0x1008
)");
  ASSERT_TRUE(block.ok()) << block.status();
  EXPECT_EQ(block->insn_count, 2u);
  EXPECT_EQ(block->label_count, 3);
  EXPECT_EQ(block->code[0].extra, 2u);
  EXPECT_EQ(MemOp::Unpack(block->code[6].aux).size(), 4u);
  EXPECT_TRUE(Verify(*block).ok()) << Verify(*block);
}

std::string ErrorOf(absl::string_view line) {
  const std::string text = "block 0x1000\n  %a = const.i64 1\n" + std::string(line);
  return std::string(Parse(text, kNames).status().message());
}

TEST(ParserTest, ErrorsNameLineExpectationAndFind) {
  EXPECT_EQ(ErrorOf("%b = ad.i64 %a, %a"), "line 3: expected an operation, found 'ad.i64 %a, %a'");
  EXPECT_EQ(ErrorOf("%b = add.i64 %a %a"), "line 3: expected ',', found '%a'");
  EXPECT_EQ(ErrorOf("%b = add.i64 %a, %c"), "line 3: expected a value defined above, found '%c'");
  EXPECT_EQ(ErrorOf("%a = get.i64 a0"), "line 3: expected a new value, not %a again, found the end of the line");
  EXPECT_THAT(ErrorOf("%b = get.i64 a7"), HasSubstr("expected a register, found 'a7'"));
  EXPECT_THAT(ErrorOf("%b = get.i16 a0"), HasSubstr("expected a type (i32, i64, f32, f64), found 'i16 a0'"));
  EXPECT_THAT(ErrorOf("%b = load.i64 [%a] size=3"), HasSubstr("a size of 1, 2, 4 or 8"));
  EXPECT_THAT(ErrorOf("%b = load.i64 [%a] sized"), HasSubstr("an attribute of load"));
  EXPECT_THAT(ErrorOf("set a0"), HasSubstr("expected ',', found the end of the line"));
  EXPECT_THAT(ErrorOf("add.i64 %a, %a"), HasSubstr("'%name = ' before add"));
  EXPECT_THAT(ErrorOf("%b = set a0, %a"), HasSubstr("an operation with a result, not set"));
  EXPECT_THAT(ErrorOf("exitif less %a, %a -> 4"), HasSubstr("expected a condition, found 'less"));
  EXPECT_THAT(ErrorOf("call Csr(%a, %a, %a, %a)"), HasSubstr("at most three arguments"));
  EXPECT_THAT(ErrorOf("goto 0x10 0x20"), HasSubstr("the end of the line, found '0x20'"));
  EXPECT_THAT(ErrorOf("%b = const.i64 zero"), HasSubstr("expected a number, found 'zero'"));
  EXPECT_THAT(std::string(Parse("").status().message()), HasSubstr("expected 'block <pc>'"));
  EXPECT_THAT(std::string(Parse("blok 1").status().message()), HasSubstr("line 1: expected 'block'"));
}

}  // namespace
}  // namespace emu::ir
