// Runs the programs of program_image.h, with interrupts after random numbers of instructions and devices that write
// over code in between, and compares ways to run them.
#ifndef EMU_TARGETS_RISCV_FUZZ_PROGRAM_RUN_H_
#define EMU_TARGETS_RISCV_FUZZ_PROGRAM_RUN_H_

#include <cstdint>
#include <string>

#include "targets/riscv/test_machine.h"

namespace emu::riscv {

struct ProgramEnd {
  std::string error;  // the engine failed
  uint64_t hash = 0;
  uint64_t insns = 0, traps = 0, interrupts = 0, discards = 0, invalidated = 0;
  bool finished = false;  // came to its end before the limit
  std::string state;      // for people
};

// How a seed's program is run by the compiler: what is done for speed, and how much room there is for code.
TestMachineOptions DrawSetup(uint64_t seed);
// The interpreter, one instruction after another, with nothing done for speed.
TestMachineOptions PlainSetup();

// Ends after `insns` instructions, or with the program.
ProgramEnd RunFuzzProgram(uint64_t seed, int64_t insns, const TestMachineOptions& setup);

// By PlainSetup and by DrawSetup: empty if they agree, else where they part, and how to see that again.
std::string CompareFuzzProgram(uint64_t seed, int64_t insns);

}  // namespace emu::riscv

#endif  // EMU_TARGETS_RISCV_FUZZ_PROGRAM_RUN_H_
