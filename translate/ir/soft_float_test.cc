// fp_eval_test.cc compares every operation with the host and with APFloat; here are cases that can be checked by hand.
#include "translate/ir/soft_float.h"

#include <gtest/gtest.h>

#include <bit>

#include "translate/engine/fp_env.h"

namespace emu::ir {
namespace {

constexpr Rounding kRmm = Rounding::kNearestMaxMagnitude;
uint64_t Bits(double d) { return std::bit_cast<uint64_t>(d); }
uint64_t Bits(float f) { return std::bit_cast<uint32_t>(f); }

TEST(SoftFloatTest, TiesGoAwayFromZero) {
  const double ulp = 0x1p-52;
  EXPECT_EQ(SoftAdd(Type::kF64, kRmm, Bits(1.0), Bits(ulp / 2)).bits, Bits(1.0 + ulp));
  EXPECT_EQ(SoftAdd(Type::kF64, Rounding::kNearestEven, Bits(1.0), Bits(ulp / 2)).bits, Bits(1.0));
  EXPECT_EQ(SoftSub(Type::kF64, kRmm, Bits(-1.0), Bits(ulp / 2)).bits, Bits(-1.0 - ulp));
  EXPECT_EQ(SoftToInt(Type::kI32, kRmm, Type::kF32, false, Bits(2.5f)).bits, 3u);
  EXPECT_EQ(SoftToInt(Type::kI32, Rounding::kNearestEven, Type::kF32, false, Bits(2.5f)).bits, 2u);
  EXPECT_EQ(SoftToInt(Type::kI64, kRmm, Type::kF64, false, Bits(-0.5)).bits, ~uint64_t{0});
  EXPECT_EQ(SoftConvert(Type::kF32, kRmm, Type::kF64, Bits(1.0 + 0x1p-24)).bits, Bits(1.0f + 0x1p-23f));
  EXPECT_EQ(SoftFromInt(Type::kF32, kRmm, Type::kI64, false, 0x1000001).bits, Bits(16777218.0f));
}

TEST(SoftFloatTest, FlagsOfCorners) {
  EXPECT_EQ(SoftDiv(Type::kF64, kRmm, Bits(1.0), Bits(0.0)).flags, uint32_t{translate::kFpDivByZero});
  EXPECT_EQ(SoftSqrt(Type::kF32, kRmm, Bits(-1.0f)).flags, uint32_t{translate::kFpInvalid});
  EXPECT_EQ(SoftSqrt(Type::kF32, kRmm, Bits(-0.0f)).bits, Bits(-0.0f));
  EXPECT_EQ(SoftToInt(Type::kI32, kRmm, Type::kF64, false, Bits(2147483647.5)).flags, uint32_t{translate::kFpInvalid});
  EXPECT_EQ(SoftToInt(Type::kI32, kRmm, Type::kF64, false, Bits(2147483647.25)).flags, uint32_t{translate::kFpInexact});
  EXPECT_EQ(SoftToInt(Type::kI64, kRmm, Type::kF64, true, Bits(-0.25)).flags, uint32_t{translate::kFpInexact});
}

}  // namespace
}  // namespace emu::ir
