// A backend that cannot compile some blocks.
#include <gtest/gtest.h>

#include <utility>

#include "translate/engine/testing/toy_machine.h"

namespace emu::translate::testing {
namespace {

// Refuses blocks of more than `most` guest instructions.
class PickyBackend final : public Backend {
 public:
  PickyBackend(BackendPtr backend, const uint32_t* most) : backend_(std::move(backend)), most_(most) {}
  absl::string_view name() const override { return "picky"; }
  absl::StatusOr<CodeEntry> Compile(const ir::Block& block, CompileSink& sink) override {
    absl::StatusOr<CodeEntry> entry = backend_->Compile(block, sink);  // what it took must be given back
    if (entry.ok() && block.insn_count > *most_) return absl::InternalError("too long a block");
    return entry;
  }
  Exit Run(CpuState& state, CodeEntry entry) override { return backend_->Run(state, entry); }
  uint64_t JumpTarget(CodeEntry entry) const override { return backend_->JumpTarget(entry); }
  void Attach(CpuState& state) override { backend_->Attach(state); }
  absl::Span<TlbSlot> slots() override { return backend_->slots(); }
  void Link(uint32_t exit, CodeEntry to, JumpGuard guard) override { backend_->Link(exit, to, guard); }
  void Unlink(uint32_t exit) override { backend_->Unlink(exit); }
  void Retire(CodeEntry entry) override { backend_->Retire(entry); }
  void Revive(CodeEntry entry) override { backend_->Revive(entry); }
  void Reset() override { backend_->Reset(); }
  absl::Span<const uint8_t> HostCode(CodeEntry entry) const override { return backend_->HostCode(entry); }

 private:
  const BackendPtr backend_;
  const uint32_t* const most_;
};

class EngineRefusalTest : public ::testing::TestWithParam<BackendKind> {
 protected:
  EngineRefusalTest() : m_(GetParam(), Options()) {
    m_.system.on_sys = [this](int) { m_.engine.RequestStop(); };
    m_.Put(0x1000, {AddI(2, 2, 3), AddI(3, 3, 4), AddI(1, 1, -1), Bne(1, 0, -12), Sys(0)});
    m_.x(1) = 100;
  }
  ToyOptions Options() const {
    ToyOptions options;
    options.wrap = [this](BackendPtr backend) { return std::make_unique<PickyBackend>(std::move(backend), &most_); };
    return options;
  }

  uint32_t most_ = 2;
  ToyMachine m_;
};

TEST_P(EngineRefusalTest, BlocksAreMadeOfSingleInstructions) {
  EXPECT_EQ(m_.RunFrom(0x1000, 100000), Engine::Stop::kAttention);
  EXPECT_TRUE(m_.engine.status().ok()) << m_.engine.status();
  EXPECT_EQ(m_.x(2), 300u);
  EXPECT_EQ(m_.x(3), 400u);
  EXPECT_EQ(m_.cpu.InsnCount(), 401u);
  EXPECT_GE(m_.engine.counters().refused, 1u);
  EXPECT_LE(m_.engine.counters().refused, 5u) << "once for each place";
}

TEST_P(EngineRefusalTest, WhoRefusesSingleInstructionsEndsIt) {
  most_ = 0;
  EXPECT_EQ(m_.RunFrom(0x1000, 100000), Engine::Stop::kAttention);
  EXPECT_EQ(m_.engine.status(), absl::InternalError("too long a block"));
  EXPECT_EQ(m_.cpu.InsnCount(), 0u);
}

INSTANTIATE_TEST_SUITE_P(On, EngineRefusalTest, ::testing::Values(BackendKind::kInterpreter, BackendKind::kJit),
                         ::testing::PrintToStringParamName());

}  // namespace
}  // namespace emu::translate::testing
