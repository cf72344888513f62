// Every call of the machine's own SBI, with its errors, and the state in which a kernel begins.
#include "targets/riscv/sbi.h"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "targets/riscv/test_machine.h"

namespace emu::riscv {
namespace {

constexpr int64_t kFailed = -1, kNotSupported = -2, kInvalidParam = -3, kAlreadyAvailable = -6;
constexpr uint64_t kBase = 0x10, kTime = 0x54494d45, kIpi = 0x735049, kRfence = 0x52464e43, kHsm = 0x48534d,
                   kReset = 0x53525354, kConsole = 0x4442434e;
constexpr uint64_t kAllHarts = ~uint64_t{0};
constexpr uint64_t kBuffer = TestMachine::kRam + 0x10000;

class FakeHost final : public SbiHost {
 public:
  explicit FakeHost(Hart& hart) : hart_(hart) {}
  void ConsoleWrite(absl::string_view bytes) override { output.append(bytes.data(), bytes.size()); }
  size_t ConsoleRead(absl::Span<char> bytes) override {
    const size_t n = std::min(bytes.size(), input.size());
    input.copy(bytes.data(), n);
    input.erase(0, n);
    return n;
  }
  void ResetSystem(Reset kind, bool failed) override { resets.push_back({kind, failed}); }
  Hart* FindHart(uint64_t id) override { return id == 0 ? &hart_ : nullptr; }

  std::string output, input;
  std::vector<std::pair<Reset, bool>> resets;

 private:
  Hart& hart_;
};

class SbiTest : public ::testing::Test {
 protected:
  struct Result {
    int64_t error;
    uint64_t value;
  };
  SbiTest() { sbi_.EnterKernel(m_.hart(), TestMachine::kCode, 0x1234); }

  Result Call(uint64_t extension, uint64_t function, std::vector<uint64_t> arguments = {}) {
    uint64_t* x = m_.state().x;
    arguments.resize(6);
    for (size_t i = 0; i < 6; ++i) x[10 + i] = arguments[i];
    x[16] = function;
    x[17] = extension;
    EXPECT_TRUE(sbi_.Handle(m_.hart()));
    return {static_cast<int64_t>(x[10]), x[11]};
  }
  int64_t Error(uint64_t extension, uint64_t function, std::vector<uint64_t> arguments = {}) {
    return Call(extension, function, std::move(arguments)).error;
  }
  // A legacy call's a0; a1 stays.
  uint64_t Legacy(uint64_t call, uint64_t argument = 0) {
    const Result r = Call(call, 0, {argument, 0x77});
    EXPECT_EQ(r.value, 0x77u) << call;
    return static_cast<uint64_t>(r.error);
  }

  TestMachine m_{{.serves_sbi = true}};
  FakeHost host_{m_.hart()};
  Sbi sbi_{&host_};
};

TEST_F(SbiTest, AKernelBegins) {
  const RiscvState& s = m_.state();
  EXPECT_EQ(s.base.pc, TestMachine::kCode);
  EXPECT_EQ(s.privilege, kSupervisor);
  EXPECT_EQ(s.base.key & kKeyPrivilege, kSupervisor);
  EXPECT_EQ(s.x[10], 0u) << "the hart's number";
  EXPECT_EQ(s.x[11], 0x1234u);
  EXPECT_EQ(s.csr.satp, 0u);
  EXPECT_EQ(s.mstatus & kStatusSie, 0u);
  EXPECT_EQ(s.csr.mideleg, 0x222u);
  EXPECT_EQ(s.csr.medeleg & (1u << 9 | 1u << 8 | 1u << 12), 1u << 8 | 1u << 12);
  EXPECT_EQ(s.csr.mcounteren & 7, 7u);
  EXPECT_EQ(s.csr.menvcfg, kEnvStce | kEnvAdue | kEnvCbze | kEnvCbcfe | kEnvCbie);
  m_.RunCode("ld a1, 0(a1); nop");
  EXPECT_EQ(m_.csr().scause, kLoadAccess) << "no memory at 0x1234, and the kernel handles that";
  sbi_.EnterKernel(m_.hart(), TestMachine::kCode, kBuffer);
  m_.Write64(kBuffer, 0xabcd);
  m_.RunCode("ld a2, 0(a1); rdtime a3");
  EXPECT_EQ(m_.state().x[12], 0xabcdu);
}

TEST_F(SbiTest, TheEnvironmentIsWhatTheHartHas) {
  IsaConfig isa = IsaConfig::Full(64);
  for (Extension e : {Extension::kSstc, Extension::kSvadu, Extension::kZicbom, Extension::kZicboz})
    isa.Enable(e, false);
  TestMachine m({.isa = isa, .serves_sbi = true});
  sbi_.EnterKernel(m.hart(), 0, 0);
  EXPECT_EQ(m.csr().menvcfg, 0u);
}

TEST_F(SbiTest, Base) {
  EXPECT_EQ(Call(kBase, 0).value, 2u << 24);
  EXPECT_EQ(Call(kBase, 2).error, 0);
  for (uint64_t e : {kBase, kTime, kIpi, kRfence, kHsm, kReset, kConsole, uint64_t{0}, uint64_t{8}}) {
    EXPECT_EQ(Call(kBase, 3, {e}).value, 1u) << std::hex << e;
  }
  for (uint64_t e : {uint64_t{9}, uint64_t{0x504d55}, uint64_t{0x53555350}, ~uint64_t{0}}) {
    EXPECT_EQ(Call(kBase, 3, {e}).value, 0u) << std::hex << e;
    EXPECT_EQ(Call(kBase, 3, {e}).error, 0);
  }
  for (uint64_t f : {4u, 5u, 6u}) EXPECT_EQ(Call(kBase, f).value, m_.Peek(0xf11 + static_cast<unsigned>(f) - 4));
  EXPECT_EQ(Error(kBase, 7), kNotSupported);
}

TEST_F(SbiTest, UnknownCallsAreNotSupported) {
  for (uint64_t e : {uint64_t{9}, uint64_t{0x504d55}, ~uint64_t{0}}) EXPECT_EQ(Error(e, 0), kNotSupported);
  for (uint64_t e : {kTime, kIpi, kReset}) EXPECT_EQ(Error(e, 1), kNotSupported) << std::hex << e;
  EXPECT_EQ(Error(kRfence, 3), kNotSupported);
  EXPECT_EQ(Error(kHsm, 4), kNotSupported);
  EXPECT_EQ(Error(kConsole, 3), kNotSupported);
}

TEST_F(SbiTest, Timer) {
  m_.hart().SetInterrupt(kSupervisorTimer, true);
  EXPECT_EQ(m_.Peek(0x144), 0x20u);
  EXPECT_EQ(Error(kTime, 0, {5000}), 0);
  EXPECT_EQ(m_.deadline, 5000u);
  EXPECT_EQ(m_.Peek(0x144), 0u);
}

TEST_F(SbiTest, Ipi) {
  EXPECT_EQ(Error(kIpi, 0, {1, 0}), 0);
  EXPECT_EQ(m_.Peek(0x144), 2u);
  m_.Poke(0x144, 0);
  EXPECT_EQ(Error(kIpi, 0, {0, kAllHarts}), 0);
  EXPECT_EQ(m_.Peek(0x144), 2u);
  m_.Poke(0x144, 0);
  EXPECT_EQ(Error(kIpi, 0, {3, 0}), kInvalidParam);
  EXPECT_EQ(Error(kIpi, 0, {1, 1}), kInvalidParam);
  EXPECT_EQ(m_.Peek(0x144), 0u) << "an error has no effect";
  EXPECT_EQ(Error(kIpi, 0, {0, 0}), 0);
  EXPECT_EQ(m_.Peek(0x144), 0u);
}

TEST_F(SbiTest, RemoteFences) {
  for (uint64_t f : {0u, 1u, 2u}) {
    EXPECT_EQ(Error(kRfence, f, {1, 0, 0, 0, 1}), 0);
    EXPECT_EQ(Error(kRfence, f, {0, kAllHarts, 0x1000, ~uint64_t{0}, 1}), 0);
    EXPECT_EQ(Error(kRfence, f, {1, 0, 0x1000, 0x3000, 1}), 0);
    EXPECT_EQ(Error(kRfence, f, {2, 0, 0x1000, 0x3000, 1}), kInvalidParam);
  }
}

TEST_F(SbiTest, HartState) {
  EXPECT_EQ(Error(kHsm, 0, {0, 0x80000000, 0}), kAlreadyAvailable);
  EXPECT_EQ(Error(kHsm, 0, {1, 0x80000000, 0}), kInvalidParam);
  EXPECT_EQ(Error(kHsm, 1), kFailed);
  EXPECT_EQ(Error(kHsm, 2, {0}), 0);
  EXPECT_EQ(Call(kHsm, 2, {0}).value, 0u) << "started";
  EXPECT_EQ(Error(kHsm, 2, {1}), kInvalidParam);
  EXPECT_EQ(Error(kHsm, 3, {1}), kInvalidParam);
  EXPECT_EQ(Error(kHsm, 3, {0x80000000}), kNotSupported);
  EXPECT_FALSE(m_.cpu().halted());
  EXPECT_EQ(Error(kHsm, 3, {0}), 0);
  EXPECT_TRUE(m_.cpu().halted());
}

TEST_F(SbiTest, SuspendDoesNotWaitForWhatIsThere) {
  m_.Poke(0x104, 2);
  Error(kIpi, 0, {1, 0});
  EXPECT_EQ(Error(kHsm, 3, {0}), 0);
  EXPECT_FALSE(m_.cpu().halted());
}

TEST_F(SbiTest, SystemReset) {
  using Reset = SbiHost::Reset;
  EXPECT_EQ(Error(kReset, 0, {0, 0}), 0);
  EXPECT_EQ(Error(kReset, 0, {1, 0}), 0);
  EXPECT_EQ(Error(kReset, 0, {2, 1}), 0);
  EXPECT_EQ(Error(kReset, 0, {3, 0}), kInvalidParam);
  EXPECT_EQ(Error(kReset, 0, {0, 2}), kInvalidParam);
  const std::vector<std::pair<Reset, bool>> kExpected = {
      {Reset::kShutdown, false}, {Reset::kReboot, false}, {Reset::kReboot, true}};
  EXPECT_EQ(host_.resets, kExpected);
}

TEST_F(SbiTest, DebugConsole) {
  m_.Write64(kBuffer, 0x216f6c6c6548);  // "Hello!"
  EXPECT_EQ(Call(kConsole, 0, {6, kBuffer, 0}).value, 6u);
  EXPECT_EQ(host_.output, "Hello!");
  EXPECT_EQ(Error(kConsole, 0, {6, kBuffer, 1}), kInvalidParam) << "beyond 64 bits";
  EXPECT_EQ(Error(kConsole, 0, {6, 0x40000000, 0}), kInvalidParam) << "no memory";
  EXPECT_EQ(Call(kConsole, 0, {~uint64_t{0}, kBuffer, 0}).error, 0) << "part of it";
  EXPECT_EQ(host_.output.size(), 6u + m_.state().x[11]);
  host_.output.clear();
  EXPECT_EQ(Error(kConsole, 2, {'x'}), 0);
  EXPECT_EQ(host_.output, "x");
  EXPECT_EQ(Call(kConsole, 1, {4, kBuffer + 64, 0}).value, 0u) << "nothing typed";
  host_.input = "abcdef";
  EXPECT_EQ(Call(kConsole, 1, {4, kBuffer + 64, 0}).value, 4u);
  EXPECT_EQ(m_.Read64(kBuffer + 64), 0x64636261u);
  EXPECT_EQ(Error(kConsole, 1, {4, 0x40000000, 0}), kInvalidParam);
}

TEST_F(SbiTest, LegacyCalls) {
  EXPECT_EQ(Legacy(0, 777), 0u);
  EXPECT_EQ(m_.deadline, 777u);
  EXPECT_EQ(Legacy(1, 'y'), 0u);
  EXPECT_EQ(host_.output, "y");
  EXPECT_EQ(Legacy(2), ~uint64_t{0});
  host_.input = "\xe4";
  EXPECT_EQ(Legacy(2), 0xe4u);
  EXPECT_EQ(Legacy(4), 0u);
  EXPECT_EQ(m_.Peek(0x144), 2u);
  EXPECT_EQ(Legacy(3), 0u);
  EXPECT_EQ(m_.Peek(0x144), 0u);
  for (uint64_t call : {5u, 6u, 7u}) EXPECT_EQ(Legacy(call), 0u);
  EXPECT_EQ(Legacy(8), 0u);
  ASSERT_EQ(host_.resets.size(), 1u);
  EXPECT_EQ(host_.resets[0].first, SbiHost::Reset::kShutdown);
}

// As a kernel calls it, on both backends.
class SbiCode : public ::testing::TestWithParam<TestAccel> {};

TEST_P(SbiCode, EcallGoesOnBehindItself) {
  TestMachine m({.accel = GetParam(), .serves_sbi = true});
  FakeHost host(m.hart());
  Sbi sbi(&host);
  m.sbi = [&](Hart& hart) { return sbi.Handle(hart); };
  sbi.EnterKernel(m.hart(), TestMachine::kCode, 0);
  m.RunCode("li a7, 1; li a0, 'z'; ecall; li a2, 5; csrr a3, instret");
  EXPECT_EQ(host.output, "z");
  EXPECT_EQ(m.state().x[12], 5u);
  EXPECT_EQ(m.state().x[13], 4u);
  EXPECT_TRUE(m.traps.empty());
}

TEST_P(SbiCode, RemoteFenceDropsMappings) {
  TestMachine m({.accel = GetParam(), .serves_sbi = true});
  FakeHost host(m.hart());
  Sbi sbi(&host);
  m.sbi = [&](Hart& hart) { return sbi.Handle(hart); };
  sbi.EnterKernel(m.hart(), TestMachine::kCode, 0);
  const uint64_t root = TestMachine::kTables, giga = 0xcf;
  m.Write64(root + 16, (TestMachine::kRam >> 12) << 10 | giga);
  m.Write64(root + 8, (TestMachine::kRam >> 12) << 10 | giga);
  m.Poke(0x180, uint64_t{8} << 60 | root >> 12);
  m.state().x[18] = 0x40000000;
  m.RunCode("ld a2, 0(s2)");
  EXPECT_EQ(m.csr().scause, 0u);
  m.Write64(root + 8, 0);
  m.RunCode(
      "lui a7, 0x52465; addi a7, a7, -0x1bd; li a6, 1; li a0, 1; li a1, 0; mv a2, s2; lui a3, 1; ecall; ld a2, 0(s2)");
  EXPECT_EQ(m.csr().scause, kLoadPage);
}

TEST_P(SbiCode, UserEcallsAreTheKernels) {
  TestMachine m({.accel = GetParam(), .serves_sbi = true});
  FakeHost host(m.hart());
  Sbi sbi(&host);
  m.sbi = [&](Hart& hart) { return sbi.Handle(hart); };
  sbi.EnterKernel(m.hart(), TestMachine::kCode, 0);
  m.SetPrivilege(kUser);
  m.RunCode("ecall");
  EXPECT_EQ(m.csr().scause, kEcallFromUser);
}

INSTANTIATE_TEST_SUITE_P(Backends, SbiCode, ::testing::Values(TestAccel::kInterpreter, TestAccel::kJit),
                         [](const auto& accel) { return TestAccelName(accel.param); });

}  // namespace
}  // namespace emu::riscv
