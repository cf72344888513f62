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

  std::unique_ptr<translate::Backend> interpreter_ = interpreter::MakeInterpreter(Registers(), Helpers());
  Machine machine_{*interpreter_};
};

TEST_F(PassesRandomTest, EveryPassTogether) { EXPECT_GT(Check(1, 4000, {}), 10000u); }
TEST_F(PassesRandomTest, FoldingAlone) { Check(10000, 1500, {true, false, false, false}); }
TEST_F(PassesRandomTest, RegistersAlone) { EXPECT_GT(Check(20000, 1500, {false, true, false, false}), 1000u); }
TEST_F(PassesRandomTest, DeadSetsAlone) { EXPECT_GT(Check(30000, 1500, {false, false, true, false}), 100u); }
TEST_F(PassesRandomTest, DeadValuesAlone) { EXPECT_GT(Check(40000, 1500, {false, false, false, true}), 10000u); }

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
