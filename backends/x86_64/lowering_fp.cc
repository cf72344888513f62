// Floating point on the host's SSE. MXCSR holds the guest's rounding mode and sticky flags, so that dynamic rounding
// needs nothing; a NaN result is made canonical out of line; what SSE does differently goes to the reference semantics
// (ir/fp_eval.h).
#include "backends/x86_64/lowering.h"

namespace emu::backends::x86_64 {
namespace {

using ir::FpAux;
using ir::FpCond;
using ir::Instr;
using ir::Rounding;
using IrOp = ir::Op;

FpAux AuxOf(const Instr& i) { return FpAux::Unpack(i.aux); }

}  // namespace

void Lowering::LoadFpConst(Xmm to, ir::Type type, uint64_t bits) {
  // Out of line only: eax may hold a value, so through memory.
  const bool wide = type == ir::Type::kF64;
  const Mem slot = FrameSlot(kArgumentSlots);
  e_.mi(Op::kMOV32mi, slot, static_cast<int32_t>(bits));
  if (wide) e_.mi(Op::kMOV32mi, Mem::Base(slot.base, slot.disp + 4), static_cast<int32_t>(bits >> 32));
  e_.rm(wide ? Op::kMOVSDrm : Op::kMOVSSrm, to, slot);
}

// A way to the reference semantics with the present instruction's arguments. The result must have its place already.
Lowering::Cold Lowering::FpCold(const Instr& i) {
  Cold cold{Cold::Kind::kFp};
  cold.instr = index_;
  cold.result = regs_.at(static_cast<Value>(index_));
  for (int a = 0; a < 3; ++a) {
    if (i.args[a] != ir::kNoValue) cold.args[a] = regs_.at(i.args[a]);
  }
  cold.live_temps = regs_.LiveTemps();
  cold.live_xmms = regs_.LiveXmms();
  return cold;
}

void Lowering::RepairNan(Xmm result, ir::Type type) {
  e_.rr(type == ir::Type::kF64 ? Op::kUCOMISDrr : Op::kUCOMISSrr, result, result);
  Cold cold{Cold::Kind::kCanonicalNan};
  cold.instr = index_;
  cold.from = e_.jcc_patchable(Cond::p);
  cold.result = regs_.at(static_cast<Value>(index_));
  cold.resume = e_.rw();
  cold_.push_back(cold);
}

// All of it out of line, by the reference semantics.
void Lowering::CallReference(const Instr& i) {
  if (ir::IsFloat(i.type)) {
    regs_.ResultXmm();
  } else {
    regs_.Result();
  }
  Cold cold = FpCold(i);
  cold.from = e_.jmp_patchable();
  cold.resume = e_.rw();
  cold_.push_back(cold);
}

void Lowering::Fp(const Instr& i) {
  if (!jit_.host_fp) return CallReference(i);
  switch (i.op) {
    case IrOp::kFMulAdd:
      return FpFma(i);
    case IrOp::kFMin:
    case IrOp::kFMax:
      return FpMinMax(i);
    case IrOp::kFCmp:
      return FpCompare(i);
    case IrOp::kFClass:
      return CallReference(i);
    case IrOp::kFToI:
      return FpToInt(i);
    case IrOp::kIToF:
      return IntToFp(i);
    case IrOp::kFCvt:
      return FpConvert(i);
    default:
      return FpArithmetic(i);
  }
}

void Lowering::FpArithmetic(const Instr& i) {
  if (AuxOf(i).rounding != Rounding::kDynamic) return CallReference(i);
  struct Forms {
    Op sd, ss, vsd, vss;
  };
  static constexpr Forms kForms[] = {{Op::kADDSDrr, Op::kADDSSrr, Op::kVADDSDrr, Op::kVADDSSrr},
                                     {Op::kSUBSDrr, Op::kSUBSSrr, Op::kVSUBSDrr, Op::kVSUBSSrr},
                                     {Op::kMULSDrr, Op::kMULSSrr, Op::kVMULSDrr, Op::kVMULSSrr},
                                     {Op::kDIVSDrr, Op::kDIVSSrr, Op::kVDIVSDrr, Op::kVDIVSSrr},
                                     {Op::kSQRTSDr, Op::kSQRTSSr, Op::kSQRTSDr, Op::kSQRTSSr}};
  const Forms& forms = kForms[static_cast<unsigned>(i.op) - static_cast<unsigned>(IrOp::kFAdd)];
  const bool wide = Wide(i);
  const Xmm a = regs_.UseXmm(i.args[0]);
  if (i.op == IrOp::kFSqrt) {
    const Xmm dst = regs_.ResultXmm();
    e_.rr(wide ? forms.sd : forms.ss, dst, a);
    return RepairNan(dst, i.type);
  }
  const Xmm b = regs_.UseXmm(i.args[1]);
  const Xmm dst = regs_.ResultXmm();
  if (features_.avx) {
    e_.rrr(wide ? forms.vsd : forms.vss, dst, a, b);
  } else {
    e_.rr(Op::kMOVAPSrr, dst, a);
    e_.rr(wide ? forms.sd : forms.ss, dst, b);
  }
  RepairNan(dst, i.type);
}

void Lowering::FpFma(const Instr& i) {
  const FpAux aux = AuxOf(i);
  if (aux.rounding != Rounding::kDynamic || !features_.fma) return CallReference(i);
  static constexpr Op kForms[2][4] = {{Op::kVFMADD231SSr, Op::kVFMSUB231SSr, Op::kVFNMADD231SSr, Op::kVFNMSUB231SSr},
                                      {Op::kVFMADD231SDr, Op::kVFMSUB231SDr, Op::kVFNMADD231SDr, Op::kVFNMSUB231SDr}};
  const Xmm a = regs_.UseXmm(i.args[0]), b = regs_.UseXmm(i.args[1]), c = regs_.UseXmm(i.args[2]);
  const Xmm dst = regs_.ResultXmm();
  e_.rr(Op::kMOVAPSrr, dst, c);
  e_.rrr(kForms[Wide(i)][aux.negate_product * 2 + aux.negate_addend], dst, a, b);
  // The host keeps quiet about infinity times zero where the addend is a NaN, so every NaN takes the reference's way.
  e_.rr(Wide(i) ? Op::kUCOMISDrr : Op::kUCOMISSrr, dst, dst);
  Cold cold = FpCold(i);
  cold.from = e_.jcc_patchable(Cond::p);
  cold.resume = e_.rw();
  cold_.push_back(cold);
}

void Lowering::FpMinMax(const Instr& i) {
  const bool wide = Wide(i), min = i.op == IrOp::kFMin;
  const Xmm a = regs_.UseXmm(i.args[0]), b = regs_.UseXmm(i.args[1]);
  const Xmm dst = regs_.ResultXmm();
  e_.rr(wide ? Op::kUCOMISDrr : Op::kUCOMISSrr, a, b);
  Cold cold = FpCold(i);
  cold.from = e_.jcc_patchable(Cond::p);
  cold.from2 = e_.jcc_patchable(Cond::e);  // zeros of both signs
  e_.rr(Op::kMOVAPSrr, dst, a);
  e_.rr(wide ? (min ? Op::kMINSDrr : Op::kMAXSDrr) : (min ? Op::kMINSSrr : Op::kMAXSSrr), dst, b);
  cold.resume = e_.rw();
  cold_.push_back(cold);
}

void Lowering::FpCompare(const Instr& i) {
  const FpCond c = static_cast<FpCond>(i.aux);
  const bool wide = ir::TypeBits(TypeOf(i.args[0])) == 64;
  const bool signals = c == FpCond::kLt || c == FpCond::kLe || c == FpCond::kEqSignal;
  const Op compare = signals ? (wide ? Op::kCOMISDrr : Op::kCOMISSrr) : (wide ? Op::kUCOMISDrr : Op::kUCOMISSrr);
  const Xmm a = regs_.UseXmm(i.args[0]), b = regs_.UseXmm(i.args[1]);
  const Reg t = regs_.Temp();
  // Unordered sets ZF, PF and CF; b above a is free of that (Intel SDM vol. 2, COMISD).
  if (c == FpCond::kEq || c == FpCond::kEqSignal) {
    const Reg ordered = regs_.Temp();
    e_.rr(compare, a, b);
    e_.setcc(Cond::e, t);
    e_.setcc(Cond::np, ordered);
    e_.rr(Op::kAND32rr, t, ordered);
  } else {
    e_.rr(compare, b, a);
    e_.setcc(c == FpCond::kUnordered ? Cond::p : c == FpCond::kLt || c == FpCond::kLtQuiet ? Cond::a : Cond::ae, t);
  }
  e_.rr(Op::kMOVZX32rr8, regs_.ResultOr(t), t);
}

void Lowering::FpToInt(const Instr& i) {
  const FpAux aux = AuxOf(i);
  const bool from64 = ir::TypeBits(TypeOf(i.args[0])) == 64, wide = Wide(i);
  const bool truncate = aux.rounding == Rounding::kTowardZero;
  if (aux.is_unsigned || (!truncate && aux.rounding != Rounding::kDynamic)) return CallReference(i);
  static constexpr Op kForms[2][2][2] = {
      {{Op::kCVTSS2SIrr, Op::kCVTSS2SI64rr}, {Op::kCVTSD2SIrr, Op::kCVTSD2SI64rr}},
      {{Op::kCVTTSS2SIrr, Op::kCVTTSS2SI64rr}, {Op::kCVTTSD2SIrr, Op::kCVTTSD2SI64rr}}};
  const Xmm a = regs_.UseXmm(i.args[0]);
  const Reg dst = regs_.Result();
  e_.rr(kForms[truncate][from64][wide], dst, a);
  // "Integer indefinite", the most negative number, stands for everything out of range.
  e_.ri(wide ? Op::kCMP64ri8 : Op::kCMP32ri8, dst, 1);
  Cold cold = FpCold(i);
  cold.from = e_.jcc_patchable(Cond::o);
  cold.resume = e_.rw();
  cold_.push_back(cold);
}

void Lowering::IntToFp(const Instr& i) {
  const FpAux aux = AuxOf(i);
  const bool from64 = ir::TypeBits(TypeOf(i.args[0])) == 64, wide = Wide(i);
  const bool exact = wide && !from64;
  if ((aux.rounding != Rounding::kDynamic && !exact) || (aux.is_unsigned && from64)) return CallReference(i);
  const Reg a = regs_.Use(i.args[0]);
  const Xmm dst = regs_.ResultXmm();
  e_.rr(Op::kPXORrr, dst, dst);
  if (aux.is_unsigned) {
    const Reg t = regs_.Temp();
    e_.rr(Op::kMOV32rr, t, a);
    return e_.rr(wide ? Op::kCVTSI642SDrr : Op::kCVTSI642SSrr, dst, t);
  }
  e_.rr(wide ? (from64 ? Op::kCVTSI642SDrr : Op::kCVTSI2SDrr) : (from64 ? Op::kCVTSI642SSrr : Op::kCVTSI2SSrr), dst, a);
}

void Lowering::FpConvert(const Instr& i) {
  const bool widen = Wide(i);
  if (TypeOf(i.args[0]) == i.type) return CallReference(i);
  if (!widen && AuxOf(i).rounding != Rounding::kDynamic) return CallReference(i);
  const Xmm a = regs_.UseXmm(i.args[0]);
  const Xmm dst = regs_.ResultXmm();
  e_.rr(widen ? Op::kCVTSS2SDrr : Op::kCVTSD2SSrr, dst, a);
  RepairNan(dst, i.type);
}

}  // namespace emu::backends::x86_64
