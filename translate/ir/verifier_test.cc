#include "translate/ir/verifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "translate/ir/builder.h"
#include "translate/ir/parser.h"

namespace emu::ir {
namespace {

using ::testing::HasSubstr;

constexpr Type kRegisters[] = {Type::kI64, Type::kI32, Type::kF64};

// The verdict on a block of these lines between its charge and its end.
std::string Verdict(absl::string_view body, absl::string_view end = "goto 0x1004") {
  const std::string text =
      absl::StrCat("block 0x1000\ncharge 0x1000\ninsn 0x1000\n%a = get.i64 r0\n%w = get.i32 r1\n%d = get.f64 r2\n",
                   body, "\n", end, "\n");
  const absl::StatusOr<Block> block = Parse(text);
  if (!block.ok()) return std::string(block.status().message());
  return std::string(Verify(*block, {kRegisters, 2}).message());
}

TEST(VerifierTest, AcceptsAValidBlock) {
  EXPECT_EQ(Verdict("set r0, %a"), "");
  EXPECT_EQ(Verdict("%x = get.f64 r0"), "") << "another type of the register's width";
}

TEST(VerifierTest, Types) {
  EXPECT_THAT(Verdict("%x = add.i64 %a, %w"), HasSubstr("not of the instruction's type"));
  EXPECT_THAT(Verdict("%x = add.f64 %d, %d"), HasSubstr("type"));
  EXPECT_THAT(Verdict("%x = fadd.i64 %a, %a"), HasSubstr("must be floating-point"));
  EXPECT_THAT(Verdict("%x = setcc.i64 lt %a, %w"), HasSubstr("arguments must be of one type"));
  EXPECT_THAT(Verdict("%x = setcc.i64 lt %d, %d"), HasSubstr("must be an integer"));
  EXPECT_EQ(Verdict("%x = select.f64 %w, %d, %d"), "");
  EXPECT_THAT(Verdict("%x = select.f64 %w, %d, %a"), HasSubstr("not of the instruction's type"));
  EXPECT_THAT(Verdict("%x = fcmp.i64 lt %a, %a"), HasSubstr("must be floating-point"));
  EXPECT_THAT(Verdict("%x = load.i64 [%w]"), HasSubstr("must be an i64"));
  EXPECT_THAT(Verdict("%x = trunc.i64 %a"), HasSubstr("trunc"));
  EXPECT_THAT(Verdict("%x = sext.i64 %a"), HasSubstr("extension"));
  EXPECT_THAT(Verdict("%x = fcvt.f64 %d"), HasSubstr("change the type"));
  EXPECT_THAT(Verdict("%x = bitcast.f64 %w"), HasSubstr("keep the width"));
  EXPECT_THAT(Verdict("%x = call.i64 h0(%w)"), HasSubstr("must be an i64"));
}

TEST(VerifierTest, FieldsInRange) {
  EXPECT_THAT(Verdict("set r9, %a"), HasSubstr("no such register"));
  EXPECT_THAT(Verdict("set r0, %w"), HasSubstr("another width"));
  EXPECT_THAT(Verdict("call h2()"), HasSubstr("no such helper"));
  EXPECT_THAT(Verdict("%x = load.i32 [%a] size=8"), HasSubstr("wider than the type"));
  EXPECT_THAT(Verdict("%x = load.f64 [%a] size=4"), HasSubstr("narrower"));
  EXPECT_THAT(Verdict("%x = fadd.f64 %d, %d negprod"), HasSubstr("only fma"));
  EXPECT_THAT(Verdict("%x = fadd.f64 %d, %d unsigned"), HasSubstr("only ftoi"));
}

TEST(VerifierTest, Control) {
  EXPECT_THAT(Verdict("goto 0x2000"), HasSubstr("ends the block"));
  EXPECT_THAT(Verdict("", "set r0, %a"), HasSubstr("ends the block"));
  EXPECT_THAT(Verdict("label L0\nset r0, %a"), HasSubstr("before a label"));
  EXPECT_THAT(Verdict("label L0\nlabel L0"), HasSubstr("defined twice"));
  EXPECT_THAT(Verdict("br L0"), HasSubstr("L0 is used but not defined"));
  EXPECT_EQ(Verdict("br L0\nlabel L0"), "");
  EXPECT_THAT(Verdict("guard 0x2000 id=1"), HasSubstr("before the first insn"));
  EXPECT_THAT(Verdict("leaveif rounds eq %a, %a -> 0x1000"), HasSubstr("before the charge"));
}

Block Minimal() {
  Block block{.pc = 0, .code = {}};
  Builder b(&block);
  b.Charge(0);
  b.Insn(0);
  b.Goto(4);
  b.Finish();
  return block;
}

TEST(VerifierTest, BeginningAndCounts) {
  Block block = Minimal();
  EXPECT_TRUE(Verify(block).ok()) << Verify(block);
  block.insn_count = 2;
  EXPECT_THAT(std::string(Verify(block).message()), HasSubstr("insn_count must be 1"));
  block = Minimal();
  block.code[0].extra = 5;
  EXPECT_THAT(std::string(Verify(block).message()), HasSubstr("the count must be 1"));
  block.code.erase(block.code.begin());
  EXPECT_THAT(std::string(Verify(block).message()), HasSubstr("a charge must come first"));
  EXPECT_FALSE(Verify(Block{}).ok());
}

TEST(VerifierTest, WhatTextCannotSay) {
  Block block = Minimal();
  block.code.insert(block.code.begin() + 1, Instr{.op = Op::kConst, .type = Type::kI32, .imm = uint64_t{1} << 32});
  EXPECT_THAT(std::string(Verify(block).message()), HasSubstr("bits above"));
  block.code[1] = Instr{.op = Op::kSetCc, .type = Type::kI64, .aux = kCondCount, .args = {0, 0, kNoValue}};
  EXPECT_THAT(std::string(Verify(block).message()), HasSubstr("no value"));
  block.code[1] = Instr{.op = Op::kNot, .type = Type::kI64, .args = {1, kNoValue, kNoValue}};
  EXPECT_THAT(std::string(Verify(block).message()), HasSubstr("not defined above"));
  block.code[1] = Instr{.op = Op::kFence, .type = Type::kVoid};
  EXPECT_THAT(std::string(Verify(block).message()), HasSubstr("needs an insn before it"));
  block.code[1] = Instr{.op = Op::kFence, .type = Type::kVoid, .extra = 1};
  EXPECT_FALSE(Verify(block).ok());
}

}  // namespace
}  // namespace emu::ir
