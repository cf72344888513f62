// Machine mode's handler.
#include <cstring>

#include "targets/riscv/fuzz/program_maker.h"

namespace emu::riscv {

// Mixes what happened into a word, lowers all lines after an interrupt, goes on behind the instruction after an
// exception. Uses x29 to x31, which it saves where mscratch points; the instruction is read where RAM really is.
void ProgramMaker::Handler() {
  at_ = Layout::kHandler;
  Csrrw(31, 0x340, 31);
  Store(30, 31, 0);
  Store(29, 31, 8);
  Load(29, 31, 16);
  for (const uint32_t csr : {0x342u, 0x343u, 0x341u, 0xb02u}) {  // mcause, mtval, mepc, minstret
    ReadCsr(30, csr);
    Emit(EncodeR(0x33, 0, 0, 29, 29, 30));
    Emit(EncodeI(0x13, 5, 30, 29, 0x400 | 7));  // srai
    Emit(EncodeR(0x33, 4, 0, 29, 29, 30));
  }
  Store(29, 31, 16);
  ReadCsr(30, 0x342);
  const uint64_t exception = Hole();
  Emit(EncodeU(0x37, 30, kProgramDevice >> 12));
  Store(0, 30, 0);
  const uint64_t interrupt = at_;
  Emit(0);  // a jump, below
  Emit(0);
  Land(exception, 5, 30, 0);
  ReadCsr(30, 0x341);
  Emit(EncodeI(0x13, 1, 30, 30, 43));
  Emit(EncodeI(0x13, 5, 30, 30, 43));
  AddImm(29, 0, 1);
  Emit(EncodeI(0x13, 1, 29, 29, 31));
  Emit(EncodeR(0x33, 0, 0, 30, 30, 29));
  Emit(EncodeI(0x03, 5, 30, 30, 0));  // lhu
  Emit(EncodeI(0x13, 7, 30, 30, 3));
  AddImm(30, 30, static_cast<uint64_t>(-3));
  Emit(EncodeI(0x13, 3, 30, 30, 1));  // 1 if it has four bytes
  Emit(EncodeI(0x13, 1, 30, 30, 1));
  ReadCsr(29, 0x341);
  Emit(EncodeR(0x33, 0, 0, 29, 29, 30));
  AddImm(29, 29, 2);
  Csrrw(0, 0x341, 29);
  const uint32_t over = EncodeJ(0, static_cast<uint32_t>(at_ - interrupt));
  std::memcpy(&program_.image[interrupt], &over, 4);
  Load(30, 31, 0);
  Load(29, 31, 8);
  Csrrw(31, 0x340, 31);
  Emit(0x30200073);  // mret
}

}  // namespace emu::riscv
