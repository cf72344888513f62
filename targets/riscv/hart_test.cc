// Privilege, traps, interrupts and the timer of a hart, as its own functions and as instructions see them.
#include "targets/riscv/hart.h"

#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "targets/riscv/test_machine.h"

namespace emu::riscv {
namespace {

using translate::Engine;

constexpr uint64_t kInterrupt = uint64_t{1} << 63;
constexpr uint64_t kCode = TestMachine::kCode;
constexpr Interrupt kByPriority[] = {kMachineExternal,    kMachineSoftware,    kMachineTimer,
                                     kSupervisorExternal, kSupervisorSoftware, kSupervisorTimer};
constexpr Privilege kPrivileges[] = {kUser, kSupervisor, kMachine};

class HartTest : public ::testing::Test {
 protected:
  // A pending and enabled interrupt; whether it is taken from `privilege` with these enables.
  bool Taken(Interrupt number, bool delegated, Privilege privilege, uint64_t status) {
    m_.Reset();
    m_.csr().mideleg = delegated ? uint64_t{1} << number : 0;
    m_.csr().mie = uint64_t{1} << number;
    m_.Poke(0x30a, number == kSupervisorTimer ? kEnvStce : 0);
    m_.state().mstatus |= status;
    m_.SetPrivilege(privilege);
    m_.hart().SetInterrupt(number, true);
    const bool taken = m_.hart().DeliverInterrupt();
    m_.hart().SetInterrupt(number, false);
    return taken;
  }

  TestMachine m_;
};

TEST_F(HartTest, ResetState) {
  m_.hart().Reset();
  const RiscvState& s = m_.state();
  EXPECT_EQ(s.base.pc, m_.hart().config().reset_pc);
  EXPECT_EQ(s.privilege, kMachine);
  EXPECT_EQ(s.mstatus, kStatusXl64) << "MIE and MPRV are 0 (section 3.4)";
  EXPECT_EQ(s.csr.mcause, 0u);
  EXPECT_EQ(s.csr.satp, 0u);
  EXPECT_EQ(s.reservation_address, kNoReservation);
  EXPECT_EQ(s.base.key & kKeyPrivilege, kMachine);
  EXPECT_EQ(s.base.key & kKeyFpOn, 0u);
  EXPECT_EQ(m_.deadline, ~uint64_t{0});
}

TEST_F(HartTest, ResetForgetsWhatSoftwareDidAndKeepsTheLines) {
  m_.Poke(0x344, 2);
  m_.hart().SetInterrupt(kMachineExternal, true);
  m_.Poke(0x3b0, 5);
  m_.Poke(0x3a0, 0x9f);
  m_.state().x[5] = 1;
  m_.hart().Reset();
  EXPECT_EQ(m_.Peek(0x344), 0x800u);
  EXPECT_EQ(m_.Peek(0x3b0), 0u);
  EXPECT_EQ(m_.state().x[5], 0u);
}

// --- Exceptions.

TEST_F(HartTest, AnExceptionGoesToMachineMode) {
  for (Privilege from : kPrivileges) {
    for (bool enabled : {false, true}) {
      m_.Reset();
      m_.state().mstatus |= enabled ? kStatusMie : kStatusMpie;
      m_.SetPrivilege(from);
      m_.state().base.pc = 0x1234;
      m_.hart().Raise(kLoadAccess, 0x5678);
      EXPECT_EQ(m_.csr().mcause, kLoadAccess);
      EXPECT_EQ(m_.csr().mtval, 0x5678u);
      EXPECT_EQ(m_.csr().mepc, 0x1234u);
      EXPECT_EQ(m_.state().base.pc, TestMachine::kMachineHandler);
      EXPECT_EQ(m_.state().privilege, kMachine);
      const uint64_t status = m_.Peek(0x300);
      EXPECT_EQ(status & kStatusMie, 0u);
      EXPECT_EQ((status & kStatusMpie) != 0, enabled);
      EXPECT_EQ(status >> kStatusMppShift & 3, from);
    }
  }
}

TEST_F(HartTest, ADelegatedExceptionGoesToSupervisorMode) {
  for (Privilege from : {kUser, kSupervisor}) {
    for (bool enabled : {false, true}) {
      m_.Reset();
      m_.csr().medeleg = uint64_t{1} << kStorePage;
      m_.state().mstatus |= (enabled ? kStatusSie : kStatusSpie) | kStatusMie;
      m_.SetPrivilege(from);
      m_.state().base.pc = 0x1234;
      m_.hart().Raise(kStorePage, 0x5678);
      EXPECT_EQ(m_.csr().scause, kStorePage);
      EXPECT_EQ(m_.csr().stval, 0x5678u);
      EXPECT_EQ(m_.csr().sepc, 0x1234u);
      EXPECT_EQ(m_.csr().mcause, 0u);
      EXPECT_EQ(m_.state().base.pc, TestMachine::kSupervisorHandler);
      EXPECT_EQ(m_.state().privilege, kSupervisor);
      const uint64_t status = m_.Peek(0x300);
      EXPECT_EQ(status & kStatusSie, 0u);
      EXPECT_NE(status & kStatusMie, 0u);
      EXPECT_EQ((status & kStatusSpie) != 0, enabled);
      EXPECT_EQ((status & kStatusSpp) != 0, from == kSupervisor);
    }
  }
}

TEST_F(HartTest, EachExceptionHasItsOwnDelegationBit) {
  for (unsigned cause : {0u, 1u, 2u, 3u, 4u, 5u, 6u, 7u, 8u, 9u, 12u, 13u, 15u}) {
    for (unsigned bit : {0u, 1u, 2u, 3u, 4u, 5u, 6u, 7u, 8u, 9u, 12u, 13u, 15u}) {
      m_.Reset();
      m_.csr().medeleg = uint64_t{1} << bit;
      m_.SetPrivilege(kUser);
      m_.hart().Raise(cause, 0);
      EXPECT_EQ(m_.state().privilege, cause == bit ? kSupervisor : kMachine) << cause << " " << bit;
    }
  }
}

TEST_F(HartTest, MachineModeDelegatesNothing) {
  m_.csr().medeleg = 0xffff;
  m_.hart().Raise(kBreakpoint, 0);
  EXPECT_EQ(m_.state().privilege, kMachine);
  EXPECT_EQ(m_.csr().mcause, kBreakpoint);
}

TEST_F(HartTest, ExceptionsIgnoreTheVectorMode) {
  m_.Poke(0x305, TestMachine::kMachineHandler | 1);
  m_.hart().Raise(kStorePage, 0);
  EXPECT_EQ(m_.state().base.pc, TestMachine::kMachineHandler);
}

// --- Interrupts.

TEST_F(HartTest, InterruptsAreTakenWhereTheirModeIsLowerOrEnabled) {
  for (Interrupt number : kByPriority) {
    const bool supervisors =
        number == kSupervisorSoftware || number == kSupervisorTimer || number == kSupervisorExternal;
    for (bool delegated : {false, true}) {
      if (delegated && !supervisors) continue;
      for (Privilege p : kPrivileges) {
        for (uint64_t status : {uint64_t{0}, kStatusSie, kStatusMie, kStatusSie | kStatusMie}) {
          const Privilege to = delegated ? kSupervisor : kMachine;
          const bool enabled = (status & (delegated ? kStatusSie : kStatusMie)) != 0;
          EXPECT_EQ(Taken(number, delegated, p, status), p < to || (p == to && enabled))
              << number << " delegated " << delegated << " from " << p << " status " << status;
        }
      }
    }
  }
}

TEST_F(HartTest, AnInterruptSaysWhatItIs) {
  EXPECT_TRUE(Taken(kMachineTimer, false, kUser, 0));
  EXPECT_EQ(m_.csr().mcause, kInterrupt | kMachineTimer);
  EXPECT_EQ(m_.csr().mtval, 0u);
  EXPECT_EQ(m_.csr().mepc, kCode);
  EXPECT_TRUE(Taken(kSupervisorExternal, true, kUser, 0));
  EXPECT_EQ(m_.csr().scause, kInterrupt | kSupervisorExternal);
  EXPECT_EQ(m_.state().base.pc, TestMachine::kSupervisorHandler);
}

// Section 3.1.9: MEI, MSI, MTI, SEI, SSI, STI.
TEST_F(HartTest, Priority) {
  for (size_t first = 0; first < std::size(kByPriority); ++first) {
    m_.Reset();
    m_.Poke(0x30a, kEnvStce);
    m_.csr().mie = 0xaaa;
    for (size_t i = first; i < std::size(kByPriority); ++i) m_.hart().SetInterrupt(kByPriority[i], true);
    m_.SetPrivilege(kUser);
    ASSERT_TRUE(m_.hart().DeliverInterrupt());
    EXPECT_EQ(m_.csr().mcause, kInterrupt | kByPriority[first]);
    for (Interrupt i : kByPriority) m_.hart().SetInterrupt(i, false);
  }
}

TEST_F(HartTest, MachineInterruptsComeBeforeDelegatedOnes) {
  m_.csr().mie = 0xaaa;
  m_.csr().mideleg = 1u << kSupervisorExternal;
  m_.hart().SetInterrupt(kSupervisorExternal, true);
  m_.hart().SetInterrupt(kMachineTimer, true);
  m_.SetPrivilege(kUser);
  ASSERT_TRUE(m_.hart().DeliverInterrupt());
  EXPECT_EQ(m_.csr().mcause, kInterrupt | kMachineTimer);
}

TEST_F(HartTest, NothingIsTakenThatIsMaskedOrGone) {
  m_.SetPrivilege(kUser);
  m_.hart().SetInterrupt(kMachineTimer, true);
  EXPECT_FALSE(m_.hart().DeliverInterrupt());
  EXPECT_FALSE(m_.hart().InterruptWaits());
  m_.csr().mie = 0xaaa;
  EXPECT_TRUE(m_.hart().InterruptWaits());
  m_.hart().SetInterrupt(kMachineTimer, false);
  EXPECT_FALSE(m_.hart().DeliverInterrupt());
}

TEST_F(HartTest, VectoredInterrupts) {
  for (Interrupt number : {kMachineSoftware, kMachineTimer, kMachineExternal}) {
    m_.Reset();
    m_.Poke(0x305, TestMachine::kMachineHandler | 1);
    m_.csr().mie = uint64_t{1} << number;
    m_.SetPrivilege(kUser);
    m_.hart().SetInterrupt(number, true);
    ASSERT_TRUE(m_.hart().DeliverInterrupt());
    EXPECT_EQ(m_.state().base.pc, TestMachine::kMachineHandler + 4 * number);
    m_.hart().SetInterrupt(number, false);
  }
  m_.Reset();
  m_.Poke(0x105, TestMachine::kSupervisorHandler | 1);
  m_.csr().mie = m_.csr().mideleg = 1u << kSupervisorExternal;
  m_.SetPrivilege(kUser);
  m_.hart().SetInterrupt(kSupervisorExternal, true);
  ASSERT_TRUE(m_.hart().DeliverInterrupt());
  EXPECT_EQ(m_.state().base.pc, TestMachine::kSupervisorHandler + 4 * kSupervisorExternal);
}

// --- Returns.

TEST_F(HartTest, MretRestores) {
  for (Privilege to : kPrivileges) {
    for (bool enabled : {false, true}) {
      m_.Reset();
      m_.csr().mepc = 0x4444;
      m_.state().mstatus |=
          static_cast<uint64_t>(to) << kStatusMppShift | (enabled ? kStatusMpie : kStatusMie) | kStatusMprv;
      m_.hart().ReturnFromTrap(true);
      EXPECT_EQ(m_.state().base.pc, 0x4444u);
      EXPECT_EQ(m_.state().privilege, to);
      EXPECT_EQ(m_.state().base.key & kKeyPrivilege, to);
      EXPECT_EQ((m_.state().mstatus & kStatusMie) != 0, enabled);
      EXPECT_NE(m_.state().mstatus & kStatusMpie, 0u);
      EXPECT_EQ(m_.state().mstatus & kStatusMpp, 0u);
      EXPECT_EQ((m_.state().mstatus & kStatusMprv) != 0, to == kMachine);
    }
  }
}

TEST_F(HartTest, SretRestores) {
  for (bool supervisor : {false, true}) {
    for (bool enabled : {false, true}) {
      m_.Reset();
      m_.csr().sepc = 0x4444;
      m_.state().mstatus |= (supervisor ? kStatusSpp : 0) | (enabled ? kStatusSpie : kStatusSie) | kStatusMprv;
      m_.hart().ReturnFromTrap(false);
      EXPECT_EQ(m_.state().base.pc, 0x4444u);
      EXPECT_EQ(m_.state().privilege, supervisor ? kSupervisor : kUser);
      EXPECT_EQ((m_.state().mstatus & kStatusSie) != 0, enabled);
      EXPECT_NE(m_.state().mstatus & kStatusSpie, 0u);
      EXPECT_EQ(m_.state().mstatus & (kStatusSpp | kStatusMprv), 0u);
    }
  }
}

// --- The timer.

TEST_F(HartTest, StimecmpAsksThePlatformAndClearsStip) {
  m_.Poke(0x30a, kEnvStce);
  m_.hart().SetInterrupt(kSupervisorTimer, true);
  EXPECT_EQ(m_.Peek(0x344), 0x20u);
  m_.Poke(0x14d, 1000);
  EXPECT_EQ(m_.deadline, 1000u);
  EXPECT_EQ(m_.Peek(0x344), 0u);
}

TEST_F(HartTest, StipIsSoftwaresOrStimecmps) {
  m_.hart().SetInterrupt(kSupervisorTimer, true);
  EXPECT_EQ(m_.Peek(0x344), 0u) << "stimecmp is switched off";
  m_.Poke(0x344, 0x20);
  EXPECT_EQ(m_.Peek(0x344), 0x20u);
  m_.Poke(0x30a, kEnvStce);
  EXPECT_EQ(m_.Peek(0x344), 0x20u) << "now the comparison's";
  m_.hart().SetInterrupt(kSupervisorTimer, false);
  EXPECT_EQ(m_.Peek(0x344), 0u);
  m_.Poke(0x344, 0x20);
  EXPECT_EQ(m_.Peek(0x344), 0u) << "read-only";
  m_.Poke(0x30a, 0);
  EXPECT_EQ(m_.Peek(0x344), 0x20u) << "what software had written";
}

TEST(HartWithSbi, TheTimerNeedsNoSstc) {
  IsaConfig isa = IsaConfig::Full(64);
  isa.Enable(Extension::kSstc, false);
  TestMachine m({.isa = isa, .serves_sbi = true});
  m.hart().SetTimer(5);
  EXPECT_EQ(m.deadline, 5u);
  m.hart().SetInterrupt(kSupervisorTimer, true);
  EXPECT_EQ(m.Peek(0x344), 0x20u);
}

// --- As instructions, on both backends.

class HartCode : public ::testing::TestWithParam<TestAccel> {
 protected:
  void From(Privilege p, uint64_t status = 0) {
    m_.Reset();
    m_.OpenPmp();
    m_.state().mstatus |= status;
    m_.SetPrivilege(p);
  }
  // Runs one instruction; the cause of its exception, or -1.
  int64_t CauseOf(const char* code) {
    m_.traps.clear();
    m_.RunCode(code);
    return m_.traps.empty() ? -1 : static_cast<int64_t>(m_.traps.back().first);
  }

  TestMachine m_{{.accel = GetParam()}};
};

TEST_P(HartCode, EcallSaysFromWhere) {
  for (Privilege p : kPrivileges) {
    From(p);
    EXPECT_EQ(CauseOf("ecall"), int64_t{kEcallFromUser} + int64_t{p});
    EXPECT_EQ(m_.csr().mepc, kCode);
    EXPECT_EQ(m_.csr().mtval, 0u);
  }
}

TEST_P(HartCode, EbreakAndIllegal) {
  From(kUser);
  EXPECT_EQ(CauseOf("nop; ebreak"), kBreakpoint);
  EXPECT_EQ(m_.csr().mepc, kCode + 4);
  EXPECT_EQ(m_.csr().mtval, kCode + 4);
  From(kUser);
  EXPECT_EQ(CauseOf("mret"), kIllegalInstruction);
  EXPECT_EQ(m_.csr().mtval, 0x30200073u);
  From(kSupervisor);
  m_.Write64(kCode, 0);
  m_.Run(1);
  EXPECT_EQ(m_.csr().mcause, kIllegalInstruction);
  EXPECT_EQ(m_.csr().mtval, 0u);
}

TEST_P(HartCode, PrivilegedInstructions) {
  struct Case {
    const char* code;
    uint64_t status;
    bool user, supervisor, machine;  // legal
  };
  const Case kCases[] = {
      {"mret", 0, false, false, true},
      {"sret", 0, false, true, true},
      {"sret", kStatusTsr, false, false, true},
      {"sfence.vma", 0, false, true, true},
      {"sfence.vma", kStatusTvm, false, false, true},
      {"sinval.vma a0, a1", 0, false, true, true},
      {"sinval.vma a0, a1", kStatusTvm, false, false, true},
      {"sfence.w.inval", kStatusTvm, false, true, true},
      {"sfence.inval.ir", kStatusTvm, false, true, true},
      {"csrr a0, satp", 0, false, true, true},
      {"csrr a0, satp", kStatusTvm, false, false, true},
      {"wfi", kStatusTw, false, false, true},
      {"wfi", 0, true, true, true},
  };
  for (const Case& c : kCases) {
    for (Privilege p : kPrivileges) {
      From(p, c.status);
      m_.csr().mepc = m_.csr().sepc = kCode + 4;
      const bool legal = p == kUser ? c.user : p == kSupervisor ? c.supervisor : c.machine;
      EXPECT_EQ(CauseOf(c.code), legal ? -1 : int64_t{kIllegalInstruction}) << c.code << " from " << p;
      EXPECT_EQ(m_.state().base.pc, legal ? kCode + 4 : TestMachine::kMachineHandler) << c.code << " from " << p;
    }
  }
}

TEST_P(HartCode, AReturnLandsInTheOtherMode) {
  From(kMachine, static_cast<uint64_t>(kUser) << kStatusMppShift);
  m_.csr().mepc = kCode + 4;
  EXPECT_EQ(CauseOf("mret; csrr a0, sscratch"), kIllegalInstruction);
  EXPECT_EQ(m_.csr().mepc, kCode + 4);
  EXPECT_EQ(m_.Peek(0x300) >> kStatusMppShift & 3, kUser);
}

TEST_P(HartCode, WfiWaitsForWhatIsEnabledInMieAlone) {
  From(kMachine);
  EXPECT_EQ(m_.RunCode("wfi; nop; nop"), Engine::Stop::kHalted);
  EXPECT_EQ(m_.state().base.pc, kCode + 4);
  EXPECT_EQ(m_.Run(1), Engine::Stop::kHalted);
  m_.hart().SetInterrupt(kMachineTimer, true);
  EXPECT_EQ(m_.Run(1), Engine::Stop::kHalted) << "not enabled in mie";
  m_.Poke(0x304, 1u << kMachineTimer);
  EXPECT_EQ(m_.Run(1), Engine::Stop::kBudget) << "mstatus.MIE does not matter";
  EXPECT_EQ(m_.state().base.pc, kCode + 8);
  EXPECT_TRUE(m_.traps.empty());
  EXPECT_EQ(m_.RunCode("wfi; nop"), Engine::Stop::kBudget) << "nothing to wait for";
  EXPECT_EQ(m_.state().base.pc, kCode + 8);
}

TEST_P(HartCode, AnInterruptComesBetweenInstructions) {
  From(kMachine, kStatusMie);
  m_.Poke(0x304, 1u << kMachineExternal);
  m_.RunCode("nop; nop");
  m_.hart().SetInterrupt(kMachineExternal, true);
  m_.Run(1);
  EXPECT_EQ(m_.csr().mcause, kInterrupt | kMachineExternal);
  EXPECT_EQ(m_.csr().mepc, kCode + 8);
}

TEST_P(HartCode, EnablingTakesWhatWaits) {
  From(kMachine);
  m_.Poke(0x304, 1u << kMachineSoftware);
  m_.hart().SetInterrupt(kMachineSoftware, true);
  m_.RunCode("li a0, 1; csrsi mstatus, 8; li a0, 2; li a0, 3");
  EXPECT_EQ(m_.csr().mcause, kInterrupt | kMachineSoftware);
  EXPECT_EQ(m_.csr().mepc, kCode + 8);
  EXPECT_EQ(m_.state().x[10], 1u);
}

TEST_P(HartCode, SoftwareInterruptsByMip) {
  From(kSupervisor, kStatusSie);
  m_.Poke(0x303, 2);
  m_.Poke(0x304, 2);
  m_.RunCode("csrsi sip, 2; li a0, 1");
  EXPECT_EQ(m_.csr().scause, kInterrupt | kSupervisorSoftware);
  EXPECT_EQ(m_.csr().sepc, kCode + 4);
  EXPECT_EQ(m_.state().x[10], 0u);
}

// A handler that cannot be fetched must not keep the run loop.
TEST_P(HartCode, AMissingHandlerUsesUpTheBudget) {
  From(kMachine);
  m_.Poke(0x305, 0x40000000);
  EXPECT_EQ(m_.RunCode("ecall; nop; nop; nop"), Engine::Stop::kBudget);
  EXPECT_EQ(m_.state().base.pc, 0x40000000u);
  EXPECT_EQ(m_.csr().mcause, kInstructionAccess);
  const uint64_t before = m_.cpu().InsnCount();
  m_.Run(1000);
  EXPECT_EQ(m_.cpu().InsnCount(), before + 1000);
}

TEST_P(HartCode, AHandlerThatFaultsUsesUpTheBudget) {
  From(kMachine);
  m_.Assemble("ld a0, 0(zero)", kCode + 0x100);
  m_.Poke(0x305, kCode + 0x100);
  m_.RunCode("nop; ecall");
  EXPECT_EQ(m_.Run(500), Engine::Stop::kBudget);
  EXPECT_EQ(m_.csr().mcause, kLoadAccess);
  EXPECT_EQ(m_.cpu().InsnCount(), 502u);
}

TEST_P(HartCode, FpNeedsFs) {
  From(kMachine);
  EXPECT_EQ(CauseOf("fadd.d fa0, fa0, fa0"), kIllegalInstruction);
  From(kMachine, kStatusFs);
  EXPECT_EQ(CauseOf("fadd.d fa0, fa0, fa0"), -1);
  From(kMachine, uint64_t{1} << 13);
  EXPECT_EQ(CauseOf("fadd.d fa0, fa0, fa0"), -1);
  EXPECT_EQ(m_.Peek(0x300) & (kStatusFs | kStatusSd), kStatusFs | kStatusSd);
}

TEST_P(HartCode, CacheBlocksNeedTheirEnvironment) {
  const std::pair<const char*, uint64_t> kCases[] = {{"cbo.zero (a0)", kEnvCbze},
                                                     {"cbo.clean (a0)", kEnvCbcfe},
                                                     {"cbo.flush (a0)", kEnvCbcfe},
                                                     {"cbo.inval (a0)", kEnvCbie}};
  for (const auto& [code, bit] : kCases) {
    for (Privilege p : kPrivileges) {
      for (int open = 0; open < 4; ++open) {
        From(p);
        m_.Poke(0x30a, (open & 1) != 0 ? bit : 0);
        m_.Poke(0x10a, (open & 2) != 0 ? bit : 0);
        m_.hart().UpdateMode();
        m_.state().x[10] = TestMachine::kRam + 0x8000;
        const bool legal = p == kMachine || (p == kSupervisor ? (open & 1) != 0 : open == 3);
        EXPECT_EQ(CauseOf(code), legal ? -1 : int64_t{kIllegalInstruction}) << code << " " << p << " " << open;
      }
    }
  }
}

// Privileged Architecture, "CMO": a block that may not be touched is a store's fault.
TEST_P(HartCode, CacheBlockFaultsAreStores) {
  for (const char* code : {"cbo.zero (a0)", "cbo.clean (a0)", "cbo.flush (a0)", "cbo.inval (a0)"}) {
    From(kMachine);
    m_.state().x[10] = 0x40000000;
    EXPECT_EQ(CauseOf(code), kStoreAccess) << code;
    EXPECT_EQ(m_.csr().mtval, 0x40000000u) << code;
  }
}

INSTANTIATE_TEST_SUITE_P(Backends, HartCode, ::testing::Values(TestAccel::kInterpreter, TestAccel::kJit),
                         [](const auto& accel) { return TestAccelName(accel.param); });

}  // namespace
}  // namespace emu::riscv
