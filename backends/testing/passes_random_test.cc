#include <gtest/gtest.h>

#include "backends/interpreter/interpreter.h"
#include "backends/testing/machine.h"
#include "backends/testing/random_test_lib.h"
#include "translate/ir/parser.h"
#include "translate/ir/passes.h"
#include "translate/ir/printer.h"
#include "translate/ir/verifier.h"

namespace emu::backends::testing {
namespace {

class PassesRandomTest : public ::testing::Test {
 protected:
  // Optimises `count` programs as `options` say and compares; gives how many instructions went.
  size_t Check(uint64_t first_seed, unsigned count, const ir::OptimizeOptions& options) {
    size_t gone = 0;
    for (uint64_t seed = first_seed; seed < first_seed + count && !HasFailure(); ++seed) {
      const ir::Block block = RandomBlock(seed);
      EXPECT_TRUE(ir::Verify(block, VerifyTable()).ok()) << seed << ir::Verify(block, VerifyTable());
      ir::Block optimized = block;
      ir::Optimize(&optimized, options);
      EXPECT_TRUE(ir::Verify(optimized, VerifyTable()).ok()) << seed << ir::Verify(optimized, VerifyTable()) << "\n"
                                                             << Print(block) << Print(optimized);
      for (uint64_t run = 0; run < 3 && !HasFailure(); ++run) {
        EXPECT_EQ(CompareRuns(machine_, block, machine_, optimized, seed * 3 + run), "");
      }
      gone += block.code.size() > optimized.code.size() ? block.code.size() - optimized.code.size() : 0;
    }
    return gone;
  }

  // One pass, without the others.
  size_t CheckAlone(uint64_t first_seed, bool ir::OptimizeOptions::* pass) {
    ir::OptimizeOptions options;
    for (const ir::PassInfo& p : ir::kPasses) options.*p.on = p.on == pass;
    return Check(first_seed, 1500, options);
  }

  std::unique_ptr<translate::Backend> interpreter_ = interpreter::MakeInterpreter(Registers(), Helpers());
  Machine machine_{*interpreter_};
};

TEST_F(PassesRandomTest, EveryPassTogether) { EXPECT_GT(Check(1, 4000, {}), 10000u); }
TEST_F(PassesRandomTest, EachPassAlone) {
  uint64_t seed = 10000;
  for (const ir::PassInfo& pass : ir::kPasses) CheckAlone(seed += 1500, pass.on);
}
TEST_F(PassesRandomTest, PassesThatDropHaveWork) {
  EXPECT_GT(CheckAlone(20000, &ir::OptimizeOptions::propagate_registers), 1000u);
  EXPECT_GT(CheckAlone(30000, &ir::OptimizeOptions::drop_dead_sets), 100u);
  EXPECT_GT(CheckAlone(40000, &ir::OptimizeOptions::drop_dead_values), 10000u);
}

TEST_F(PassesRandomTest, TextFormReadsBackToAnEqualBlock) {
  for (uint64_t seed = 1; seed <= 1000; ++seed) {
    const std::string text = Print(RandomBlock(seed), RegisterNames());
    const absl::StatusOr<ir::Block> again = ir::Parse(text, RegisterNames());
    ASSERT_TRUE(again.ok()) << again.status() << text;
    ASSERT_EQ(Print(*again, RegisterNames()), text);
    ASSERT_TRUE(ir::Verify(*again, VerifyTable()).ok()) << ir::Verify(*again, VerifyTable());
  }
}

}  // namespace
}  // namespace emu::backends::testing
