// RV32I, RV64I and M (unprivileged manual, chapters 2, 4 and 13).
#include "targets/riscv/lift/lifter.h"

namespace emu::riscv {

using ir::Cond;
using ir::JumpHint;

void Lifter::Lui() { Rd(Imm()); }
void Lifter::Auipc() { Rd(Const(Target())); }
void Lifter::Mv() { Rd(Rs2()); }

// Jumps and branches. Without C, instructions lie at multiples of four, and a jump elsewhere faults before it writes
// rd.
void Lifter::Jal() {
  if (MisalignedTarget(Target())) return RaiseHelper(Helper::kMisalignedFetch, {ir_.Const64(Target())});
  Rd(Const(next_));
  if (Follow() != Target()) return Goto(Target());
  next_ = Target();
}

void Lifter::Jalr() {
  const auto target = [this] { return ir_.Binary(Op::kAnd, ir_.Binary(Op::kAdd, Rs1(), Imm()), Const(~uint64_t{1})); };
  if (!isa_.Has(Extension::kC)) {
    const uint16_t aligned = ir_.NewLabel();
    const Value to = target();
    ir_.BrIf(Cond::kEq, ir_.Binary(Op::kAnd, to, Const(2)), Const(0), aligned);
    CallHelper(Helper::kMisalignedFetch, {Wide(to)});
    ir_.Label(aligned);
  }
  const Value to = target();
  Rd(Const(next_));
  if (const std::optional<uint64_t> followed = Follow()) {
    ir_.ExitUnless(Wide(to), *followed);
    next_ = *followed;
    return;
  }
  ir_.GotoInd(Wide(to), HintOfJalr());
  done_ = true;
}

// Table "Return-address stack prediction hints" of section 2.5.1. x1 and x5 are link registers. Where the table says
// pop, then push, we only push.
JumpHint Lifter::HintOfJalr() const {
  const auto link = [](unsigned reg) { return reg == 1 || reg == 5; };
  return link(d_.rd) ? JumpHint::kCall : link(d_.rs1) ? JumpHint::kReturn : JumpHint::kNone;
}

void Lifter::Branch(Cond cond) {
  if (MisalignedTarget(Target())) {
    Refund();
    ir_.ExitIf(Negate(cond), Rs1(), Rs2(), next_);
    return RaiseHelper(Helper::kMisalignedFetch, {ir_.Const64(Target())});
  }
  const std::optional<uint64_t> followed = Follow();
  if (followed && request_.choices && GoAround(cond, followed == Target())) return;
  Refund();
  if (followed == Target() || RepeatsLoop(Target())) {
    ir_.ExitIf(Negate(cond), Rs1(), Rs2(), next_);
    next_ = Target();
    return;
  }
  ir_.ExitIf(cond, Rs1(), Rs2(), Target());
  if (followed != next_) Goto(next_);
}

void Lifter::Beq() { Branch(Cond::kEq); }
void Lifter::Bne() { Branch(Cond::kNe); }
void Lifter::Blt() { Branch(Cond::kLt); }
void Lifter::Bge() { Branch(Cond::kGe); }
void Lifter::Bltu() { Branch(Cond::kLtU); }
void Lifter::Bgeu() { Branch(Cond::kGeU); }

// Loads and stores; misaligned ones work. On RV32 the sum wraps at 32 bits.
Lifter::Address Lifter::MemoryAddress() {
  if (xt_ == Type::kI64) return {Rs1(), d_.imm};
  return {Wide(ir_.Binary(Op::kAdd, Rs1(), Imm())), 0};
}

void Lifter::LoadInt(unsigned log2_size, bool is_signed) {
  const Address a = MemoryAddress();
  Rd(ir_.Load(xt_, {.log2_size = static_cast<uint8_t>(log2_size), .is_signed = is_signed}, a.base, a.displacement));
}

void Lifter::StoreInt(unsigned log2_size) {
  const Address a = MemoryAddress();
  ir_.Store({.log2_size = static_cast<uint8_t>(log2_size)}, a.base, Rs2(), a.displacement);
}

void Lifter::Lb() { LoadInt(0, true); }
void Lifter::Lh() { LoadInt(1, true); }
void Lifter::Lw() { LoadInt(2, xt_ == Type::kI64); }
void Lifter::Ld() { LoadInt(3, false); }
void Lifter::Lbu() { LoadInt(0, false); }
void Lifter::Lhu() { LoadInt(1, false); }
void Lifter::Lwu() { LoadInt(2, false); }
void Lifter::Sb() { StoreInt(0); }
void Lifter::Sh() { StoreInt(1); }
void Lifter::Sw() { StoreInt(2); }
void Lifter::Sd() { StoreInt(3); }

// Immediates. The commonest forms of ADDI, moves and constants, are written without the sum.
void Lifter::Addi() {
  if (d_.imm == 0) return Rd(Rs1());
  if (d_.rs1 == 0) return Rd(Imm());
  Immediate(Op::kAdd);
}
void Lifter::Slti() { Compare(Cond::kLt, Rs1(), Imm()); }
void Lifter::Sltiu() { Compare(Cond::kLtU, Rs1(), Imm()); }
void Lifter::Xori() { Immediate(Op::kXor); }
void Lifter::Ori() { Immediate(Op::kOr); }
void Lifter::Andi() { Immediate(Op::kAnd); }
void Lifter::Slli() { Immediate(Op::kShl); }
void Lifter::Srli() { Immediate(Op::kShr); }
void Lifter::Srai() { Immediate(Op::kSar); }

void Lifter::Add() { Register(Op::kAdd); }
void Lifter::Sub() { Register(Op::kSub); }
void Lifter::Sll() { Register(Op::kShl); }
void Lifter::Slt() { Compare(Cond::kLt, Rs1(), Rs2()); }
void Lifter::Sltu() { Compare(Cond::kLtU, Rs1(), Rs2()); }
void Lifter::Xor() { Register(Op::kXor); }
void Lifter::Srl() { Register(Op::kShr); }
void Lifter::Sra() { Register(Op::kSar); }
void Lifter::Or() { Register(Op::kOr); }
void Lifter::And() { Register(Op::kAnd); }

// Of the *W instructions, those whose low half depends on low halves only are done at full width and extended after.
void Lifter::Addiw() { Rd(ir_.Unary(Op::kSExt32, ir_.Binary(Op::kAdd, Rs1(), Imm()))); }
void Lifter::Addw() { Rd(ir_.Unary(Op::kSExt32, ir_.Binary(Op::kAdd, Rs1(), Rs2()))); }
void Lifter::Subw() { Rd(ir_.Unary(Op::kSExt32, ir_.Binary(Op::kSub, Rs1(), Rs2()))); }
void Lifter::Mulw() { Rd(ir_.Unary(Op::kSExt32, ir_.Binary(Op::kMul, Rs1(), Rs2()))); }
void Lifter::Slliw() { WordImmediate(Op::kShl); }
void Lifter::Srliw() { WordImmediate(Op::kShr); }
void Lifter::Sraiw() { WordImmediate(Op::kSar); }
void Lifter::Sllw() { Word(Op::kShl); }
void Lifter::Srlw() { Word(Op::kShr); }
void Lifter::Sraw() { Word(Op::kSar); }

// M. Division by zero and overflow are as the IR has them (table "Semantics for division by zero and overflow").
void Lifter::Mul() { Register(Op::kMul); }
void Lifter::Mulh() { Register(Op::kMulHighS); }
void Lifter::Mulhsu() { Register(Op::kMulHighSU); }
void Lifter::Mulhu() { Register(Op::kMulHighU); }
void Lifter::Div() { Register(Op::kDivS); }
void Lifter::Divu() { Register(Op::kDivU); }
void Lifter::Rem() { Register(Op::kRemS); }
void Lifter::Remu() { Register(Op::kRemU); }
void Lifter::Divw() { Word(Op::kDivS); }
void Lifter::Divuw() { Word(Op::kDivU); }
void Lifter::Remw() { Word(Op::kRemS); }
void Lifter::Remuw() { Word(Op::kRemU); }

}  // namespace emu::riscv
