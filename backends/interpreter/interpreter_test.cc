#include "backends/interpreter/interpreter.h"

#include <gtest/gtest.h>

#include "backends/testing/block_runner.h"

namespace emu::backends::interpreter {
namespace {

// What a block does is in testdata/ir and in the random programs of backends/testing, how blocks are joined in
// links_test there.
TEST(InterpreterTest, OneSiteForEachInstructionThatNeedsIt) {
  testing::BlockRunner b(MakeInterpreter(testing::BlockRunner::kRegisters, {}));
  EXPECT_TRUE(b.Compile("block 0\ncharge 0\ninsn 0\n%a = get.i64 r0\nstore [%a], %a\nstore [%a], %a\ninsn 4\ninsn 8\n"
                        "fence\ngoto 12")
                  .ok());
  EXPECT_EQ(b.sites, 2u);
}

}  // namespace
}  // namespace emu::backends::interpreter
