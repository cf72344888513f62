// Quotients and remainders by constants, as folding makes them, against those of the operation.
#include <gtest/gtest.h>

#include <vector>

#include "translate/ir/builder.h"
#include "translate/ir/eval.h"
#include "translate/ir/passes.h"
#include "translate/ir/printer.h"
#include "translate/ir/random_program.h"
#include "translate/ir/verifier.h"

namespace emu::ir {
namespace {

constexpr Op kDivisions[] = {Op::kDivU, Op::kDivS, Op::kRemU, Op::kRemS};

// r0 divided by a constant, of which `mask` is known, into r1, without a division.
Block Divided(Op op, Type type, uint64_t divisor, uint64_t mask) {
  Block block{.pc = 0, .code = {}};
  Builder b(&block);
  b.Charge(0);
  b.Insn(0);
  const Value n = b.Binary(Op::kAnd, b.Get(Type::kI64, 0), b.Const(Type::kI64, mask));
  const Value of = type == Type::kI64 ? n : b.Convert(Op::kTrunc, type, n);
  b.Set(1, b.Binary(op, of, b.Const(type, divisor)));
  b.Goto(4);
  b.Finish();
  Optimize(&block);
  EXPECT_TRUE(Verify(block).ok()) << Verify(block) << Print(block);
  for (const Instr& i : block.code) {
    EXPECT_TRUE(i.op < Op::kDivU || i.op > Op::kRemS) << Print(block);
  }
  return block;
}

// What the block puts into r1.
uint64_t Run(const Block& block, uint64_t r0) {
  std::vector<uint64_t> v(block.code.size());
  for (size_t n = 0; n < block.code.size(); ++n) {
    const Instr& i = block.code[n];
    const auto arg = [&](unsigned k) { return i.args[k] == kNoValue ? 0 : v[i.args[k]]; };
    if (i.op == Op::kSet) return arg(0);
    if (i.op == Op::kConst) {
      v[n] = i.imm;
    } else if (i.op == Op::kGet) {
      v[n] = Truncate(i.type, r0);
    } else if (i.args[0] != kNoValue) {
      v[n] = EvalPure(i.op, i.type, i.aux, block.code[i.args[0]].type, arg(0), arg(1), arg(2));
    }
  }
  ADD_FAILURE() << "no set";
  return 0;
}

// Multiples of the divisor and their neighbours, ends of ranges, anything.
std::vector<uint64_t> Dividends(uint64_t divisor, Random& random) {
  std::vector<uint64_t> out = {0, 1, divisor, divisor - 1, divisor + 1, ~divisor, -divisor, 1 - divisor};
  for (unsigned bits : {31, 32, 63, 64}) {
    const uint64_t end = bits == 64 ? 0 : uint64_t{1} << bits;
    for (uint64_t n : {end - 2, end - 1, end, end + 1}) out.push_back(n);
    if (divisor != 0) out.insert(out.end(), {(end - 1) / divisor * divisor, (end - 1) / divisor * divisor - 1});
  }
  for (int n = 0; n < 8; ++n) {
    const uint64_t any = random.Next() >> random.Below(64);
    out.insert(out.end(), {any, any * divisor, any * divisor - 1, RandomInteger(random.Next())});
  }
  return out;
}

void Check(Op op, Type type, uint64_t divisor, uint64_t mask, Random& random) {
  divisor = Truncate(type, divisor);
  const Block block = Divided(op, type, divisor, mask);
  for (uint64_t n : Dividends(divisor, random)) {
    const uint64_t expected = EvalPure(op, type, 0, type, Truncate(type, n & mask), divisor, 0);
    ASSERT_EQ(Run(block, n), expected) << n << " by " << divisor << " mask " << mask << "\n" << Print(block);
  }
}

TEST(FoldDivideTest, IsWhatTheOperationIs) {
  Random random(1);
  for (int n = 0; n < 20'000 && !::testing::Test::HasFailure(); ++n) {
    const uint64_t any = n < 300 ? static_cast<uint64_t>(n) : random.Next() >> random.Below(64);
    const uint64_t power = uint64_t{1} << random.Below(64);
    const uint64_t divisor = random.OneIn(4) ? power + random.Below(3) - 1 : random.OneIn(2) ? -any : any;
    const uint64_t mask = random.OneIn(2) ? ~uint64_t{0} : ~uint64_t{0} >> random.Below(64);
    for (Op op : kDivisions) {
      for (Type type : {Type::kI32, Type::kI64}) Check(op, type, divisor, mask, random);
    }
  }
}

}  // namespace
}  // namespace emu::ir
