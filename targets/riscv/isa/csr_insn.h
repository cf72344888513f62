// What a CSR instruction is to do (unprivileged manual, chapter 6 "Zicsr").
#ifndef EMU_TARGETS_RISCV_ISA_CSR_INSN_H_
#define EMU_TARGETS_RISCV_ISA_CSR_INSN_H_

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "targets/riscv/isa/decode.h"

namespace emu::riscv {

inline constexpr unsigned kCsrWrite = 1, kCsrSet = 2;  // operations, in the low two bits of funct3
inline constexpr unsigned kCsrSstatus = 0x100;

// Of a decoded one.
struct CsrInsn {
  explicit CsrInsn(const Decoded& d)
      : number(d.csr()),
        op(d.bits >> 12 & 3),
        no_write(op != kCsrWrite && d.rs1 == 0),
        no_read(op == kCsrWrite && d.rd == 0),
        clears_sie(number == kCsrSstatus && d.id == Insn::kCsrrci) {}

  // As Helper::kCsr wants to be told.
  uint64_t packed() const { return number | op << 12 | unsigned{no_write} << 14 | unsigned{no_read} << 15; }
  // Whether mode, mappings and pending interrupts are as before, so that the block goes on.
  bool is_harmless() const { return no_write || clears_sie || WritesHarmlessly(); }

  unsigned number;
  unsigned op;
  bool no_write;    // CSRRS and the like with rs1 = x0, or the immediate 0
  bool no_read;     // CSRRW with rd = x0
  bool clears_sie;  // of sstatus what five bits of an immediate can clear: no interrupt comes by that

 private:
  // fflags, and scratch, exception PC, cause and value of both modes.
  bool WritesHarmlessly() const {
    constexpr unsigned kHarmless[] = {0x001, 0x140, 0x141, 0x142, 0x143, 0x340, 0x341, 0x342, 0x343};
    return std::find(std::begin(kHarmless), std::end(kHarmless), number) != std::end(kHarmless);
  }
};

}  // namespace emu::riscv

#endif  // EMU_TARGETS_RISCV_ISA_CSR_INSN_H_
