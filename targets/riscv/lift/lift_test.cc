// What lifted instructions do, and where blocks end.
#include "targets/riscv/lift/lift.h"

#include <cstring>
#include <set>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "targets/riscv/lift/assemble.h"
#include "targets/riscv/lift/snippet.h"
#include "targets/riscv/lift/snippet_cases.h"
#include "translate/engine/target.h"
#include "translate/ir/printer.h"

namespace emu::riscv {
namespace {

using Cases = absl::Span<const Snippet> (*)();
constexpr Cases kAll[] = {IntCases, CompressedCases, BitsCases, AtomicCases, SystemCases, FpCases};

void RunCases(Cases cases) {
  for (const Snippet& snippet : cases()) {
    const std::string problem = RunSnippet(snippet);
    EXPECT_TRUE(problem.empty()) << problem;
  }
}

TEST(Lift, Int) { RunCases(IntCases); }
TEST(Lift, Compressed) { RunCases(CompressedCases); }
TEST(Lift, Bits) { RunCases(BitsCases); }
TEST(Lift, Atomic) { RunCases(AtomicCases); }
TEST(Lift, System) { RunCases(SystemCases); }
TEST(Lift, Fp) { RunCases(FpCases); }

TEST(Lift, EveryInstructionHasACase) {
  std::set<Insn> seen;
  for (Cases cases : kAll) {
    for (const Snippet& snippet : cases()) {
      const std::set<Insn> in = InsnsOf(snippet);
      seen.insert(in.begin(), in.end());
    }
  }
  for (unsigned i = 0; i < kInsnCount; ++i) {
    const auto insn = static_cast<Insn>(i);
    EXPECT_TRUE(seen.count(insn) != 0) << LineOf(insn).mnemonic << ", RV" << int{LineOf(insn).xlen};
  }
}

// The snippet runner itself must be able to say no.
TEST(Lift, WrongExpectationsAreFound) {
  EXPECT_NE(RunSnippet({"addi a0, a0, 1", "a0=1", "a0=3"}), "");
  EXPECT_NE(RunSnippet({"addi a0, a0, 1", "a0=1", ""}), "");
  EXPECT_NE(RunSnippet({"addi a0, a0, 1", "a0=1", "a0=2 dirty"}), "");
  EXPECT_NE(RunSnippet({"addi a0, a0, 1", "a0=1", "a0=2 b@0x10000=1"}), "");
  EXPECT_NE(RunSnippet({"addi a0, a0, 1", "a0=1", "a0=2 pc=0"}), "");
  EXPECT_NE(RunSnippet({"addi a0, a0, 1", "a0=1", "a0=2 something"}), "");
  EXPECT_NE(RunSnippet({"fadd.d fa0, fa0, fa0", "fa0=d1.0", "fa0=d2.0 nx dirty"}), "");
  EXPECT_NE(RunSnippet({"ecall", "", "pc=0x3000"}), "");
}

// Without C, a jump to an address that is not a multiple of four faults before rd is written.
TEST(Lift, MisalignedTargets) {
  IsaConfig isa = IsaConfig::Full(64);
  isa.Enable(Extension::kC, false);
  const Snippet snippets[] = {
      {"jal ra, 6", "", "pc=0x3000 call=MisalignedFetch(0x1006)"},
      {"jal ra, 8", "", "ra=0x1004 pc=0x1008"},
      {"jalr ra, 2(a0)", "a0=0x2001", "pc=0x3000 call=MisalignedFetch(0x2002)"},
      {"jalr ra, 3(a0)", "a0=0x2001", "ra=0x1004 pc=0x2004"},
      {"beq a0, a1, 6", "", "pc=0x3000 call=MisalignedFetch(0x1006)"},
      {"beq a0, a1, 6", "a0=1", ""},
      {"beq a0, a1, 8", "", "pc=0x1008"},
      {"c.nop", "", "pc=0x3000 call=Illegal(0x1)"},
  };
  for (const Snippet& snippet : snippets) {
    const std::string problem = RunSnippet(snippet, isa);
    EXPECT_TRUE(problem.empty()) << problem;
  }
}

// Blocks.
struct Code {
  explicit Code(absl::string_view text) : bytes(Assemble(text, 64)->bytes) {}
  ir::Block Lift(uint64_t pc, uint32_t size, unsigned max_insns, const uint8_t* next_page = nullptr) const {
    return Lift({pc, kSnippetKey, max_insns, bytes.data(), size, [&](uint64_t) { return ++asked, next_page; }});
  }
  ir::Block Follow(absl::Span<const uint64_t> path, unsigned max_insns = 64) const {
    const auto size = static_cast<uint32_t>(bytes.size());
    return Lift(
        {0x1000, kSnippetKey, max_insns, bytes.data(), size, [](uint64_t) { return nullptr; }, 0, 0, path, true});
  }
  static ir::Block Lift(const translate::LiftRequest& request) {
    ir::Block block{.pc = request.pc, .insn_count = 0, .label_count = 0, .code = {}};
    ir::Builder builder(&block);
    LiftBlock(request, IsaConfig::Full(64), builder);
    builder.Finish();
    return block;
  }
  std::vector<uint8_t> bytes;
  mutable unsigned asked = 0;
};

std::vector<uint64_t> Pcs(const ir::Block& block) {
  std::vector<uint64_t> pcs;
  for (const ir::Instr& i : block.code) {
    if (i.op == ir::Op::kInsn) pcs.push_back(i.imm);
  }
  return pcs;
}

size_t CountOf(ir::Op op, const ir::Block& block) {
  return absl::c_count_if(block.code, [op](const ir::Instr& i) { return i.op == op; });
}

std::string LastOf(const ir::Block& block) { return ir::PrintInstr(block, block.code.size() - 1); }

TEST(LiftBlock, EndsAtTheLimit) {
  const ir::Block block = Code("nop; nop; nop; nop").Lift(0x1000, 16, 3);
  EXPECT_EQ(Pcs(block), (std::vector<uint64_t>{0x1000, 0x1004, 0x1008}));
  EXPECT_EQ(LastOf(block), "goto 0x100c");
  EXPECT_EQ(block.code[0].op, ir::Op::kCharge);
}

TEST(LiftBlock, EndsBeforeALoopThatIsNotItsOwn) {
  const Code code("nop; nop; addi a0, a0, 1; bne a0, a1, -4");
  const auto lift = [&](uint64_t pc, uint64_t loop) {
    const auto size = static_cast<uint32_t>(0x1010 - pc);
    translate::LiftRequest request{pc, kSnippetKey, 64, code.bytes.data() + (pc - 0x1000), size, {}};
    request.leads_to_loop = [=](uint64_t to) { return to == loop; };
    return Code::Lift(request);
  };
  EXPECT_EQ(LastOf(lift(0x1000, 0x1008)), "goto 0x1008");
  EXPECT_EQ(Pcs(lift(0x1000, 0x1008)).size(), 2u);
  EXPECT_EQ(Pcs(lift(0x1008, 0x1008)).size(), 2u);
  EXPECT_EQ(Pcs(lift(0x1000, 0)).size(), 4u);
}

TEST(LiftBlock, EndsAtThePage) {
  const ir::Block block = Code("nop; c.nop; c.nop").Lift(0x1ff8, 8, 64);
  EXPECT_EQ(Pcs(block), (std::vector<uint64_t>{0x1ff8, 0x1ffc, 0x1ffe}));
  EXPECT_EQ(LastOf(block), "goto 0x2000");
}

TEST(LiftBlock, EndsBeforeAnInstructionThatReachesIntoTheNextPage) {
  const Code code("nop; c.nop; nop");
  const ir::Block block = code.Lift(0x1ff8, 8, 64, code.bytes.data() + 8);
  EXPECT_EQ(Pcs(block), (std::vector<uint64_t>{0x1ff8, 0x1ffc}));
  EXPECT_EQ(LastOf(block), "goto 0x1ffe");
  EXPECT_EQ(code.asked, 0u);
}

TEST(LiftBlock, BeginsWithOne) {
  const Code code("addi a0, a1, 0x123");
  const ir::Block block = code.Lift(0x1ffe, 2, 64, code.bytes.data() + 2);
  EXPECT_EQ(Pcs(block), (std::vector<uint64_t>{0x1ffe}));
  EXPECT_EQ(LastOf(block), "goto 0x2002");
  EXPECT_NE(ir::Print(block).find("291"), std::string::npos) << ir::Print(block);
  EXPECT_EQ(code.asked, 1u);
}

TEST(LiftBlock, StaysEmptyIfTheNextPageIsMissing) {
  const Code code("addi a0, a1, 0x123");
  const ir::Block block = code.Lift(0x1ffe, 2, 64, nullptr);
  EXPECT_TRUE(block.code.empty());
  EXPECT_EQ(block.insn_count, 0u);
}

// What lies between a branch and its target, with the branch at 0x1000 and a store behind.
ir::Block Around(absl::string_view arm, absl::string_view branch, unsigned max_insns = 64) {
  static constexpr uint64_t kWay[] = {0x1000, 0x1004, 0x1008, 0x100c, 0x1010};
  return Code(absl::StrCat(branch, "; ", arm, "; sd a0, 0(a1)")).Follow(kWay, max_insns);
}

// The choice does not take the path out of step, whether or not the guest went around.
TEST(LiftBlock, ThePathGoesOnBehindAChoice) {
  const Code code("beq a0, a1, 8; addi a0, a0, 1; beq a0, a2, 16; sd a0, 0(a1); nop; nop; nop; nop");
  const std::vector<uint64_t> lifted = {0x1000, 0x1004, 0x1008, 0x1018, 0x101c};
  EXPECT_EQ(Pcs(code.Follow({0x1000, 0x1008, 0x1018, 0x101c})), lifted);
  EXPECT_EQ(Pcs(code.Follow({0x1000, 0x1004, 0x1008, 0x1018, 0x101c})), lifted);
}

TEST(LiftBlock, ThePathLeadsInFrontOfTheBlock) {
  const Code code("nop; jal zero, 8; jal zero, -8");
  static constexpr uint64_t kWay[] = {0x1008, 0x1000, 0x1004, 0x100c};
  translate::LiftRequest request{0x1008, kSnippetKey, 64,  code.bytes.data() + 8, 4, [](uint64_t) { return nullptr; },
                                 0,      0,           kWay};
  EXPECT_EQ(Pcs(Code::Lift(request)), (std::vector<uint64_t>{0x1008}));
  request.before = 8;
  EXPECT_EQ(Pcs(Code::Lift(request)), (std::vector<uint64_t>{0x1008, 0x1000, 0x1004}));
}

TEST(LiftBlock, ThePathLeadsToOtherPages) {
  const Code here("nop; jal zero, 0x2ffc"), there("nop; nop");
  static constexpr uint64_t kWay[] = {0x1ff8, 0x1ffc, 0x4ff8, 0x4ffc, 0x5000};
  std::vector<uint8_t> page(0x1000);
  absl::c_copy(there.bytes, page.begin() + 0xff8);
  translate::LiftRequest request{0x1ff8, kSnippetKey, 64, here.bytes.data(), 8, {}, 0, 0, kWay};
  request.page_at = [&](uint64_t at) { return at == 0x4000 ? page.data() : nullptr; };
  const ir::Block block = Code::Lift(request);
  EXPECT_EQ(Pcs(block), (std::vector<uint64_t>{0x1ff8, 0x1ffc, 0x4ff8, 0x4ffc}));
  EXPECT_EQ(LastOf(block), "goto 0x5000");
  request.path = {};
  EXPECT_EQ(LastOf(Code::Lift(request)), "goto 0x4ff8");
}

TEST(LiftBlock, AnInstructionOfThePathMayReachIntoTheNextPage) {
  const Code code("c.nop; addi a0, a1, 0x123; c.nop");
  static constexpr uint64_t kWay[] = {0x1ffc, 0x1ffe, 0x2002};
  translate::LiftRequest request{0x1ffc, kSnippetKey, 64, code.bytes.data(), 4, {}, 0, 0, kWay};
  request.page_at = [&](uint64_t at) { return at == 0x2000 ? code.bytes.data() + 4 : nullptr; };
  request.max_insns = 3;
  const ir::Block block = Code::Lift(request);
  EXPECT_EQ(Pcs(block), (std::vector<uint64_t>{0x1ffc, 0x1ffe, 0x2002}));
  EXPECT_NE(ir::Print(block).find("291"), std::string::npos) << ir::Print(block);
  request.page_at = [](uint64_t) { return nullptr; };
  EXPECT_EQ(LastOf(Code::Lift(request)), "goto 0x1ffe");
}

TEST(LiftBlock, FewInstructionsThatOnlyComputeAreAChoice) {
  const ir::Block one = Around("c.mv a0, a1", "beq a0, a1, 6");
  EXPECT_EQ(Pcs(one), (std::vector<uint64_t>{0x1000, 0x1004, 0x1006}));
  EXPECT_EQ(CountOf(ir::Op::kSelect, one), 1u);
  EXPECT_EQ(CountOf(ir::Op::kRefund, one), 1u);
  EXPECT_EQ(CountOf(ir::Op::kExitIf, one), 0u);
  const ir::Block three = Around("addi a0, a0, 1; slli a2, a0, 3; sub a0, a2, a3", "bltu a0, a1, 16");
  EXPECT_EQ(CountOf(ir::Op::kSelect, three), 2u) << "a0 and a2";
  EXPECT_EQ(CountOf(ir::Op::kRefund, three), 1u);
}

TEST(LiftBlock, ChoicesInARowAreRefundedTogether) {
  const ir::Block block = Around("addi a0, a0, 1; bne a0, a2, 8; addi a2, a2, 1", "beq a0, a1, 8");
  EXPECT_EQ(CountOf(ir::Op::kSelect, block), 2u);
  EXPECT_EQ(CountOf(ir::Op::kRefund, block), 1u);
}

TEST(LiftBlock, OtherBranchesAreNoChoice) {
  const auto has_none = [](const ir::Block& block) { return CountOf(ir::Op::kRefund, block) == 0; };
  EXPECT_TRUE(has_none(Around("ld a0, 0(a1)", "beq a0, a1, 8"))) << "may fault";
  EXPECT_TRUE(has_none(Around("addi a0, a0, 1; addi a0, a0, 1; addi a0, a0, 1; addi a0, a0, 1", "beq a0, a1, 20")))
      << "too many";
  EXPECT_TRUE(has_none(Around("addi a0, a0, 1", "beq a0, a1, 6"))) << "into the middle";
  EXPECT_TRUE(has_none(Around("addi a0, a0, 1", "beq a0, a1, -4"))) << "backwards";
  EXPECT_TRUE(has_none(Around("addi a0, a0, 1", "beq a0, a1, 8", 1))) << "too long";
  EXPECT_TRUE(has_none(Code("beq a0, a1, 8; addi a0, a0, 1; nop").Follow({}))) << "not hot";
}

TEST(LiftBlock, ReturnsAndCallsHaveHints) {
  const auto last = [](absl::string_view code) { return LastOf(Code(code).Lift(0x1000, 4, 1)); };
  EXPECT_NE(last("jalr zero, 0(ra)").find(" return"), std::string::npos);
  EXPECT_NE(last("jalr zero, 0(t0)").find(" return"), std::string::npos);
  EXPECT_NE(last("jalr ra, 0(a0)").find(" call"), std::string::npos);
  EXPECT_NE(last("jalr ra, 0(t0)").find(" call"), std::string::npos);
  EXPECT_NE(last("jalr ra, 0(ra)").find(" call"), std::string::npos);
  EXPECT_EQ(last("jalr zero, 0(a0)").find(" return"), std::string::npos);
  EXPECT_EQ(last("jalr zero, 0(a0)").find(" call"), std::string::npos);
}

}  // namespace
}  // namespace emu::riscv
