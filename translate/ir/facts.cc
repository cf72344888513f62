#include "translate/ir/facts.h"

#include <algorithm>
#include <bit>

#include "translate/ir/eval.h"

namespace emu::ir {
namespace {

constexpr uint64_t LowMask(unsigned bits) { return bits >= 64 ? ~uint64_t{0} : (uint64_t{1} << bits) - 1; }

// How many top bits of the type are certainly the same.
unsigned KnownSignBits(Type t, const Facts& f) {
  const unsigned up = 64 - TypeBits(t);
  return static_cast<unsigned>(std::max(std::countl_one(f.zeros << up), std::countl_one(f.ones << up)));
}

// In place: a copy would have to wait for its parts.
void Complete(Type t, Facts& f) {
  if (TypeBits(t) == 32) {
    f.zeros |= ~uint64_t{0} << 32;
    f.ones &= LowMask(32);
  }
  f.sign_bits = std::clamp(std::max(f.sign_bits, KnownSignBits(t, f)), 1u, TypeBits(t));
}

// Nothing but that the value is less than 2^bits.
Facts Below(unsigned bits) { return {~LowMask(bits), 0, 1}; }

Facts ZeroExtend(const Facts& a, unsigned bits) { return {a.zeros | ~LowMask(bits), a.ones & LowMask(bits), 1}; }

Facts SignExtend(const Facts& a, unsigned bits, unsigned width) {
  const auto extend = [bits](uint64_t v) { return static_cast<uint64_t>(ir::SignExtend(v, bits)); };
  return {extend(a.zeros), extend(a.ones), width - bits + 1};
}

Facts ShiftLeft(const Facts& a, unsigned n) {
  return {a.zeros << n | LowMask(n), a.ones << n, a.sign_bits > n ? a.sign_bits - n : 1};
}

Facts ShiftRight(const Facts& a, unsigned n, unsigned width) {
  return {a.zeros >> n | ~LowMask(width - n), a.ones >> n, 1};
}

Facts ShiftRightSigned(const Facts& a, unsigned n, unsigned width) {
  const auto shift = [=](uint64_t v) { return static_cast<uint64_t>(ir::SignExtend(v, width) >> n); };
  return {shift(a.zeros), shift(a.ones), a.sign_bits + n};
}

Facts Shift(const Instr& i, const Facts& a, const Facts& b) {
  const unsigned width = TypeBits(i.type);
  const auto n = static_cast<unsigned>(b.ones & (width - 1));
  if (i.op == Op::kShl) return ShiftLeft(a, n);
  return i.op == Op::kShr ? ShiftRight(a, n, width) : ShiftRightSigned(a, n, width);
}

Facts Sum(Type t, const Facts& a, const Facts& b) {
  const int low = std::min(std::countr_one(a.zeros), std::countr_one(b.zeros));
  Facts f{LowMask(static_cast<unsigned>(low)), 0, std::max(std::min(a.sign_bits, b.sign_bits), 2u) - 1};
  const uint64_t most = a.max() + b.max();
  if (most >= a.max() && most <= LowMask(TypeBits(t))) f.zeros |= ~LowMask(static_cast<unsigned>(std::bit_width(most)));
  return f;
}

Facts Load(const Instr& i) {
  const MemOp m = MemOp::Unpack(i.aux);
  const unsigned bits = m.size() * 8;
  if (m.is_signed) return {0, 0, TypeBits(i.type) - bits + 1};
  return Below(bits);
}

Facts Bitwise(const Instr& i, const Facts& a, const Facts& b) {
  const unsigned sign = std::min(a.sign_bits, b.sign_bits);
  switch (i.op) {
    case Op::kAnd:
      return {a.zeros | b.zeros, a.ones & b.ones, sign};
    case Op::kOr:
      return {a.zeros & b.zeros, a.ones | b.ones, sign};
    case Op::kAndNot:
      return {a.zeros | b.ones, a.ones & b.zeros, sign};
    default:
      return {(a.zeros & b.zeros) | (a.ones & b.ones), (a.zeros & b.ones) | (a.ones & b.zeros), sign};
  }
}

Facts Compute(const Instr& i, Type arg_type, const Facts& a, const Facts& b, const Facts& c) {
  const unsigned width = TypeBits(i.type);
  switch (i.op) {
    case Op::kAnd:
    case Op::kOr:
    case Op::kXor:
    case Op::kAndNot:
      return Bitwise(i, a, b);
    case Op::kNot:
      return {a.ones, width == 32 ? a.zeros & LowMask(32) : a.zeros, a.sign_bits};
    case Op::kShl:
    case Op::kShr:
    case Op::kSar:
      return b.complete() ? Shift(i, a, b) : Facts{};
    case Op::kAdd:
      return Sum(i.type, a, b);
    case Op::kSub:
      return {0, 0, std::max(std::min(a.sign_bits, b.sign_bits), 2u) - 1};
    case Op::kSExt8:
      return SignExtend(a, 8, width);
    case Op::kSExt16:
      return SignExtend(a, 16, width);
    case Op::kSExt32:
      return width == 64 ? SignExtend(a, 32, width) : a;
    case Op::kZExt8:
      return ZeroExtend(a, 8);
    case Op::kZExt16:
      return ZeroExtend(a, 16);
    case Op::kZExt32:
      return ZeroExtend(a, 32);
    case Op::kSExt: {
      Facts f = SignExtend(a, 32, 64);
      f.sign_bits = a.sign_bits + 32;
      return f;
    }
    case Op::kZExt:
      return {a.zeros, a.ones, 1};
    case Op::kTrunc:
      return {a.zeros, a.ones, a.sign_bits > 32 ? a.sign_bits - 32 : 1};
    case Op::kBitCast:
      return a;
    case Op::kSelect:
      return {b.zeros & c.zeros, b.ones & c.ones, std::min(b.sign_bits, c.sign_bits)};
    case Op::kFBox:
      return {0, a.ones | kSingleBox, 32};
    case Op::kGetFlags:
      return Below(5);
    case Op::kSetCc:
    case Op::kFCmp:
      return Below(1);
    case Op::kFClass:
      return Below(10);
    case Op::kClz:
    case Op::kCtz:
    case Op::kPopCount:
      return Below(TypeBits(arg_type) == 32 ? 6 : 7);
    case Op::kLoad:
      return IsInt(i.type) ? Load(i) : Facts{};
    default:
      return {};
  }
}

struct SignedRange {
  int64_t min;
  int64_t max;
};
SignedRange SignedRangeOf(Type t, const Facts& f) {
  const unsigned width = TypeBits(t);
  const uint64_t sign = uint64_t{1} << (width - 1);
  const bool sign_known = ((f.zeros | f.ones) & sign) != 0;
  const int64_t lo = ir::SignExtend(sign_known ? f.min() : f.min() | sign, width);
  const int64_t hi = ir::SignExtend(sign_known ? f.max() : f.max() & ~sign, width);
  const int64_t bound = static_cast<int64_t>(LowMask(width - f.sign_bits));
  return {std::max(lo, -bound - 1), std::min(hi, bound)};
}

template <typename N>
std::optional<bool> DecideLess(N a_min, N a_max, N b_min, N b_max, bool or_equal) {
  if (or_equal ? a_max <= b_min : a_max < b_min) return true;
  if (or_equal ? a_min > b_max : a_min >= b_max) return false;
  return std::nullopt;
}

}  // namespace

Facts ConstantFacts(Type t, uint64_t v) {
  Facts f{~v, v, 1};
  Complete(t, f);
  return f;
}

Facts FactsOf(const Instr& i, Type arg_type, const Facts& a, const Facts& b, const Facts& c) {
  Facts f = Compute(i, arg_type, a, b, c);
  Complete(i.type, f);
  return f;
}

std::optional<bool> Decide(Cond cond, Type t, const Facts& a, const Facts& b) {
  const auto negate_if = [cond](std::optional<bool> r) {
    return r ? std::optional<bool>(*r != ((static_cast<unsigned>(cond) & 1) != 0)) : r;
  };
  const auto base = static_cast<Cond>(static_cast<unsigned>(cond) & ~1u);
  const bool or_equal = base == Cond::kLe || base == Cond::kLeU;
  if (base == Cond::kEq) {
    if (((a.ones & b.zeros) | (a.zeros & b.ones)) != 0) return negate_if(false);
    return a.complete() && b.complete() ? negate_if(true) : std::nullopt;
  }
  if (base == Cond::kLtU || base == Cond::kLeU)
    return negate_if(DecideLess(a.min(), a.max(), b.min(), b.max(), or_equal));
  const SignedRange x = SignedRangeOf(t, a), y = SignedRangeOf(t, b);
  return negate_if(DecideLess(x.min, x.max, y.min, y.max, or_equal));
}

}  // namespace emu::ir
