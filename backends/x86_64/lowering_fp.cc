// Floating point on the host's SSE. MXCSR holds the guest's rounding mode and sticky flags, so that dynamic rounding
// needs nothing; a NaN result is made canonical where that matters (lowering_nans.cc); what SSE does differently goes
// to the reference semantics (ir/fp_eval.h).
#include <array>
#include <utility>

#include "backends/x86_64/lowering.h"
#include "translate/engine/fp_env.h"

namespace emu::backends::x86_64 {
namespace {

using ir::FpAux;
using ir::FpCond;
using ir::Instr;
using ir::Rounding;
using IrOp = ir::Op;

FpAux AuxOf(const Instr& i) { return FpAux::Unpack(i.aux); }

template <size_t kSize>
constexpr std::array<uint8_t, kSize> FlagTable(uint32_t (*flags)(uint32_t)) {
  std::array<uint8_t, kSize> table{};
  for (uint32_t n = 0; n < kSize; ++n) table[n] = static_cast<uint8_t>(flags(n));
  return table;
}
constexpr auto kPackedFlags = FlagTable<64>(translate::PackFpFlags);
constexpr auto kUnpackedFlags = FlagTable<32>(translate::UnpackFpFlags);

}  // namespace

// What was emitted last reads `data`, by a place relative to the code, and has no immediate.
void Lowering::ReachFor(const uint8_t* data) {
  if (!e_.overflow()) Emitter::PatchRel32(e_.rw() - 4, e_.rx(), data);
}

// `op` reads a constant that lies beside the code; it must have no immediate.
void Lowering::WithConstant(Op op, Xmm dst, Constant c) {
  e_.rm(op, dst, Mem::RipRelative(0));
  ReachFor(runtime_.constant(c));
}

void Lowering::WithConstant(Op op, Xmm dst, Xmm a, Constant c) {
  e_.rrm(op, dst, a, Mem::RipRelative(0));
  ReachFor(runtime_.constant(c));
}

// dst = a op b; dst may be either. What lies above the result comes from a.
void Lowering::FpBinary(Op avx, Op sse, Xmm dst, Xmm a, Xmm b) {
  if (features_.avx) return e_.rrr(avx, dst, a, b);
  e_.rr(Op::kMOVAPSrr, kScratchXmm0, a);
  e_.rr(sse, kScratchXmm0, b);
  e_.rr(Op::kMOVAPSrr, dst, kScratchXmm0);
}

// A way to the reference semantics with the present instruction's arguments. The result must have its place already.
Lowering::Cold Lowering::FpCold(const Instr& i) {
  Cold cold{Cold::Kind::kFp};
  cold.instr = index_;
  cold.result = regs_.at(static_cast<Value>(index_));
  cold.boxed = regs_.Boxed(static_cast<Value>(index_));
  for (int a = 0; a < 3; ++a) {
    if (i.args[a] == ir::kNoValue) continue;
    cold.args[a] = regs_.at(i.args[a]);
    if (!IsFolded(i.args[a])) continue;
    const Mem from = FoldedFrom(i.args[a]);
    cold.args[a] = {Location::Kind::kHost, static_cast<uint8_t>(from.base), 0, static_cast<uint64_t>(from.disp)};
  }
  cold.live_temps = regs_.LiveTemps();
  cold.live_xmms = regs_.LiveXmms();
  return cold;
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
  switch (i.op) {
    case IrOp::kFBox:
      return Box(i);
    case IrOp::kFUnbox:
      return Unbox(i);
    case IrOp::kFNeg:
    case IrOp::kFAbs:
      return FpSign(i);
    case IrOp::kFCopySign:
      return FpCopySign(i);
    case IrOp::kGetFlags:
      return GetFlags(i);
    case IrOp::kSetFlags:
      return SetFlags(i);
    default:
      return jit_.host_fp ? FpOperation(i) : CallReference(i);
  }
}

void Lowering::FpOperation(const Instr& i) {
  switch (i.op) {
    case IrOp::kFMulAdd:
      return FpFma(i);
    case IrOp::kFMin:
    case IrOp::kFMax:
      return FpMinMax(i);
    case IrOp::kFCmp:
      return FpCompare(i);
    case IrOp::kFClass:
      return FpClass(i);
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
    Op sse, avx, avx_memory;
  };
  static constexpr Forms kForms[][2] = {
      {{Op::kADDSSrr, Op::kVADDSSrr, Op::kVADDSSrm}, {Op::kADDSDrr, Op::kVADDSDrr, Op::kVADDSDrm}},
      {{Op::kSUBSSrr, Op::kVSUBSSrr, Op::kVSUBSSrm}, {Op::kSUBSDrr, Op::kVSUBSDrr, Op::kVSUBSDrm}},
      {{Op::kMULSSrr, Op::kVMULSSrr, Op::kVMULSSrm}, {Op::kMULSDrr, Op::kVMULSDrr, Op::kVMULSDrm}},
      {{Op::kDIVSSrr, Op::kVDIVSSrr, Op::kVDIVSSrm}, {Op::kDIVSDrr, Op::kVDIVSDrr, Op::kVDIVSDrm}},
      {{Op::kSQRTSSr, Op::kVSQRTSSr, Op::kVSQRTSSm}, {Op::kSQRTSDr, Op::kVSQRTSDr, Op::kVSQRTSDm}}};
  const Forms& forms = kForms[static_cast<unsigned>(i.op) - static_cast<unsigned>(IrOp::kFAdd)][Wide(i)];
  Value va = i.args[0], vb = i.op == IrOp::kFSqrt ? va : i.args[1];
  const bool commutes = i.op == IrOp::kFAdd || i.op == IrOp::kFMul;
  Mem mem;
  const bool better = regs_.Boxed(vb) || (regs_.InMemory(va, &mem) && !regs_.Boxed(va));
  if (commutes && (IsFolded(va) || (better && !IsFolded(vb)))) std::swap(va, vb);
  const Xmm a = regs_.UseXmm(va);
  if (IsFolded(vb)) mem = FoldedFrom(vb);
  const bool in_memory = IsFolded(vb) || (features_.avx && regs_.InMemory(vb, &mem) && !regs_.UsedLater(vb));
  const Xmm b = in_memory ? kScratchXmm0 : regs_.UseXmm(vb);
  const Xmm dst = regs_.ResultXmm();
  if (in_memory) {
    e_.rrm(forms.avx_memory, dst, a, mem);
  } else {
    FpBinary(forms.avx, forms.sse, dst, a, b);
  }
  if (regs_.Boxed(va)) regs_.MarkBoxed();
  MadeNan(dst, i.type);
}

void Lowering::FpFma(const Instr& i) {
  const FpAux aux = AuxOf(i);
  if (aux.rounding != Rounding::kDynamic || !features_.fma) return CallReference(i);
  struct Forms {
    Op registers, memory;
  };
  static constexpr Forms kForms[2][4] = {{{Op::kVFMADD231SSr, Op::kVFMADD231SSm},
                                          {Op::kVFMSUB231SSr, Op::kVFMSUB231SSm},
                                          {Op::kVFNMADD231SSr, Op::kVFNMADD231SSm},
                                          {Op::kVFNMSUB231SSr, Op::kVFNMSUB231SSm}},
                                         {{Op::kVFMADD231SDr, Op::kVFMADD231SDm},
                                          {Op::kVFMSUB231SDr, Op::kVFMSUB231SDm},
                                          {Op::kVFNMADD231SDr, Op::kVFNMADD231SDm},
                                          {Op::kVFNMSUB231SDr, Op::kVFNMSUB231SDm}}};
  const Forms& forms = kForms[Wide(i)][aux.negate_product * 2 + aux.negate_addend];
  const bool folded = IsFolded(i.args[0]) || IsFolded(i.args[1]);
  const Value va = i.args[IsFolded(i.args[0]) ? 1 : 0], vb = i.args[IsFolded(i.args[0]) ? 0 : 1];
  const Xmm a = regs_.UseXmm(va), b = folded ? a : regs_.UseXmm(vb), c = regs_.UseXmm(i.args[2]);
  const Xmm dst = regs_.ResultXmm();
  // The host keeps quiet about infinity times zero where the addend is a NaN, so every NaN takes the reference's way.
  // The addend may be gone by then: the result, a NaN too, does as well, since what else there is to raise has been
  // raised.
  const Xmm sum = dst == a || dst == b ? kScratchXmm0 : dst;
  if (sum != c) e_.rr(Op::kMOVAPSrr, sum, c);
  if (folded) {
    e_.rrm(forms.memory, sum, a, FoldedFrom(vb));
  } else {
    e_.rrr(forms.registers, sum, a, b);
  }
  if (regs_.Boxed(i.args[2])) regs_.MarkBoxed();
  if (chains_.IsInside(index_)) return sum == dst ? void() : e_.rr(Op::kMOVAPSrr, dst, sum);
  e_.rr(Wide(i) ? Op::kUCOMISDrr : Op::kUCOMISSrr, sum, sum);
  Cold cold = FpCold(i);
  NoteProducts(&cold);
  cold.from = e_.jcc_patchable(Cond::p);
  if (sum != dst) e_.rr(Op::kMOVAPSrr, dst, sum);
  cold.resume = e_.rw();
  cold_.push_back(cold);
}

// Before the first instruction: what folded loads are made by is there where they are made.
void Lowering::FoldLoads() {
  folded_.Clear();
  if (!leaves_ || !jit_.folded_loads || !jit_.host_fp || !features_.avx || !features_.fma) return;
  folded_.Find(*block_);
  for (uint32_t n = 0; n < block_->code.size(); ++n) {
    if (folded_.By(n) != 0) regs_.KeepUntil(regs_.HostOf(*groups_.Of(n)), folded_.By(n));
  }
}

Mem Lowering::FoldedFrom(Value load) {
  return Mem::Base(regs_.Use(regs_.HostOf(*groups_.Of(load))), static_cast<int32_t>(block_->code[load].imm));
}

// Before the first instruction: what the products inside of sums were loaded by is there at the sums' ends.
void Lowering::KeepProducts() {
  chains_.Clear();
  if (!leaves_ || !jit_.fma_chains || !features_.fma) return;
  chains_.Find(*block_, groups_);
  for (uint32_t n = 0; n < block_->code.size(); ++n) {
    if (chains_.IsInside(n)) continue;
    for (uint32_t m = chains_.Before(n); m != 0; m = chains_.Before(m)) {
      for (int a = 0; a < 2; ++a) regs_.KeepUntil(regs_.HostOf(*groups_.Of(block_->code[m].args[a])), n);
    }
  }
}

void Lowering::NoteProducts(Cold* cold) {
  cold->first_product = products_.size();
  for (uint32_t m = chains_.Before(index_); m != 0; m = chains_.Before(m)) {
    Product product;
    for (int a = 0; a < 2; ++a) {
      const Value load = block_->code[m].args[a];
      product.base[a] = regs_.at(regs_.HostOf(*groups_.Of(load)));
      product.displacement[a] = static_cast<int32_t>(block_->code[load].imm);
    }
    products_.push_back(product);
  }
  cold->products = products_.size() - cold->first_product;
}

void Lowering::FpMinMax(const Instr& i) {
  struct Forms {
    Op sse, avx;
  };
  static constexpr Forms kForms[2][2] = {
      {{Op::kMAXSSrr, Op::kVMAXSSrr}, {Op::kMAXSDrr, Op::kVMAXSDrr}},
      {{Op::kMINSSrr, Op::kVMINSSrr}, {Op::kMINSDrr, Op::kVMINSDrr}},
  };
  const bool wide = Wide(i);
  const Xmm a = regs_.UseXmm(i.args[0]), b = regs_.UseXmm(i.args[1]);
  const Xmm dst = regs_.ResultXmm();
  if (regs_.Boxed(i.args[0])) regs_.MarkBoxed();
  e_.rr(wide ? Op::kUCOMISDrr : Op::kUCOMISSrr, a, b);
  Cold cold = FpCold(i), equal{Cold::Kind::kEqual};
  cold.from = e_.jcc_patchable(Cond::p);
  equal.from = e_.jcc_patchable(Cond::e);
  const Forms& forms = kForms[i.op == IrOp::kFMin][wide];
  FpBinary(forms.avx, forms.sse, dst, a, b);
  cold.resume = equal.resume = e_.rw();
  cold_.push_back(cold);
  equal.instr = index_, equal.boxed = cold.boxed;
  equal.xmm = dst, equal.operands[0] = a, equal.operands[1] = b;
  cold_.push_back(equal);
}

// The lesser or the greater of two that are the same, or zeros of two signs.
void Lowering::ColdEqual(const Cold& cold, bool lesser) {
  e_.rr(Op::kMOVAPSrr, kScratchXmm0, cold.operands[0]);
  e_.rr(lesser ? Op::kORPSrr : Op::kANDPSrr, kScratchXmm0, cold.operands[1]);
  if (cold.boxed) WithConstant(Op::kORPSrm, kScratchXmm0, Constant::kBox);
  e_.rr(Op::kMOVAPSrr, cold.xmm, kScratchXmm0);
}

// A single with ones above it. Where it was made in the guest register that is set to it, it stays there.
void Lowering::Box(const Instr& i) {
  const Value v = i.args[0];
  const Nans nans = regs_.NansOf(v);
  const bool boxed = regs_.Boxed(v);
  Xmm at;
  if (regs_.TakeXmm(v, &at)) {
    if (!boxed) WithConstant(Op::kORPSrm, at, Constant::kBox);
    return;
  }
  const Xmm a = regs_.UseXmm(v);
  const Xmm dst = regs_.ResultXmm();
  regs_.MarkRaw(nans);
  if (!boxed && features_.avx) return WithConstant(Op::kVORPSrm, dst, a, Constant::kBox);
  if (dst != a) e_.rr(Op::kMOVAPSrr, dst, a);
  if (!boxed) WithConstant(Op::kORPSrm, dst, Constant::kBox);
}

void Lowering::Unbox(const Instr& i) {
  const Value v = i.args[0];
  Mem mem;
  Cold cold{Cold::Kind::kUnbox};
  cold.instr = index_;
  const bool in_memory = regs_.InMemory(v, &mem) && !regs_.UsedLater(v);
  if (in_memory) {
    cold.xmm = regs_.ResultXmm();
    e_.mi(Op::kCMP32mi8, Mem::Base(mem.base, mem.disp + 4), -1);
  } else {
    const Xmm a = regs_.UseXmm(v);
    const Reg t = regs_.Temp();
    e_.rr(Op::kMOVPQIto64rr, t, a);
    cold.xmm = regs_.ResultXmm();
    if (cold.xmm != a) e_.rr(Op::kMOVAPSrr, cold.xmm, a);
    e_.ri(Op::kSHR64ri, t, 32);
    e_.ri(Op::kCMP32ri8, t, -1);
  }
  cold.from = e_.jcc_patchable(Cond::ne);
  if (in_memory) e_.rm(Op::kMOVSDrm, cold.xmm, mem);
  cold.resume = e_.rw();
  cold_.push_back(cold);
  regs_.MarkBoxed();
}

// Bits above a single stay as they are.
void Lowering::FpSign(const Instr& i) {
  const bool negate = i.op == IrOp::kFNeg;
  const Constant c = negate ? (Wide(i) ? Constant::kSign64 : Constant::kSign32)
                            : (Wide(i) ? Constant::kMagnitude64 : Constant::kMagnitude32);
  const Xmm a = regs_.UseXmm(i.args[0]);
  const Xmm dst = regs_.ResultXmm();
  if (regs_.Boxed(i.args[0])) regs_.MarkBoxed();
  if (features_.avx) return WithConstant(negate ? Op::kVXORPSrm : Op::kVANDPSrm, dst, a, c);
  if (dst != a) e_.rr(Op::kMOVAPSrr, dst, a);
  WithConstant(negate ? Op::kXORPSrm : Op::kANDPSrm, dst, c);
}

void Lowering::FpCopySign(const Instr& i) {
  const Xmm a = regs_.UseXmm(i.args[0]), b = regs_.UseXmm(i.args[1]);
  const Xmm dst = regs_.ResultXmm();
  if (regs_.Boxed(i.args[0])) regs_.MarkBoxed();
  e_.rr(Op::kMOVAPSrr, kScratchXmm0, b);
  WithConstant(Op::kANDPSrm, kScratchXmm0, Wide(i) ? Constant::kSign64 : Constant::kSign32);
  if (dst != a) e_.rr(Op::kMOVAPSrr, dst, a);
  WithConstant(Op::kANDPSrm, dst, Wide(i) ? Constant::kMagnitude64 : Constant::kMagnitude32);
  e_.rr(Op::kORPSrr, dst, kScratchXmm0);
}

// The instruction that puts back the flags which the present one reads, if nothing but comparisons raises some in
// between; 0 if there is none.
unsigned Lowering::PutBack() const {
  if (!jit_.quiet_compares || !jit_.host_fp) return 0;
  for (unsigned n = index_ + 1; n < block_->code.size(); ++n) {
    const Instr& i = block_->code[n];
    if (i.op == IrOp::kSetFlags) return i.args[0] == index_ ? n : 0;
    const bool between = i.op == IrOp::kGet || i.op == IrOp::kSet || i.op == IrOp::kFCmp;
    if (!between && !ir::HasEffect(i.op, 'p')) return 0;
  }
  return 0;
}

// MXCSR's flags in the IR's order by a table.
void Lowering::GetFlags(const Instr&) {
  put_back_ = PutBack();
  const Mem slot = FrameSlot(kFlagsSlot);
  const Reg t = regs_.Temp(), table = regs_.Temp();
  e_.m(Op::kSTMXCSR, slot);
  e_.rm(Op::kMOV32rm, t, slot);
  e_.ri(Op::kMOV64ri, table, static_cast<int64_t>(reinterpret_cast<uintptr_t>(kPackedFlags.data())));
  e_.ri(Op::kAND32ri8, t, translate::kFpFlagMask);
  e_.rm(Op::kMOVZX32rm8, regs_.ResultOr(t), Mem::BaseIndex(table, t, 1, 0));
}

// Mostly they are put back as they were: then MXCSR, which is slow to write, stays.
void Lowering::SetFlags(const Instr& i) {
  if (index_ == put_back_) return;
  const Mem slot = FrameSlot(kFlagsSlot);
  const Reg t = regs_.Temp(), table = regs_.Temp();
  regs_.Copy(i.args[0], t);
  e_.ri(Op::kAND32ri8, t, kUnpackedFlags.size() - 1);
  e_.ri(Op::kMOV64ri, table, static_cast<int64_t>(reinterpret_cast<uintptr_t>(kUnpackedFlags.data())));
  e_.rm(Op::kMOVZX32rm8, t, Mem::BaseIndex(table, t, 1, 0));
  e_.m(Op::kSTMXCSR, slot);
  e_.rm(Op::kXOR32rm, t, slot);
  e_.ri(Op::kAND32ri8, t, translate::kFpFlagMask & ~2u);
  uint8_t* same = e_.jcc_short(Cond::e);
  e_.mr(Op::kXOR32mr, slot, t);
  e_.m(Op::kLDMXCSR, slot);
  e_.Bind8(same);
}

// A signaling NaN may just have raised invalid. Leaves what the comparison said.
void Lowering::RestoreIfUnordered() {
  Cold cold{Cold::Kind::kOldFlags};
  cold.instr = index_;
  cold.from = e_.jcc_patchable(Cond::p);
  cold.resume = e_.rw();
  cold_.push_back(cold);
}

void Lowering::FpCompare(const Instr& i) {
  const FpCond c = static_cast<FpCond>(i.aux);
  const bool wide = ir::TypeBits(TypeOf(i.args[0])) == 64;
  const bool is_undone = index_ < put_back_;  // what it signals
  const bool signals = !is_undone && (c == FpCond::kLt || c == FpCond::kLe || c == FpCond::kEqSignal);
  const Op compare = signals ? (wide ? Op::kCOMISDrr : Op::kCOMISSrr) : (wide ? Op::kUCOMISDrr : Op::kUCOMISSrr);
  const Xmm a = regs_.UseXmm(i.args[0]), b = regs_.UseXmm(i.args[1]);
  const Reg t = regs_.Temp();
  // Unordered sets ZF, PF and CF; b above a is free of that (Intel SDM vol. 2, COMISD).
  if (c == FpCond::kEq || c == FpCond::kEqSignal) {
    const Reg ordered = regs_.Temp();
    e_.rr(compare, a, b);
    if (is_undone) RestoreIfUnordered();
    e_.setcc(Cond::e, t);
    e_.setcc(Cond::np, ordered);
    e_.rr(Op::kAND32rr, t, ordered);
  } else {
    e_.rr(compare, b, a);
    if (is_undone) RestoreIfUnordered();
    e_.setcc(c == FpCond::kUnordered ? Cond::p : c == FpCond::kLt || c == FpCond::kLtQuiet ? Cond::a : Cond::ae, t);
  }
  e_.rr(Op::kMOVZX32rr8, regs_.ResultOr(t), t);
}

}  // namespace emu::backends::x86_64
