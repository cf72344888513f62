// Integer operations. Values of 32 bits have anything in the upper halves of their registers.
#include "backends/x86_64/lowering.h"
#include "translate/ir/eval.h"

namespace emu::backends::x86_64 {
namespace {

using ir::Instr;
using IrOp = ir::Op;

struct BinaryForms {
  Op rr64, rr32, rm64, rm32, ri64, ri32;
};

constexpr BinaryForms kAddForms = {Op::kADD64rr, Op::kADD32rr,   Op::kADD64rm,
                                   Op::kADD32rm, Op::kADD64ri32, Op::kADD32ri};
constexpr BinaryForms kSubForms = {Op::kSUB64rr, Op::kSUB32rr,   Op::kSUB64rm,
                                   Op::kSUB32rm, Op::kSUB64ri32, Op::kSUB32ri};
constexpr BinaryForms kAndForms = {Op::kAND64rr, Op::kAND32rr,   Op::kAND64rm,
                                   Op::kAND32rm, Op::kAND64ri32, Op::kAND32ri};
constexpr BinaryForms kOrForms = {Op::kOR64rr, Op::kOR32rr, Op::kOR64rm, Op::kOR32rm, Op::kOR64ri32, Op::kOR32ri};
constexpr BinaryForms kXorForms = {Op::kXOR64rr, Op::kXOR32rr,   Op::kXOR64rm,
                                   Op::kXOR32rm, Op::kXOR64ri32, Op::kXOR32ri};

const BinaryForms& FormsOf(IrOp op) {
  switch (op) {
    case IrOp::kAdd:
      return kAddForms;
    case IrOp::kSub:
      return kSubForms;
    case IrOp::kAnd:
      return kAndForms;
    case IrOp::kOr:
      return kOrForms;
    default:
      return kXorForms;
  }
}

// The short immediate form of the same operation, where the immediate fits.
Op Short(Op op) {
  switch (op) {
    case Op::kADD64ri32:
      return Op::kADD64ri8;
    case Op::kADD32ri:
      return Op::kADD32ri8;
    case Op::kSUB64ri32:
      return Op::kSUB64ri8;
    case Op::kSUB32ri:
      return Op::kSUB32ri8;
    case Op::kAND64ri32:
      return Op::kAND64ri8;
    case Op::kAND32ri:
      return Op::kAND32ri8;
    case Op::kOR64ri32:
      return Op::kOR64ri8;
    case Op::kOR32ri:
      return Op::kOR32ri8;
    case Op::kXOR64ri32:
      return Op::kXOR64ri8;
    default:
      return Op::kXOR32ri8;
  }
}

Cond CondOf(ir::Cond c) {
  constexpr Cond kConds[] = {Cond::e, Cond::ne, Cond::l,  Cond::ge, Cond::le,
                             Cond::g, Cond::b,  Cond::ae, Cond::be, Cond::a};
  return kConds[static_cast<unsigned>(c)];
}

// The condition with its arguments exchanged.
ir::Cond Exchange(ir::Cond c) {
  using C = ir::Cond;
  constexpr C kExchanged[] = {C::kEq, C::kNe, C::kGt, C::kLe, C::kGe, C::kLt, C::kGtU, C::kLeU, C::kGeU, C::kLtU};
  return kExchanged[static_cast<unsigned>(c)];
}

bool IsByte(int32_t v) { return v == static_cast<int8_t>(v); }

}  // namespace

// dst = a op b, where dst may be the register of either.
void Lowering::EmitBinary(const Instr& i, Reg dst, Value a, Value b) {
  regs_.MarkClean();
  const BinaryForms& forms = FormsOf(i.op);
  const bool wide = Wide(i);
  int32_t imm;
  Mem mem;
  if (regs_.Imm32(b, &imm)) {
    regs_.Copy(a, dst);
    const Op op = wide ? forms.ri64 : forms.ri32;
    return e_.ri(IsByte(imm) ? Short(op) : op, dst, imm);
  }
  if (regs_.InMemory(b, &mem) && !regs_.UsedLater(b)) {
    regs_.Copy(a, dst);
    return e_.rm(wide ? forms.rm64 : forms.rm32, dst, mem);
  }
  Reg rb = regs_.Use(b);
  if (rb == dst) {
    if (i.op != IrOp::kSub) {
      rb = regs_.Use(a);
    } else if (regs_.at(a).kind == Location::Kind::kConst || regs_.Use(a) != dst) {
      const Op neg = wide ? Op::kNEG64r : Op::kNEG32r;  // a - b = -b + a
      const Reg ra = regs_.Use(a);
      e_.r(neg, dst);
      return e_.rr(wide ? Op::kADD64rr : Op::kADD32rr, dst, ra);
    }
  } else {
    regs_.Copy(a, dst);
  }
  e_.rr(wide ? forms.rr64 : forms.rr32, dst, rb);
}

void Lowering::Binary(const Instr& i) {
  Value a = i.args[0], b = i.args[1];
  int32_t imm;
  if (i.op != IrOp::kSub && regs_.Imm32(a, &imm)) std::swap(a, b);
  // Arguments are brought in first: the result's register may be one of theirs.
  Mem mem;
  if (!regs_.Imm32(b, &imm) && !(regs_.InMemory(b, &mem) && !regs_.UsedLater(b))) regs_.Use(b);
  if (regs_.at(a).kind != Location::Kind::kConst) regs_.Use(a);
  EmitBinary(i, regs_.Result(), a, b);
}

void Lowering::AddConstant(const Instr& i, int32_t step) {
  const Sum a = regs_.UseSum(i.args[0], step);
  const Reg dst = regs_.ResultOfStep(i.args[0], step);
  regs_.MarkClean();
  const Op add = !Wide(i) ? Op::kADD32ri : IsByte(a.displacement) ? Op::kADD64ri8 : Op::kADD64ri32;
  if (dst == a.base) return e_.ri(add, dst, a.displacement);
  e_.rm(Wide(i) ? Op::kLEA64r : Op::kLEA64_32r, dst, Mem::Base(a.base, a.displacement));
}

void Lowering::AddOrSub(const Instr& i) {
  int32_t imm;
  const bool is_const = regs_.Imm32(i.args[1], &imm);
  uint64_t unused;
  if (regs_.Const(i.args[0], &unused) || (i.op == IrOp::kSub && (!is_const || imm == INT32_MIN))) return Binary(i);
  if (is_const) return AddConstant(i, i.op == IrOp::kSub ? -imm : imm);
  const Reg a = regs_.Use(i.args[0]);
  Mem mem;
  if (regs_.InMemory(i.args[1], &mem)) return Binary(i);
  const Reg b = regs_.Use(i.args[1]);
  const Reg dst = regs_.Result();
  regs_.MarkClean();
  if (dst == a || dst == b) return e_.rr(Wide(i) ? Op::kADD64rr : Op::kADD32rr, dst, dst == a ? b : a);
  e_.rm(Wide(i) ? Op::kLEA64r : Op::kLEA64_32r, dst, Mem::BaseIndex(a, b, 1));
}

void Lowering::Multiply(const Instr& i) {
  int32_t imm;
  const Reg a = regs_.Use(i.args[0]);
  if (regs_.Imm32(i.args[1], &imm)) {
    return e_.rri(Wide(i) ? Op::kIMUL64rri32 : Op::kIMUL32rri, regs_.Result(), a, imm);
  }
  const Reg b = regs_.Use(i.args[1]);
  const Reg dst = regs_.Result();
  const Op op = Wide(i) ? Op::kIMUL64rr : Op::kIMUL32rr;
  if (dst == a || dst == b) return e_.rr(op, dst, dst == a ? b : a);
  e_.rr(Wide(i) ? Op::kMOV64rr : Op::kMOV32rr, dst, a);
  e_.rr(op, dst, b);
}

// Puts the first argument into rax and makes rdx free; gives the second one in a register that is neither.
Reg Lowering::WideArguments(const Instr& i) {
  const Value a = i.args[0], b = i.args[1];
  const Location at = regs_.at(a);
  const bool ready = at.kind == Location::Kind::kTemp && static_cast<Reg>(at.reg) == Reg::rax;
  regs_.Claim(Reg::rax, ready && a != b ? a : ir::kNoValue);
  if (!ready) regs_.Copy(a, Reg::rax);
  regs_.Claim(Reg::rdx, a != b ? a : ir::kNoValue);
  return regs_.Use(b);
}

void Lowering::MultiplyHigh(const Instr& i) {
  const bool wide = Wide(i);
  const bool is_signed = i.op == IrOp::kMulHighS;
  const Reg b = WideArguments(i);
  if (i.op != IrOp::kMulHighSU) {
    e_.r(wide ? (is_signed ? Op::kIMUL64r : Op::kMUL64r) : (is_signed ? Op::kIMUL32r : Op::kMUL32r), b);
  } else {
    // The unsigned high half is too large by b if a is negative.
    const Reg excess = regs_.Temp();
    e_.rr(Op::kMOV64rr, excess, Reg::rax);
    e_.ri(wide ? Op::kSAR64ri : Op::kSAR32ri, excess, wide ? 63 : 31);
    e_.rr(Op::kAND64rr, excess, b);
    e_.r(wide ? Op::kMUL64r : Op::kMUL32r, b);
    e_.rr(wide ? Op::kSUB64rr : Op::kSUB32rr, Reg::rdx, excess);
  }
  FinishWide(i, Reg::rdx);
}

void Lowering::FinishWide(const Instr& i, Reg result) {
  regs_.LockOnly(result);
  const Reg dst = regs_.ResultOr(result);
  regs_.MarkClean();
  if (dst != result) e_.rr(Wide(i) ? Op::kMOV64rr : Op::kMOV32rr, dst, result);
}

void Lowering::ShiftOrRotate(const Instr& i) {
  struct Forms {
    Op ri64, ri32, cl64, cl32, x64, x32;
  };
  static constexpr Forms kForms[] = {
      {Op::kSHL64ri, Op::kSHL32ri, Op::kSHL64rCL, Op::kSHL32rCL, Op::kSHLX64rr, Op::kSHLX32rr},
      {Op::kSHR64ri, Op::kSHR32ri, Op::kSHR64rCL, Op::kSHR32rCL, Op::kSHRX64rr, Op::kSHRX32rr},
      {Op::kSAR64ri, Op::kSAR32ri, Op::kSAR64rCL, Op::kSAR32rCL, Op::kSARX64rr, Op::kSARX32rr},
      {Op::kROL64ri, Op::kROL32ri, Op::kROL64rCL, Op::kROL32rCL, Op::kROL64rCL, Op::kROL32rCL},
      {Op::kROR64ri, Op::kROR32ri, Op::kROR64rCL, Op::kROR32rCL, Op::kROR64rCL, Op::kROR32rCL}};
  const bool wide = Wide(i);
  const Forms& forms = kForms[static_cast<unsigned>(i.op) - static_cast<unsigned>(IrOp::kShl)];
  const bool rotate = i.op == IrOp::kRotL || i.op == IrOp::kRotR;
  uint64_t amount;
  if (regs_.Const(i.args[1], &amount)) {
    const Reg a = regs_.Use(i.args[0]);
    const Reg dst = regs_.Result();
    if (dst != a || amount % 32 != 0) regs_.MarkClean();
    if (rotate && dst != a && features_.bmi2) {
      const int64_t right = static_cast<int64_t>(i.op == IrOp::kRotR ? amount : -amount) & (wide ? 63 : 31);
      return e_.rri(wide ? Op::kRORX64ri : Op::kRORX32ri, dst, a, right);
    }
    if (dst != a) e_.rr(wide ? Op::kMOV64rr : Op::kMOV32rr, dst, a);
    amount &= wide ? 63 : 31;
    if (amount != 0) e_.ri(wide ? forms.ri64 : forms.ri32, dst, static_cast<int64_t>(amount));
    return;
  }
  if (!rotate && features_.bmi2) {
    const Reg a = regs_.Use(i.args[0]), count = regs_.Use(i.args[1]);
    return e_.rrr(wide ? forms.x64 : forms.x32, regs_.Result(), a, count);
  }
  PutArgument(0, i.args[0]);
  PutArgument(1, i.args[1]);
  regs_.SpillAll();
  e_.rm(wide ? Op::kMOV64rm : Op::kMOV32rm, Reg::rax, FrameSlot(kArgumentSlots));
  e_.rm(Op::kMOV32rm, Reg::rcx, FrameSlot(kArgumentSlots + 1));
  e_.r(wide ? forms.cl64 : forms.cl32, Reg::rax);
  FinishCall(i);
}

void Lowering::AndNot(const Instr& i) {
  const Reg a = regs_.Use(i.args[0]), b = regs_.Use(i.args[1]);
  if (features_.bmi1) return e_.rrr(Wide(i) ? Op::kANDN64rr : Op::kANDN32rr, regs_.Result(), b, a);
  const Reg t = regs_.Temp();
  e_.rr(Op::kMOV64rr, t, b);
  e_.r(Op::kNOT64r, t);
  e_.rr(Op::kAND64rr, t, a);
  const Reg dst = regs_.ResultOr(t);
  if (dst != t) e_.rr(Op::kMOV64rr, dst, t);
}

void Lowering::Unary(const Instr& i) {
  const bool wide = Wide(i);
  const Reg a = regs_.Use(i.args[0]);
  const Reg dst = regs_.Result();
  if (dst != a) e_.rr(wide ? Op::kMOV64rr : Op::kMOV32rr, dst, a);
  switch (i.op) {
    case IrOp::kNot:
      return e_.r(wide ? Op::kNOT64r : Op::kNOT32r, dst);
    case IrOp::kNeg:
      return e_.r(wide ? Op::kNEG64r : Op::kNEG32r, dst);
    default:
      return e_.r(wide ? Op::kBSWAP64r : Op::kBSWAP32r, dst);
  }
}

void Lowering::CountZeros(const Instr& i) {
  const bool wide = Wide(i);
  if (i.op == IrOp::kPopCount && !features_.popcnt) return CallReference(i);
  const Reg a = regs_.Use(i.args[0]);
  if (i.op == IrOp::kPopCount) return e_.rr(wide ? Op::kPOPCNT64rr : Op::kPOPCNT32rr, regs_.Result(), a);
  const bool leading = i.op == IrOp::kClz;
  if (leading ? features_.lzcnt : features_.bmi1) {
    const Op op = leading ? (wide ? Op::kLZCNT64rr : Op::kLZCNT32rr) : (wide ? Op::kTZCNT64rr : Op::kTZCNT32rr);
    return e_.rr(op, regs_.Result(), a);
  }
  // BSR and BSF leave the destination undefined for zero (Intel SDM vol. 2).
  const Reg t = regs_.Temp(), bits = regs_.Temp();
  const int width = wide ? 64 : 32;
  e_.ri(Op::kMOV32ri, bits, leading ? 2 * width - 1 : width);
  e_.rr(leading ? (wide ? Op::kBSR64rr : Op::kBSR32rr) : (wide ? Op::kBSF64rr : Op::kBSF32rr), t, a);
  e_.cmovcc32(Cond::e, t, bits);
  if (leading) e_.ri(Op::kXOR32ri, t, width - 1);
  const Reg dst = regs_.ResultOr(t);
  if (dst != t) e_.rr(Op::kMOV32rr, dst, t);
}

void Lowering::Extend(const Instr& i) {
  const bool wide = Wide(i);
  if (i.op == IrOp::kTrunc && regs_.Alias(i.args[0])) return;
  if (i.op == IrOp::kZExt && regs_.AliasExtended(i.args[0])) return;
  Mem mem;
  if ((i.op == IrOp::kSExt || i.op == IrOp::kZExt || i.op == IrOp::kTrunc) && regs_.InMemory(i.args[0], &mem) &&
      !regs_.UsedLater(i.args[0])) {
    return e_.rm(i.op == IrOp::kSExt ? Op::kMOVSX64rm32 : Op::kMOV32rm, regs_.Result(), mem);
  }
  const Reg a = regs_.Use(i.args[0]);
  const Reg dst = regs_.Result();
  switch (i.op) {
    case IrOp::kSExt8:
      return e_.rr(wide ? Op::kMOVSX64rr8 : Op::kMOVSX32rr8, dst, a);
    case IrOp::kSExt16:
      return e_.rr(wide ? Op::kMOVSX64rr16 : Op::kMOVSX32rr16, dst, a);
    case IrOp::kZExt8:
      return e_.rr(Op::kMOVZX32rr8, dst, a);
    case IrOp::kZExt16:
      return e_.rr(Op::kMOVZX32rr16, dst, a);
    case IrOp::kSExt:
      return e_.rr(Op::kMOVSX64rr32, dst, a);
    case IrOp::kSExt32:
      if (wide) return e_.rr(Op::kMOVSX64rr32, dst, a);
      [[fallthrough]];
    default:
      return e_.rr(Op::kMOV32rr, dst, a);
  }
}

void Lowering::BitCast(const Instr& i) {
  const bool wide = Wide(i);
  const Value v = i.args[0];
  Mem mem;
  if (ir::IsFloat(i.type)) {
    if (regs_.InMemory(v, &mem) && !regs_.UsedLater(v)) {
      return e_.rm(wide ? Op::kMOVSDrm : Op::kMOVSSrm, regs_.ResultXmm(), mem);
    }
    const Reg from = regs_.Use(v);
    return e_.rr(wide ? Op::kMOV64toPQIrr : Op::kMOVDI2PDIrr, regs_.ResultXmm(), from);
  }
  if (regs_.InMemory(v, &mem) && !regs_.UsedLater(v)) {
    return e_.rm(wide ? Op::kMOV64rm : Op::kMOV32rm, regs_.Result(), mem);
  }
  const Xmm from = regs_.UseXmm(v);
  e_.rr(wide ? Op::kMOVPQIto64rr : Op::kMOVPDI2DIrr, regs_.Result(), from);
}

// Compares, and gives the host's condition.
Cond Lowering::Compare(ir::Cond c, Value a, Value b) {
  const bool wide = ir::TypeBits(TypeOf(a)) == 64;
  uint64_t constant;
  if (regs_.Const(a, &constant) && !regs_.Const(b, &constant)) return Compare(Exchange(c), b, a);
  int32_t imm;
  Mem mem;
  if (regs_.Imm32(b, &imm)) {
    if (regs_.InMemory(a, &mem) && !regs_.UsedLater(a)) {
      e_.mi(wide ? Op::kCMP64mi32 : Op::kCMP32mi, mem, imm);
      return CondOf(c);
    }
    const Reg ra = regs_.Use(a);
    if (imm == 0) {
      e_.rr(wide ? Op::kTEST64rr : Op::kTEST32rr, ra, ra);
    } else if (IsByte(imm)) {
      e_.ri(wide ? Op::kCMP64ri8 : Op::kCMP32ri8, ra, imm);
    } else {
      e_.ri(wide ? Op::kCMP64ri32 : Op::kCMP32ri, ra, imm);
    }
    return CondOf(c);
  }
  const Reg ra = regs_.Use(a);
  if (regs_.InMemory(b, &mem) && !regs_.UsedLater(b)) {
    e_.rm(wide ? Op::kCMP64rm : Op::kCMP32rm, ra, mem);
  } else {
    e_.rr(wide ? Op::kCMP64rr : Op::kCMP32rr, ra, regs_.Use(b));
  }
  return CondOf(c);
}

void Lowering::SetCc(const Instr& i) {
  const Cond c = Compare(static_cast<ir::Cond>(i.aux), i.args[0], i.args[1]);
  const Reg t = regs_.Result();
  e_.setcc(c, t);  // moves and SETcc leave the flags alone, so the result may be an argument's register
  e_.rr(Op::kMOVZX32rr8, t, t);
  compared_ = static_cast<Value>(index_);
  compared_as_ = c;
}

// What the flags say once the value, of which one may ask whether it is zero, was looked at.
Cond Lowering::NotZero(Value v) {
  if (v == compared_) return compared_as_;
  const Reg c = regs_.Use(v);
  ir::TypeBits(TypeOf(v)) == 64 ? e_.rr(Op::kTEST64rr, c, c) : e_.rr(Op::kTEST32rr, c, c);
  compared_ = v;
  return compared_as_ = Cond::ne;
}

void Lowering::Select(const Instr& i) {
  const Value a = i.args[1], b = i.args[2];
  const bool wide = Wide(i);
  if (ir::IsFloat(i.type)) {
    const Xmm xa = regs_.UseXmm(a), xb = regs_.UseXmm(b);
    const Xmm dst = regs_.ResultXmm();
    if (regs_.Boxed(a) && regs_.Boxed(b)) regs_.MarkBoxed();
    const Xmm first = dst == xb ? xb : xa;  // the other one replaces it
    if (dst != first) e_.rr(Op::kMOVAPSrr, dst, first);
    const Cond c = NotZero(i.args[0]);
    uint8_t* skip = e_.jcc_short(first == xa ? c : Negate(c));
    e_.rr(Op::kMOVAPSrr, dst, first == xa ? xb : xa);
    return e_.Bind8(skip);
  }
  const Reg ra = regs_.Use(a);
  const Reg t = regs_.Temp();
  regs_.Copy(b, t);
  const Cond c = NotZero(i.args[0]);
  wide ? e_.cmovcc64(c, t, ra) : e_.cmovcc32(c, t, ra);
  const Reg dst = regs_.ResultOr(t);
  if (dst != t) e_.rr(Op::kMOV64rr, dst, t);
}

}  // namespace emu::backends::x86_64
