// From instruction words to instructions, by the tables in isa32.def and isa16.def.
#ifndef EMU_TARGETS_RISCV_ISA_DECODE_H_
#define EMU_TARGETS_RISCV_ISA_DECODE_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "targets/riscv/isa/decode_line.h"
#include "targets/riscv/isa/isa_config.h"

namespace emu::riscv {

// One for each table line, in table order; kNone is no instruction.
enum class Insn : uint16_t {
#define EMU_RISCV_INSN(Id, mnemonic, bits, immediate, extensions, xlen, Method) k##Id,
#include "targets/riscv/isa/isa32.def"
#undef EMU_RISCV_INSN
#define EMU_RISCV_INSN16(Id, mnemonic, bits, immediate, rules, extensions, xlen, Method) k##Id,
#include "targets/riscv/isa/isa16.def"
#undef EMU_RISCV_INSN16
  kNone
};
inline constexpr unsigned kInsnCount = static_cast<unsigned>(Insn::kNone);

// Fields that the instruction does not have are zero. Registers of compressed instructions are full numbers.
struct Decoded {
  Insn id = Insn::kNone;
  uint8_t rd = 0;
  uint8_t rs1 = 0;
  uint8_t rs2 = 0;
  uint8_t rs3 = 0;
  uint8_t rm = 0;
  bool aq = false;
  bool rl = false;
  uint8_t length = 0;  // 2 or 4 bytes, by the lowest bits, for an illegal instruction too
  int32_t imm = 0;     // also the CSR's number, a shift amount, a fence's sets
  uint32_t bits = 0;   // only the lower half of it for a compressed one

  unsigned csr() const { return static_cast<unsigned>(imm) & 0xfff; }
  unsigned shamt() const { return static_cast<unsigned>(imm); }
};

// The length of an instruction whose first 16 bits are these.
constexpr unsigned InsnLength(uint32_t bits) { return (bits & 3) == 3 ? 4 : 2; }

// `bits` holds at least InsnLength bytes. False for an illegal instruction; `bits` and `length` are set then too. A
// static rounding mode that is reserved is illegal here; a dynamic one that is not valid is for the caller to see.
bool Decode(uint32_t bits, const IsaConfig& isa, Decoded* out);

// The table line of an instruction.
const DecodeLine& LineOf(Insn insn);
absl::Span<const DecodeLine> DecodeLines();

}  // namespace emu::riscv

#endif  // EMU_TARGETS_RISCV_ISA_DECODE_H_
