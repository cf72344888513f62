// RISC-V code executed as it is, instruction by instruction: for what may never run again.
#ifndef EMU_TARGETS_RISCV_INTERPRET_INTERPRET_H_
#define EMU_TARGETS_RISCV_INTERPRET_INTERPRET_H_

#include <cstdint>

#include "absl/types/span.h"
#include "targets/riscv/isa/decode.h"
#include "targets/riscv/isa/isa_config.h"
#include "targets/riscv/state.h"
#include "translate/engine/target.h"

namespace emu::riscv {

// Which instructions Interpret knows.
bool IsInterpreted(Insn insn);

// As translate::Target::Interpret; `bytes` are those from state.base.pc to the end of its page. Of RV64 with C.
translate::Interpreted Interpret(RiscvState& state, const IsaConfig& isa, absl::Span<const uint8_t> bytes,
                                 uint32_t max_insns);

}  // namespace emu::riscv

#endif  // EMU_TARGETS_RISCV_INTERPRET_INTERPRET_H_
