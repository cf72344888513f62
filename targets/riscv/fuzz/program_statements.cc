// What programs are made of.
#include "targets/riscv/fuzz/program_maker.h"

namespace emu::riscv {
namespace {

struct AluForm {
  uint32_t f7, f3;
};
// I, M, Zba, Zbb and Zbs (unprivileged manual, chapter "RV32/64G Instruction Set Listings", and the B extension).
constexpr AluForm kAlu64[] = {{0, 0},    {0x20, 0}, {0, 1},    {0, 2},    {0, 3},    {0, 4},    {0, 5},
                              {0x20, 5}, {0, 6},    {0, 7},    {1, 0},    {1, 1},    {1, 2},    {1, 3},
                              {1, 4},    {1, 5},    {1, 6},    {1, 7},    {0x10, 2}, {0x10, 4}, {0x10, 6},
                              {0x20, 7}, {0x20, 6}, {0x20, 4}, {5, 4},    {5, 5},    {5, 6},    {5, 7},
                              {0x30, 1}, {0x30, 5}, {0x14, 1}, {0x24, 1}, {0x34, 1}, {0x24, 5}};
constexpr AluForm kAlu32[] = {{0, 0}, {0x20, 0}, {0, 1}, {0, 5}, {0x20, 5}, {1, 0},    {1, 4},
                              {1, 5}, {1, 6},    {1, 7}, {4, 0}, {0x10, 2}, {0x30, 1}, {0x30, 5}};
constexpr uint32_t kConds[] = {0, 1, 4, 5, 6, 7};

}  // namespace

uint32_t ProgramMaker::Any() {
  static constexpr uint32_t kFree[] = {5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 24, 25, 26, 27, 28, 29, 30, 31};
  return random_.Pick(kFree);
}

void ProgramMaker::Body(unsigned count, unsigned depth) {
  for (; count != 0 && at_ < limit_; --count) Statement(depth);
}

void ProgramMaker::Statement(unsigned depth) {
  using Make = void (ProgramMaker::*)();
  static constexpr Make kSimple[] = {
      &ProgramMaker::Alu,    &ProgramMaker::Alu,    &ProgramMaker::Alu,          &ProgramMaker::Compressed,
      &ProgramMaker::Memory, &ProgramMaker::Memory, &ProgramMaker::Memory,       &ProgramMaker::Atomic,
      &ProgramMaker::Float,  &ProgramMaker::Float,  &ProgramMaker::FloatMemory,  &ProgramMaker::FloatMemory,
      &ProgramMaker::Call,   &ProgramMaker::Csr,    &ProgramMaker::FloatControl, &ProgramMaker::Patch,
      &ProgramMaker::Device, &ProgramMaker::Remap,  &ProgramMaker::Fault,        &ProgramMaker::Compressed};
  const uint32_t kind = Pick(8);
  if (kind == 0 && depth < kDepth) return Loop(depth);
  if (kind == 1) return If(depth);
  (this->*random_.Pick(kSimple))();
}

// Counts down; sometimes left in the middle.
void ProgramMaker::Loop(unsigned depth) {
  const uint32_t counter = kCounter + depth;
  AddImm(counter, 0, 1 + Pick(random_.OneIn(4) ? 40 : 6));
  const uint64_t again = at_;
  Body(1 + Pick(3), depth + 1);
  const uint64_t leave = random_.OneIn(4) ? Hole() : 0;
  Body(Pick(3), depth + 1);
  AddImm(counter, counter, static_cast<uint64_t>(-1));
  const uint64_t back = Hole();
  if (leave != 0) Land(leave, random_.Pick(kConds), Any(), Any());
  const uint64_t end = at_;
  at_ = again;
  Land(back, 1, counter, 0);
  at_ = end;
}

// Around little that only computes, or around anything.
void ProgramMaker::If(unsigned depth) {
  const uint64_t past = Hole();
  random_.OneIn(2) ? Compressed() : Body(1 + Pick(3), depth);
  Land(past, random_.Pick(kConds), Any(), random_.OneIn(3) ? 0 : Any());
}

// Directly, through the second mapping of the same code, or one of two by a register.
void ProgramMaker::Call() {
  if (function_ == kFunctions) return Alu();
  const uint32_t callee = function_ + 1 + Pick(kFunctions - function_);
  if (random_.OneIn(2)) return Jump(kRa, starts_[callee]);
  const uint32_t slot = static_cast<uint32_t>(Layout::kFunctionTable) + 8 * (callee - 1);
  if (callee < kFunctions) {
    Emit(EncodeI(0x13, 7, kAddress, Any(), 8));
    Emit(EncodeR(0x33, 0, 0, kAddress, kAddress, kTable));
    Load(kAddress, kAddress, slot);
  } else {
    Load(kAddress, kTable, slot);
  }
  if (random_.OneIn(3)) Emit(EncodeR(0x33, 0, 0, kAddress, kAddress, kAlias));
  Emit(EncodeI(0x67, 0, kRa, kAddress, 0));
}

uint32_t ProgramMaker::AluInsn() {
  static constexpr uint32_t kUnary[] = {0, 1, 2, 4, 5};  // of Zbb
  const AluForm wide = random_.Pick(kAlu64), narrow = random_.Pick(kAlu32);
  const uint32_t imm = random_.OneIn(2) ? Pick(4096) : Pick(16) - 8;
  switch (Pick(8)) {
    case 0:
    case 1:
      return EncodeR(0x33, wide.f3, wide.f7, Any(), Any(), Any());
    case 2:
      return EncodeR(0x3b, narrow.f3, narrow.f7, Any(), Any(), Any());
    case 3:
      return EncodeR(0x13, 1, 0x30, Any(), Any(), random_.Pick(kUnary));
    case 4:
      return EncodeI(0x13, random_.OneIn(2) ? 1 : 5, Any(), Any(), Pick(64));
    case 5:
      return EncodeI(0x1b, 0, Any(), Any(), imm);
    case 6:
      return random_.OneIn(2) ? EncodeU(0x37, Any(), Pick(1 << 20)) : EncodeI(0x13, 5, Any(), Any(), 0x400 | Pick(64));
    default:
      static constexpr uint32_t kImmediate[] = {0, 2, 3, 4, 6, 7};
      return EncodeI(0x13, random_.Pick(kImmediate), Any(), Any(), imm);
  }
}

void ProgramMaker::Alu() {
  for (uint32_t n = 1 + Pick(5); n != 0; --n) Emit(AluInsn());
}

// C.ADDI, C.LI, C.MV, C.ADD.
void ProgramMaker::Compressed() {
  for (uint32_t n = 1 + Pick(3); n != 0; --n) {
    const uint32_t rd = Any() << 7, imm = 1 + Pick(31);
    static constexpr uint32_t kForms[] = {0x0001, 0x4001, 0x8002, 0x9002};
    const uint32_t form = random_.Pick(kForms);
    Emit(form | rd | ((form & 2) != 0 ? Any() : imm) << 2);
  }
}

// Counters must be exact; interrupts come and go in machine mode.
void ProgramMaker::Csr() {
  static constexpr uint32_t kCounters[] = {0xc00, 0xc01, 0xc02};
  if (paged() || random_.OneIn(2)) return ReadCsr(Any(), random_.Pick(kCounters));
  if (random_.OneIn(2)) return ReadCsr(Any(), 0x344);
  Emit(EncodeCsr(6 + Pick(2), Any(), 8, 0x300));  // mstatus.MIE
}

void ProgramMaker::Fault() {
  const uint32_t size = Pick(4);
  switch (Pick(8)) {
    case 0:
      return Emit(0x00000073);  // ecall
    case 1:
      return Emit(random_.OneIn(2) ? 0x00100073 : 0x9002);  // ebreak, c.ebreak
    case 2:
      return Emit(random_.OneIn(2) ? 0xffffffff : 0);
    case 3:
      return ReadCsr(Any(), 0x7c0);
    case 4:
      return Emit(EncodeS(0x23, size, kAbsent, Any(), 8 * Pick(16)));
    case 5:
      return Emit(EncodeI(0x07, 2 + Pick(2), Pick(16), kAbsent, 8 * Pick(16)));
    case 6:
      return Emit(EncodeR(0x2f, 2 + Pick(2), 0, Any(), kAbsent, Any()));
    default:
      return Emit(EncodeI(0x03, size, Any(), kAbsent, 8 * Pick(16)));
  }
}

}  // namespace emu::riscv
