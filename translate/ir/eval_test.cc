#include "translate/ir/eval.h"

#include <gtest/gtest.h>

#include "translate/ir/random_program.h"

namespace emu::ir {
namespace {

constexpr uint64_t kMin = uint64_t{1} << 63;

uint64_t Eval64(Op op, uint64_t a, uint64_t b = 0) { return EvalPure(op, Type::kI64, 0, Type::kI64, a, b, 0); }
uint64_t Eval32(Op op, uint64_t a, uint64_t b = 0) { return EvalPure(op, Type::kI32, 0, Type::kI32, a, b, 0); }

TEST(EvalTest, DivisionCorners) {
  EXPECT_EQ(Eval64(Op::kDivU, 7, 0), ~uint64_t{0});
  EXPECT_EQ(Eval64(Op::kDivS, 7, 0), ~uint64_t{0});
  EXPECT_EQ(Eval64(Op::kRemU, 7, 0), 7u);
  EXPECT_EQ(Eval64(Op::kRemS, 7, 0), 7u);
  EXPECT_EQ(Eval64(Op::kDivS, kMin, ~uint64_t{0}), kMin);
  EXPECT_EQ(Eval64(Op::kRemS, kMin, ~uint64_t{0}), 0u);
  EXPECT_EQ(Eval32(Op::kDivS, 0x80000000, 0xffffffff), 0x80000000u);
  EXPECT_EQ(Eval32(Op::kDivU, 7, 0), 0xffffffffu);
  EXPECT_EQ(Eval64(Op::kRemS, -uint64_t{7}, 2), ~uint64_t{0});
}

TEST(EvalTest, AtomicsLookAtTheirBitsOnly) {
  const auto eval = [](AtomicKind kind, uint64_t old, uint64_t v) { return EvalAtomic(kind, old, v, 8) & 0xff; };
  EXPECT_EQ(eval(AtomicKind::kSwap, 1, 2), 2u);
  EXPECT_EQ(eval(AtomicKind::kAdd, 0xff, 2), 1u);
  EXPECT_EQ(eval(AtomicKind::kAnd, 6, 3), 2u);
  EXPECT_EQ(eval(AtomicKind::kOr, 6, 3), 7u);
  EXPECT_EQ(eval(AtomicKind::kXor, 6, 3), 5u);
  EXPECT_EQ(eval(AtomicKind::kMin, 0x780, 1), 0x80u);
  EXPECT_EQ(eval(AtomicKind::kMax, 0x780, 1), 1u);
  EXPECT_EQ(eval(AtomicKind::kMinU, 0x780, 1), 1u);
  EXPECT_EQ(eval(AtomicKind::kMaxU, 0x780, 1), 0x80u);
}

TEST(EvalTest, ShiftAmountsWrap) {
  EXPECT_EQ(Eval64(Op::kShl, 1, 65), 2u);
  EXPECT_EQ(Eval32(Op::kShl, 1, 33), 2u);
  EXPECT_EQ(Eval32(Op::kSar, 0x80000000, 31), 0xffffffffu);
  EXPECT_EQ(Eval32(Op::kRotL, 0x80000001, 1), 3u);
  EXPECT_EQ(Eval64(Op::kRotR, 1, 1), kMin);
}

TEST(EvalTest, CountsOfZeroAreTheWidth) {
  EXPECT_EQ(Eval64(Op::kClz, 0), 64u);
  EXPECT_EQ(Eval32(Op::kClz, 0), 32u);
  EXPECT_EQ(Eval32(Op::kCtz, 0), 32u);
  EXPECT_EQ(Eval32(Op::kPopCount, 0xf0f0), 8u);
}

TEST(EvalTest, HighProductsAsWithWideNumbers) {
  Random random(3);
  for (unsigned n = 0; n < 10000; ++n) {
    const uint64_t a = RandomInteger(random.Next()), b = RandomInteger(random.Next());
    const auto sa = static_cast<int64_t>(a), sb = static_cast<int64_t>(b);
    EXPECT_EQ(Eval64(Op::kMulHighU, a, b), static_cast<uint64_t>(static_cast<unsigned __int128>(a) * b >> 64));
    EXPECT_EQ(Eval64(Op::kMulHighS, a, b), static_cast<uint64_t>(static_cast<__int128>(sa) * sb >> 64));
    const __int128 mixed = static_cast<__int128>(sa) * static_cast<__int128>(b);
    EXPECT_EQ(Eval64(Op::kMulHighSU, a, b), static_cast<uint64_t>(mixed >> 64));
    const int64_t product = SignExtend(a, 32) * SignExtend(b, 32);
    EXPECT_EQ(Eval32(Op::kMulHighS, Truncate(Type::kI32, a), Truncate(Type::kI32, b)),
              static_cast<uint32_t>(static_cast<uint64_t>(product) >> 32));
  }
}

TEST(EvalTest, WidthsAndBytes) {
  EXPECT_EQ(Eval64(Op::kSExt8, 0x180), 0xffffffffffffff80u);
  EXPECT_EQ(Eval32(Op::kSExt16, 0x8000), 0xffff8000u);
  EXPECT_EQ(Eval64(Op::kZExt32, ~uint64_t{0}), 0xffffffffu);
  EXPECT_EQ(Eval32(Op::kByteSwap, 0x11223344), 0x44332211u);
  EXPECT_EQ(Eval64(Op::kByteSwap, 0x1122334455667788), 0x8877665544332211u);
  EXPECT_EQ(EvalPure(Op::kSExt, Type::kI64, 0, Type::kI32, 0x80000000, 0, 0), 0xffffffff80000000u);
  EXPECT_EQ(EvalPure(Op::kTrunc, Type::kI32, 0, Type::kI64, kMin | 5, 0, 0), 5u);
}

TEST(EvalTest, ConditionsInEitherWidth) {
  const uint64_t minus_one = 0xffffffff;
  EXPECT_TRUE(Compare(Cond::kLt, Type::kI32, minus_one, 0));
  EXPECT_FALSE(Compare(Cond::kLt, Type::kI64, minus_one, 0));
  EXPECT_TRUE(Compare(Cond::kGtU, Type::kI32, minus_one, 0));
  for (unsigned c = 0; c < kCondCount; ++c) {
    const auto cond = static_cast<Cond>(c);
    for (uint64_t a : {uint64_t{0}, uint64_t{1}, ~uint64_t{0}, kMin}) {
      EXPECT_NE(Compare(cond, Type::kI64, a, 1), Compare(Negate(cond), Type::kI64, a, 1));
    }
  }
}

TEST(EvalTest, SelectAndSetCc) {
  EXPECT_EQ(EvalPure(Op::kSelect, Type::kF64, 0, Type::kI32, 2, 10, 20), 10u);
  EXPECT_EQ(EvalPure(Op::kSelect, Type::kI64, 0, Type::kI64, 0, 10, 20), 20u);
  EXPECT_EQ(EvalPure(Op::kSetCc, Type::kI64, static_cast<uint16_t>(Cond::kLt), Type::kI32, 0x80000000, 0, 0), 1u);
}

}  // namespace
}  // namespace emu::ir
