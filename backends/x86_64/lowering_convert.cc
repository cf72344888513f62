// Between integers and floating point, and FCLASS. What a host instruction does is checked for what it does otherwise:
// integers out of range, unsigned ones of 64 bits, and rounding in another way than the present one.
#include "backends/x86_64/lowering.h"

namespace emu::backends::x86_64 {
namespace {

using ir::FpAux;
using ir::Instr;
using ir::Rounding;

FpAux AuxOf(const Instr& i) { return FpAux::Unpack(i.aux); }

// The immediate of ROUNDSD (Intel SDM vol. 2); with kQuiet it does not tell that the result is inexact.
constexpr int kQuiet = 8;
constexpr int RoundImmediate(Rounding r) { return r == Rounding::kDown ? 1 : r == Rounding::kUp ? 2 : 0; }

}  // namespace

// Leaves `a`, rounded to an integer by a mode of the instruction's own, in the first scratch register.
void Lowering::RoundFirst(Xmm a, bool wide, Rounding rounding, Cold* cold) {
  const Op round = wide ? Op::kROUNDSDri : Op::kROUNDSSri;
  e_.rri(round, kScratchXmm0, a, RoundImmediate(rounding) | kQuiet);
  if (rounding != Rounding::kNearestMaxMagnitude) return;
  // The nearest, and the even one of two. The difference is exact; where it is a half it may be the wrong one.
  e_.rr(Op::kMOVAPSrr, kScratchXmm1, a);
  e_.rr(wide ? Op::kSUBSDrr : Op::kSUBSSrr, kScratchXmm1, kScratchXmm0);
  WithConstant(Op::kANDPSrm, kScratchXmm1, wide ? Constant::kMagnitude64 : Constant::kMagnitude32);
  WithConstant(wide ? Op::kUCOMISDrm : Op::kUCOMISSrm, kScratchXmm1, wide ? Constant::kHalf64 : Constant::kHalf32);
  cold->from2 = e_.jcc_patchable(Cond::e);
}

// Goes on only with what is not negative and in the range of 32 bits, or of 63: for the double, the upper word tells.
// Below the limit no rounding reaches 2^32.
uint8_t* Lowering::UnlessUnsigned(Reg t, Xmm a, bool from64, bool wide) {
  static constexpr int32_t kLimits[2][2] = {{0x4f800000, 0x5f000000}, {0x41efffff, 0x43e00000}};
  e_.rr(from64 ? Op::kMOVPQIto64rr : Op::kMOVPDI2DIrr, t, a);
  if (from64) e_.ri(Op::kSHR64ri, t, 32);
  e_.ri(Op::kCMP32ri, t, kLimits[from64][wide]);
  return e_.jcc_patchable(Cond::ae);
}

void Lowering::FpToInt(const Instr& i) {
  const FpAux aux = AuxOf(i);
  const bool from64 = ir::TypeBits(TypeOf(i.args[0])) == 64, wide = Wide(i);
  const bool by_itself = aux.rounding == Rounding::kTowardZero || aux.rounding == Rounding::kDynamic;
  if (!by_itself && !features_.sse41) return CallReference(i);
  static constexpr Op kForms[2][2][2] = {
      {{Op::kCVTSS2SIrr, Op::kCVTSS2SI64rr}, {Op::kCVTSD2SIrr, Op::kCVTSD2SI64rr}},
      {{Op::kCVTTSS2SIrr, Op::kCVTTSS2SI64rr}, {Op::kCVTTSD2SIrr, Op::kCVTTSD2SI64rr}}};
  const Xmm a = regs_.UseXmm(i.args[0]);
  const Reg dst = regs_.Result();
  Cold cold = FpCold(i);
  if (aux.is_unsigned) cold.from = UnlessUnsigned(dst, a, from64, wide);
  if (!by_itself) RoundFirst(a, from64, aux.rounding, &cold);
  e_.rr(kForms[aux.rounding != Rounding::kDynamic][from64][wide || aux.is_unsigned], dst, by_itself ? a : kScratchXmm0);
  if (!aux.is_unsigned) {
    // "Integer indefinite", the most negative number, stands for everything out of range.
    e_.ri(wide ? Op::kCMP64ri8 : Op::kCMP32ri8, dst, 1);
    cold.from = e_.jcc_patchable(Cond::o);
  }
  if (!by_itself) e_.rri(from64 ? Op::kROUNDSDri : Op::kROUNDSSri, kScratchXmm0, a, RoundImmediate(aux.rounding));
  cold.resume = e_.rw();
  cold_.push_back(cold);
}

// Where the way of rounding does not matter, as the integer has no more bits than the significand: leaves otherwise.
uint8_t* Lowering::UnlessExact(Reg t, Reg a, bool from64, const Instr& i) {
  const int bits = Wide(i) ? 53 : 24;
  const bool is_unsigned = AuxOf(i).is_unsigned;
  e_.ri(from64 ? Op::kMOV64ri : Op::kMOV32ri, t, is_unsigned ? 0 : int64_t{1} << bits);
  e_.rr(from64 ? Op::kADD64rr : Op::kADD32rr, t, a);
  e_.ri(from64 ? Op::kSHR64ri : Op::kSHR32ri, t, is_unsigned ? bits : bits + 1);
  return e_.jcc_patchable(Cond::ne);
}

void Lowering::IntToFp(const Instr& i) {
  const FpAux aux = AuxOf(i);
  const bool from64 = ir::TypeBits(TypeOf(i.args[0])) == 64, wide = Wide(i);
  const bool rounds = aux.rounding != Rounding::kDynamic && (!wide || from64);
  const Reg a = regs_.Use(i.args[0]);
  const bool extends = aux.is_unsigned && !from64;
  const Reg t = rounds || extends ? regs_.Temp() : a;
  const Xmm dst = regs_.ResultXmm();
  if (!wide) regs_.MarkBoxed();
  Cold cold = FpCold(i);
  if (rounds) {
    cold.from = UnlessExact(t, a, from64, i);
  } else if (aux.is_unsigned && from64) {
    e_.rr(Op::kTEST64rr, a, a);
    cold.from = e_.jcc_patchable(Cond::s);
  }
  // Something in the bits above, so that the result does not wait for what was there: for a single, its box.
  if (wide) {
    e_.rr(Op::kPXORrr, dst, dst);
  } else {
    WithConstant(Op::kMOVAPSrm, dst, Constant::kBox);
  }
  if (extends) {
    e_.rr(Op::kMOV32rr, t, a);
    e_.rr(wide ? Op::kCVTSI642SDrr : Op::kCVTSI642SSrr, dst, t);
  } else {
    static constexpr Op kForms[2][2] = {{Op::kCVTSI2SSrr, Op::kCVTSI642SSrr}, {Op::kCVTSI2SDrr, Op::kCVTSI642SDrr}};
    e_.rr(kForms[wide][from64], dst, a);
  }
  if (cold.from == nullptr) return;
  cold.resume = e_.rw();
  cold_.push_back(cold);
}

void Lowering::FpConvert(const Instr& i) {
  const bool widen = Wide(i);
  if (TypeOf(i.args[0]) == i.type) return CallReference(i);
  if (!widen && AuxOf(i).rounding != Rounding::kDynamic) return CallReference(i);
  const Xmm a = regs_.UseXmm(i.args[0]);
  const Xmm dst = regs_.ResultXmm();
  if (widen) {
    FpBinary(Op::kVCVTSS2SDrr, Op::kCVTSS2SDrr, dst, a, a);
  } else {
    WithConstant(Op::kMOVAPSrm, kScratchXmm0, Constant::kBox);
    e_.rr(Op::kCVTSD2SSrr, kScratchXmm0, a);
    e_.rr(Op::kMOVAPSrr, dst, kScratchXmm0);
    regs_.MarkBoxed();
  }
  MadeNan(dst, i.type);
}

// Normal numbers here, zeros out of line, and what is left by the reference semantics. One bit: of a normal number 1 or
// 6, of a zero 3 or 4.
void Lowering::FpClass(const Instr& i) {
  const bool from64 = ir::TypeBits(TypeOf(i.args[0])) == 64;
  const Xmm a = regs_.UseXmm(i.args[0]);
  const Reg dst = regs_.Result(), t = regs_.Temp();
  Cold cold = FpCold(i);
  cold.kind = Cold::Kind::kFpClass;
  cold.address = t;
  if (from64) {
    e_.rr(Op::kMOVPQIto64rr, dst, a);
  } else {
    e_.rr(Op::kMOVPDI2DIrr, dst, a);
    e_.ri(Op::kSHL64ri, dst, 32);  // sign and exponent of both formats begin at the top
  }
  const int exponent_bits = from64 ? 11 : 8;
  e_.rr(Op::kMOV64rr, t, dst);
  e_.rr(Op::kADD64rr, t, t);
  e_.ri(Op::kSHR64ri, t, 64 - exponent_bits);
  e_.ri(Op::kSUB32ri8, t, 1);
  e_.ri(Op::kCMP32ri, t, (1 << exponent_bits) - 3);
  cold.from = e_.jcc_patchable(Cond::a);
  FpClassOf(dst, 1, 6);
  cold.resume = e_.rw();
  cold_.push_back(cold);
}

// dst becomes the bit `negative` or `positive`, by its sign.
void Lowering::FpClassOf(Reg dst, int negative, int positive) {
  e_.ri(Op::kSAR64ri, dst, 63);
  e_.ri(Op::kAND32ri8, dst, (1 << negative) - (1 << positive));
  e_.ri(Op::kADD32ri8, dst, 1 << positive);
}

void Lowering::ColdFpClass(const Cold& cold) {
  const Reg dst = static_cast<Reg>(cold.result.kind == Location::Kind::kTemp
                                       ? cold.result.reg
                                       : static_cast<unsigned>(regs_.guest(cold.result.index).host));
  e_.rr(Op::kMOV64rr, cold.address, dst);
  e_.rr(Op::kADD64rr, cold.address, cold.address);
  uint8_t* const other = e_.jcc_short(Cond::ne);
  FpClassOf(dst, 3, 4);
  e_.jmp_to(e_.rx_of(cold.resume));
  e_.Bind8(other);
  ColdFp(cold);
}

}  // namespace emu::backends::x86_64
