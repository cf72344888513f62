// What the pure operations compute: the one place that says so, for the interpreter and for folding. A value is held in
// 64 bits; one of a 32-bit type has zeros above.
#ifndef EMU_TRANSLATE_IR_EVAL_H_
#define EMU_TRANSLATE_IR_EVAL_H_

#include <bit>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "translate/ir/ir.h"

namespace emu::ir {

constexpr uint64_t Truncate(Type t, uint64_t v) { return TypeBits(t) == 32 ? static_cast<uint32_t>(v) : v; }
constexpr int64_t SignExtend(uint64_t v, unsigned bits) {
  return static_cast<int64_t>(v << (64 - bits)) >> (64 - bits);
}
constexpr uint64_t ByteSwap64(uint64_t v) { return __builtin_bswap64(v); }

template <typename U>
constexpr bool CompareAs(Cond c, U a, U b) {
  using S = std::make_signed_t<U>;
  switch (static_cast<Cond>(static_cast<uint8_t>(c) & ~1)) {
    case Cond::kEq:
      return (a == b) != (c == Cond::kNe);
    case Cond::kLt:
      return (static_cast<S>(a) < static_cast<S>(b)) != (c == Cond::kGe);
    case Cond::kLe:
      return (static_cast<S>(a) <= static_cast<S>(b)) != (c == Cond::kGt);
    case Cond::kLtU:
      return (a < b) != (c == Cond::kGeU);
    default:
      return (a <= b) != (c == Cond::kGtU);
  }
}

// `t`: the type of both values, an integer.
constexpr bool Compare(Cond c, Type t, uint64_t a, uint64_t b) {
  return t == Type::kI32 ? CompareAs(c, static_cast<uint32_t>(a), static_cast<uint32_t>(b)) : CompareAs(c, a, b);
}

// The high half of a product, for each kind of signedness.
template <typename U>
constexpr U MulHigh(U a, U b, bool a_signed, bool b_signed) {
  constexpr unsigned kBits = std::numeric_limits<U>::digits;
  const auto product = static_cast<unsigned __int128>(a) * b;
  U high = static_cast<U>(product >> kBits);
  if (a_signed && a >> (kBits - 1) != 0) high -= b;
  if (b_signed && b >> (kBits - 1) != 0) high -= a;
  return high;
}

template <typename U>
constexpr U DivideSigned(U a, U b, bool remainder) {
  using S = std::make_signed_t<U>;
  if (b == 0) return remainder ? a : ~U{0};
  if (b == ~U{0}) return remainder ? 0 : U{0} - a;
  return static_cast<U>(remainder ? static_cast<S>(a) % static_cast<S>(b) : static_cast<S>(a) / static_cast<S>(b));
}

// Floating-point values as bits.
constexpr uint64_t kSingleBox = 0xffffffff00000000;
constexpr uint64_t CanonicalNan(Type t) { return t == Type::kF32 ? 0x7fc00000u : 0x7ff8000000000000u; }
constexpr uint64_t FpSignBit(Type t) { return uint64_t{1} << (TypeBits(t) - 1); }
constexpr uint64_t EvalSign(Op op, Type t, uint64_t a, uint64_t b) {
  const uint64_t sign = FpSignBit(t);
  if (op == Op::kFNeg) return a ^ sign;
  return (a & ~sign) | (op == Op::kFCopySign ? b & sign : 0);
}

// Operations whose arguments and result are of one integer type.
template <typename U>
constexpr U EvalInt(Op op, U a, U b) {
  using S = std::make_signed_t<U>;
  constexpr unsigned kBits = std::numeric_limits<U>::digits;
  const unsigned shift = static_cast<unsigned>(b & (kBits - 1));
  switch (op) {
    case Op::kAdd:
      return a + b;
    case Op::kSub:
      return a - b;
    case Op::kMul:
      return a * b;
    case Op::kMulHighU:
      return MulHigh(a, b, false, false);
    case Op::kMulHighS:
      return MulHigh(a, b, true, true);
    case Op::kMulHighSU:
      return MulHigh(a, b, true, false);
    case Op::kDivU:
      return b == 0 ? ~U{0} : a / b;
    case Op::kRemU:
      return b == 0 ? a : a % b;
    case Op::kDivS:
      return DivideSigned(a, b, false);
    case Op::kRemS:
      return DivideSigned(a, b, true);
    case Op::kAnd:
      return a & b;
    case Op::kOr:
      return a | b;
    case Op::kXor:
      return a ^ b;
    case Op::kAndNot:
      return a & ~b;
    case Op::kShl:
      return a << shift;
    case Op::kShr:
      return a >> shift;
    case Op::kSar:
      return static_cast<U>(static_cast<S>(a) >> shift);
    case Op::kRotL:
      return std::rotl(a, static_cast<int>(shift));
    case Op::kRotR:
      return std::rotr(a, static_cast<int>(shift));
    case Op::kNot:
      return ~a;
    case Op::kNeg:
      return U{0} - a;
    case Op::kClz:
      return static_cast<U>(std::countl_zero(a));
    case Op::kCtz:
      return static_cast<U>(std::countr_zero(a));
    case Op::kPopCount:
      return static_cast<U>(std::popcount(a));
    case Op::kByteSwap:
      return static_cast<U>(ByteSwap64(a) >> (64 - kBits));
    case Op::kSExt8:
      return static_cast<U>(SignExtend(a, 8));
    case Op::kSExt16:
      return static_cast<U>(SignExtend(a, 16));
    case Op::kSExt32:
      return static_cast<U>(SignExtend(a, 32));
    case Op::kZExt8:
      return static_cast<uint8_t>(a);
    case Op::kZExt16:
      return static_cast<uint16_t>(a);
    case Op::kZExt32:
      return static_cast<uint32_t>(a);
    default:
      return 0;
  }
}

// Everything with effect 'p' and a result, but for FClass (see fp_eval.h). `arg_type`: of the first argument.
constexpr uint64_t EvalPure(Op op, Type type, uint16_t aux, Type arg_type, uint64_t a, uint64_t b, uint64_t c) {
  switch (op) {
    case Op::kSetCc:
      return Compare(static_cast<Cond>(aux), arg_type, a, b);
    case Op::kSelect:
      return a != 0 ? b : c;
    case Op::kSExt:
      return static_cast<uint64_t>(SignExtend(a, 32));
    case Op::kTrunc:
      return static_cast<uint32_t>(a);
    case Op::kZExt:
    case Op::kBitCast:
      return a;
    case Op::kFBox:
      return a | kSingleBox;
    case Op::kFUnbox:
      return a >= kSingleBox ? static_cast<uint32_t>(a) : CanonicalNan(Type::kF32);
    case Op::kFNeg:
    case Op::kFAbs:
    case Op::kFCopySign:
      return EvalSign(op, type, a, b);
    default:
      break;
  }
  return type == Type::kI32 ? EvalInt(op, static_cast<uint32_t>(a), static_cast<uint32_t>(b)) : EvalInt(op, a, b);
}

// What an atomic operation on `bits` of memory leaves there; bits above them are not defined.
constexpr uint64_t EvalAtomic(AtomicKind kind, uint64_t old, uint64_t v, unsigned bits) {
  const bool less = SignExtend(old, bits) < SignExtend(v, bits);
  const bool less_unsigned = old << (64 - bits) < v << (64 - bits);
  switch (kind) {
    case AtomicKind::kSwap:
      return v;
    case AtomicKind::kAdd:
      return old + v;
    case AtomicKind::kAnd:
      return old & v;
    case AtomicKind::kOr:
      return old | v;
    case AtomicKind::kXor:
      return old ^ v;
    case AtomicKind::kMin:
      return less ? old : v;
    case AtomicKind::kMax:
      return less ? v : old;
    case AtomicKind::kMinU:
      return less_unsigned ? old : v;
    case AtomicKind::kMaxU:
      return less_unsigned ? v : old;
  }
  return v;
}

}  // namespace emu::ir

#endif  // EMU_TRANSLATE_IR_EVAL_H_
