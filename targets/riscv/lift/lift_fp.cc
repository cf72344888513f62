// F and D (unprivileged manual, chapters 20 and 21).
#include "targets/riscv/lift/lifter.h"
#include "translate/ir/eval.h"

namespace emu::riscv {

using ir::FpAux;
using ir::FpCond;

namespace {

constexpr ir::Type IntOf(ir::Type format) { return format == ir::Type::kF32 ? ir::Type::kI32 : ir::Type::kI64; }

}  // namespace

bool Lifter::FpIsOff() const {
  constexpr uint64_t kFp = Bit(Extension::kF) | Bit(Extension::kD);
  return (request_.key & kKeyFpOn) == 0 && (LineOf(d_.id).extensions & kFp) != 0;
}

// To be called by everything that writes f registers or flags, after the last operation that may fault.
void Lifter::Dirty() {
  if (dirty_) return;
  dirty_ = true;
  ir_.Set(kRegFsDirty, ir_.Const64(kStatusSd | kStatusFs));
}

// False if frm is asked and holds a reserved value: the instruction has been raised as illegal.
bool Lifter::Rounding(FpAux* aux) {
  using R = ir::Rounding;
  constexpr R kModes[] = {R::kNearestEven, R::kTowardZero, R::kDown, R::kUp, R::kNearestMaxMagnitude};
  constexpr unsigned kDynamic = 7;
  if (d_.rm != kDynamic) {
    aux->rounding = kModes[d_.rm];
    return true;
  }
  if ((request_.key & kKeyFrmReserved) != 0) return Illegal(), false;
  aux->rounding = (request_.key & kKeyFrmMaxMag) != 0 ? R::kNearestMaxMagnitude : R::kDynamic;
  return true;
}

// Registers. A single that is not NaN-boxed reads as the canonical NaN (section 21.2).
Lifter::Value Lifter::Single(unsigned reg) {
  SingleValue& known = single_[reg];
  if (known.value != ir::kNoValue) return known.value;
  known = {ir_.Convert(Op::kFUnbox, Type::kF32, ir_.Get(Type::kF64, kRegF0 + reg)), false};
  return known.value;
}

Lifter::Value Lifter::F(unsigned reg, Type format) {
  return format == Type::kF32 ? Single(reg) : ir_.Get(Type::kF64, kRegF0 + reg);
}

void Lifter::SetF(unsigned reg, Value v) {
  if (ir_.TypeOf(v) == Type::kF32) {
    Box(reg, v);
  } else {
    single_[reg] = {};
    ir_.Set(kRegF0 + reg, v);
  }
  Dirty();
}

void Lifter::SetFBits(unsigned reg, Value v, Type format) {
  if (format == Type::kF32) {
    Box(reg, ir_.Convert(Op::kBitCast, Type::kF32, v));
  } else {
    single_[reg] = {};
    ir_.Set(kRegF0 + reg, v);
  }
  Dirty();
}

void Lifter::Box(unsigned reg, Value single) {
  ir_.Set(kRegF0 + reg, ir_.Convert(Op::kFBox, Type::kF64, single));
  single_[reg] = {single, true};
}

// Loads and stores. FSW writes the lower half, boxed or not.
void Lifter::Flw() {
  const Address a = MemoryAddress();
  SetF(d_.rd, ir_.Load(Type::kF32, {.log2_size = 2}, a.base, a.displacement));
}

void Lifter::Fld() {
  const Address a = MemoryAddress();
  SetF(d_.rd, ir_.Load(Type::kF64, {.log2_size = 3}, a.base, a.displacement));
}

void Lifter::Fsw() {
  const Address a = MemoryAddress();
  const SingleValue& known = single_[d_.rs2];
  const Value v = known.exact ? known.value : ir_.Get(Type::kI64, kRegF0 + d_.rs2);
  ir_.Store({.log2_size = 2}, a.base, v, a.displacement);
}

void Lifter::Fsd() {
  const Address a = MemoryAddress();
  ir_.Store({.log2_size = 3}, a.base, ir_.Get(Type::kF64, kRegF0 + d_.rs2), a.displacement);
}

// Arithmetic.
void Lifter::FpArithmetic(Op op) {
  FpAux aux;
  if (!Rounding(&aux)) return;
  const Value a = F(d_.rs1, Format());
  SetF(d_.rd, op == Op::kFSqrt ? ir_.Fp(op, aux, {a}) : ir_.Fp(op, aux, {a, F(d_.rs2, Format())}));
}

void Lifter::Fadd() { FpArithmetic(Op::kFAdd); }
void Lifter::Fsub() { FpArithmetic(Op::kFSub); }
void Lifter::Fmul() { FpArithmetic(Op::kFMul); }
void Lifter::Fdiv() { FpArithmetic(Op::kFDiv); }
void Lifter::Fsqrt() { FpArithmetic(Op::kFSqrt); }

void Lifter::FusedMultiply(bool negate_product, bool negate_addend) {
  FpAux aux{.negate_product = negate_product, .negate_addend = negate_addend};
  if (!Rounding(&aux)) return;
  SetF(d_.rd, ir_.Fp(Op::kFMulAdd, aux, {F(d_.rs1, Format()), F(d_.rs2, Format()), F(d_.rs3, Format())}));
}

void Lifter::Fmadd() { FusedMultiply(false, false); }
void Lifter::Fmsub() { FusedMultiply(false, true); }
void Lifter::Fnmsub() { FusedMultiply(true, false); }
void Lifter::Fnmadd() { FusedMultiply(true, true); }

void Lifter::Fmin() { SetF(d_.rd, ir_.Fp(Op::kFMin, {}, {F(d_.rs1, Format()), F(d_.rs2, Format())})); }
void Lifter::Fmax() { SetF(d_.rd, ir_.Fp(Op::kFMax, {}, {F(d_.rs1, Format()), F(d_.rs2, Format())})); }

// rs1 with the sign of rs2, of its opposite, or of both. With rs1 equal to rs2: a move, negation, absolute value.
void Lifter::SignInjection(Sign sign) {
  const Type format = Format(), bits = IntOf(format);
  const Value a = F(d_.rs1, format);
  if (d_.rs1 == d_.rs2) {
    if (sign == Sign::kCopy) return SetF(d_.rd, a);
    return SetF(d_.rd, ir_.Unary(sign == Sign::kXor ? Op::kFAbs : Op::kFNeg, a));
  }
  const Value b = F(d_.rs2, format);
  if (sign != Sign::kXor) {
    return SetF(d_.rd, ir_.Binary(Op::kFCopySign, a, sign == Sign::kCopy ? b : ir_.Unary(Op::kFNeg, b)));
  }
  const auto as_bits = [&](Value v) { return ir_.Convert(Op::kBitCast, bits, v); };
  const Value changes = ir_.Binary(Op::kAnd, as_bits(b), ir_.Const(bits, ir::FpSignBit(format)));
  SetF(d_.rd, ir_.Convert(Op::kBitCast, format, ir_.Binary(Op::kXor, as_bits(a), changes)));
}

void Lifter::Fsgnj() { SignInjection(Sign::kCopy); }
void Lifter::Fsgnjn() { SignInjection(Sign::kNegate); }
void Lifter::Fsgnjx() { SignInjection(Sign::kXor); }

// Comparisons and FCLASS.
void Lifter::FpCompare(FpCond cond) {
  const Value a = F(d_.rs1, Format()), b = F(d_.rs2, Format());
  Rd(ir_.FCmp(xt_, cond, a, b));
  Dirty();
}

void Lifter::Feq() { FpCompare(FpCond::kEq); }
void Lifter::Flt() { FpCompare(FpCond::kLt); }
void Lifter::Fle() { FpCompare(FpCond::kLe); }
void Lifter::Fclass() { Rd(ir_.FClass(xt_, F(d_.rs1, Format()))); }

// Conversions. 32-bit results are sign-extended, those of FCVT.WU too.
void Lifter::ToInteger(Type type, bool is_unsigned) {
  FpAux aux{.is_unsigned = is_unsigned};
  if (!Rounding(&aux)) return;
  const Value v = ir_.FpConvert(Op::kFToI, type, aux, F(d_.rs1, Format()));
  if (type == Type::kI32) {
    RdSigned(v);
  } else {
    Rd(v);
  }
  Dirty();
}

void Lifter::FromInteger(Type type, bool is_unsigned) {
  FpAux aux{.is_unsigned = is_unsigned};
  if (!Rounding(&aux)) return;
  // Every 32-bit integer is a double: no rounding mode needs to be set for it.
  if (type == Type::kI32 && Format() == Type::kF64) aux.rounding = ir::Rounding::kDynamic;
  SetF(d_.rd, ir_.FpConvert(Op::kIToF, Format(), aux, type == Type::kI32 ? Low(d_.rs1) : Rs1()));
}

void Lifter::FcvtW() { ToInteger(Type::kI32, false); }
void Lifter::FcvtWu() { ToInteger(Type::kI32, true); }
void Lifter::FcvtL() { ToInteger(Type::kI64, false); }
void Lifter::FcvtLu() { ToInteger(Type::kI64, true); }
void Lifter::FcvtFromW() { FromInteger(Type::kI32, false); }
void Lifter::FcvtFromWu() { FromInteger(Type::kI32, true); }
void Lifter::FcvtFromL() { FromInteger(Type::kI64, false); }
void Lifter::FcvtFromLu() { FromInteger(Type::kI64, true); }

void Lifter::FcvtSD() {
  FpAux aux;
  if (!Rounding(&aux)) return;
  SetF(d_.rd, ir_.FpConvert(Op::kFCvt, Type::kF32, aux, F(d_.rs1, Type::kF64)));
}

// Exact, but illegal all the same while frm is reserved and asked.
void Lifter::FcvtDS() {
  FpAux aux;
  if (!Rounding(&aux)) return;
  SetF(d_.rd, ir_.FpConvert(Op::kFCvt, Type::kF64, {}, F(d_.rs1, Type::kF32)));
}

// Moves of bits.
void Lifter::FmvXW() {
  const Value raw = ir_.Get(Type::kI64, kRegF0 + d_.rs1);
  RdSigned(ir_.Convert(Op::kTrunc, Type::kI32, raw));
}
void Lifter::FmvXD() { Rd(ir_.Get(Type::kI64, kRegF0 + d_.rs1)); }
void Lifter::FmvWX() { SetFBits(d_.rd, Low(d_.rs1), Type::kF32); }
void Lifter::FmvDX() { SetFBits(d_.rd, Rs1(), Type::kF64); }

}  // namespace emu::riscv
