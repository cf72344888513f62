// Loops whose rounds are asked for at once (ir/rounds.h) against the same loops as they were.
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "backends/interpreter/interpreter.h"
#include "backends/testing/machine.h"
#include "translate/ir/builder.h"
#include "translate/ir/passes.h"
#include "translate/ir/printer.h"
#include "translate/ir/random_program.h"
#include "translate/ir/rounds.h"

namespace emu::backends::interpreter {
namespace {

using ir::Op;
using ir::Type;
using testing::Machine;

constexpr unsigned kCounter = 0, kEnd = 1, kSum = 2;
constexpr uint64_t kSteps[] = {1, 8, 0x180, uint64_t{0} - 1, uint64_t{0} - 8, 0, uint64_t{1} << 31};

struct Loop {
  ir::Block block;
  uint64_t step;
  unsigned rounds;
};

constexpr ir::Cond kEnds[] = {ir::Cond::kEq, ir::Cond::kEq,  ir::Cond::kLt,  ir::Cond::kGe,  ir::Cond::kLe,
                              ir::Cond::kGt, ir::Cond::kLtU, ir::Cond::kGeU, ir::Cond::kLeU, ir::Cond::kGtU};

// Adds up a counter that comes to a register's content, which may move too, or to a constant; it may be of 32 bits.
Loop RandomLoop(ir::Random& random, uint64_t end) {
  Loop loop{.block = {}, .step = kSteps[random.Below(std::size(kSteps))], .rounds = 3 + random.Below(6)};
  ir::Builder b(&loop.block);
  const bool is_constant = random.OneIn(3), moves = random.OneIn(4), swapped = random.OneIn(2);
  const ir::Cond cond = kEnds[random.Below(std::size(kEnds))];
  const uint64_t step_of_end = kSteps[random.Below(std::size(kSteps))];
  const unsigned width = random.Below(4);
  loop.block.pc = 0x1000;
  b.Charge(0x1000);
  for (unsigned n = 0; n < loop.rounds; ++n) {
    b.Insn(0x1000);
    ir::Value v = b.Binary(Op::kAdd, b.Get(Type::kI64, kCounter), b.Const64(loop.step));
    if (width < 2) v = b.Unary(width == 0 ? Op::kSExt32 : Op::kZExt32, v);
    b.Set(kCounter, v);
    b.Set(kSum, b.Binary(Op::kAdd, b.Get(Type::kI64, kSum), v));
    b.Insn(0x1004);
    if (moves) b.Set(kEnd, b.Binary(Op::kAdd, b.Get(Type::kI64, kEnd), b.Const64(step_of_end)));
    const ir::Value last = is_constant ? b.Const64(end) : b.Get(Type::kI64, kEnd);
    swapped ? b.ExitIf(cond, last, v, 0x1008) : b.ExitIf(cond, v, last, 0x1008);
  }
  b.Goto(0x1000);
  b.Finish();
  ir::Optimize(&loop.block);
  return loop;
}

TEST(AskedRoundsTest, RunAsTheyWere) {
  const std::unique_ptr<translate::Backend> backend = MakeInterpreter(testing::Registers(), testing::Helpers());
  Machine machine(*backend);
  ir::Random random(7);
  unsigned left = 0, stayed = 0;
  for (int n = 0; n < 60000 && !HasFailure(); ++n) {
    testing::Start start = testing::RandomStart(static_cast<uint64_t>(n));
    const uint64_t end = start.registers[kEnd] = ir::RandomInteger(random.Next());  // of ends of ranges, often
    const Loop loop = RandomLoop(random, end);
    start.registers[kCounter] = end - loop.step * random.Below(2 * loop.rounds) - (random.OneIn(4) ? random.Next() : 0);
    start.budget = 1000;
    ir::Block asked = loop.block;
    if (ir::AskForRounds(&asked) == 0) continue;
    ir::Optimize(&asked);
    const testing::Outcome was = machine.Run(loop.block, start), is = machine.Run(asked, start);
    if (is.exit != "left") {
      ++stayed;
      EXPECT_EQ(testing::Differences(was, is), "") << ir::Print(loop.block) << ir::Print(asked);
      continue;
    }
    ++left;
    EXPECT_EQ(is.pc, 0x1000u);
    EXPECT_EQ(is.budget, start.budget);
    for (unsigned r : {kCounter, kEnd, kSum}) EXPECT_EQ(is.registers[r], start.registers[r]);
  }
  EXPECT_GT(left, 1000u);
  EXPECT_GT(stayed, 1000u);
}

}  // namespace
}  // namespace emu::backends::interpreter
