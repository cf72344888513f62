// Two oracles: LLVM's APFloat, but for what it does not decide (see Undecided), and soft_float.h, which shares
// nothing with the host's floating-point unit.
#include "translate/ir/fp_eval.h"

#include <gtest/gtest.h>
#include <llvm/ADT/APFloat.h>
#include <llvm/ADT/APSInt.h>

#include <vector>

#include "translate/engine/fp_env.h"
#include "translate/ir/eval.h"
#include "translate/ir/random_program.h"
#include "translate/ir/soft_float.h"

namespace emu::ir {
namespace {

using llvm::APFloat;
using llvm::APInt;
using llvm::APSInt;
using translate::kFpInexact;
using translate::kFpInvalid;
using translate::kFpUnderflow;

constexpr Rounding kModes[] = {Rounding::kNearestEven, Rounding::kTowardZero, Rounding::kDown, Rounding::kUp,
                               Rounding::kNearestMaxMagnitude};

const llvm::fltSemantics& Semantics(Type t) { return t == Type::kF32 ? APFloat::IEEEsingle() : APFloat::IEEEdouble(); }
APFloat ToAp(Type t, uint64_t v) { return APFloat(Semantics(t), APInt(TypeBits(t), v)); }

llvm::RoundingMode ToAp(Rounding r) {
  switch (r) {
    case Rounding::kTowardZero:
      return llvm::RoundingMode::TowardZero;
    case Rounding::kDown:
      return llvm::RoundingMode::TowardNegative;
    case Rounding::kUp:
      return llvm::RoundingMode::TowardPositive;
    case Rounding::kNearestMaxMagnitude:
      return llvm::RoundingMode::NearestTiesToAway;
    default:
      return llvm::RoundingMode::NearestTiesToEven;
  }
}

uint32_t ToFlags(unsigned status) {
  return ((status & APFloat::opInvalidOp) != 0 ? kFpInvalid : 0u) |
         ((status & APFloat::opDivByZero) != 0 ? uint32_t{translate::kFpDivByZero} : 0u) |
         ((status & APFloat::opOverflow) != 0 ? uint32_t{translate::kFpOverflow} : 0u) |
         ((status & APFloat::opUnderflow) != 0 ? kFpUnderflow : 0u) |
         ((status & APFloat::opInexact) != 0 ? kFpInexact : 0u);
}

SoftResult Canonical(Type t, const APFloat& v, unsigned status) {
  return {v.isNaN() ? CanonicalNan(t) : v.bitcastToAPInt().getZExtValue(), ToFlags(status)};
}

std::string Describe(Op op, Type t, Rounding mode, uint64_t a, uint64_t b, uint64_t c) {
  char text[200];
  snprintf(text, sizeof text, "%s.%s %s 0x%llx 0x%llx 0x%llx", Info(op).name.data(), TypeName(t).data(),
           RoundingName(mode).data(), static_cast<unsigned long long>(a), static_cast<unsigned long long>(b),
           static_cast<unsigned long long>(c));
  return text;
}

// An operation under test: in the mode by FpAux, and once more with the mode in MXCSR; both must agree.
SoftResult Evaluate(Op op, Type t, Type arg_type, FpAux aux, uint64_t a, uint64_t b = 0, uint64_t c = 0) {
  const uint32_t saved = _mm_getcsr();
  _mm_setcsr(translate::kMxcsrDefault | translate::MxcsrRounding(Rounding::kUp));
  SoftResult r{EvalFp(op, t, aux.Pack(), arg_type, a, b, c), 0};
  r.flags = translate::HostFpFlags();
  EXPECT_EQ(_mm_getcsr() & 0x6000, translate::MxcsrRounding(Rounding::kUp)) << "the dynamic mode changed";
  if (aux.rounding != Rounding::kNearestMaxMagnitude) {
    _mm_setcsr(translate::kMxcsrDefault | translate::MxcsrRounding(aux.rounding));
    aux.rounding = Rounding::kDynamic;
    EXPECT_EQ(EvalFp(op, t, aux.Pack(), arg_type, a, b, c), r.bits);
    EXPECT_EQ(translate::HostFpFlags(), r.flags);
  }
  _mm_setcsr(saved);
  return r;
}

std::vector<uint64_t> Specials(Type t) {
  const uint64_t sign = uint64_t{1} << (TypeBits(t) - 1);
  const unsigned fraction_bits = t == Type::kF32 ? 23 : 52;
  const uint64_t one_ulp = uint64_t{1} << fraction_bits, inf = t == Type::kF32 ? 0x7f800000 : 0x7ff0000000000000;
  const uint64_t one = t == Type::kF32 ? 0x3f800000 : 0x3ff0000000000000;
  std::vector<uint64_t> v = {0,
                             1,
                             2,
                             3,
                             one_ulp - 1,
                             one_ulp,
                             one_ulp + 1,
                             inf - 1,
                             inf - 2,
                             inf,
                             inf + 1,
                             inf | one_ulp >> 1,
                             (inf | one_ulp >> 1) + 5,
                             one,
                             one - 1,
                             one + 1,
                             one - one_ulp,
                             one + one_ulp,
                             one + one_ulp / 2,
                             2 * one_ulp,
                             one - 24 * one_ulp,
                             one + 31 * one_ulp,
                             one + 31 * one_ulp - 1,
                             one + 32 * one_ulp,
                             one + 63 * one_ulp,
                             one + 64 * one_ulp - 1,
                             one + 64 * one_ulp};
  for (size_t n = v.size(); n-- > 0;) v.push_back(v[n] | sign);
  return v;
}

SoftResult Soft(Op op, Type t, Rounding mode, uint64_t a, uint64_t b, uint64_t c) {
  switch (op) {
    case Op::kFAdd:
      return SoftAdd(t, mode, a, b);
    case Op::kFSub:
      return SoftSub(t, mode, a, b);
    case Op::kFMul:
      return SoftMul(t, mode, a, b);
    case Op::kFDiv:
      return SoftDiv(t, mode, a, b);
    case Op::kFSqrt:
      return SoftSqrt(t, mode, a);
    default:
      return SoftMulAdd(t, mode, a, b, c);
  }
}

unsigned Apply(Op op, APFloat& x, const APFloat& y, const APFloat& z, llvm::RoundingMode mode) {
  switch (op) {
    case Op::kFAdd:
      return x.add(y, mode);
    case Op::kFSub:
      return x.subtract(y, mode);
    case Op::kFMul:
      return x.multiply(y, mode);
    case Op::kFDiv:
      return x.divide(y, mode);
    default:
      return x.fusedMultiplyAdd(y, z, mode);
  }
}

SoftResult Oracle(Op op, Type t, Rounding mode, uint64_t a, uint64_t b, uint64_t c) {
  APFloat x = ToAp(t, a);
  const APFloat y = ToAp(t, b), z = ToAp(t, c);
  const bool zero_times_infinity = (x.isZero() && y.isInfinity()) || (x.isInfinity() && y.isZero());
  unsigned status = Apply(op, x, y, z, ToAp(mode));
  if (op == Op::kFMulAdd && zero_times_infinity) status |= APFloat::opInvalidOp;
  if (op == Op::kFMulAdd && x.isNaN()) {  // all signaling NaNs count
    if (ToAp(t, a).isSignaling() || y.isSignaling() || z.isSignaling()) status |= APFloat::opInvalidOp;
  }
  return Canonical(t, x, status);
}

// Flags that APFloat does not decide as IEEE 754 does, for this result. It calls a result tiny if rounding at the
// subnormals' precision leaves it subnormal, so it does not know of the smallest normal number that was rounded up from
// less; and it raises no overflow where rounding toward zero gives the greatest finite number.
uint32_t Undecided(Type t, uint64_t v) {
  const uint64_t least = uint64_t{1} << (t == Type::kF32 ? 23 : 52);
  const uint64_t infinity = t == Type::kF32 ? 0x7f800000 : 0x7ff0000000000000;
  const uint64_t magnitude = v & ~(uint64_t{1} << (TypeBits(t) - 1));
  return magnitude == least ? kFpUnderflow : magnitude == infinity - 1 ? uint32_t{translate::kFpOverflow} : 0u;
}

class FpEvalTest : public ::testing::TestWithParam<Type> {
 protected:
  void CheckArithmetic(Op op, uint64_t a, uint64_t b, uint64_t c) {
    const Type t = GetParam();
    for (Rounding mode : kModes) {
      const SoftResult actual = Evaluate(op, t, t, {.rounding = mode}, a, b, c);
      const SoftResult soft = Soft(op, t, mode, a, b, c);
      ASSERT_EQ(actual.bits, soft.bits) << Describe(op, t, mode, a, b, c);
      ASSERT_EQ(actual.flags, soft.flags) << Describe(op, t, mode, a, b, c);
      if (op == Op::kFSqrt) continue;  // APFloat has none
      const SoftResult oracle = Oracle(op, t, mode, a, b, c);
      const uint32_t ignored = Undecided(t, oracle.bits);
      ASSERT_EQ(actual.bits, oracle.bits) << Describe(op, t, mode, a, b, c);
      ASSERT_EQ(actual.flags & ~ignored, oracle.flags & ~ignored) << Describe(op, t, mode, a, b, c);
    }
  }
  void CheckAll(uint64_t a, uint64_t b, uint64_t c) {
    for (Op op : {Op::kFAdd, Op::kFSub, Op::kFMul, Op::kFDiv, Op::kFMulAdd}) CheckArithmetic(op, a, b, c);
  }
};

TEST_P(FpEvalTest, ArithmeticOnSpecialValues) {
  const std::vector<uint64_t> values = Specials(GetParam());
  for (uint64_t a : values) {
    CheckArithmetic(Op::kFSqrt, a, 0, 0);
    for (uint64_t b : values) {
      for (Op op : {Op::kFAdd, Op::kFSub, Op::kFMul, Op::kFDiv}) CheckArithmetic(op, a, b, 0);
    }
  }
}

TEST_P(FpEvalTest, FusedMultiplyAddOnSpecialValues) {
  const std::vector<uint64_t> values = Specials(GetParam());
  for (uint64_t a : values) {
    for (uint64_t b : values) {
      for (size_t n = (a ^ b) % 5; n < values.size(); n += 5) CheckArithmetic(Op::kFMulAdd, a, b, values[n]);
    }
  }
}

TEST_P(FpEvalTest, ArithmeticOnRandomValues) {
  Random random(7);
  for (unsigned n = 0; n < 20000 && !HasFatalFailure(); ++n) {
    const uint64_t a = RandomFloat(GetParam(), random.Next()), b = RandomFloat(GetParam(), random.Next());
    CheckAll(a, b, RandomFloat(GetParam(), random.Next()));
    CheckArithmetic(Op::kFSqrt, a, 0, 0);
  }
}

// The corner that APFloat does not decide: just below the smallest normal number, three eighths of a subnormal's last
// place.
TEST_P(FpEvalTest, TininessIsDetectedAfterRounding) {
  const Type t = GetParam();
  const uint64_t least = uint64_t{1} << (t == Type::kF32 ? 23 : 52);
  const uint64_t one = t == Type::kF32 ? 0x3f800000 : 0x3ff0000000000000;
  const uint64_t quarter = one - 2 * least;
  // (least - 1 ulp) + 0.625 ulp and + 0.75 ulp, as 0.625 * ulp + ...: the first is tiny, the second rounds to normal.
  const auto fused = [&](uint64_t factor) {
    return Evaluate(Op::kFMulAdd, t, t, {.rounding = Rounding::kNearestEven}, 1, factor, least - 1);
  };
  const SoftResult tiny = fused(one - least + least / 4), normal = fused(quarter + least + least / 2);
  EXPECT_EQ(tiny.bits, least);
  EXPECT_EQ(tiny.flags, kFpUnderflow | kFpInexact);
  EXPECT_EQ(normal.bits, least);
  EXPECT_EQ(normal.flags, kFpInexact);
}

TEST_P(FpEvalTest, FusedSignsNegate) {
  const Type t = GetParam();
  const uint64_t sign = uint64_t{1} << (TypeBits(t) - 1);
  Random random(9);
  for (unsigned n = 0; n < 2000; ++n) {
    const uint64_t a = RandomFloat(t, random.Next()), b = RandomFloat(t, random.Next()),
                   c = RandomFloat(t, random.Next());
    const FpAux aux{.rounding = Rounding::kDown, .is_unsigned = false, .negate_product = true, .negate_addend = true};
    EXPECT_EQ(Evaluate(Op::kFMulAdd, t, t, aux, a, b, c).bits,
              Evaluate(Op::kFMulAdd, t, t, {.rounding = Rounding::kDown}, a ^ sign, b, c ^ sign).bits);
  }
}

TEST_P(FpEvalTest, ToIntegerAsApFloat) {
  const Type from = GetParam();
  std::vector<uint64_t> values = Specials(from);
  Random random(11);
  for (unsigned n = 0; n < 3000; ++n) values.push_back(RandomFloat(from, random.Next()));
  // Around the limits, and halves.
  for (double d :
       {-2147483648.0, 2147483648.0, 4294967296.0, 9223372036854775808.0, 18446744073709551616.0, 0.5, 1.5, 2.5, 1e6}) {
    for (double step : {-1.0, -0.5, -0.25, 0.0, 0.25, 0.5, 1.0}) {
      const double v = d + step;
      for (double s : {v, -v}) {
        values.push_back(from == Type::kF64 ? std::bit_cast<uint64_t>(s)
                                            : std::bit_cast<uint32_t>(static_cast<float>(s)));
      }
    }
  }
  for (uint64_t v : values) {
    for (Rounding mode : kModes) {
      for (Type to : {Type::kI32, Type::kI64}) {
        for (bool is_unsigned : {false, true}) {
          APSInt integer(TypeBits(to), is_unsigned);
          bool exact = false;
          const APFloat x = ToAp(from, v);
          const unsigned status = x.convertToInteger(integer, ToAp(mode), &exact);
          const uint64_t greatest = APSInt::getMaxValue(TypeBits(to), is_unsigned).getZExtValue();
          const uint64_t expected = x.isNaN() ? greatest : integer.getZExtValue();
          const SoftResult actual = Evaluate(Op::kFToI, to, from, {.rounding = mode, .is_unsigned = is_unsigned}, v);
          ASSERT_EQ(actual.bits, expected) << Describe(Op::kFToI, to, mode, v, is_unsigned, 0);
          ASSERT_EQ(actual.flags, ToFlags(status)) << Describe(Op::kFToI, to, mode, v, is_unsigned, 0);
        }
      }
    }
  }
}

TEST_P(FpEvalTest, FromIntegerAsApFloat) {
  const Type to = GetParam();
  Random random(13);
  for (unsigned n = 0; n < 5000; ++n) {
    const uint64_t v = n < 8 ? n - 4 : RandomInteger(random.Next());
    for (Rounding mode : kModes) {
      for (Type from : {Type::kI32, Type::kI64}) {
        for (bool is_unsigned : {false, true}) {
          APFloat expected(Semantics(to));
          const uint64_t narrow = Truncate(from, v);
          const unsigned status = expected.convertFromAPInt(APInt(TypeBits(from), narrow), !is_unsigned, ToAp(mode));
          const SoftResult actual =
              Evaluate(Op::kIToF, to, from, {.rounding = mode, .is_unsigned = is_unsigned}, narrow);
          ASSERT_EQ(actual.bits, expected.bitcastToAPInt().getZExtValue())
              << Describe(Op::kIToF, to, mode, narrow, is_unsigned, 0);
          ASSERT_EQ(actual.flags, ToFlags(status)) << Describe(Op::kIToF, to, mode, narrow, is_unsigned, 0);
        }
      }
    }
  }
}

TEST_P(FpEvalTest, BetweenFormatsAsApFloat) {
  const Type from = GetParam(), to = from == Type::kF32 ? Type::kF64 : Type::kF32;
  std::vector<uint64_t> values = Specials(from);
  Random random(17);
  for (unsigned n = 0; n < 20000; ++n) values.push_back(RandomFloat(from, random.Next()));
  for (uint64_t exponent = 0x360; exponent < 0x3a0; ++exponent) {  // doubles around the least floats
    for (uint64_t f : {0x0u, 0x1u, 0x8u, 0xfu}) {
      if (from == Type::kF64) values.push_back(exponent << 52 | f << 48 | random.Next() >> 16);
    }
  }
  for (uint64_t v : values) {
    for (Rounding mode : kModes) {
      APFloat x = ToAp(from, v);
      bool loses = false;
      unsigned status = x.isSignaling() ? APFloat::opInvalidOp : APFloat::opOK;
      status |= x.convert(Semantics(to), ToAp(mode), &loses);
      const SoftResult expected = Canonical(to, x, status);
      const SoftResult soft = SoftConvert(to, mode, from, v);
      const SoftResult actual = Evaluate(Op::kFCvt, to, from, {.rounding = mode}, v);
      const uint32_t ignored = Undecided(to, expected.bits);
      ASSERT_EQ(actual.bits, expected.bits) << Describe(Op::kFCvt, to, mode, v, 0, 0);
      ASSERT_EQ(actual.flags & ~ignored, expected.flags & ~ignored) << Describe(Op::kFCvt, to, mode, v, 0, 0);
      ASSERT_EQ(actual.bits, soft.bits) << Describe(Op::kFCvt, to, mode, v, 0, 0);
      ASSERT_EQ(actual.flags, soft.flags) << Describe(Op::kFCvt, to, mode, v, 0, 0);
    }
  }
}

uint64_t ExpectedMinMax(Type t, bool max, uint64_t a, uint64_t b) {
  const APFloat x = ToAp(t, a), y = ToAp(t, b);
  if (x.isNaN() && y.isNaN()) return CanonicalNan(t);
  return (max ? llvm::maximumnum(x, y) : llvm::minimumnum(x, y)).bitcastToAPInt().getZExtValue();
}

TEST_P(FpEvalTest, MinimumAndMaximumNumber) {
  const Type t = GetParam();
  for (uint64_t a : Specials(t)) {
    for (uint64_t b : Specials(t)) {
      const uint32_t flags = ToAp(t, a).isSignaling() || ToAp(t, b).isSignaling() ? kFpInvalid : 0u;
      for (Op op : {Op::kFMin, Op::kFMax}) {
        _mm_setcsr(translate::kMxcsrDefault);
        EXPECT_EQ(EvalFp(op, t, 0, t, a, b, 0), ExpectedMinMax(t, op == Op::kFMax, a, b))
            << Describe(op, t, {}, a, b, 0);
        EXPECT_EQ(translate::HostFpFlags(), flags) << Describe(op, t, {}, a, b, 0);
      }
    }
  }
}

bool ExpectedCompare(FpCond c, APFloat::cmpResult r) {
  switch (c) {
    case FpCond::kEq:
    case FpCond::kEqSignal:
      return r == APFloat::cmpEqual;
    case FpCond::kLt:
    case FpCond::kLtQuiet:
      return r == APFloat::cmpLessThan;
    case FpCond::kLe:
    case FpCond::kLeQuiet:
      return r == APFloat::cmpLessThan || r == APFloat::cmpEqual;
    case FpCond::kUnordered:
      return r == APFloat::cmpUnordered;
  }
  return false;
}

TEST_P(FpEvalTest, Comparisons) {
  const Type t = GetParam();
  for (uint64_t a : Specials(t)) {
    for (uint64_t b : Specials(t)) {
      const APFloat x = ToAp(t, a), y = ToAp(t, b);
      for (unsigned n = 0; n < kFpCondCount; ++n) {
        const auto c = static_cast<FpCond>(n);
        const bool signals = c == FpCond::kLt || c == FpCond::kLe || c == FpCond::kEqSignal;
        const bool invalid = x.isSignaling() || y.isSignaling() || (signals && (x.isNaN() || y.isNaN()));
        _mm_setcsr(translate::kMxcsrDefault);
        EXPECT_EQ(EvalFp(Op::kFCmp, Type::kI64, static_cast<uint16_t>(n), t, a, b, 0),
                  ExpectedCompare(c, x.compare(y)));
        EXPECT_EQ(translate::HostFpFlags(), invalid ? kFpInvalid : 0u);
      }
    }
  }
}

TEST_P(FpEvalTest, Classes) {
  const Type t = GetParam();
  for (uint64_t a : Specials(t)) {
    const APFloat x = ToAp(t, a);
    unsigned bit = x.isSignaling() ? 8 : 9;
    if (!x.isNaN()) {
      const unsigned rank = x.isInfinity() ? 3 : x.isZero() ? 0 : x.isDenormal() ? 1 : 2;
      bit = x.isNegative() ? 3 - rank : 4 + rank;
    }
    EXPECT_EQ(ClassifyFp(t, a), uint64_t{1} << bit);
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, FpEvalTest, ::testing::Values(Type::kF32, Type::kF64),
                         [](const auto& param) { return std::string(TypeName(param.param)); });

}  // namespace
}  // namespace emu::ir
