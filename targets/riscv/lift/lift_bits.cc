// Zba, Zbb and Zbs (unprivileged manual, chapter 28, "B" extension).
#include "targets/riscv/lift/lifter.h"

namespace emu::riscv {

using ir::Cond;

void Lifter::ShiftAdd(unsigned shift, Value a) {
  if (shift != 0) a = ir_.Binary(Op::kShl, a, Const(shift));
  Rd(ir_.Binary(Op::kAdd, a, Rs2()));
}

void Lifter::Sh1add() { ShiftAdd(1, Rs1()); }
void Lifter::Sh2add() { ShiftAdd(2, Rs1()); }
void Lifter::Sh3add() { ShiftAdd(3, Rs1()); }
void Lifter::AddUw() { ShiftAdd(0, ir_.Unary(Op::kZExt32, Rs1())); }
void Lifter::Sh1addUw() { ShiftAdd(1, ir_.Unary(Op::kZExt32, Rs1())); }
void Lifter::Sh2addUw() { ShiftAdd(2, ir_.Unary(Op::kZExt32, Rs1())); }
void Lifter::Sh3addUw() { ShiftAdd(3, ir_.Unary(Op::kZExt32, Rs1())); }
void Lifter::SlliUw() { Rd(ir_.Binary(Op::kShl, ir_.Unary(Op::kZExt32, Rs1()), Imm())); }

void Lifter::Andn() { Register(Op::kAndNot); }
void Lifter::Orn() { Rd(ir_.Binary(Op::kOr, Rs1(), ir_.Unary(Op::kNot, Rs2()))); }
void Lifter::Xnor() { Rd(ir_.Unary(Op::kNot, ir_.Binary(Op::kXor, Rs1(), Rs2()))); }

void Lifter::Clz() { Rd(ir_.Unary(Op::kClz, Rs1())); }
void Lifter::Ctz() { Rd(ir_.Unary(Op::kCtz, Rs1())); }
void Lifter::Cpop() { Rd(ir_.Unary(Op::kPopCount, Rs1())); }
void Lifter::Clzw() { RdSigned(ir_.Unary(Op::kClz, Low(d_.rs1))); }
void Lifter::Ctzw() { RdSigned(ir_.Unary(Op::kCtz, Low(d_.rs1))); }
void Lifter::Cpopw() { RdSigned(ir_.Unary(Op::kPopCount, Low(d_.rs1))); }

void Lifter::SextB() { Rd(ir_.Unary(Op::kSExt8, Rs1())); }
void Lifter::SextH() { Rd(ir_.Unary(Op::kSExt16, Rs1())); }
void Lifter::ZextH() { Rd(ir_.Unary(Op::kZExt16, Rs1())); }

// rs1 if the condition holds between both, otherwise rs2.
void Lifter::Choose(Cond cond) {
  const Value a = Rs1(), b = Rs2();
  Rd(ir_.Select(ir_.SetCc(xt_, cond, a, b), a, b));
}
void Lifter::Max() { Choose(Cond::kGt); }
void Lifter::Maxu() { Choose(Cond::kGtU); }
void Lifter::Min() { Choose(Cond::kLt); }
void Lifter::Minu() { Choose(Cond::kLtU); }

void Lifter::Rol() { Register(Op::kRotL); }
void Lifter::Ror() { Register(Op::kRotR); }
void Lifter::Rori() { Immediate(Op::kRotR); }
void Lifter::Rolw() { Word(Op::kRotL); }
void Lifter::Rorw() { Word(Op::kRotR); }
void Lifter::Roriw() { WordImmediate(Op::kRotR); }

// Every byte that is not zero becomes 0xff. Its highest bit after the sum tells: 0x7f carries into it from any lower
// bit. (m << 1) - (m >> 7) spreads 0x80 over the byte; what leaves a byte upwards is taken away from the next one's
// end.
void Lifter::OrcB() {
  const Value x = Rs1();
  const Value low = Const(0x7f7f7f7f7f7f7f7f);
  const Value carried = ir_.Binary(Op::kAdd, ir_.Binary(Op::kAnd, x, low), low);
  const Value marks = ir_.Binary(Op::kAndNot, ir_.Binary(Op::kOr, carried, x), low);
  Rd(ir_.Binary(Op::kSub, ir_.Binary(Op::kShl, marks, Const(1)), ir_.Binary(Op::kShr, marks, Const(7))));
}
void Lifter::Rev8() { Rd(ir_.Unary(Op::kByteSwap, Rs1())); }

void Lifter::Bclr() { Rd(ir_.Binary(Op::kAndNot, Rs1(), OneBit(Rs2()))); }
void Lifter::Bset() { Rd(ir_.Binary(Op::kOr, Rs1(), OneBit(Rs2()))); }
void Lifter::Binv() { Rd(ir_.Binary(Op::kXor, Rs1(), OneBit(Rs2()))); }
void Lifter::Bext() { Rd(ir_.Binary(Op::kAnd, ir_.Binary(Op::kShr, Rs1(), Rs2()), Const(1))); }
void Lifter::Bclri() { Rd(ir_.Binary(Op::kAnd, Rs1(), Const(~(uint64_t{1} << d_.shamt())))); }
void Lifter::Bseti() { Rd(ir_.Binary(Op::kOr, Rs1(), Const(uint64_t{1} << d_.shamt()))); }
void Lifter::Binvi() { Rd(ir_.Binary(Op::kXor, Rs1(), Const(uint64_t{1} << d_.shamt()))); }
void Lifter::Bexti() { Rd(ir_.Binary(Op::kAnd, ir_.Binary(Op::kShr, Rs1(), Imm()), Const(1))); }

}  // namespace emu::riscv
