// Random instructions: valid ones for the most part, of all kinds, with operands that are worth something.
#ifndef EMU_TARGETS_RISCV_FUZZ_RANDOM_INSN_H_
#define EMU_TARGETS_RISCV_FUZZ_RANDOM_INSN_H_

#include <cstdint>

#include "targets/riscv/fuzz/guest_image.h"

namespace emu::riscv {

// Encoding formats of the unprivileged manual, section 2.2.
constexpr uint32_t EncodeR(uint32_t op, uint32_t f3, uint32_t f7, uint32_t rd, uint32_t rs1, uint32_t rs2) {
  return op | rd << 7 | f3 << 12 | rs1 << 15 | rs2 << 20 | f7 << 25;
}
constexpr uint32_t EncodeI(uint32_t op, uint32_t f3, uint32_t rd, uint32_t rs1, uint32_t imm) {
  return op | rd << 7 | f3 << 12 | rs1 << 15 | (imm & 0xfff) << 20;
}
constexpr uint32_t EncodeS(uint32_t op, uint32_t f3, uint32_t rs1, uint32_t rs2, uint32_t imm) {
  return op | (imm & 31) << 7 | f3 << 12 | rs1 << 15 | rs2 << 20 | (imm >> 5 & 0x7f) << 25;
}
constexpr uint32_t EncodeU(uint32_t op, uint32_t rd, uint32_t imm20) { return op | rd << 7 | imm20 << 12; }
constexpr uint32_t EncodeB(uint32_t f3, uint32_t rs1, uint32_t rs2, uint32_t imm) {
  return 0x63 | (imm >> 11 & 1) << 7 | (imm >> 1 & 15) << 8 | f3 << 12 | rs1 << 15 | rs2 << 20 | (imm >> 5 & 63) << 25 |
         (imm >> 12 & 1) << 31;
}
constexpr uint32_t EncodeJ(uint32_t rd, uint32_t imm) {
  return 0x6f | rd << 7 | (imm >> 12 & 0xff) << 12 | (imm >> 11 & 1) << 20 | (imm >> 1 & 0x3ff) << 21 |
         (imm >> 20 & 1) << 31;
}
constexpr uint32_t EncodeCsr(uint32_t f3, uint32_t rd, uint32_t rs1, uint32_t csr) {
  return EncodeI(0x73, f3, rd, rs1, csr);
}

// 16 bits wide if its low two bits are not 3.
uint32_t RandomInsn(FuzzRandom& random);
// Number of a CSR: mostly one that exists.
uint32_t RandomCsr(FuzzRandom& random);

}  // namespace emu::riscv

#endif  // EMU_TARGETS_RISCV_FUZZ_RANDOM_INSN_H_
