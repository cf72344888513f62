// What a guest's run came to, as text for people and as a number to compare.
#ifndef EMU_TARGETS_RISCV_FUZZ_GUEST_STATE_H_
#define EMU_TARGETS_RISCV_FUZZ_GUEST_STATE_H_

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "targets/riscv/test_machine.h"

namespace emu::riscv {

// Instruction count, all registers and CSRs, one on a line.
std::string GuestStateText(TestMachine& machine);
// Of the text, the first `ram_bytes` of RAM and whatever trapped.
uint64_t GuestStateHash(TestMachine& machine, uint64_t ram_bytes = TestMachine::kRamSize);

// The least number of instructions, `insns` at the most, after which two runs are not the `same` any more.
int64_t FirstDifference(int64_t insns, absl::FunctionRef<bool(int64_t insns)> same);

// The lines of `b` that are not those of `a`, each with the one of `a`.
std::string DifferingLines(const std::string& a, const std::string& b);

}  // namespace emu::riscv

#endif  // EMU_TARGETS_RISCV_FUZZ_GUEST_STATE_H_
