// Code that runs for the first time is executed without a translation.
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "translate/engine/testing/toy_machine.h"

namespace emu::translate::testing {
namespace {

constexpr uint64_t kVector = 0x800, kData = 0x10000;

// Its counters are those of the machine that a test makes.
class EngineInterpretTest : public ::testing::TestWithParam<BackendKind> {
 protected:
  ToyMachine& Make(const ToyOptions& options = {}) {
    machine_ = std::make_unique<ToyMachine>(GetParam(), options);
    machine_->system.interprets = true;
    machine_->system.vector = kVector;
    machine_->Put(kVector, {Sys(0)});
    machine_->system.on_sys = [this](int) { machine_->engine.RequestStop(); };
    return *machine_;
  }
  const EngineCounters& counters() { return machine_->engine.counters(); }
  std::unique_ptr<ToyMachine> machine_;
};

TEST_P(EngineInterpretTest, TheSecondTimeIsTranslated) {
  ToyMachine& m = Make();
  m.Put(0x100, {AddI(1, 1, 5), AddI(2, 1, 1), Beq(0, 0, 16), Sys(0)});
  m.Put(0x118, {Sys(0)});
  m.RunFrom(0x100, 100);
  EXPECT_EQ(counters().interpreted, 3u);
  EXPECT_EQ(counters().insns, 1u) << "what ends the run";
  EXPECT_EQ(m.x(1), 5u);
  EXPECT_EQ(m.x(2), 6u);
  m.RunFrom(0x100, 100);
  EXPECT_EQ(counters().interpreted, 3u);
  EXPECT_EQ(counters().insns, 5u);
  EXPECT_EQ(m.x(1), 10u);
  m.RunFrom(0x100, 100);
  EXPECT_EQ(counters().insns, 5u);
  EXPECT_EQ(m.x(2), 16u);
}

TEST_P(EngineInterpretTest, ASwitchLeavesItOut) {
  ToyOptions options;
  options.engine.jit.interpret = false;
  ToyMachine& m = Make(options);
  m.Put(0x100, {AddI(1, 1, 5), AddI(2, 1, 1), Sys(0)});
  m.RunFrom(0x100, 100);
  EXPECT_EQ(counters().interpreted, 0u);
  EXPECT_EQ(counters().insns, 3u);
}

TEST_P(EngineInterpretTest, WhateverTheTargetCanForTests) {
  ToyOptions options;
  options.engine.interpret_all = true;
  ToyMachine& m = Make(options);
  m.Put(0x100, {AddI(1, 1, 1), Bne(1, 2, -4), Sys(0)});
  m.x(2) = 50;
  m.RunFrom(0x100, 1000);
  EXPECT_EQ(m.x(1), 50u);
  EXPECT_EQ(counters().interpreted, 100u);
  EXPECT_EQ(counters().insns, 1u) << "what it cannot is translated";
}

TEST_P(EngineInterpretTest, StopsWithTheBudget) {
  ToyMachine& m = Make();
  m.Put(0x100, {AddI(1, 1, 1), AddI(1, 1, 1), AddI(1, 1, 1), AddI(1, 1, 1), Sys(0)});
  EXPECT_EQ(m.RunFrom(0x100, 2), Engine::Stop::kBudget);
  EXPECT_EQ(m.x(1), 2u);
  EXPECT_EQ(m.pc(), 0x108u);
  EXPECT_EQ(m.cpu.InsnCount(), 2u);
}

// A block of the usual length is no longer when it is interpreted.
TEST_P(EngineInterpretTest, IsAsLongAsABlock) {
  ToyOptions options;
  options.engine.max_block_insns = 3;
  ToyMachine& m = Make(options);
  m.Put(0x100, {AddI(1, 1, 1), AddI(1, 1, 1), AddI(1, 1, 1), AddI(1, 1, 1), Sys(0)});
  m.RunFrom(0x100, 100);
  EXPECT_EQ(counters().interpreted, 4u);
  m.RunFrom(0x10c, 100);
  EXPECT_EQ(counters().interpreted, 4u) << "a block began there";
}

TEST_P(EngineInterpretTest, FaultsAreExact) {
  ToyMachine& m = Make();
  m.Put(0x100, {AddI(1, 1, 1), Load(2, 3, 0), AddI(1, 1, 1), Sys(0)});
  m.x(2) = 7;
  m.x(3) = ToyMachine::kHole;
  m.RunFrom(0x100, 100);
  ASSERT_EQ(m.system.faults.size(), 1u);
  EXPECT_EQ(m.system.faults[0].pc, 0x104u);
  EXPECT_EQ(m.system.faults[0].insns, 1u);
  EXPECT_EQ(m.system.faults[0].fault.gva.value, m.x(3));
  EXPECT_EQ(m.x(1), 1u);
  EXPECT_EQ(m.x(2), 7u);
  EXPECT_EQ(counters().faults, 1u);
}

TEST_P(EngineInterpretTest, StoresDropTranslations) {
  ToyMachine& m = Make();
  m.Put(0x100, {AddI(1, 1, 1), Sys(0)});
  m.RunFrom(0x100, 10);
  m.RunFrom(0x100, 10);
  ASSERT_GT(counters().blocks, 0u);
  m.Put(0x200, {Store(4, 5, 0), Sys(0)});
  m.x(4) = AddI(1, 1, 100) | uint64_t{Sys(0)} << 32;
  m.x(5) = 0x100;
  m.x(1) = 0;
  m.RunFrom(0x200, 10);
  EXPECT_GT(counters().invalidated, 0u);
  m.RunFrom(0x100, 10);
  EXPECT_EQ(m.x(1), 100u);
}

// What an observer is shown does not change what is executed when.
class Log final : public EngineObserver {
 public:
  void OnLifted(const ir::Block& block, absl::Span<const GuestCode>) override { Add("lifted", block.pc); }
  void OnCompiled(const ir::Block& block, absl::Span<const uint8_t>, absl::Span<const CodeMark>) override {
    Add("compiled", block.pc);
  }
  void OnExecute(const Cpu& cpu, uint32_t insns) override {
    Add("executes", cpu.CurrentPc());
    absl::StrAppend(&text, " ", insns);
  }
  void Add(absl::string_view what, uint64_t pc) { absl::StrAppend(&text, "|", what, " ", absl::Hex(pc)); }
  std::string text;
};

TEST_P(EngineInterpretTest, ObserversSeeTheTranslation) {
  ToyMachine& m = Make();
  Log log;
  m.engine.AddObserver(&log);
  m.engine.set_chain(false);
  m.Put(0x100, {AddI(1, 1, 1), Beq(0, 0, 12), Sys(0)});
  m.Put(0x110, {Sys(0)});
  m.RunFrom(0x100, 10);
  EXPECT_EQ(log.text,
            "|lifted 100|compiled 100|executes 100 3"
            "|lifted 110|compiled 110|executes 110 1");
  EXPECT_EQ(counters().interpreted, 2u);
  log.text.clear();
  m.RunFrom(0x100, 10);
  EXPECT_EQ(log.text, "|executes 100 3|executes 110 1");
  EXPECT_EQ(counters().interpreted, 2u);
}

TEST_P(EngineInterpretTest, LoopsBecomeHot) {
  ToyMachine& m = Make(HotSoon(64));
  m.Put(0x100, {AddI(1, 1, 1), Load(3, 4, 0), Beq(1, 2, 8), Jump(7), Sys(0)});
  m.x(4) = kData;
  m.x(7) = 0x100;
  m.x(2) = 2000;
  m.RunFrom(0x100, 100000);
  EXPECT_EQ(m.x(1), 2000u);
  EXPECT_GT(counters().hot, 0u);
  EXPECT_EQ(counters().interpreted, 3u + 3u) << "the first time, and when its way was recorded";
  EXPECT_EQ(counters().steps, 1u) << "the jump, which is not interpreted";
}

INSTANTIATE_TEST_SUITE_P(On, EngineInterpretTest, ::testing::Values(BackendKind::kInterpreter, BackendKind::kJit),
                         ::testing::PrintToStringParamName());

}  // namespace
}  // namespace emu::translate::testing
