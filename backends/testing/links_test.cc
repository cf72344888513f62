// How blocks are joined, left, retired and revived, on each backend.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "backends/interpreter/interpreter.h"
#include "backends/testing/block_runner.h"
#include "backends/x86_64/backend.h"

namespace emu::backends::testing {
namespace {

using translate::CodeEntry;
using translate::Exit;

std::unique_ptr<translate::Backend> Interpreter() { return interpreter::MakeInterpreter(BlockRunner::kRegisters, {}); }
std::unique_ptr<translate::Backend> Compiler() { return *x86_64::MakeBackend(BlockRunner::kRegisters, {}, {}); }

class LinksTest : public ::testing::TestWithParam<std::unique_ptr<translate::Backend> (*)()> {
 protected:
  CodeEntry Compile(absl::string_view pc, absl::string_view end) { return b_.CompileCounter(pc, end); }
  Exit Run(CodeEntry entry) { return b_.Run(entry); }

  BlockRunner b_{GetParam()()};
};

TEST_P(LinksTest, UnjoinedExitsComeBackWithTheirNumber) {
  const Exit exit = Run(Compile("0x1000", "goto 0x2000"));
  EXPECT_EQ(exit.kind, Exit::Kind::kJump);
  EXPECT_EQ(b_.exits[exit.id], 0x2000u);
  EXPECT_EQ(b_.state.r, 1u);
}

TEST_P(LinksTest, JoinedBlocksRunUntilTheBudgetEnds) {
  const CodeEntry a = Compile("0x1000", "goto 0x1004"), b = Compile("0x1004", "goto 0x1000");
  b_.backend->Link(0, b, {});
  b_.backend->Link(1, a, {});
  b_.cpu().budget = 25;
  EXPECT_EQ(Run(a).kind, Exit::Kind::kBudget);
  EXPECT_EQ(b_.state.r, 25u);
  EXPECT_EQ(b_.cpu().pc, 0x1004u);
  EXPECT_EQ(b_.cpu().budget, 0);
  b_.backend->Unlink(1);
  b_.cpu().budget = 25;
  EXPECT_EQ(Run(a).id, 1u);
  EXPECT_EQ(b_.state.r, 27u);
  b_.backend->Link(1, b, {});  // to another place than before
  b_.cpu().budget = 10;
  EXPECT_EQ(Run(a).kind, Exit::Kind::kBudget);
  EXPECT_EQ(b_.cpu().pc, 0x1004u);
}

TEST_P(LinksTest, SideExitsAreJoinedToo) {
  const std::string compare = "%z = const.i64 100\nexitif ltu %b, %z -> ";
  const CodeEntry near = Compile("0x1000", compare + "0x1000\ngoto 0x2000");
  const uint32_t side = b_.exits[0] == 0x1000 ? 0 : 1;
  b_.backend->Link(side, near, {});
  EXPECT_EQ(Run(near).id, 1 - side);
  EXPECT_EQ(b_.state.r, 100u);
  EXPECT_EQ(b_.cpu().budget, 900);
  // With instructions to give back, to another page.
  const CodeEntry far = Compile("0x5000", compare + "0x6000\ninsn 0x5004\ngoto 0x7000");
  b_.state.r = 0;
  const Exit exit = Run(far);
  EXPECT_EQ(b_.exits[exit.id], 0x6000u);
  EXPECT_EQ(b_.cpu().budget, 899);
  b_.mapping_ids[6] = 5;
  b_.backend->Link(exit.id, far, {.slot = 6, .mapping_id = 5});
  EXPECT_EQ(b_.exits[Run(far).id], 0x7000u);
  EXPECT_EQ(b_.state.r, 100u);
}

TEST_P(LinksTest, RefundsAreWorthWhatTheArgumentSays) {
  EXPECT_EQ(Run(Compile("0x1000", "refund %b\ninsn 0x1004\ninsn 0x1008\ngoto 0x2000")).kind, Exit::Kind::kJump);
  EXPECT_EQ(b_.cpu().budget, 998);
}

TEST_P(LinksTest, JoinsToAnotherPageHoldWhileItIsMapped) {
  const CodeEntry from = Compile("0x1000", "goto 0x2000"), to = Compile("0x2000", "goto 0x3000");
  b_.backend->Link(0, to, {.slot = 2, .mapping_id = 7});
  EXPECT_EQ(Run(from).id, 0u) << "not mapped";
  b_.mapping_ids[2] = 7;
  EXPECT_EQ(Run(from).id, 1u);
  b_.mapping_ids[2] = 8;
  EXPECT_EQ(Run(from).id, 0u);
  b_.backend->Unlink(0);
  b_.mapping_ids[2] = 7;
  EXPECT_EQ(Run(from).id, 0u);
}

TEST_P(LinksTest, RetiredBlocksAreStaleUntilTheyAreRevived) {
  const CodeEntry from = Compile("0x1000", "goto 0x1004"), to = Compile("0x1004", "goto 0x1008");
  b_.backend->Link(0, to, {});
  for (unsigned n = 1; n <= 3; ++n) {
    b_.backend->Retire(to);
    const int64_t before = b_.cpu().budget;
    EXPECT_EQ(Run(from).kind, Exit::Kind::kStale);
    EXPECT_EQ(b_.cpu().pc, 0x1004u);
    EXPECT_EQ(b_.cpu().budget, before - 1) << "nothing is charged for it";
    EXPECT_EQ(Run(to).kind, Exit::Kind::kStale);
    b_.backend->Revive(to);
    EXPECT_EQ(Run(from).id, 1u);
    EXPECT_EQ(b_.state.r, 3 * n);
  }
}

// Blocks of every kind of beginning: charges of both sizes, guards.
TEST_P(LinksTest, AnyBlockCanBeRetired) {
  std::string insns;
  for (int n = 0; n < 200; ++n) insns += "insn 0x1000\n";
  const std::string texts[] = {"block 0x1000\ncharge 0x1000\n" + insns + "goto 0x1000",
                               "block 0x1000\nguard 0x2000 id=3\ncharge 0x1000\ninsn 0x1000\ngoto 0x1000",
                               "block 0x1000\ncharge 0x1000\ninsn 0x1000\ngoto 0x1000"};
  for (const std::string& text : texts) {
    const CodeEntry entry = b_.Compile(text).value();
    b_.backend->Retire(entry);
    EXPECT_EQ(Run(entry).kind, Exit::Kind::kStale);
    EXPECT_EQ(b_.cpu().pc, 0x1000u);
    EXPECT_EQ(b_.cpu().budget, 1000);
  }
}

TEST_P(LinksTest, IndirectJumpsProbeTheJumpCache) {
  constexpr uint64_t kTo = 0x12345678abc0;
  const CodeEntry from =
      b_.Compile("block 0x1000\ncharge 0x1000\ninsn 0x1000\n%p = const.i64 0x12345678abc0\ngotoind %p").value();
  const CodeEntry to = Compile("0x12345678abc0", "goto 0x5000");
  EXPECT_EQ(Run(from).kind, Exit::Kind::kLookup);
  EXPECT_EQ(b_.cpu().pc, kTo);
  b_.jump_cache.Put(kTo, b_.backend->JumpTarget(to));
  EXPECT_EQ(Run(from).kind, Exit::Kind::kJump);
  EXPECT_EQ(b_.state.r, 1u);
  translate::JumpEntry& line = b_.jump_cache.Line(kTo);
  line.pc ^= uint64_t{1} << 40;
  EXPECT_EQ(Run(from).kind, Exit::Kind::kLookup);
  line.pc ^= uint64_t{1} << 40;
  b_.jump_cache.Clear();
  EXPECT_EQ(Run(from).kind, Exit::Kind::kLookup);
}

TEST_P(LinksTest, GuardsHoldWhileThePageIsMapped) {
  const CodeEntry entry =
      b_.Compile("block 0x1ffe\nguard 0x2000 id=3\ncharge 0x1ffe\ninsn 0x1ffe\ngoto 0x2002").value();
  EXPECT_EQ(Run(entry).kind, Exit::Kind::kStale);
  EXPECT_EQ(b_.cpu().pc, 0x1ffeu);
  EXPECT_EQ(b_.cpu().budget, 1000);
  b_.mapping_ids[2] = 3;
  EXPECT_EQ(Run(entry).kind, Exit::Kind::kJump);
}

INSTANTIATE_TEST_SUITE_P(Backends, LinksTest, ::testing::Values(&Interpreter, &Compiler),
                         [](const auto& backend) { return backend.param == &Compiler ? "X86" : "Interpreter"; });

}  // namespace
}  // namespace emu::backends::testing
