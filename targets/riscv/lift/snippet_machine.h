// A hart without an engine around it, in which snippets run: registers, 64 KiB of memory, helpers that only write down
// that they were called.
#ifndef EMU_TARGETS_RISCV_LIFT_SNIPPET_MACHINE_H_
#define EMU_TARGETS_RISCV_LIFT_SNIPPET_MACHINE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "targets/riscv/isa/isa_config.h"
#include "targets/riscv/state.h"
#include "translate/engine/backend.h"
#include "translate/engine/target.h"
#include "translate/ir/ir.h"

namespace emu::riscv {

inline constexpr uint64_t kMemoryBase = 0x10000;
inline constexpr uint64_t kMemorySize = 0x10000;
inline constexpr int64_t kSnippetBudget = 1000;

struct SnippetState {
  uint64_t x[32] = {};
  uint64_t f[32] = {};
  uint64_t reservation_address = kNoReservation;
  uint64_t reservation_value = 0;
  uint64_t mstatus = 0;
  uint64_t pc = 0;
  int64_t executed = 0;   // by the budget
  uint32_t fp_flags = 0;  // translate::FpFlag
  uint64_t fault = 0;     // address of the access that failed
  std::string calls;
  std::vector<uint8_t> memory = std::vector<uint8_t>(kMemorySize);
};

// A Target of which only the registers and the helpers are real enough to run blocks.
const translate::Target& SnippetTarget();

// Runs a block from `state` until it leaves; the state is then that of the end. Error text if it cannot.
std::string RunBlock(translate::Backend& backend, const ir::Block& block, ir::Rounding rounding, SnippetState* state);

// Executes the code at state.pc without a translation.
std::string RunInterpreted(absl::Span<const uint8_t> code, uint32_t insns, const IsaConfig& isa, SnippetState* state);

}  // namespace emu::riscv

#endif  // EMU_TARGETS_RISCV_LIFT_SNIPPET_MACHINE_H_
