// Branches around a few instructions that only compute: both ways are executed, and what the guest's way leaves is
// chosen. No host predicts a branch on the data of a sort or a minimum; and RISC-V without Zicond has no other way to
// say it.
#include <algorithm>
#include <array>
#include <utility>

#include "targets/riscv/lift/lifter.h"

namespace emu::riscv {

// The instructions between a branch and its target.
struct Lifter::Arm {
  static constexpr unsigned kMaxInsns = 3;
  std::array<Decoded, kMaxInsns> insns;
  unsigned size = 0;  // 0: too many, or not all of them only compute
};

bool Lifter::Does(const Decoded& insn, absl::Span<const Method> methods) {
  return std::find(methods.begin(), methods.end(), kMethods[static_cast<unsigned>(insn.id)]) != methods.end();
}

bool Lifter::IsBranch(const Decoded& insn) {
  static constexpr Method kMethodsThatDo[] = {&Lifter::Beq, &Lifter::Bne,  &Lifter::Blt,
                                              &Lifter::Bge, &Lifter::Bltu, &Lifter::Bgeu};
  return Does(insn, kMethodsThatDo);
}

bool Lifter::OnlyComputes(const Decoded& insn) {
  static constexpr Method kMethodsThatDo[] = {
      &Lifter::Lui,  &Lifter::Auipc, &Lifter::Mv,   &Lifter::Addi, &Lifter::Slti,  &Lifter::Sltiu, &Lifter::Xori,
      &Lifter::Ori,  &Lifter::Andi,  &Lifter::Slli, &Lifter::Srli, &Lifter::Srai,  &Lifter::Add,   &Lifter::Sub,
      &Lifter::Sll,  &Lifter::Slt,   &Lifter::Sltu, &Lifter::Xor,  &Lifter::Srl,   &Lifter::Sra,   &Lifter::Or,
      &Lifter::And,  &Lifter::Addiw, &Lifter::Addw, &Lifter::Subw, &Lifter::Slliw, &Lifter::Srliw, &Lifter::Sraiw,
      &Lifter::Sllw, &Lifter::Srlw,  &Lifter::Sraw};
  return insn.rd != 0 && Does(insn, kMethodsThatDo);
}

Lifter::Arm Lifter::ArmOfBranch() const {
  Arm arm;
  const uint64_t end = Target();
  uint64_t pc = next_;
  for (; pc < end && arm.size < Arm::kMaxInsns && At(pc, 4) != nullptr; ++arm.size) {
    Decoded& insn = arm.insns[arm.size];
    if (!Decode(LoadLittle(At(pc, 4), 4), isa_, &insn) || !OnlyComputes(insn)) break;
    pc += insn.length;
  }
  if (pc != end) arm.size = 0;
  return arm;
}

// The branch and what it leads around, after which the path goes on. False: it is an ordinary one.
bool Lifter::GoAround(ir::Cond cond, bool went_around) {
  const Arm arm = ArmOfBranch();
  if (arm.size == 0 || count_ + arm.size > Limit()) return false;
  const Value a = Rs1(), b = Rs2();
  std::array<Value, Arm::kMaxInsns> before;
  for (unsigned n = 0; n < arm.size; ++n) before[n] = X(arm.insns[n].rd);
  for (unsigned n = 0; n < arm.size; ++n) {
    pc_ = next_;
    One(arm.insns[n].bits);
  }
  if (went_around) followed_ -= arm.size;
  const Value around = ir_.SetCc(xt_, cond, a, b);
  for (unsigned n = 0; n < arm.size; ++n) {
    const unsigned rd = arm.insns[n].rd;
    const auto same = [rd](const Decoded& d) { return d.rd == rd; };
    if (std::any_of(arm.insns.begin() + n + 1, arm.insns.begin() + arm.size, same)) continue;
    ir_.Set(kRegX0 + rd, Wide(ir_.Select(around, before[n], X(rd))));
  }
  const Value not_executed = Wide(ir_.Binary(Op::kMul, around, Const(arm.size)));
  refund_ = refund_ == ir::kNoValue ? not_executed : ir_.Binary(Op::kAdd, refund_, not_executed);
  return true;
}

// Instructions that count the guest's, or leave, do so exactly.
void Lifter::Refund() {
  if (refund_ != ir::kNoValue) ir_.Refund(std::exchange(refund_, ir::kNoValue));
}

}  // namespace emu::riscv
