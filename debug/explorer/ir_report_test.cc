#include "debug/explorer/ir_report.h"

#include <string>

#include "debug/assembler.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "llvm/Support/JSON.h"

namespace emu::debug {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class IrReportTest : public ::testing::Test {
 protected:
  IrReportTest() : guest_(*MakeRiscv64IrGuest("rv64gc")) {}

  Exploration Of(absl::string_view text, bool optimize = true) {
    return *Explore(*guest_, *Assemble(text, guest_->mc()), {0x1000, *guest_->ParseKey(""), optimize});
  }
  std::string Report(absl::string_view text, uint32_t stages, bool optimize = true) {
    return IrReportText(Of(text, optimize), guest_->target(), stages);
  }

  std::unique_ptr<IrGuest> guest_;
};

TEST_F(IrReportTest, GuestAndIntermediateCode) {
  EXPECT_EQ(Report("li a0,5; addi a0,a0,1; ld a1,8(a2)", kStageGuest | kStageIr | kStageOpt),
            R"(guest code:
0x00001000:  1545                 li a0, 0x5
0x00001002:  0505                 addi a0, a0, 0x1
0x00001004:  0c66                 ld a1, 0x8(a2)

intermediate code:
block 0x1000 insns=3 labels=0
  charge 0x1000 insns=3
  insn 0x1000
  %2 = const.i64 5
  set a0, %2
  insn 0x1002
  %5 = const.i64 1
  %6 = get.i64 a0
  %7 = add.i64 %6, %5
  set a0, %7
  insn 0x1004
  %10 = get.i64 a2
  %11 = load.i64 [%10 + 8] size=8
  set a1, %11
  goto 0x1006

after propagate_registers (guest registers whose value is known):
  charge 0x1000 insns=3
  insn 0x1000
  %2 = const.i64 5
  set a0, %2
  insn 0x1002
  %5 = const.i64 1
- %6 = get.i64 a0
~ %7 = add.i64 %2, %5
  set a0, %7
  insn 0x1004
  %10 = get.i64 a2
  %11 = load.i64 [%10 + 8] size=8
  set a1, %11
  goto 0x1006

after fold (constants, identities, displacements):
  charge 0x1000 insns=3
  insn 0x1000
  %2 = const.i64 5
  set a0, %2
  insn 0x1002
  %5 = const.i64 1
- %7 = add.i64 %2, %5
+ %14 = const.i64 6
~ set a0, %14
  insn 0x1004
  %10 = get.i64 a2
  %11 = load.i64 [%10 + 8] size=8
  set a1, %11
  goto 0x1006

after drop_dead_sets (writes to registers that nothing can see):
  charge 0x1000 insns=3
  insn 0x1000
  %2 = const.i64 5
- set a0, %2
  insn 0x1002
  %5 = const.i64 1
  %14 = const.i64 6
  set a0, %14
  insn 0x1004
  %10 = get.i64 a2
  %11 = load.i64 [%10 + 8] size=8
  set a1, %11
  goto 0x1006

after drop_dead_values (values that nothing uses):
  charge 0x1000 insns=3
  insn 0x1000
- %2 = const.i64 5
  insn 0x1002
- %5 = const.i64 1
  %14 = const.i64 6
  set a0, %14
  insn 0x1004
  %10 = get.i64 a2
  %11 = load.i64 [%10 + 8] size=8
  set a1, %11
  goto 0x1006
)");
}

TEST_F(IrReportTest, OptimizedCodeByItselfIsWhatTheParserReads) {
  EXPECT_EQ(Report("addi a0,a0,1; mv a0, zero", kStageOpt),
            R"(intermediate code after its passes:
block 0x1000 insns=2 labels=0
  charge 0x1000 insns=2
  insn 0x1000
  insn 0x1002
  %3 = const.i64 0
  set a0, %3
  goto 0x1004
)");
  EXPECT_EQ(Report("nop", kStageOpt, false), "");
}

TEST_F(IrReportTest, HostCodeUnderWhatItIsFor) {
  const std::string text = Report("lui a0, 5; ld a1, 8(a0)", kStageHost);
  EXPECT_THAT(text, AllOf(testing::StartsWith("host code of 0x1000:\n; charge 0x1000 insns=2\n  0000:  "),
                          HasSubstr("size=8    (0x1002)\n"), HasSubstr("size=8, out of line    (0x1002)\n"),
                          HasSubstr("jmp exit_jump\n"), HasSubstr("; once the block is dropped\n"),
                          Not(HasSubstr("guest code"))));
}

TEST_F(IrReportTest, EveryBlock) {
  const std::string text = Report("j 4; nop", kStageGuest);
  EXPECT_EQ(text,
            "guest code:\n0x00001000:  11a0                 j 0x1004\n\n"
            "guest code:\n0x00001002:  0100                 nop\n");
}

TEST_F(IrReportTest, PassesWithNothingToDo) {
  EXPECT_THAT(Report("nop", kStageIr | kStageOpt),
              testing::EndsWith("\nnothing to do for: propagate_registers, fold, drop_dead_sets, drop_dead_values\n"));
}

TEST_F(IrReportTest, Json) {
  const std::string text = IrReportJson(Of("addi a0, a0, 0x7f; ecall; nop"), guest_->target(), kAllStages);
  llvm::Expected<llvm::json::Value> value = llvm::json::parse(text);
  ASSERT_TRUE(static_cast<bool>(value));
  const llvm::json::Object& top = *value->getAsObject();
  EXPECT_EQ(top.getString("end"), "0x100a");
  const llvm::json::Array& blocks = *top.getArray("blocks");
  ASSERT_EQ(blocks.size(), 2u);
  const llvm::json::Object& first = *blocks[0].getAsObject();
  EXPECT_EQ(first.getString("pc"), "0x1000");
  EXPECT_EQ(first.getArray("guest")->size(), 2u);
  EXPECT_EQ((*first.getArray("guest"))[0].getAsObject()->getString("text"), "addi a0, a0, 0x7f");
  EXPECT_EQ((*first.getArray("ir"))[1].getAsString(), "insn 0x1000");
  const llvm::json::Array& passes = *first.getArray("passes");
  ASSERT_EQ(passes.size(), std::size(ir::kPasses));
  EXPECT_EQ(passes[0].getAsObject()->getString("name"), "propagate_registers");
  EXPECT_EQ(passes[0].getAsObject()->getBoolean("changed"), false);
  const llvm::json::Array& host = *first.getArray("host");
  EXPECT_EQ(host[0].getAsObject()->getInteger("offset"), 0);
  EXPECT_EQ(host[0].getAsObject()->getInteger("ir"), 0);
}

TEST(IrStagesTest, Words) {
  EXPECT_EQ(*ParseIrStages("guest"), kStageGuest);
  EXPECT_EQ(*ParseIrStages("ir,host"), kStageIr | kStageHost);
  EXPECT_EQ(*ParseIrStages("all"), kAllStages);
  for (const char* bad : {"", "ir,", "IR", "passes"}) {
    EXPECT_THAT(std::string(ParseIrStages(bad).status().message()), HasSubstr("known are guest, ir, opt, host")) << bad;
  }
}

}  // namespace
}  // namespace emu::debug
