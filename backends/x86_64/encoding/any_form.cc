#include "backends/x86_64/encoding/any_form.h"

#include <string>
#include <variant>
#include <vector>

namespace emu::backends::x86_64 {
namespace {

using AnyRegister = std::variant<Reg, Xmm>;

// The operands of one form as the Emitter's methods are named by them: "rmi".
struct Call {
  std::string letters;
  std::vector<AnyRegister> regs;
};

char Letter(Kind kind) {
  switch (kind) {
    case Kind::kMem:
      return 'm';
    case Kind::kImm:
      return 'i';
    case Kind::kCond:
      return 'c';
    case Kind::kRel:
      return 'b';
    case Kind::kRounding:
      return 'x';
    default:
      return 'r';
  }
}

Call CallOf(const Form& form, const Operands& operands) {
  Call call;
  for (int i = 0; i < 4 && form.kind(i) != Kind::kNone; ++i) {
    char letter = Letter(form.kind(i));
    call.letters += letter;
    if (letter != 'r') continue;
    uint8_t number = operands.regs[call.regs.size()];
    call.regs.push_back(form.kind(i) >= Kind::kXmm ? AnyRegister(static_cast<Xmm>(number))
                                                   : AnyRegister(static_cast<Reg>(number)));
  }
  return call;
}

bool WithoutRegs(Emitter* e, Op op, const std::string& letters, const Operands& v) {
  int32_t imm = static_cast<int32_t>(v.imm);
  if (letters.empty()) return e->o(op), true;
  if (letters == "i") return e->i(op, v.imm), true;
  if (letters == "m") return e->m(op, v.mem), true;
  if (letters == "mi") return e->mi(op, v.mem, imm), true;
  return false;
}

template <AnyReg A>
bool OneReg(Emitter* e, Op op, const std::string& letters, const Operands& v, A a) {
  int32_t imm = static_cast<int32_t>(v.imm);
  if (letters == "r") return e->r(op, a), true;
  if (letters == "ri") return e->ri(op, a, v.imm), true;
  if (letters == "rm") return e->rm(op, a, v.mem), true;
  if (letters == "mr") return e->mr(op, v.mem, a), true;
  if (letters == "rmi") return e->rmi(op, a, v.mem, imm), true;
  if (letters == "mri") return e->mri(op, v.mem, a, imm), true;
  return false;
}

template <AnyReg A, AnyReg B>
bool TwoRegs(Emitter* e, Op op, const std::string& letters, const Operands& v, A a, B b) {
  if (letters == "rr") return e->rr(op, a, b), true;
  if (letters == "rri") return e->rri(op, a, b, v.imm), true;
  if (letters == "rrm") return e->rrm(op, a, b, v.mem), true;
  if (letters == "rmr") return e->rmr(op, a, v.mem, b), true;
  if (letters == "rrmi") return e->rrmi(op, a, b, v.mem, static_cast<int32_t>(v.imm)), true;
  return false;
}

template <AnyReg A, AnyReg B, AnyReg C>
bool ThreeRegs(Emitter* e, Op op, const std::string& letters, const Operands& v, A a, B b, C c) {
  if (letters == "rrr") return e->rrr(op, a, b, c), true;
  if (letters == "rrri") return e->rrri(op, a, b, c, v.imm), true;
  if (letters == "rrrx") return e->rrr(op, a, b, c, static_cast<HostRounding>(v.rounding)), true;
  return false;
}

bool Branch(Emitter* e, Op op, const Operands& v) {
  int32_t rel = static_cast<int32_t>(v.imm);
  Cond cond = static_cast<Cond>(v.cond);
  const uint8_t* target = e->rx() + 2 + rel;
  if (op == Op::kJCC_4) return e->jcc(cond, rel), true;
  if (op == Op::kJMP_4) return e->jmp(rel), true;
  if (op == Op::kCALL64pcrel32) return e->call(rel), true;
  if (op == Op::kJCC_1) return e->jcc_to(cond, target), true;
  if (op == Op::kJMP_1) return e->jmp_to(target), true;
  return false;
}

bool Conditional(Emitter* e, Op op, const Operands& v) {
  Cond cond = static_cast<Cond>(v.cond);
  Reg a = static_cast<Reg>(v.regs[0]);
  Reg b = static_cast<Reg>(v.regs[1]);
  if (op == Op::kSETCCr) return e->setcc(cond, a), true;
  if (op == Op::kSETCCm) return e->setcc(cond, v.mem), true;
  if (op == Op::kCMOV16rr) return e->cmovcc16(cond, a, b), true;
  if (op == Op::kCMOV16rm) return e->cmovcc16(cond, a, v.mem), true;
  if (op == Op::kCMOV32rr) return e->cmovcc32(cond, a, b), true;
  if (op == Op::kCMOV32rm) return e->cmovcc32(cond, a, v.mem), true;
  if (op == Op::kCMOV64rr) return e->cmovcc64(cond, a, b), true;
  if (op == Op::kCMOV64rm) return e->cmovcc64(cond, a, v.mem), true;
  return false;
}

}  // namespace

bool EmitAny(Emitter* emitter, Op op, const Operands& operands) {
  Call call = CallOf(FormOf(op), operands);
  const std::string& letters = call.letters;
  if (letters.find('b') != std::string::npos) return Branch(emitter, op, operands);
  if (letters.find('c') != std::string::npos) return Conditional(emitter, op, operands);
  auto one = [&](auto a) { return OneReg(emitter, op, letters, operands, a); };
  auto two = [&](auto a, auto b) { return TwoRegs(emitter, op, letters, operands, a, b); };
  auto three = [&](auto a, auto b, auto c) { return ThreeRegs(emitter, op, letters, operands, a, b, c); };
  if (call.regs.empty()) return WithoutRegs(emitter, op, letters, operands);
  if (call.regs.size() == 1) return std::visit(one, call.regs[0]);
  if (call.regs.size() == 2) return std::visit(two, call.regs[0], call.regs[1]);
  return std::visit(three, call.regs[0], call.regs[1], call.regs[2]);
}

}  // namespace emu::backends::x86_64
