// Integer division: by the integer divider, or by the floating-point one beside it (fp_divisions.h).
#include "backends/x86_64/lowering.h"
#include "translate/ir/division.h"
#include "translate/ir/eval.h"

namespace emu::backends::x86_64 {
namespace {

using ir::Instr;

bool IsSigned(const Instr& i) { return ir::IsSignedDivision(i.op); }
bool IsRemainder(const Instr& i) { return ir::IsRemainder(i.op); }

// Quotients below 2^50 are at most 1 too small as a double that each step towards it made smaller, if anything: three
// steps change it by less than 2^-52 of itself each.
constexpr int kQuotientBits = 50;

}  // namespace

// Where the host would trap, out-of-line code gives the results of ops.def.
void Lowering::Divide(const Instr& i) {
  if (fp_divisions_.Has(index_)) return DivideByFp(i);
  uint64_t constant;
  const bool is_const = regs_.Const(i.args[1], &constant);
  const bool traps = !is_const || constant == 0 || (IsSigned(i) && constant == ir::Truncate(i.type, ~uint64_t{0}));
  const Reg divisor = WideArguments(i);
  Cold cold{Cold::Kind::kDivide};
  cold.instr = index_;
  cold.address = divisor;
  if (traps) cold.from = e_.jcc_patchable(IsOdd(i, divisor));
  HostDivide(i, divisor);
  cold.resume = e_.rw();
  if (traps) cold_.push_back(cold);
  FinishWide(i, IsRemainder(i) ? Reg::rdx : Reg::rax);
}

// The condition for a divisor of 0, or of -1 if it is signed. Changes rdx.
Cond Lowering::IsOdd(const Instr& i, Reg divisor) {
  const bool wide = Wide(i);
  if (!IsSigned(i)) return e_.rr(wide ? Op::kTEST64rr : Op::kTEST32rr, divisor, divisor), Cond::e;
  e_.rm(wide ? Op::kLEA64r : Op::kLEA64_32r, Reg::rdx, Mem::Base(divisor, 1));
  e_.ri(wide ? Op::kCMP64ri8 : Op::kCMP32ri8, Reg::rdx, 1);
  return Cond::be;
}

// rax by the divisor; the quotient in rax, the remainder in rdx.
void Lowering::HostDivide(const Instr& i, Reg divisor) {
  const bool wide = Wide(i);
  if (IsSigned(i)) {
    e_.o(wide ? Op::kCQO : Op::kCDQ);
    e_.r(wide ? Op::kIDIV64r : Op::kIDIV32r, divisor);
  } else {
    e_.rr(Op::kXOR32rr, Reg::rdx, Reg::rdx);
    e_.r(wide ? Op::kDIV64r : Op::kDIV32r, divisor);
  }
}

// As HostDivide, where the divisor is 0, or -1 if it is signed.
void Lowering::OddDivide(const Instr& i, Reg divisor) {
  const bool wide = Wide(i);
  e_.rr(wide ? Op::kTEST64rr : Op::kTEST32rr, divisor, divisor);
  uint8_t* const minus_one = e_.jcc_short(Cond::ne);
  if (IsRemainder(i)) {
    e_.rr(wide ? Op::kMOV64rr : Op::kMOV32rr, Reg::rdx, Reg::rax);
  } else {
    e_.ri(wide ? Op::kMOV64ri32 : Op::kMOV32ri, Reg::rax, -1);
  }
  uint8_t* const done = e_.jmp_short();
  e_.Bind8(minus_one);
  IsRemainder(i) ? e_.ri(Op::kMOV32ri, Reg::rdx, 0) : e_.r(wide ? Op::kNEG64r : Op::kNEG32r, Reg::rax);
  e_.Bind8(done);
}

// What it does not do is left to the integer divider, out of line. It raises none of the guest's flags.
void Lowering::DivideByFp(const Instr& i) {
  const Reg divisor = WideArguments(i);
  Cold cold{Cold::Kind::kFpDivide};
  cold.instr = index_;
  cold.address = divisor;
  Wide(i) ? FpDivide64(i, divisor, &cold) : FpDivide32(i, divisor, &cold);
  cold.resume = e_.rw();
  cold_.push_back(cold);
  FinishWide(i, Reg::rax);
}

// Both fit into doubles, and the quotient's distance from the next integer is more than what a double loses. The one
// quotient that is no integer of 32 bits, of the most negative number by -1, is what the host gives instead of it.
void Lowering::FpDivide32(const Instr& i, Reg divisor, Cold* cold) {
  if (IsSigned(i)) {
    e_.rr(Op::kTEST32rr, divisor, divisor);
    cold->from = e_.jcc_patchable(Cond::e);
    FpQuotient(Op::kCVTSI2SDrr, Reg::rax, divisor);
  } else {
    e_.rr(Op::kMOV32rr, Reg::rdx, divisor);
    e_.rr(Op::kTEST32rr, Reg::rdx, Reg::rdx);
    cold->from = e_.jcc_patchable(Cond::e);
    e_.rr(Op::kMOV32rr, Reg::rax, Reg::rax);
    FpQuotient(Op::kCVTSI642SDrr, Reg::rax, Reg::rdx);
  }
  const Op to_int = IsSigned(i) ? Op::kVCVTTSD2SIZrrb_Int : Op::kVCVTTSD2SI64Zrrb_Int;
  if (!IsRemainder(i)) return e_.rr(to_int, Reg::rax, kScratchXmm0);
  e_.rr(to_int, Reg::rdx, kScratchXmm0);
  e_.rr(Op::kIMUL32rr, Reg::rdx, divisor);
  e_.rr(Op::kSUB32rr, Reg::rax, Reg::rdx);
}

// Of integers that are exact as doubles.
void Lowering::FpQuotient(Op to_double, Reg dividend, Reg divisor) {
  e_.rr(Op::kPXORrr, kScratchXmm0, kScratchXmm0);
  e_.rr(to_double, kScratchXmm0, dividend);
  e_.rr(Op::kPXORrr, kScratchXmm1, kScratchXmm1);
  e_.rr(to_double, kScratchXmm1, divisor);
  e_.rrr(Op::kVDIVSDZrrb_Int, kScratchXmm0, kScratchXmm0, kScratchXmm1, HostRounding::zero);
}

// Of what is not negative. A divisor of 0 is not above the dividend's top bits.
void Lowering::FpDivide64(const Instr& i, Reg divisor, Cold* cold) {
  if (IsSigned(i)) {
    e_.rr(Op::kMOV64rr, Reg::rdx, Reg::rax);
    e_.rr(Op::kOR64rr, Reg::rdx, divisor);
    cold->from2 = e_.jcc_patchable(Cond::s);
  }
  e_.rr(Op::kMOV64rr, Reg::rdx, Reg::rax);
  e_.ri(Op::kSHR64ri, Reg::rdx, kQuotientBits);
  e_.rr(Op::kCMP64rr, Reg::rdx, divisor);
  cold->from = e_.jcc_patchable(Cond::ae);
  e_.rr(Op::kPXORrr, kScratchXmm0, kScratchXmm0);
  e_.rr(Op::kPXORrr, kScratchXmm1, kScratchXmm1);
  const Op to_double = IsSigned(i) ? Op::kVCVTSI642SDZrrb_Int : Op::kVCVTUSI642SDZrrb_Int;
  e_.rrr(to_double, kScratchXmm0, kScratchXmm0, Reg::rax, HostRounding::zero);
  e_.rrr(to_double, kScratchXmm1, kScratchXmm1, divisor, HostRounding::up);
  e_.rrr(Op::kVDIVSDZrrb_Int, kScratchXmm0, kScratchXmm0, kScratchXmm1, HostRounding::zero);
  e_.rr(Op::kVCVTTSD2SI64Zrrb_Int, Reg::rdx, kScratchXmm0);
  e_.rr(Op::kIMUL64rr, Reg::rdx, divisor);
  e_.rr(Op::kSUB64rr, Reg::rax, Reg::rdx);  // the remainder, or so much and the divisor
  if (IsRemainder(i)) {
    e_.rr(Op::kMOV64rr, Reg::rdx, Reg::rax);
    e_.rr(Op::kSUB64rr, Reg::rdx, divisor);
    return e_.cmovcc64(Cond::ae, Reg::rax, Reg::rdx);
  }
  e_.rr(Op::kCMP64rr, Reg::rax, divisor);
  e_.rr(Op::kVCVTTSD2SI64Zrrb_Int, Reg::rax, kScratchXmm0);
  e_.ri(Op::kSBB64ri8, Reg::rax, -1);
}

void Lowering::ColdFpDivide(const Cold& cold) {
  const Instr& i = block_->code[cold.instr];
  uint8_t* const odd = e_.jcc_short(IsOdd(i, cold.address));
  HostDivide(i, cold.address);
  uint8_t* const done = e_.jmp_short();
  e_.Bind8(odd);
  OddDivide(i, cold.address);
  e_.Bind8(done);
  if (IsRemainder(i)) e_.rr(Op::kMOV64rr, Reg::rax, Reg::rdx);
}

}  // namespace emu::backends::x86_64
