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

void ProgramMaker::If(unsigned depth) {
  const uint64_t past = Hole();
  Body(1 + Pick(3), depth);
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

// Into kAddress: the data pages, at a place that a register chooses or a constant does, in either mapping.
void ProgramMaker::Address(unsigned align) {
  if (random_.OneIn(2)) {
    Emit(EncodeI(0x13, 7, kAddress, Any(), 0x7ff & ~(align - 1)));
    Emit(EncodeR(0x33, 0, 0, kAddress, kAddress, kData));
  } else {
    AddImm(kAddress, kData, Pick(2048) & ~(align - 1));
  }
  if (random_.OneIn(6)) {  // about the end of a page: the next is there, may not be written, or is not there
    AddressOf(kAddress, Layout::kData + (1 + Pick(3)) * 0x1000);
    AddImm(kAddress, kAddress, static_cast<uint64_t>(static_cast<int64_t>(Pick(16)) - 12) & ~uint64_t{align - 1});
  }
  if (random_.OneIn(4)) Emit(EncodeR(0x33, 0, 0, kAddress, kAddress, kAlias));
}

void ProgramMaker::Memory() {
  const uint32_t size = Pick(4);
  Address(random_.OneIn(8) ? 1 : 1u << size);
  for (uint32_t n = 1 + Pick(3); n != 0; --n) {
    const uint32_t offset = (Pick(32) - 16) << size;
    if (random_.OneIn(2)) {
      Emit(EncodeS(0x23, size, kAddress, Any(), offset & 0xfff));
    } else {
      Emit(EncodeI(0x03, random_.OneIn(2) || size == 3 ? size : size | 4, Any(), kAddress, offset));
    }
  }
}

// Sometimes misaligned; now and then a pair of LR and SC.
void ProgramMaker::Atomic() {
  static constexpr uint32_t kOps[] = {0, 1, 4, 8, 12, 16, 20, 24, 28};
  const uint32_t size = 2 + Pick(2), order = Pick(4);
  Address(random_.OneIn(12) ? 2 : 8);
  if (!random_.OneIn(4)) {
    return Emit(EncodeR(0x2f, size, random_.Pick(kOps) << 2 | order, random_.OneIn(4) ? 0 : Any(), kAddress, Any()));
  }
  Emit(EncodeR(0x2f, size, 2 << 2 | order, Any(), kAddress, 0));
  if (random_.OneIn(2)) Emit(AluInsn());
  if (random_.OneIn(4)) Emit(EncodeS(0x23, size, kAddress, Any(), 0));
  Emit(EncodeR(0x2f, size, 3 << 2 | order, Any(), kAddress, Any()));
}

// Rounding is that of fcsr half of the time, and else one of the five, seldom one that is none.
uint32_t ProgramMaker::FloatInsn() {
  static constexpr uint32_t kFused[] = {0x43, 0x47, 0x4b, 0x4f};
  static constexpr uint32_t kFunct7[] = {0x00, 0x04, 0x08, 0x0c, 0x2c, 0x10, 0x14, 0x20, 0x50, 0x60, 0x68, 0x70, 0x78};
  const uint32_t rm = random_.OneIn(2) ? 7 : random_.OneIn(24) ? 5 + Pick(2) : Pick(5), fmt = Pick(2);
  const uint32_t a = Pick(16), b = Pick(16), to = Pick(16);
  if (random_.OneIn(4)) return EncodeR(random_.Pick(kFused), rm, Pick(16) << 2 | fmt, to, a, b);
  const uint32_t f7 = random_.Pick(kFunct7);
  switch (f7) {
    case 0x2c:
      return EncodeR(0x53, rm, f7 | fmt, to, a, 0);
    case 0x10:
      return EncodeR(0x53, Pick(3), f7 | fmt, to, a, b);
    case 0x14:
      return EncodeR(0x53, Pick(2), f7 | fmt, to, a, b);
    case 0x20:
      return EncodeR(0x53, rm, f7 | fmt, to, a, 1 - fmt);
    case 0x50:
      return EncodeR(0x53, Pick(3), f7 | fmt, Any(), a, b);
    case 0x60:
      return EncodeR(0x53, rm, f7 | fmt, Any(), a, Pick(4));
    case 0x68:
      return EncodeR(0x53, rm, f7 | fmt, to, Any(), Pick(4));
    case 0x70:
      return EncodeR(0x53, Pick(2), f7 | fmt, Any(), a, 0);
    case 0x78:
      return EncodeR(0x53, 0, f7 | fmt, to, Any(), 0);
    default:
      return EncodeR(0x53, rm, f7 | fmt, to, a, b);
  }
}

void ProgramMaker::Float() {
  for (uint32_t n = 1 + Pick(6); n != 0; --n) Emit(FloatInsn());
}

void ProgramMaker::FloatMemory() {
  const uint32_t size = 2 + Pick(2);
  const uint32_t slot = static_cast<uint32_t>(Layout::kFloats) + 8 * Pick(Layout::kTableSlots);
  Emit(EncodeI(0x07, size, Pick(16), kTable, slot));
  if (random_.OneIn(2)) return;
  Address(random_.OneIn(8) ? 1 : 8);
  Emit(random_.OneIn(2) ? EncodeI(0x07, size, Pick(16), kAddress, 8 * Pick(8))
                        : EncodeS(0x27, size, kAddress, Pick(16), 8 * Pick(8)));
}

// Rounding modes, one in eight of them none; flags.
void ProgramMaker::FloatControl() {
  const uint32_t mode = random_.OneIn(8) ? 5 + Pick(3) : Pick(5);
  switch (Pick(4)) {
    case 0:
      return Emit(EncodeCsr(5, Any(), mode, 0x002));
    case 1:
      return Emit(EncodeCsr(5, Any(), random_.OneIn(2) ? 0 : Pick(32), 0x001));
    case 2:
      return ReadCsr(Any(), 0x001 + Pick(3));
    default:
      return Emit(EncodeCsr(6 + Pick(2), Any(), 1 << Pick(5), 0x001));
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

// Writes over the first instruction of a function, or over one that comes at once.
void ProgramMaker::Patch() {
  const uint32_t value = Any();
  const bool here = random_.OneIn(2);
  Emit(EncodeI(0x03, 2, value, kTable, static_cast<uint32_t>(Layout::kPatches) + 8 * Pick(Layout::kTableSlots)));
  AddressOf(kAddress, here ? at_ + 16 : starts_[1 + Pick(kFunctions)]);
  Emit(EncodeS(0x23, 2, kAddress, value, 0));
  Emit(0x0000100f);  // fence.i
  if (!here) return;
  program_.patched.push_back(kFuzzRam + at_);
  Emit(AluInsn());
}

// A supervisor changes what may be done with a page of its data.
void ProgramMaker::Remap() {
  if (program_.privilege != kSupervisor) return Alu();
  const uint64_t page = (Layout::kData >> 12) + 1 + Pick(3), table = Layout::kPageTables + (2 + Pick(2)) * 0x1000;
  static constexpr uint32_t kRights[] = {1, 2, 4};  // valid, readable, writable
  const uint32_t entry = Any();
  AddressOf(kAddress, table + 8 * page);
  Load(entry, kAddress, 0);
  Emit(EncodeI(0x13, 4, entry, entry, random_.Pick(kRights)));
  Store(entry, kAddress, 0);
  Emit(0x12000073);  // sfence.vma
}

// It tells how many instructions were executed.
void ProgramMaker::Device() {
  const uint32_t size = 2 + Pick(2);
  Emit(random_.OneIn(2) ? EncodeI(0x03, size, Any(), kDevice, 8 * Pick(16))
                        : EncodeS(0x23, size, kDevice, Any(), 0x100 + 8 * Pick(16)));
}

}  // namespace emu::riscv
