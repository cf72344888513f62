#include "backends/interpreter/interpreter.h"

#include <gtest/gtest.h>

#include "backends/testing/machine.h"
#include "translate/ir/parser.h"

namespace emu::backends::interpreter {
namespace {

using translate::CodeEntry;
using translate::Exit;

class Sink : public translate::CompileSink {
 public:
  uint32_t AddExit(uint64_t pc) override {
    exits.push_back(pc);
    return static_cast<uint32_t>(exits.size() - 1);
  }
  uint32_t AddSite(uint64_t, uint32_t) override { return ++sites; }
  std::vector<uint64_t> exits;
  uint32_t sites = 0;
};

struct State {
  translate::CpuState base;
  uint64_t r = 0;
};
constexpr translate::RegisterInfo kRegisters[] = {{"r", offsetof(State, r), ir::Type::kI64}};

// Joins of blocks; what a block does is in testdata/ir and in the random programs of backends/testing.
class InterpreterTest : public ::testing::Test {
 protected:
  InterpreterTest() {
    state_.base.budget = 1000;
    state_.base.mapping_ids = mapping_ids_.data();
    state_.base.jump_cache = jump_cache_.lines();
    backend_->Attach(state_.base);
  }
  CodeEntry Compile(const std::string& text) {
    const absl::StatusOr<ir::Block> block = ir::Parse(text);
    EXPECT_TRUE(block.ok()) << block.status();
    return *backend_->Compile(*block, sink_);
  }
  // A block at `pc` that adds one to the register and ends as `end` says.
  CodeEntry Counter(const std::string& pc, const std::string& end) {
    return Compile("block " + pc + "\ncharge " + pc + "\ninsn " + pc +
                   "\n%a = get.i64 r0\n%one = const.i64 1\n%b = add.i64 %a, %one\nset r0, %b\n" + end);
  }
  Exit Run(CodeEntry entry) { return backend_->Run(state_.base, entry); }

  std::unique_ptr<translate::Backend> backend_ = MakeInterpreter(kRegisters, {});
  std::vector<uint32_t> mapping_ids_ = std::vector<uint32_t>(translate::kMappingEntries);
  translate::JumpCache jump_cache_;
  State state_;
  Sink sink_;
};

TEST_F(InterpreterTest, UnjoinedExitsComeBackWithTheirNumber) {
  const Exit exit = Run(Counter("0x1000", "goto 0x2000"));
  EXPECT_EQ(exit.kind, Exit::Kind::kJump);
  EXPECT_EQ(sink_.exits[exit.id], 0x2000u);
  EXPECT_EQ(state_.r, 1u);
}

TEST_F(InterpreterTest, JoinedBlocksRunUntilTheBudgetEnds) {
  const CodeEntry entry = Counter("0x1000", "goto 0x1000");
  backend_->Link(0, entry, {});
  state_.base.budget = 25;
  EXPECT_EQ(Run(entry).kind, Exit::Kind::kBudget);
  EXPECT_EQ(state_.r, 25u);
  EXPECT_EQ(state_.base.pc, 0x1000u);
  backend_->Unlink(0);
  state_.base.budget = 25;
  EXPECT_EQ(Run(entry).kind, Exit::Kind::kJump);
}

TEST_F(InterpreterTest, JoinsToAnotherPageHoldWhileItIsMapped) {
  const CodeEntry from = Counter("0x1000", "goto 0x2000"), to = Counter("0x2000", "goto 0x3000");
  backend_->Link(0, to, {.slot = 2, .mapping_id = 7});
  EXPECT_EQ(Run(from).id, 0u) << "not mapped";
  mapping_ids_[2] = 7;
  EXPECT_EQ(Run(from).id, 1u);
}

TEST_F(InterpreterTest, RetiredBlocksAreStale) {
  const CodeEntry from = Counter("0x1000", "goto 0x1004"), to = Counter("0x1004", "goto 0x1008");
  backend_->Link(0, to, {});
  backend_->Retire(to);
  EXPECT_EQ(Run(from).kind, Exit::Kind::kStale);
  EXPECT_EQ(state_.base.pc, 0x1004u);
  EXPECT_EQ(state_.r, 1u);
}

TEST_F(InterpreterTest, IndirectJumpsProbeTheJumpCache) {
  const CodeEntry from = Compile("block 0x1000\ncharge 0x1000\ninsn 0x1000\n%p = const.i64 0x4000\ngotoind %p");
  const CodeEntry to = Counter("0x4000", "goto 0x5000");
  EXPECT_EQ(Run(from).kind, Exit::Kind::kLookup);
  EXPECT_EQ(state_.base.pc, 0x4000u);
  jump_cache_.Put(0x4000, backend_->JumpTarget(to));
  EXPECT_EQ(Run(from).kind, Exit::Kind::kJump);
  EXPECT_EQ(state_.r, 1u);
  jump_cache_.Clear();
  EXPECT_EQ(Run(from).kind, Exit::Kind::kLookup);
}

TEST_F(InterpreterTest, GuardsHoldWhileThePageIsMapped) {
  const CodeEntry entry = Compile("block 0x1ffe\nguard 0x2000 id=3\ncharge 0x1ffe\ninsn 0x1ffe\ngoto 0x2002");
  EXPECT_EQ(Run(entry).kind, Exit::Kind::kStale);
  EXPECT_EQ(state_.base.pc, 0x1ffeu);
  EXPECT_EQ(state_.base.budget, 1000);
  mapping_ids_[2] = 3;
  EXPECT_EQ(Run(entry).kind, Exit::Kind::kJump);
}

TEST_F(InterpreterTest, OneSiteForEachInstructionThatNeedsIt) {
  Compile("block 0\ncharge 0\ninsn 0\n%a = get.i64 r0\nstore [%a], %a\nstore [%a], %a\ninsn 4\ninsn 8\nfence\ngoto 12");
  EXPECT_EQ(sink_.sites, 2u);
}

}  // namespace
}  // namespace emu::backends::interpreter
