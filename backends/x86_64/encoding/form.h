// How one instruction form is laid out in bytes, as the generator learned it from LLVM MC.
#ifndef EMU_BACKENDS_X86_64_ENCODING_FORM_H_
#define EMU_BACKENDS_X86_64_ENCODING_FORM_H_

#include <cstdint>

namespace emu::backends::x86_64 {

// One operand of a form. A two-address form names its destination once.
enum class Kind : uint8_t { kNone = 0, kGpr8, kGpr16, kGpr32, kGpr64, kXmm, kYmm, kMem, kImm, kCond, kRel, kRounding };

// The kinds of up to four operands, destination first, four bits each.
constexpr uint16_t Signature(Kind a = Kind::kNone, Kind b = Kind::kNone, Kind c = Kind::kNone, Kind d = Kind::kNone) {
  return static_cast<uint16_t>(static_cast<unsigned>(a) | static_cast<unsigned>(b) << 4 |
                               static_cast<unsigned>(c) << 8 | static_cast<unsigned>(d) << 12);
}

// The first bytes of a long VEX prefix and of an EVEX prefix.
inline constexpr uint8_t kVex = 0xc4, kEvex = 0x62;

// Register numbers travel packed in one word, four bits each, at these positions.
enum Slot : uint8_t { kSlotReg = 0, kSlotRm = 4, kSlotVvvv = 8 };

// The bytes of an instruction are: `prefix`, then REX if any bit of it is needed, then `tail`, which ends in the
// ModRM byte (or in the opcode byte that holds a register) with all register fields zero; then SIB and displacement
// if the operand is memory; then the immediate. For VEX and EVEX forms `prefix` holds the map and `rex` holds W, L and
// pp, of EVEX with the bits that are always set there; the last byte of EVEX begins the tail.
struct Form {
  uint32_t tail;
  uint16_t prefix;
  uint16_t signature;    // kinds of the operands
  uint8_t prefix_bytes;  // 0..2
  uint8_t rex;           // 0x48 with REX.W, else 0; VEX: W << 7 | L << 2 | pp
  uint8_t tail_bytes;    // 1..4
  uint8_t field_shift;   // where in `tail` the reg and rm fields are
  uint8_t cond_shift;    // where in `tail` the condition, or the way of rounding, is
  uint8_t imm_bytes;     // 0, 1, 2, 4 or 8
  uint8_t vex;           // kVex, kEvex, or 0 if the form has neither
  uint8_t slot[3];       // of each register operand in order: a Slot
  uint8_t byte_rex[3];   // of each register operand: 0x40 if it is a byte register, for which 4..7 need a REX

  constexpr Kind kind(int operand) const { return static_cast<Kind>(signature >> (4 * operand) & 15); }
};

}  // namespace emu::backends::x86_64

#endif  // EMU_BACKENDS_X86_64_ENCODING_FORM_H_
