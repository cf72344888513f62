// What an x86-64 instruction may name: general and vector registers, memory addresses, conditions.
#ifndef EMU_BACKENDS_X86_64_ENCODING_OPERANDS_H_
#define EMU_BACKENDS_X86_64_ENCODING_OPERANDS_H_

#include <cstdint>

namespace emu::backends::x86_64 {

// General registers by hardware number, whatever the width used: the opcode tells 8, 16, 32 or 64 bits.
// In byte instructions 4..7 are spl, bpl, sil, dil; ah..bh are not offered.
enum class Reg : uint8_t { rax = 0, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15 };

// Vector registers. Opcodes with a Y (VADDPDYrr) use the same numbers for ymm.
enum class Xmm : uint8_t {
  xmm0 = 0,
  xmm1,
  xmm2,
  xmm3,
  xmm4,
  xmm5,
  xmm6,
  xmm7,
  xmm8,
  xmm9,
  xmm10,
  xmm11,
  xmm12,
  xmm13,
  xmm14,
  xmm15
};

// Conditions by hardware number (Intel SDM vol. 1, appendix B). Toggling bit 0 negates.
enum class Cond : uint8_t { o = 0, no, b, ae, e, ne, be, a, s, ns, p, np, l, ge, le, g };

constexpr Cond Negate(Cond cond) { return static_cast<Cond>(static_cast<uint8_t>(cond) ^ 1); }

// Ways of rounding of an instruction's own, which raises no flags with it (Intel SDM vol. 2, 2.7.4).
enum class HostRounding : uint8_t { nearest = 0, down, up, zero };

// An address: base + index * scale + disp. Eight bytes, passed in one register. Build it with the helpers.
struct Mem {
  // Values of `base` beyond the sixteen registers.
  static constexpr Reg kNoBase = static_cast<Reg>(16);
  static constexpr Reg kRip = static_cast<Reg>(17);

  Reg base = kNoBase;
  int8_t index = -1;  // a register number other than rsp's, or -1 for none
  uint8_t scale = 1;  // 1, 2, 4 or 8
  int32_t disp = 0;

  static constexpr Mem Base(Reg base, int32_t disp = 0) { return {base, -1, 1, disp}; }
  static constexpr Mem BaseIndex(Reg base, Reg index, uint8_t scale, int32_t disp = 0) {
    return {base, static_cast<int8_t>(index), scale, disp};
  }
  static constexpr Mem Index(Reg index, uint8_t scale, int32_t disp) {
    return {kNoBase, static_cast<int8_t>(index), scale, disp};
  }
  // Relative to the end of the instruction (its immediate included).
  static constexpr Mem RipRelative(int32_t disp) { return {kRip, -1, 1, disp}; }
  // The low or high 2 GiB of the address space: `disp` is sign-extended.
  static constexpr Mem Absolute(int32_t disp) { return {kNoBase, -1, 1, disp}; }
};

}  // namespace emu::backends::x86_64

#endif  // EMU_BACKENDS_X86_64_ENCODING_OPERANDS_H_
