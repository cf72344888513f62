// A bare-metal program under control: paused, stepped, stopped before instructions and after accesses.
#include "boards/run_control.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "boards/registry.h"

namespace emu::boards {
namespace {

constexpr char kProgram[] = "testdata/riscv64/hello.elf";
constexpr uint64_t kStart = 0x80000000;

class RunControlTest : public ::testing::TestWithParam<Accel>, protected RunStateListener {
 protected:
  RunControlTest() {
    MachineConfig config;
    config.kernel = kProgram;
    config.bios = "none";
    config.ram_bytes = 32 << 20;
    config.deterministic = true;
    config.start_paused = true;
    config.accel = GetParam();
    auto machine = (*FindBoard("virt"))->make(config);
    EXPECT_TRUE(machine.ok()) << machine.status();
    machine_ = *std::move(machine);
    machine_->control().AddListener(this);
  }
  ~RunControlTest() override { machine_->control().RemoveListener(this); }

  RunControl& control() { return machine_->control(); }
  uint64_t pc() { return machine_->processor().cpu().state().pc; }
  uint64_t insns() { return machine_->processor().cpu().InsnCount(); }
  void Write(absl::string_view name, uint64_t value) {
    const auto registers = machine_->inspector().registers();
    for (size_t i = 0; i < registers.size(); ++i) {
      if (registers[i].name != name) continue;
      EXPECT_TRUE(machine_->inspector().Write(i, value).ok()) << name;
    }
  }
  void OnPause(PauseReason reason) override {
    EXPECT_TRUE(control().paused());
    pauses_.push_back(reason);
    if (on_pause_) return on_pause_();
    control().Resume();
  }
  void OnResume() override { ++resumes_; }
  void OnShutdown(bool guest) override { events_ += guest ? "guest ends;" : "end;"; }
  void OnReset() override {
    events_ += control().paused() ? "reset while paused;" : "reset;";
    control().Resume();
  }

  std::unique_ptr<Machine> machine_;
  std::function<void()> on_pause_;
  std::vector<PauseReason> pauses_;
  unsigned resumes_ = 0;
  std::string events_;
};

// Stops where it is told to.
struct Stopper : translate::AccessWatch {
  translate::AccessTypes TypesBeyondPages() const override { return types; }
  bool MayStop() const override { return true; }
  bool WantsPage(memory::Gva, memory::Gpa, const memory::FlatRange&, translate::Access) override { return true; }
  bool WantsFetch(memory::Gva, memory::Gpa, const memory::FlatRange&) override { return true; }
  bool Stops(const translate::MemAccess& a) override {
    if (!wanted(a)) return false;
    control->Pause(a.type == translate::AccessType::kFetch ? PauseReason::kBreakpoint : data_reason);
    return true;
  }
  void OnAccess(const translate::MemAccess& a) override {
    if (a.type != translate::AccessType::kFetch) ++data_accesses;
  }
  translate::AccessTypes types = ~translate::AccessTypes{0};
  std::function<bool(const translate::MemAccess&)> wanted;
  RunControl* control = nullptr;
  PauseReason data_reason = PauseReason::kWatchpoint;
  unsigned data_accesses = 0;
};

TEST_P(RunControlTest, StartsPausedAndEnds) {
  EXPECT_EQ(machine_->Run().status, 0);
  EXPECT_EQ(pauses_, std::vector{PauseReason::kUser});
  EXPECT_EQ(resumes_, 1u);
  EXPECT_EQ(events_, "guest ends;");
}

TEST_P(RunControlTest, StepsOneInstructionEach) {
  std::vector<uint64_t> counts;
  on_pause_ = [&] {
    counts.push_back(insns());
    counts.size() <= 20 ? control().Step() : control().Resume();
  };
  EXPECT_EQ(machine_->Run().status, 0);
  ASSERT_EQ(counts.size(), 21u);
  for (size_t i = 0; i < counts.size(); ++i) EXPECT_EQ(counts[i], i);
  EXPECT_EQ(pauses_[1], PauseReason::kStep);
}

TEST_P(RunControlTest, StepsSeveral) {
  uint64_t at = 0;
  on_pause_ = [&] {
    at = insns();
    at == 0 ? control().Step(12) : control().Resume();
  };
  EXPECT_EQ(machine_->Run().status, 0);
  EXPECT_EQ(at, 12u);
}

TEST_P(RunControlTest, StepsUntilItIsTold) {
  std::vector<uint64_t> pcs;
  on_pause_ = [&] {
    pcs.push_back(pc());
    if (pcs.size() > 1) return control().Resume();
    control().Step(~uint64_t{0}, {.done = [&] { return pc() == kStart + 8; }});
  };
  EXPECT_EQ(machine_->Run().status, 0);
  EXPECT_EQ(pauses_, (std::vector{PauseReason::kUser, PauseReason::kStep}));
  EXPECT_EQ(pcs.back(), kStart + 8);
}

TEST_P(RunControlTest, StepsTakeInterruptsIfTheyMay) {
  std::vector<uint64_t> pcs;
  on_pause_ = [&] {
    pcs.push_back(pc());
    if (pcs.size() == 1) {  // a software interrupt for machine mode waits
      for (const auto& [name, value] : {std::pair{"mtvec", kStart}, {"mie", 2u}, {"mip", 2u}, {"mstatus", 8u}}) {
        Write(name, value);
      }
      return control().Step();
    }
    if (pcs.size() == 2) return control().Step(1, {.interrupts = true});
    Write("mie", 0);
    control().Resume();
  };
  EXPECT_EQ(machine_->Run().status, 0);
  ASSERT_EQ(pcs.size(), 3u);
  EXPECT_EQ(pcs[1], pcs[0] + 4);
  EXPECT_EQ(pcs[2], kStart);
}

TEST_P(RunControlTest, StepsStopAtBreakpointsButTheFirstInstructionsOwn) {
  Stopper stopper;
  stopper.control = &control();
  stopper.wanted = [](const translate::MemAccess& a) {
    return a.type == translate::AccessType::kFetch && (a.gva.value == kStart || a.gva.value == kStart + 4);
  };
  machine_->processor().cpu().SetWatch(&stopper, true);
  std::vector<uint64_t> pcs;
  on_pause_ = [&] {
    pcs.push_back(pc());
    pcs.size() < 4 ? control().Step(100) : control().Resume();
  };
  EXPECT_EQ(machine_->Run().status, 0);
  ASSERT_EQ(pcs.size(), 4u);
  EXPECT_EQ(pcs[1], kStart);
  EXPECT_EQ(pcs[2], kStart + 4);
  EXPECT_EQ(pauses_[3], PauseReason::kStep);
  machine_->processor().cpu().SetWatch(nullptr, true);
}

TEST_P(RunControlTest, ABreakpointStopsBeforeItsInstructionAndLetsGoOn) {
  Stopper stopper;
  stopper.control = &control();
  stopper.wanted = [](const translate::MemAccess& a) {
    return a.type == translate::AccessType::kFetch && a.gva.value == kStart;
  };
  machine_->processor().cpu().SetWatch(&stopper, true);
  std::vector<uint64_t> pcs;
  on_pause_ = [&] {
    pcs.push_back(pc());
    control().Resume();
  };
  EXPECT_EQ(machine_->Run().status, 0);
  EXPECT_EQ(pauses_, (std::vector{PauseReason::kUser, PauseReason::kBreakpoint}));
  ASSERT_EQ(pcs.size(), 2u);
  EXPECT_EQ(pcs[1], kStart);
  machine_->processor().cpu().SetWatch(nullptr, true);
}

TEST_P(RunControlTest, AWatchpointStopsAfterItsAccess) {
  Stopper stopper;
  stopper.control = &control();
  uint64_t access_pc = 0;
  stopper.wanted = [&](const translate::MemAccess& a) {
    if (access_pc != 0 || a.type != translate::AccessType::kRead || a.pc < kStart) return false;
    access_pc = a.pc;
    return true;
  };
  machine_->processor().cpu().SetWatch(&stopper, false);
  unsigned done = 0;
  uint64_t stopped_pc = 0;
  on_pause_ = [&] {
    if (pauses_.back() == PauseReason::kWatchpoint) done = stopper.data_accesses, stopped_pc = pc();
    control().Resume();
  };
  EXPECT_EQ(machine_->Run().status, 0);
  EXPECT_EQ(pauses_, (std::vector{PauseReason::kUser, PauseReason::kWatchpoint}));
  EXPECT_GE(done, 1u);
  EXPECT_TRUE(stopped_pc == access_pc + 2 || stopped_pc == access_pc + 4) << std::hex << stopped_pc;
  machine_->processor().cpu().SetWatch(nullptr, false);
}

TEST_P(RunControlTest, AWatchpointStopsBeforeItsAccessIfThatIsWanted) {
  Stopper stopper;
  stopper.control = &control();
  stopper.data_reason = PauseReason::kBeforeAccess;
  uint64_t access_pc = 0;
  stopper.wanted = [&](const translate::MemAccess& a) {  // always at one instruction
    if (a.type != translate::AccessType::kRead || a.pc < kStart) return false;
    if (access_pc == 0) access_pc = a.pc;
    return a.pc == access_pc;
  };
  machine_->processor().cpu().SetWatch(&stopper, false);
  std::vector<uint64_t> pcs, insn_counts;
  on_pause_ = [&] {
    pcs.push_back(pc());
    insn_counts.push_back(insns());
    pcs.size() == 2 ? control().Step() : control().Resume();
  };
  EXPECT_EQ(machine_->Run().status, 0);
  ASSERT_GE(pcs.size(), 4u) << "it comes there again";
  EXPECT_EQ(pcs[1], access_pc);
  EXPECT_EQ(pauses_[1], PauseReason::kBeforeAccess);
  EXPECT_EQ(pauses_[2], PauseReason::kStep);
  EXPECT_EQ(insn_counts[2], insn_counts[1] + 1);
  EXPECT_EQ(pcs[3], access_pc);
  EXPECT_GT(insn_counts[3], insn_counts[2] + 1);
  machine_->processor().cpu().SetWatch(nullptr, false);
}

TEST_P(RunControlTest, AResetWhilePausedStaysPaused) {
  on_pause_ = [&] { pauses_.size() == 1 ? control().Step(5) : machine_->Reset(); };
  EXPECT_EQ(machine_->Run().status, 0);
  EXPECT_EQ(events_, "reset while paused;guest ends;");
  EXPECT_EQ(pauses_.size(), 2u);
}

TEST_P(RunControlTest, AnInterruptEndsAPausedRun) {
  on_pause_ = [&] { machine_->Interrupt(); };
  EXPECT_EQ(machine_->Run().status, 0);
  EXPECT_EQ(events_, "end;");
  EXPECT_EQ(insns(), 0u);
}

INSTANTIATE_TEST_SUITE_P(Accels, RunControlTest, ::testing::Values(Accel::kJit, Accel::kInterp),
                         [](const auto& info) { return info.param == Accel::kJit ? "Jit" : "Interp"; });

}  // namespace
}  // namespace emu::boards
