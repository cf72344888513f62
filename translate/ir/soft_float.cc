#include "translate/ir/soft_float.h"

#include <bit>
#include <utility>

#include "translate/engine/fp_env.h"
#include "translate/ir/eval.h"

namespace emu::ir {
namespace {

using translate::kFpDivByZero;
using translate::kFpInexact;
using translate::kFpInvalid;
using translate::kFpOverflow;
using translate::kFpUnderflow;
using Wide = unsigned __int128;

struct Format {
  int fraction_bits;
  int exponent_bits;
  constexpr int precision() const { return fraction_bits + 1; }
  constexpr int bias() const { return (1 << (exponent_bits - 1)) - 1; }
  constexpr int min_exponent() const { return 1 - bias(); }
  constexpr uint64_t infinity() const { return ((uint64_t{1} << exponent_bits) - 1) << fraction_bits; }
  constexpr uint64_t sign_bit() const { return uint64_t{1} << (fraction_bits + exponent_bits); }
};

constexpr Format FormatOf(Type t) { return t == Type::kF32 ? Format{23, 8} : Format{52, 11}; }

enum class Kind { kZero, kFinite, kInfinite, kQuietNan, kSignalingNan };

// A finite number is significand / 2^63 * 2^exponent, with bit 63 of the significand set.
struct Number {
  Kind kind;
  bool sign;
  int exponent = 0;
  uint64_t significand = 0;
  bool nan() const { return kind == Kind::kQuietNan || kind == Kind::kSignalingNan; }
};

Number UnpackFinite(Format f, bool sign, uint64_t biased, uint64_t fraction) {
  const uint64_t implicit = biased != 0 ? uint64_t{1} << f.fraction_bits : 0;
  const uint64_t significand = fraction | implicit;
  const int shift = std::countl_zero(significand);
  const int exponent = (biased != 0 ? static_cast<int>(biased) : 1) - f.bias();
  return {Kind::kFinite, sign, exponent - shift + 63 - f.fraction_bits, significand << shift};
}

Number Unpack(Type t, uint64_t bits) {
  const Format f = FormatOf(t);
  const bool sign = (bits & f.sign_bit()) != 0;
  const uint64_t magnitude = bits & (f.sign_bit() - 1);
  const uint64_t fraction = bits & ((uint64_t{1} << f.fraction_bits) - 1);
  if (magnitude == 0) return {Kind::kZero, sign};
  if (magnitude == f.infinity()) return {Kind::kInfinite, sign};
  if (magnitude > f.infinity()) {
    return {fraction >> (f.fraction_bits - 1) != 0 ? Kind::kQuietNan : Kind::kSignalingNan, sign};
  }
  return UnpackFinite(f, sign, magnitude >> f.fraction_bits, fraction);
}

uint64_t Signed(Type t, bool sign, uint64_t magnitude) { return magnitude | (sign ? FormatOf(t).sign_bit() : 0); }
SoftResult Zero(Type t, bool sign) { return {Signed(t, sign, 0), 0}; }
SoftResult Infinity(Type t, bool sign) { return {Signed(t, sign, FormatOf(t).infinity()), 0}; }
SoftResult Invalid(Type t) { return {CanonicalNan(t), kFpInvalid}; }

// Of an operation with a NaN among its arguments.
SoftResult Nan(Type t, std::initializer_list<Number> args) {
  uint32_t flags = 0;
  for (const Number& n : args) {
    if (n.kind == Kind::kSignalingNan) flags |= kFpInvalid;
  }
  return {CanonicalNan(t), flags};
}

// Shifts right; what falls off is kept as one bit.
Wide ShiftRightSticky(Wide v, int shift) {
  if (shift <= 0) return v;
  if (shift > 127) return v != 0;
  return v >> shift | ((v & ((Wide{1} << shift) - 1)) != 0);
}

// Whether to add one in the last place; `rest` is what lies below it, in units of 2^-128.
bool RoundsUp(Rounding mode, bool sign, bool odd, Wide rest) {
  constexpr Wide kHalf = Wide{1} << 127;
  switch (mode) {
    case Rounding::kTowardZero:
      return false;
    case Rounding::kDown:
      return sign && rest != 0;
    case Rounding::kUp:
      return !sign && rest != 0;
    case Rounding::kNearestMaxMagnitude:
      return rest >= kHalf;
    default:
      return rest > kHalf || (rest == kHalf && odd);
  }
}

struct Rounded {
  uint64_t digits;
  bool inexact;
};
Rounded RoundTo(int precision, Rounding mode, bool sign, Wide v) {
  const auto digits = static_cast<uint64_t>(v >> (128 - precision));
  const Wide rest = v << precision;
  return {digits + RoundsUp(mode, sign, (digits & 1) != 0, rest), rest != 0};
}

SoftResult Overflow(Type t, Rounding mode, bool sign) {
  const bool to_max = mode == Rounding::kTowardZero || mode == (sign ? Rounding::kUp : Rounding::kDown);
  return {Signed(t, sign, FormatOf(t).infinity() - to_max), kFpOverflow | kFpInexact};
}

SoftResult RoundSubnormal(Type t, Rounding mode, bool sign, int exponent, Wide v) {
  const Format f = FormatOf(t);
  const Rounded r = RoundTo(f.precision(), mode, sign, ShiftRightSticky(v, f.min_exponent() - exponent));
  // Tiny after rounding: not so if rounding with an unbounded exponent reaches the smallest normal number.
  const bool reaches_normal =
      exponent == f.min_exponent() - 1 && RoundTo(f.precision(), mode, sign, v).digits >> f.precision() != 0;
  const uint32_t flags = (r.inexact ? kFpInexact : 0u) | (r.inexact && !reaches_normal ? kFpUnderflow : 0u);
  return {Signed(t, sign, r.digits), flags};  // a carry into the exponent makes the smallest normal number
}

// Of v / 2^125 * 2^exponent; v is not zero.
SoftResult Round(Type t, Rounding mode, bool sign, int exponent, Wide v) {
  const Format f = FormatOf(t);
  const auto high = static_cast<uint64_t>(v >> 64);
  const int zeros = high != 0 ? std::countl_zero(high) : 64 + std::countl_zero(static_cast<uint64_t>(v));
  v <<= zeros;
  exponent += 2 - zeros;
  if (exponent < f.min_exponent()) return RoundSubnormal(t, mode, sign, exponent, v);
  const Rounded r = RoundTo(f.precision(), mode, sign, v);
  exponent += static_cast<int>(r.digits >> f.precision());
  if (exponent > f.bias()) return Overflow(t, mode, sign);
  const uint64_t fraction = r.digits & ((uint64_t{1} << f.fraction_bits) - 1);
  const uint64_t biased = static_cast<uint64_t>(exponent + f.bias());
  return {Signed(t, sign, biased << f.fraction_bits | fraction), r.inexact ? kFpInexact : 0u};
}

// Each addend is v / 2^125 * 2^exponent with bits enough below its last digit that a sticky bit suffices.
struct Addend {
  bool sign;
  int exponent;
  Wide v;
};
SoftResult AddAddends(Type t, Rounding mode, Addend a, Addend b) {
  if (a.exponent < b.exponent) std::swap(a, b);
  b.v = ShiftRightSticky(b.v, a.exponent - b.exponent);
  if (a.sign == b.sign) return Round(t, mode, a.sign, a.exponent, a.v + b.v);
  if (a.v == b.v) return Zero(t, mode == Rounding::kDown);
  if (a.v < b.v) return Round(t, mode, b.sign, a.exponent, b.v - a.v);
  return Round(t, mode, a.sign, a.exponent, a.v - b.v);
}

Addend ToAddend(const Number& n) { return {n.sign, n.exponent, Wide{n.significand} << 62}; }
// The product's lowest bit is zero in either format.
Addend Product(const Number& a, const Number& b) {
  return {a.sign != b.sign, a.exponent + b.exponent, Wide{a.significand} * b.significand >> 1};
}

bool InfinityTimesZero(const Number& a, const Number& b) {
  return (a.kind == Kind::kInfinite && b.kind == Kind::kZero) || (a.kind == Kind::kZero && b.kind == Kind::kInfinite);
}

SoftResult AddNumbers(Type t, Rounding mode, const Number& x, const Number& y) {
  if (x.nan() || y.nan()) return Nan(t, {x, y});
  if (x.kind == Kind::kInfinite && y.kind == Kind::kInfinite && x.sign != y.sign) return Invalid(t);
  if (x.kind == Kind::kInfinite || y.kind == Kind::kInfinite) {
    return Infinity(t, x.kind == Kind::kInfinite ? x.sign : y.sign);
  }
  if (x.kind == Kind::kZero && y.kind == Kind::kZero) {
    return Zero(t, x.sign == y.sign ? x.sign : mode == Rounding::kDown);
  }
  if (x.kind == Kind::kZero) return Round(t, mode, y.sign, y.exponent, ToAddend(y).v);
  if (y.kind == Kind::kZero) return Round(t, mode, x.sign, x.exponent, ToAddend(x).v);
  return AddAddends(t, mode, ToAddend(x), ToAddend(y));
}

// A product that is zero or infinite, as a number to add.
Number SpecialProduct(const Number& x, const Number& y) {
  const bool infinite = x.kind == Kind::kInfinite || y.kind == Kind::kInfinite;
  return {infinite ? Kind::kInfinite : Kind::kZero, x.sign != y.sign};
}

// floor(sqrt(v)), digit by digit.
uint64_t SquareRoot(Wide v) {
  uint64_t root = 0;
  for (uint64_t bit = uint64_t{1} << 63; bit != 0; bit >>= 1) {
    if (Wide{root | bit} * (root | bit) <= v) root |= bit;
  }
  return root;
}

struct Range {
  uint64_t negative;  // greatest magnitude of a negative value
  uint64_t positive;
};
Range RangeOf(Type t, bool is_unsigned) {
  const unsigned bits = TypeBits(t);
  if (is_unsigned) return {0, ~uint64_t{0} >> (64 - bits)};
  return {uint64_t{1} << (bits - 1), (uint64_t{1} << (bits - 1)) - 1};
}

}  // namespace

SoftResult SoftAdd(Type t, Rounding mode, uint64_t a, uint64_t b) {
  return AddNumbers(t, mode, Unpack(t, a), Unpack(t, b));
}

SoftResult SoftSub(Type t, Rounding mode, uint64_t a, uint64_t b) {
  return SoftAdd(t, mode, a, b ^ FormatOf(t).sign_bit());
}

SoftResult SoftMul(Type t, Rounding mode, uint64_t a, uint64_t b) {
  const Number x = Unpack(t, a), y = Unpack(t, b);
  if (x.nan() || y.nan()) return Nan(t, {x, y});
  if (InfinityTimesZero(x, y)) return Invalid(t);
  if (x.kind != Kind::kFinite || y.kind != Kind::kFinite) {
    const Number p = SpecialProduct(x, y);
    return p.kind == Kind::kZero ? Zero(t, p.sign) : Infinity(t, p.sign);
  }
  const Addend p = Product(x, y);
  return Round(t, mode, p.sign, p.exponent, p.v);
}

SoftResult SoftDiv(Type t, Rounding mode, uint64_t a, uint64_t b) {
  const Number x = Unpack(t, a), y = Unpack(t, b);
  const bool sign = x.sign != y.sign;
  if (x.nan() || y.nan()) return Nan(t, {x, y});
  if (x.kind == y.kind && x.kind != Kind::kFinite) return Invalid(t);  // 0 / 0, inf / inf
  if (x.kind == Kind::kInfinite) return Infinity(t, sign);
  if (x.kind == Kind::kZero || y.kind == Kind::kInfinite) return Zero(t, sign);
  if (y.kind == Kind::kZero) return {Infinity(t, sign).bits, kFpDivByZero};
  const Wide dividend = Wide{x.significand} << 62;
  const Wide quotient = dividend / y.significand;
  const bool sticky = quotient * y.significand != dividend;
  return Round(t, mode, sign, x.exponent - y.exponent, quotient << 63 | sticky);
}

SoftResult SoftSqrt(Type t, Rounding mode, uint64_t a) {
  const Number x = Unpack(t, a);
  if (x.nan()) return Nan(t, {x});
  if (x.kind == Kind::kZero) return Zero(t, x.sign);
  if (x.sign) return Invalid(t);
  if (x.kind == Kind::kInfinite) return Infinity(t, false);
  const Wide radicand = Wide{x.significand} << (x.exponent & 1 ? 64 : 63);
  const uint64_t root = SquareRoot(radicand);
  return Round(t, mode, false, x.exponent >> 1, Wide{root} << 62 | (Wide{root} * root != radicand));
}

SoftResult SoftMulAdd(Type t, Rounding mode, uint64_t a, uint64_t b, uint64_t c) {
  const Number x = Unpack(t, a), y = Unpack(t, b), z = Unpack(t, c);
  if (InfinityTimesZero(x, y)) return Invalid(t);
  if (x.nan() || y.nan() || z.nan()) return Nan(t, {x, y, z});
  if (x.kind != Kind::kFinite || y.kind != Kind::kFinite) return AddNumbers(t, mode, SpecialProduct(x, y), z);
  if (z.kind == Kind::kInfinite) return Infinity(t, z.sign);
  const Addend p = Product(x, y);
  if (z.kind == Kind::kZero) return Round(t, mode, p.sign, p.exponent, p.v);
  return AddAddends(t, mode, p, ToAddend(z));
}

SoftResult SoftFromInt(Type to, Rounding mode, Type from, bool is_unsigned, uint64_t v) {
  const int64_t extended = from == Type::kI32 ? SignExtend(v, 32) : static_cast<int64_t>(v);
  const bool sign = !is_unsigned && extended < 0;
  const uint64_t magnitude = sign ? -static_cast<uint64_t>(extended) : v;
  if (magnitude == 0) return Zero(to, false);
  return Round(to, mode, sign, 63, Wide{magnitude} << 62);
}

SoftResult SoftToInt(Type to, Rounding mode, Type from, bool is_unsigned, uint64_t v) {
  const Number x = Unpack(from, v);
  const Range range = RangeOf(to, is_unsigned);
  const uint64_t saturated = x.sign && !x.nan() ? Truncate(to, -range.negative) : range.positive;
  if (x.kind == Kind::kZero) return {};
  if (x.kind != Kind::kFinite || x.exponent > 63) return {saturated, kFpInvalid};
  // 64 bits of whole number above 64 of fraction; what lies lower is sticky.
  const Wide fixed = ShiftRightSticky(Wide{x.significand} << 64, 63 - x.exponent);
  const Wide rest = fixed << 64;
  const auto whole = static_cast<uint64_t>(fixed >> 64);
  const uint64_t magnitude = whole + RoundsUp(mode, x.sign, (whole & 1) != 0, rest);
  if (magnitude > (x.sign ? range.negative : range.positive)) return {saturated, kFpInvalid};
  return {Truncate(to, x.sign ? -magnitude : magnitude), rest != 0 ? kFpInexact : 0u};
}

SoftResult SoftConvert(Type to, Rounding mode, Type from, uint64_t v) {
  const Number x = Unpack(from, v);
  if (x.nan()) return Nan(to, {x});
  if (x.kind == Kind::kZero) return Zero(to, x.sign);
  if (x.kind == Kind::kInfinite) return Infinity(to, x.sign);
  return Round(to, mode, x.sign, x.exponent, ToAddend(x).v);
}

}  // namespace emu::ir
