// Runs random guests on a TestMachine whose device does what devices do to a CPU: raises interrupts, writes to memory,
// moves the memory map, refuses.
#ifndef EMU_TARGETS_RISCV_FUZZ_FUZZ_RUN_H_
#define EMU_TARGETS_RISCV_FUZZ_FUZZ_RUN_H_

#include <cstdint>
#include <map>
#include <string>

#include "targets/riscv/test_machine.h"

namespace emu::riscv {

struct FuzzEnd {
  std::string error;  // the engine failed
  uint64_t hash = 0;  // of registers, CSRs, RAM and the instruction count
  uint64_t insns = 0;
  uint64_t traps = 0;
  std::map<unsigned, uint64_t> causes;  // of traps, as in mcause with bit 31 for interrupts
  std::string state;                    // for people
};

// Ends after `insns` instructions.
FuzzEnd RunFuzzGuest(uint64_t seed, int64_t insns, const TestMachineOptions& options);

// By both backends, with a combination of switches (translate/options) that the seed draws: empty if they agree, else
// where they part, both states there, and how to see that again.
std::string CompareFuzzGuest(uint64_t seed, int64_t insns);

}  // namespace emu::riscv

#endif  // EMU_TARGETS_RISCV_FUZZ_FUZZ_RUN_H_
