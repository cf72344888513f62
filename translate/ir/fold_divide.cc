// Divisions by constants, as products with a reciprocal (Granlund and Montgomery, "Division by Invariant Integers using
// Multiplication", PLDI 1994). A constant is as well one that a guest register was guessed to hold (divisors.h).
#include <bit>

#include "translate/ir/division.h"
#include "translate/ir/eval.h"
#include "translate/ir/fold.h"

namespace emu::ir {
namespace {

constexpr unsigned kMostInserted = 12;

// A quotient is (high half of n * factor, plus n if `adds`) >> shift.
struct Reciprocal {
  uint64_t factor;
  unsigned shift;
  bool adds;  // the factor lacks its top bit, 2^64
};

// For any n below 2^64, or if `bits` is 63 from -2^63 to 2^63; there its quotient is rounded down. `divisor` is no
// power of two (section 4 and 5; figure 6.2).
Reciprocal ReciprocalOf(uint64_t divisor, unsigned bits) {
  const unsigned log = static_cast<unsigned>(std::bit_width(divisor)) - 1;
  const unsigned shift = log - (64 - bits);
  const unsigned __int128 power = static_cast<unsigned __int128>(1) << (64 + shift);
  const auto factor = static_cast<uint64_t>(power / divisor);
  const auto rest = static_cast<uint64_t>(power % divisor);
  if (divisor - rest <= uint64_t{1} << log) return {factor + 1, shift, false};
  const bool carry = rest >= divisor - rest;
  return {factor * 2 + carry + 1, shift + 1, true};
}

}  // namespace

// Writes the instructions before the pending one.
class Folder::Division {
 public:
  explicit Division(Output& out) : out_(out), i_(out.pending()), n_(i_.args[0]), type_(i_.type) {
    const uint64_t constant = out[i_.args[1]].imm;
    const unsigned sign = TypeBits(type_) - 1;
    negates_ = IsSignedDivision(i_.op) && (constant >> sign & 1) != 0;
    divisor_ = ir::Truncate(type_, negates_ ? -constant : constant);
    is_signed_ = IsSignedDivision(i_.op) && out.facts(n_).max() >> sign != 0;
  }

  Value Run() {
    if (divisor_ == 0) return IsRemainder(i_.op) ? n_ : Const(~uint64_t{0});
    if (divisor_ == 1) return IsRemainder(i_.op) ? Const(0) : Signed(n_);
    return std::has_single_bit(divisor_) ? ByPower() : ByReciprocal();
  }

 private:
  Value ByPower() {
    const unsigned log = static_cast<unsigned>(std::countr_zero(divisor_));
    const Value mask = Const(divisor_ - 1);
    if (!is_signed_) return IsRemainder(i_.op) ? Do(Op::kAnd, n_, mask) : Signed(Do(Op::kShr, n_, Const(log)));
    // Rounded to zero, by divisor - 1 more where n is negative.
    const Value more = Do(Op::kShr, Sign(n_), Const(TypeBits(type_) - log));
    const Value sum = Do(Op::kAdd, n_, more);
    if (IsRemainder(i_.op)) return Do(Op::kSub, Do(Op::kAnd, sum, mask), more);
    return Signed(Do(Op::kSar, sum, Const(log)));
  }

  Value ByReciprocal() {
    const Value quotient = type_ == Type::kI32 ? Narrow() : is_signed_ ? WideSigned() : WideUnsigned();
    if (!IsRemainder(i_.op)) return Signed(quotient);
    return Do(Op::kSub, n_, Do(Op::kMul, quotient, Const(divisor_)));
  }
  // 2^64 / divisor, rounded up, is exact enough for 32 bits.
  Value Narrow() {
    const Value wide = Convert(is_signed_ ? Op::kSExt : Op::kZExt, Type::kI64, n_);
    const Value factor = out_.Insert(Type::kI64, ~uint64_t{0} / divisor_ + 1);
    const Value high = Do64(is_signed_ ? Op::kMulHighS : Op::kMulHighU, wide, factor);
    const Value quotient = Convert(Op::kTrunc, Type::kI32, high);
    return is_signed_ ? Do(Op::kSub, quotient, Sign(n_)) : quotient;
  }
  Value WideUnsigned() {
    if (out_.facts(n_).max() >> 32 == 0 && divisor_ >> 32 == 0) {
      return Do(Op::kMulHighU, n_, Const(~uint64_t{0} / divisor_ + 1));
    }
    const Reciprocal r = ReciprocalOf(divisor_, 64);
    const Value high = Do(Op::kMulHighU, n_, Const(r.factor));
    if (!r.adds) return Shift(Op::kShr, high, r.shift);
    // The sum has 65 bits: its half is made instead.
    const Value half = Do(Op::kAdd, Do(Op::kShr, Do(Op::kSub, n_, high), Const(1)), high);
    return Shift(Op::kShr, half, r.shift - 1);
  }
  Value WideSigned() {
    const Reciprocal r = ReciprocalOf(divisor_, 63);
    Value high = Do(Op::kMulHighS, n_, Const(r.factor));
    if (r.adds) high = Do(Op::kAdd, high, n_);
    return Do(Op::kSub, Shift(Op::kSar, high, r.shift), Sign(n_));
  }

  Value Signed(Value v) { return negates_ ? Convert(Op::kNeg, type_, v) : v; }
  Value Sign(Value v) { return Do(Op::kSar, v, Const(TypeBits(type_) - 1)); }
  Value Shift(Op op, Value v, unsigned by) { return by == 0 ? v : Do(op, v, Const(by)); }
  Value Const(uint64_t v) { return out_.Insert(type_, v); }
  Value Do(Op op, Value a, Value b) { return out_.Insert(Instr{.op = op, .type = type_, .args = {a, b, kNoValue}}); }
  Value Do64(Op op, Value a, Value b) {
    return out_.Insert(Instr{.op = op, .type = Type::kI64, .args = {a, b, kNoValue}});
  }
  Value Convert(Op op, Type to, Value v) {
    return out_.Insert(Instr{.op = op, .type = to, .args = {v, kNoValue, kNoValue}});
  }

  Output& out_;
  const Instr i_;
  const Value n_;
  const Type type_;
  uint64_t divisor_;  // its magnitude
  bool negates_;      // the divisor is negative
  bool is_signed_;    // the dividend may be
};

std::optional<Value> Folder::Divide(const Instr& i) {
  if (!IsConst(i.args[1]) || !out_.HasRoom(kMostInserted)) return std::nullopt;
  return Division(out_).Run();
}

}  // namespace emu::ir
