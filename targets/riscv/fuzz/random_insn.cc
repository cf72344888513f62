#include "targets/riscv/fuzz/random_insn.h"

namespace emu::riscv {
namespace {

using R = FuzzRandom;

uint32_t Reg(R& r) { return static_cast<uint32_t>(r.Below(32)); }
// Few registers, so that results meet.
uint32_t NearReg(R& r) { return r.OneIn(3) ? Reg(r) : static_cast<uint32_t>(8 + r.Below(8)); }
// Not those that mostly hold addresses.
uint32_t Dest(R& r) { return r.OneIn(8) ? Reg(r) : static_cast<uint32_t>(12 + r.Below(8)); }
uint32_t Base(R& r) { return r.OneIn(8) ? Reg(r) : static_cast<uint32_t>(8 + r.Below(4)); }
uint32_t Imm(R& r) { return static_cast<uint32_t>(r.OneIn(3) ? r.Next() : r.Below(64) * 8) & 0xfff; }

uint32_t Alu(R& r) {
  static constexpr uint32_t kFunct7[] = {0, 0, 0x20, 1, 1, 0x10, 0x04, 0x05, 0x30, 0x14, 0x24, 0x34, 0x35};
  switch (r.Below(4)) {
    case 0:
      return EncodeI(0x13, static_cast<uint32_t>(r.Below(8)), Dest(r), NearReg(r), Imm(r));
    case 1:
      return EncodeI(0x1b, static_cast<uint32_t>(r.Below(8)), Dest(r), NearReg(r), Imm(r) & 0x41f);
    default:
      break;
  }
  static constexpr uint32_t kOps[] = {0x33, 0x33, 0x3b, 0x13, 0x1b};
  return EncodeR(r.Pick(kOps), static_cast<uint32_t>(r.Below(8)), r.Pick(kFunct7), Dest(r), NearReg(r), NearReg(r));
}

uint32_t Memory(R& r) {
  const uint32_t size = static_cast<uint32_t>(r.Below(4));
  switch (r.Below(6)) {
    case 0:
      return EncodeI(0x07, 2 + static_cast<uint32_t>(r.Below(2)), Reg(r), Base(r), Imm(r));
    case 1:
      return EncodeS(0x27, 2 + static_cast<uint32_t>(r.Below(2)), Base(r), Reg(r), Imm(r));
    case 2:
    case 3:
      return EncodeS(0x23, size, Base(r), NearReg(r), Imm(r));
    default:
      return EncodeI(0x03, static_cast<uint32_t>(r.Below(7)), Dest(r), Base(r), Imm(r));
  }
}

uint32_t Atomic(R& r) {
  static constexpr uint32_t kFunct5[] = {0, 1, 2, 2, 3, 3, 4, 8, 12, 16, 20, 24, 28};
  const uint32_t f5 = r.Pick(kFunct5);
  const uint32_t rs1 = 8 + static_cast<uint32_t>(r.Below(3));  // LR and SC are to find each other
  return EncodeR(0x2f, 2 + static_cast<uint32_t>(r.Below(2)), f5 << 2 | static_cast<uint32_t>(r.Below(4)), Dest(r), rs1,
                 f5 == 2 ? 0 : NearReg(r));
}

uint32_t Offset(R& r) { return static_cast<uint32_t>(static_cast<int32_t>(r.Below(96)) - 32) * 2; }

uint32_t Jump(R& r) {
  static constexpr uint32_t kConds[] = {0, 1, 4, 5, 6, 7};
  if (r.OneIn(8)) return EncodeI(0x67, 0, NearReg(r), NearReg(r), Imm(r));
  if (r.OneIn(3))
    return EncodeJ(r.OneIn(2) ? 0 : Dest(r), r.OneIn(8) ? static_cast<uint32_t>(r.Next()) & 0x3ffe : Offset(r));
  return EncodeB(r.Pick(kConds), NearReg(r), NearReg(r), Offset(r));
}

uint32_t Csr(R& r) {
  static constexpr uint32_t kFunct3[] = {1, 2, 3, 5, 6, 7};
  return EncodeCsr(r.Pick(kFunct3), Dest(r), r.OneIn(3) ? 0 : NearReg(r), RandomCsr(r));
}

uint32_t System(R& r) {
  static constexpr uint32_t kWords[] = {0x00000073, 0x00100073, 0x30200073, 0x10200073, 0x0000100f,
                                        0x12000073, 0x0ff0000f, 0x18000073, 0x18100073, 0x0100000f};
  if (r.OneIn(12)) return 0x10500073;  // wfi
  if (r.OneIn(3))
    return EncodeR(0x73, 0, 9 + 2 * static_cast<uint32_t>(r.Below(2)), 0, NearReg(r), NearReg(r));  // sfence, sinval
  return r.Pick(kWords);
}

uint32_t Fp(R& r) {
  static constexpr uint32_t kFunct7[] = {0x00, 0x04, 0x08, 0x0c, 0x10, 0x14, 0x20, 0x2c, 0x50, 0x60, 0x68, 0x70, 0x78};
  static constexpr uint32_t kFused[] = {0x43, 0x47, 0x4b, 0x4f};
  const uint32_t rm = static_cast<uint32_t>(r.OneIn(2) ? 7 : r.Below(8)), fmt = static_cast<uint32_t>(r.Below(2));
  if (r.OneIn(4)) return EncodeR(r.Pick(kFused), rm, Reg(r) << 2 | fmt, Reg(r), Reg(r), Reg(r));
  const uint32_t f7 = r.Pick(kFunct7) | fmt;
  const bool unary = f7 >= 0x58 || (f7 & ~1u) == 0x20 || (f7 & ~1u) == 0x2c;
  const uint32_t rs2 = (f7 & ~1u) == 0x20                 ? 1 - fmt
                       : unary && f7 >= 0x60 && f7 < 0x70 ? static_cast<uint32_t>(r.Below(4))
                       : unary                            ? 0
                                                          : Reg(r);
  return EncodeR(0x53, r.OneIn(2) ? static_cast<uint32_t>(r.Below(3)) : rm, f7, f7 >= 0x50 ? Dest(r) : Reg(r), Reg(r),
                 rs2);
}

uint32_t CacheBlock(R& r) {
  static constexpr uint32_t kOps[] = {0, 1, 2, 4};
  return EncodeI(0x0f, 2, 0, Base(r), r.Pick(kOps));
}

}  // namespace

uint32_t RandomCsr(FuzzRandom& r) {
  static constexpr uint32_t kCsrs[] = {0x001, 0x002, 0x003, 0xc00, 0xc01, 0xc02, 0x100, 0x104, 0x106, 0x10a,
                                       0x140, 0x141, 0x142, 0x143, 0x144, 0x14d, 0x180, 0x300, 0x301, 0x302,
                                       0x303, 0x304, 0x306, 0x30a, 0x320, 0x340, 0x341, 0x342, 0x343, 0x344,
                                       0xb00, 0xb02, 0xf14, 0x300, 0x300, 0x100, 0x341, 0x141, 0x304, 0x344};
  // These can end all progress, so they are rare: trap vectors and PMP.
  static constexpr uint32_t kRare[] = {0x105, 0x305, 0x3a0, 0x3a2, 0x3b0, 0x3b1, 0x3b2, 0x3b7};
  if (r.OneIn(16)) return static_cast<uint32_t>(r.Below(4096));
  if (r.OneIn(24)) return r.Pick(kRare);
  return r.Pick(kCsrs);
}

uint32_t RandomInsn(FuzzRandom& r) {
  const uint64_t kind = r.Below(100);
  if (kind < 25) return Alu(r);
  if (kind < 42) return Memory(r);
  if (kind < 48) return Atomic(r);
  if (kind < 58) return Jump(r);
  if (kind < 67) return Csr(r);
  if (kind < 71) return System(r);
  if (kind < 83) return Fp(r);
  if (kind < 85) return CacheBlock(r);
  if (kind < 93) return static_cast<uint32_t>(r.Next()) & 0xffff;
  return static_cast<uint32_t>(r.Next());
}

}  // namespace emu::riscv
