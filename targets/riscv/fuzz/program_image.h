// Random programs that behave: nested loops, calls (direct, indirect, across pages), branches, memory of all sizes,
// atomics, floating point with all rounding modes and special values, faults in the middle of it all, code that is
// rewritten and then fenced, mappings that change and then are fenced. How far such a program gets in N instructions
// depends on nothing but the instruction set, so it may be run in pieces of any size, by blocks of any length.
#ifndef EMU_TARGETS_RISCV_FUZZ_PROGRAM_IMAGE_H_
#define EMU_TARGETS_RISCV_FUZZ_PROGRAM_IMAGE_H_

#include <cstdint>
#include <vector>

#include "targets/riscv/state.h"

namespace emu::riscv {

// Where things lie, from the start of RAM. Pages are mapped where they are, and RAM once more behind itself.
struct ProgramLayout {
  static constexpr uint64_t kHandler = 0x4000;  // machine mode's
  static constexpr uint64_t kTables = 0x5000;   // what kTableSlots words each of the constants are
  static constexpr uint64_t kCode = 0x8000, kCodeEnd = 0x10000;
  static constexpr uint64_t kData = 0x10000;  // two pages, then one that is read only, then one that is not there
  static constexpr uint64_t kStack = 0x14000;
  static constexpr uint64_t kPageTables = 0x18000;
  static constexpr uint64_t kEnd = 0x20000;
  static constexpr unsigned kTableSlots = 64;
  // In kTables: random integers, floating-point numbers of note, instructions to be written over others, functions.
  static constexpr uint64_t kIntegers = 0, kFloats = 0x200, kPatches = 0x400, kFunctionTable = 0x600;
};

struct FuzzProgram {
  std::vector<uint8_t> image;   // ProgramLayout::kEnd bytes, from the start of RAM
  uint64_t entry = 0, end = 0;  // at `end` it jumps in place
  Privilege privilege = kMachine;
  uint64_t satp = 0;
  std::vector<uint64_t> patched;  // addresses of instructions that may be written over
};

// The device's address, physical and where it is mapped.
inline constexpr uint64_t kProgramDevice = 0x10000000, kProgramDeviceGva = 0x80400000;

FuzzProgram MakeFuzzProgram(uint64_t seed);

}  // namespace emu::riscv

#endif  // EMU_TARGETS_RISCV_FUZZ_PROGRAM_IMAGE_H_
