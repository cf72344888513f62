// What interpreted instructions do is shown with what lifted ones do (targets/riscv/lift/lift_test.cc); here is which
// there are, and where they end.
#include "targets/riscv/interpret/interpret.h"

#include <string>

#include "gtest/gtest.h"
#include "targets/riscv/test_machine.h"

namespace emu::riscv {
namespace {

using translate::Interpreted;

TEST(Interpret, LeavesFloatingPointAndCacheBlocksToTranslations) {
  for (unsigned i = 0; i < kInsnCount; ++i) {
    const auto insn = static_cast<Insn>(i);
    const DecodeLine& line = LineOf(insn);
    constexpr uint64_t kLeft =
        Bit(Extension::kF) | Bit(Extension::kD) | Bit(Extension::kZicbom) | Bit(Extension::kZicboz);
    const bool only_orders = insn == Insn::kSfenceWInval || insn == Insn::kSfenceInvalIr;
    EXPECT_EQ(IsInterpreted(insn), (line.extensions & kLeft) == 0 && !only_orders) << line.mnemonic;
  }
}

class InterpretTest : public ::testing::Test {
 protected:
  // Executes code that lies at `at` until it ends by itself.
  Interpreted Run(absl::string_view text, uint64_t at = TestMachine::kCode, uint32_t max_insns = 64) {
    m_.Assemble(text, at);
    return Go(at, max_insns);
  }
  Interpreted Go(uint64_t at, uint32_t max_insns = 64) {
    m_.state().base.pc = at;
    m_.cpu().Grant(1000);
    before_ = m_.cpu().InsnCount();
    const uint64_t size = mmu::kPageSize - (at & ~mmu::kPageMask);
    const Interpreted how =
        Interpret(m_.state(), IsaConfig::Full(64), {m_.ram().host() + (at - TestMachine::kRam), size}, max_insns);
    m_.cpu().TakeAttention();
    executed_ = m_.cpu().InsnCount() - before_;
    m_.cpu().Revoke();
    return how;
  }
  uint64_t pc() { return m_.state().base.pc - TestMachine::kCode; }

  TestMachine m_;
  uint64_t before_ = 0, executed_ = 0;
};

TEST_F(InterpretTest, EndsAfterABranchTakenOrNot) {
  EXPECT_EQ(Run("addi a0, a0, 1; bnez a0, 16; nop"), Interpreted::kDone);
  EXPECT_EQ(pc(), 4 + 16u);
  EXPECT_EQ(executed_, 2u);
  EXPECT_EQ(Run("addi a0, a0, 1; beqz a0, 16; nop"), Interpreted::kDone);
  EXPECT_EQ(pc(), 8u);
  EXPECT_EQ(Run("jal ra, 64; nop"), Interpreted::kDone);
  EXPECT_EQ(pc(), 64u);
}

TEST_F(InterpretTest, EndsAtTheLimit) {
  EXPECT_EQ(Run("nop; nop; nop; nop; j 0", TestMachine::kCode, 3), Interpreted::kDone);
  EXPECT_EQ(pc(), 12u);
  EXPECT_EQ(executed_, 3u);
}

TEST_F(InterpretTest, EndsAtThePage) {
  EXPECT_EQ(Run("nop; nop; nop", TestMachine::kCode + 0xff8), Interpreted::kDone);
  EXPECT_EQ(pc(), 0x1000u);
  // The second instruction, then the first one, reaches into the next page.
  EXPECT_EQ(Run("c.nop; addi a0, a0, 1", TestMachine::kCode + 0xffc), Interpreted::kDone);
  EXPECT_EQ(pc(), 0xffeu);
  EXPECT_EQ(Go(TestMachine::kCode + 0xffe), Interpreted::kNothing);
  EXPECT_EQ(pc(), 0xffeu);
}

TEST_F(InterpretTest, EndsBeforeWhatItDoesNotKnow) {
  EXPECT_EQ(Run("addi a0, a0, 1; fadd.d fa0, fa0, fa0"), Interpreted::kDone);
  EXPECT_EQ(pc(), 4u);
  EXPECT_EQ(Go(TestMachine::kCode + 4), Interpreted::kNothing);
  m_.Write64(TestMachine::kCode, 0);  // illegal
  EXPECT_EQ(Go(TestMachine::kCode), Interpreted::kNothing);
  EXPECT_EQ(executed_, 0u);
}

TEST_F(InterpretTest, FaultsAreThoseOfTheirInstruction) {
  m_.state().x[10] = 0x5000;  // nothing is there
  EXPECT_EQ(Run("addi a1, a1, 1; ld a2, 8(a0); addi a1, a1, 1"), Interpreted::kFault);
  EXPECT_EQ(pc(), 4u);
  EXPECT_EQ(executed_, 1u);
  EXPECT_EQ(m_.state().x[11], 1u);
  EXPECT_EQ(m_.cpu().pending_fault().gva.value, 0x5008u);
}

// A write of a CSR may change what follows; a read does not, nor do some writes.
TEST_F(InterpretTest, EndsAfterWritesOfTheSystem) {
  EXPECT_EQ(Run("csrr a0, mie; csrw mscratch, a1; csrw mie, a1; nop"), Interpreted::kDone);
  EXPECT_EQ(pc(), 12u);
  EXPECT_EQ(Run("sfence.vma; nop"), Interpreted::kDone);
  EXPECT_EQ(pc(), 4u);
  EXPECT_EQ(Run("fence.i; nop"), Interpreted::kDone);
  EXPECT_EQ(pc(), 4u);
}

TEST_F(InterpretTest, ExceptionsCountOnce) {
  EXPECT_EQ(Run("nop; ecall; nop"), Interpreted::kDone);
  EXPECT_EQ(m_.state().base.pc, TestMachine::kMachineHandler);
  EXPECT_EQ(m_.csr().mepc, TestMachine::kCode + 4);
  EXPECT_EQ(executed_, 2u);
  EXPECT_EQ(Run("csrw mepc, a0; mret"), Interpreted::kDone);
  EXPECT_EQ(Go(TestMachine::kCode + 4), Interpreted::kDone);
  EXPECT_EQ(m_.state().base.pc, m_.csr().mepc);
  EXPECT_EQ(executed_, 1u);
}

TEST_F(InterpretTest, CountersAreExact) {
  EXPECT_EQ(Run("nop; csrr a0, minstret; csrr a1, minstret"), Interpreted::kDone);
  EXPECT_EQ(m_.state().x[10], before_ + 1);
  EXPECT_EQ(m_.state().x[11], before_ + 2);
}

}  // namespace
}  // namespace emu::riscv
