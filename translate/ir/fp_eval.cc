#include "translate/ir/fp_eval.h"

#include <cpuid.h>

#include <bit>

#include "translate/engine/fp_env.h"
#include "translate/ir/eval.h"
#include "translate/ir/soft_float.h"

namespace emu::ir {
namespace {

using translate::RaiseHostFpFlags;

// The magnitude of infinity; a greater one is a NaN.
constexpr uint64_t Infinity(Type t) { return t == Type::kF32 ? 0x7f800000u : 0x7ff0000000000000u; }
constexpr uint64_t SignBit(Type t) { return uint64_t{1} << (TypeBits(t) - 1); }
constexpr uint64_t QuietBit(Type t) { return t == Type::kF32 ? 1u << 22 : uint64_t{1} << 51; }
constexpr uint64_t Magnitude(Type t, uint64_t v) { return v & (SignBit(t) - 1); }
constexpr bool IsNan(Type t, uint64_t v) { return Magnitude(t, v) > Infinity(t); }
constexpr bool IsSignalingNan(Type t, uint64_t v) { return IsNan(t, v) && (v & QuietBit(t)) == 0; }
constexpr uint64_t Canonical(Type t, uint64_t v) { return IsNan(t, v) ? CanonicalNan(t) : v; }

// Volatile assembly: the compiler neither moves it across accesses to MXCSR nor leaves it out when only flags are
// wanted.
template <typename F>
F Fma(F a, F b, F c) {
  if constexpr (sizeof(F) == 4) {
    asm volatile("vfmadd213ss %2, %1, %0" : "+x"(a) : "x"(b), "x"(c));
  } else {
    asm volatile("vfmadd213sd %2, %1, %0" : "+x"(a) : "x"(b), "x"(c));
  }
  return a;
}
#define EMU_SSE_BINARY(Name, instruction)                       \
  template <typename F>                                         \
  F Name(F a, F b) {                                            \
    if constexpr (sizeof(F) == 4) {                             \
      asm volatile(instruction "ss %1, %0" : "+x"(a) : "x"(b)); \
    } else {                                                    \
      asm volatile(instruction "sd %1, %0" : "+x"(a) : "x"(b)); \
    }                                                           \
    return a;                                                   \
  }
EMU_SSE_BINARY(Add, "add")
EMU_SSE_BINARY(Sub, "sub")
EMU_SSE_BINARY(Mul, "mul")
EMU_SSE_BINARY(Div, "div")
EMU_SSE_BINARY(SqrtOf, "sqrt")  // of b; a is what the instruction leaves in the register's other bits
#undef EMU_SSE_BINARY

bool DetectFma() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & bit_FMA) != 0 && (c & bit_OSXSAVE) != 0;
}

template <typename F, typename U>
U HostArithmetic(Op op, U a, U b) {
  const F x = std::bit_cast<F>(a), y = std::bit_cast<F>(b);
  switch (op) {
    case Op::kFAdd:
      return std::bit_cast<U>(Add(x, y));
    case Op::kFSub:
      return std::bit_cast<U>(Sub(x, y));
    case Op::kFMul:
      return std::bit_cast<U>(Mul(x, y));
    case Op::kFDiv:
      return std::bit_cast<U>(Div(x, y));
    default:
      return std::bit_cast<U>(SqrtOf(x, x));
  }
}

uint64_t HostFma(Type t, uint64_t a, uint64_t b, uint64_t c) {
  if (t == Type::kF32) {
    const auto as_float = [](uint64_t v) { return std::bit_cast<float>(static_cast<uint32_t>(v)); };
    return std::bit_cast<uint32_t>(Fma(as_float(a), as_float(b), as_float(c)));
  }
  return std::bit_cast<uint64_t>(Fma(std::bit_cast<double>(a), std::bit_cast<double>(b), std::bit_cast<double>(c)));
}

uint64_t HostConvert(Type to, uint64_t v) {
  if (to == Type::kF64) {
    double d = 0;
    asm volatile("cvtss2sd %1, %0" : "+x"(d) : "x"(std::bit_cast<float>(static_cast<uint32_t>(v))));
    return std::bit_cast<uint64_t>(d);
  }
  float f = 0;
  asm volatile("cvtsd2ss %1, %0" : "+x"(f) : "x"(std::bit_cast<double>(v)));
  return std::bit_cast<uint32_t>(f);
}

uint64_t Raise(const SoftResult& r) {
  if (r.flags != 0) RaiseHostFpFlags(r.flags);
  return r.bits;
}

// x86 does not raise invalid for infinity times zero plus a quiet NaN (Intel SDM vol. 1, 14.5.2): others do.
bool InfinityTimesZero(Type t, uint64_t a, uint64_t b) {
  const uint64_t x = Magnitude(t, a), y = Magnitude(t, b);
  return (x == Infinity(t) && y == 0) || (x == 0 && y == Infinity(t));
}

uint64_t MulAdd(Type t, FpAux aux, Rounding mode, uint64_t a, uint64_t b, uint64_t c) {
  static const bool has_fma = DetectFma();
  if (aux.negate_product) a ^= SignBit(t);
  if (aux.negate_addend) c ^= SignBit(t);
  if (mode == Rounding::kNearestMaxMagnitude || !has_fma) return Raise(SoftMulAdd(t, mode, a, b, c));
  if (InfinityTimesZero(t, a, b)) RaiseHostFpFlags(translate::kFpInvalid);
  return Canonical(t, HostFma(t, a, b, c));
}

uint64_t SoftArithmetic(Op op, Type t, Rounding mode, uint64_t a, uint64_t b) {
  switch (op) {
    case Op::kFAdd:
      return Raise(SoftAdd(t, mode, a, b));
    case Op::kFSub:
      return Raise(SoftSub(t, mode, a, b));
    case Op::kFMul:
      return Raise(SoftMul(t, mode, a, b));
    case Op::kFDiv:
      return Raise(SoftDiv(t, mode, a, b));
    default:
      return Raise(SoftSqrt(t, mode, a));
  }
}

uint64_t Arithmetic(Op op, Type t, Rounding mode, uint64_t a, uint64_t b) {
  if (mode == Rounding::kNearestMaxMagnitude) return SoftArithmetic(op, t, mode, a, b);
  if (t == Type::kF64) return Canonical(t, HostArithmetic<double, uint64_t>(op, a, b));
  return Canonical(t, HostArithmetic<float, uint32_t>(op, static_cast<uint32_t>(a), static_cast<uint32_t>(b)));
}

uint64_t Convert(Type to, Rounding mode, Type from, uint64_t v) {
  if (mode == Rounding::kNearestMaxMagnitude) return Raise(SoftConvert(to, mode, from, v));
  return Canonical(to, HostConvert(to, v));
}

// Orders numbers as integers; both zeros are one.
int64_t OrderKey(Type t, uint64_t v) {
  const auto magnitude = static_cast<int64_t>(Magnitude(t, v));
  return (v & SignBit(t)) != 0 ? -magnitude : magnitude;
}

uint64_t MinMax(Type t, bool max, uint64_t a, uint64_t b) {
  if (IsSignalingNan(t, a) || IsSignalingNan(t, b)) RaiseHostFpFlags(translate::kFpInvalid);
  if (IsNan(t, a)) return Canonical(t, b);
  if (IsNan(t, b)) return a;
  const int64_t x = OrderKey(t, a), y = OrderKey(t, b);
  if (x == y) return max ? a & b : a | b;  // differ only in the sign of zero
  return (x < y) != max ? a : b;
}

uint64_t CompareFp(FpCond c, Type t, uint64_t a, uint64_t b) {
  const bool unordered = IsNan(t, a) || IsNan(t, b);
  const bool signals = c == FpCond::kLt || c == FpCond::kLe || c == FpCond::kEqSignal;
  if ((unordered && signals) || IsSignalingNan(t, a) || IsSignalingNan(t, b)) RaiseHostFpFlags(translate::kFpInvalid);
  if (unordered || c == FpCond::kUnordered) return unordered && c == FpCond::kUnordered;
  const int64_t x = OrderKey(t, a), y = OrderKey(t, b);
  if (c == FpCond::kEq || c == FpCond::kEqSignal) return x == y;
  return c == FpCond::kLt || c == FpCond::kLtQuiet ? x < y : x <= y;
}

uint64_t Dispatch(Op op, Type type, FpAux aux, Type arg_type, Rounding mode, uint64_t a, uint64_t b, uint64_t c) {
  switch (op) {
    case Op::kFMulAdd:
      return MulAdd(type, aux, mode, a, b, c);
    case Op::kFToI:
      return Raise(SoftToInt(type, mode, arg_type, aux.is_unsigned, a));
    case Op::kIToF:
      return Raise(SoftFromInt(type, mode, arg_type, aux.is_unsigned, a));
    case Op::kFCvt:
      return Convert(type, mode, arg_type, a);
    default:
      return Arithmetic(op, type, mode, a, b);
  }
}

// In a rounding mode of the host's for a while; flags raised meanwhile stay.
class ScopedRounding {
 public:
  explicit ScopedRounding(Rounding mode) : saved_(_mm_getcsr() & kRoundingMask) { translate::SetHostRounding(mode); }
  ~ScopedRounding() { _mm_setcsr((_mm_getcsr() & ~kRoundingMask) | saved_); }
  ScopedRounding(const ScopedRounding&) = delete;
  ScopedRounding& operator=(const ScopedRounding&) = delete;

 private:
  static constexpr uint32_t kRoundingMask = 0x6000;
  const uint32_t saved_;
};

}  // namespace

Rounding HostRounding() {
  constexpr Rounding kModes[] = {Rounding::kNearestEven, Rounding::kDown, Rounding::kUp, Rounding::kTowardZero};
  return kModes[_mm_getcsr() >> translate::kMxcsrRoundingShift & 3];
}

uint64_t ClassifyFp(Type t, uint64_t a) {
  const uint64_t magnitude = Magnitude(t, a);
  if (magnitude > Infinity(t)) return IsSignalingNan(t, a) ? 1u << 8 : 1u << 9;
  const uint64_t least_normal = QuietBit(t) << 1;
  // Distance from zero: 0 zero, 1 subnormal, 2 normal, 3 infinite.
  const int rank = magnitude == Infinity(t) ? 3 : magnitude >= least_normal ? 2 : magnitude != 0 ? 1 : 0;
  return uint64_t{1} << ((a & SignBit(t)) != 0 ? 3 - rank : 4 + rank);
}

uint64_t EvalFp(Op op, Type type, uint16_t aux, Type arg_type, uint64_t a, uint64_t b, uint64_t c) {
  switch (op) {
    case Op::kFMin:
      return MinMax(type, false, a, b);
    case Op::kFMax:
      return MinMax(type, true, a, b);
    case Op::kFCmp:
      return CompareFp(static_cast<FpCond>(aux), arg_type, a, b);
    case Op::kFClass:
      return ClassifyFp(arg_type, a);
    default:
      break;
  }
  const FpAux fp = FpAux::Unpack(aux);
  if (fp.rounding == Rounding::kDynamic) return Dispatch(op, type, fp, arg_type, HostRounding(), a, b, c);
  const ScopedRounding scope(fp.rounding);
  return Dispatch(op, type, fp, arg_type, fp.rounding, a, b, c);
}

}  // namespace emu::ir
