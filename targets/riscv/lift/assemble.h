// RISC-V assembler text to bytes. For tests.
#ifndef EMU_TARGETS_RISCV_LIFT_ASSEMBLE_H_
#define EMU_TARGETS_RISCV_LIFT_ASSEMBLE_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace emu::riscv {

struct Assembled {
  std::vector<uint8_t> bytes;
  unsigned insn_count = 0;
};

// Statements are separated by semicolons; operands that are addresses are relative numbers. Only statements that begin
// with "c." become compressed instructions.
absl::StatusOr<Assembled> Assemble(absl::string_view text, unsigned xlen);

}  // namespace emu::riscv

#endif  // EMU_TARGETS_RISCV_LIFT_ASSEMBLE_H_
