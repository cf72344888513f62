// The RISC-V privilege levels, encoded as in mstatus.MPP.
#ifndef EMU_MMU_RISCV_PRIVILEGE_H_
#define EMU_MMU_RISCV_PRIVILEGE_H_

#include <cstdint>

namespace emu::mmu::riscv {

enum class Privilege : uint8_t { kUser = 0, kSupervisor = 1, kMachine = 3 };

}  // namespace emu::mmu::riscv

#endif  // EMU_MMU_RISCV_PRIVILEGE_H_
