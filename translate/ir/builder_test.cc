#include "translate/ir/builder.h"

#include <gtest/gtest.h>

namespace emu::ir {
namespace {

TEST(BuilderTest, CountsInstructionsForChargesAndExits) {
  Block block{.pc = 0x1000, .code = {}};
  Builder b(&block);
  b.Charge(0x1000);                      // 0
  b.Insn(0x1000);                        // 1
  const Value x = b.Get(Type::kI64, 1);  // 2
  b.ExitIf(Cond::kEq, x, x, 0x2000);     // 3: behind it, one more is paid for
  b.Insn(0x1004);                        // 4
  b.Charge(0x1008);                      // 5
  b.Insn(0x1008);                        // 6
  b.Goto(0x100c);                        // 7
  b.Finish();
  EXPECT_EQ(block.insn_count, 3u);
  EXPECT_EQ(block.code[0].extra, 2u);
  EXPECT_EQ(block.code[3].extra, 1u);
  EXPECT_EQ(block.code[5].extra, 1u);
}

TEST(BuilderTest, ValuesAreInstructionNumbersAndKnowTheirTypes) {
  Block block;
  Builder b(&block);
  const Value c = b.Const(Type::kI32, ~uint64_t{0});
  const Value d = b.Convert(Op::kSExt, Type::kI64, c);
  EXPECT_EQ(d, 1);
  EXPECT_EQ(b.TypeOf(d), Type::kI64);
  EXPECT_EQ(block.code[c].imm, 0xffffffffu);
}

TEST(BuilderTest, LabelsAreNumberedFromZero) {
  Block block;
  Builder b(&block);
  EXPECT_EQ(b.NewLabel(), 0);
  EXPECT_EQ(b.NewLabel(), 1);
  EXPECT_EQ(block.label_count, 2);
}

}  // namespace
}  // namespace emu::ir
