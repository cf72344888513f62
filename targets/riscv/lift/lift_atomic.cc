// A (unprivileged manual, chapter 14). The host's atomic operations are sequentially consistent, whatever aq and rl
// say.
#include "targets/riscv/lift/lifter.h"

namespace emu::riscv {

using ir::AtomicKind;
using ir::Cond;

ir::MemOp Lifter::AtomicMemOp() const {
  return {.log2_size = static_cast<uint8_t>(AtomicSize()), .is_signed = false, .must_align = true};
}

// A value of the access's size, sign-extended.
void Lifter::RdAtomic(Value v) {
  if (AtomicSize() == 2) return RdSigned(v);
  Rd(v);
}

void Lifter::Amo(AtomicKind kind) {
  const Value operand = AtomicSize() == 2 ? Low(d_.rs2) : Rs2();
  RdAtomic(ir_.AtomicRmw(kind, AtomicMemOp(), Wide(Rs1()), operand));
}

void Lifter::Amoswap() { Amo(AtomicKind::kSwap); }
void Lifter::Amoadd() { Amo(AtomicKind::kAdd); }
void Lifter::Amoxor() { Amo(AtomicKind::kXor); }
void Lifter::Amoand() { Amo(AtomicKind::kAnd); }
void Lifter::Amoor() { Amo(AtomicKind::kOr); }
void Lifter::Amomin() { Amo(AtomicKind::kMin); }
void Lifter::Amomax() { Amo(AtomicKind::kMax); }
void Lifter::Amominu() { Amo(AtomicKind::kMinU); }
void Lifter::Amomaxu() { Amo(AtomicKind::kMaxU); }

// The reservation is the address and what was there: SC succeeds if it is there still.
void Lifter::Lr() {
  if (d_.rl) ir_.Fence();  // earlier stores must not pass the load
  const Value address = Wide(Rs1());
  const Type type = AtomicSize() == 2 ? Type::kI32 : Type::kI64;
  const Value v = ir_.Load(type, AtomicMemOp(), address);
  ir_.Set(kRegReservationAddress, address);
  ir_.Set(kRegReservationValue, type == Type::kI32 ? ir_.Convert(Op::kZExt, Type::kI64, v) : v);
  RdAtomic(v);
}

// Fails without an access if the reservation is for another address, unless that is misaligned: the access then faults.
void Lifter::Sc() {
  const uint16_t fails = ir_.NewLabel(), done = ir_.NewLabel();
  const Value address = Wide(Rs1());
  const Value misaligned = ir_.Binary(Op::kAnd, address, ir_.Const64((uint64_t{1} << AtomicSize()) - 1));
  const Value other = ir_.Binary(Op::kXor, address, ir_.Get(Type::kI64, kRegReservationAddress));
  const Value zero = ir_.Const64(0);
  ir_.BrIf(Cond::kNe, ir_.Select(misaligned, zero, other), zero, fails);

  const bool word = AtomicSize() == 2;
  Value expected = ir_.Get(Type::kI64, kRegReservationValue);
  if (word) expected = ir_.Convert(Op::kTrunc, Type::kI32, expected);
  const Value old = ir_.AtomicCas(AtomicMemOp(), address, expected, word ? Low(d_.rs2) : Rs2());
  ir_.Set(kRegReservationAddress, ir_.Const64(kNoReservation));
  Rd(ir_.SetCc(xt_, Cond::kNe, old, expected));
  ir_.Br(done);

  ir_.Label(fails);
  ir_.Set(kRegReservationAddress, ir_.Const64(kNoReservation));
  Rd(Const(1));
  ir_.Br(done);
  ir_.Label(done);
  ForgetValues();
}

}  // namespace emu::riscv
