// NaNs. A NaN result is the canonical one in the IR; on the host it is an argument, or one with a sign. Where
// arithmetic alone goes on with it that does not matter, and it stays one: so results are seen to where something looks
// at bits. Guest registers are seen to where the guest may look at them, out of line where that is.
#include <bit>

#include "backends/x86_64/lowering.h"

namespace emu::backends::x86_64 {
namespace {

using ir::Instr;
using IrOp = ir::Op;

// What does not depend on which quiet NaN an argument is, or hands it on.
bool TakesAnyNan(IrOp op) {
  switch (op) {
    case IrOp::kFAdd:
    case IrOp::kFSub:
    case IrOp::kFMul:
    case IrOp::kFDiv:
    case IrOp::kFSqrt:
    case IrOp::kFMulAdd:
    case IrOp::kFMin:
    case IrOp::kFMax:
    case IrOp::kFCmp:
    case IrOp::kFClass:
    case IrOp::kFToI:
    case IrOp::kFCvt:
    case IrOp::kFBox:
      return true;
    default:
      return false;
  }
}

// The guest's registers must be as the guest is to find them when the hot code comes here.
bool ShowsRegisters(const Instr& i) {
  switch (i.op) {
    case IrOp::kExitIf:
      return i.extra == 0;  // of the block's last instruction: either way leaves, and this one may be a loop's
    case IrOp::kAtomicRmw:
    case IrOp::kAtomicCas:
    case IrOp::kProbe:
    case IrOp::kGuard:
    case IrOp::kGoto:
    case IrOp::kGotoInd:
    case IrOp::kCall:
    case IrOp::kDispatch:
    case IrOp::kRaise:
    case IrOp::kLabel:
    case IrOp::kBr:
    case IrOp::kBrIf:
      return true;
    default:
      return false;
  }
}

Xmm TakeFirst(uint16_t* mask) {
  const Xmm first = static_cast<Xmm>(std::countr_zero(*mask));
  *mask &= static_cast<uint16_t>(*mask - 1);
  return first;
}

uint16_t Bit(Xmm r) { return static_cast<uint16_t>(1u << static_cast<unsigned>(r)); }

}  // namespace

// The present result, in `xmm`, may be a NaN that the IR does not have.
void Lowering::MadeNan(Xmm xmm, ir::Type type) {
  const bool wide = type == ir::Type::kF64;
  if (jit_.lazy_nans) {
    made_nans_ = true;
    return regs_.MarkRaw(wide ? Nans::kAnyDouble : Nans::kAnySingle);
  }
  RawGuests raw;
  (wide ? raw.doubles : raw.singles) = Bit(xmm);
  RepairNans(raw);
}

// One comparison tells whether either of two registers is a NaN.
void Lowering::RepairNans(RawGuests raw) {
  while (raw.any()) {
    const bool wide = raw.doubles != 0;
    uint16_t& left = wide ? raw.doubles : raw.singles;
    Cold cold{Cold::Kind::kCanonicalNan};
    const Xmm a = TakeFirst(&left), b = left == 0 ? a : TakeFirst(&left);
    e_.rr(wide ? Op::kUCOMISDrr : Op::kUCOMISSrr, a, b);
    cold.instr = index_;
    (wide ? cold.raw.doubles : cold.raw.singles) = Bit(a) | Bit(b);
    cold.from = e_.jcc_patchable(Cond::p);
    cold.resume = e_.rw();
    cold_.push_back(cold);
  }
}

// Before the present instruction.
void Lowering::SettleNans(const Instr& i) {
  const bool reads_bits = i.op == IrOp::kGet && ir::IsInt(i.type) && regs_.guest(static_cast<unsigned>(i.imm)).in_xmm;
  if (reads_bits || ShowsRegisters(i)) {
    RepairNans(regs_.raw_guests());
    regs_.MarkCanonicalGuests();
  }
  if (TakesAnyNan(i.op)) return;
  if (i.op == IrOp::kSet && regs_.guest(static_cast<unsigned>(i.imm)).in_xmm) return;
  for (Value v : i.args) {
    if (v == ir::kNoValue || regs_.NansOf(v) == Nans::kCanonical) continue;
    RawGuests raw;
    (regs_.NansOf(v) == Nans::kAnyDouble ? raw.doubles : raw.singles) = Bit(regs_.UseXmm(v));
    RepairNans(raw);
    regs_.MarkCanonical(v);
  }
}

// Out of line.
void Lowering::ColdNans(RawGuests raw) {
  while (raw.any()) {
    const bool wide = raw.doubles != 0;
    const Xmm xmm = TakeFirst(wide ? &raw.doubles : &raw.singles);
    e_.rr(wide ? Op::kUCOMISDrr : Op::kUCOMISSrr, xmm, xmm);
    uint8_t* const number = e_.jcc_short(Cond::np);
    WithConstant(Op::kMOVAPSrm, xmm, wide ? Constant::kNan64 : Constant::kNan32);
    e_.Bind8(number);
  }
}

}  // namespace emu::backends::x86_64
