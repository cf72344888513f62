// The interrupts of harts and PLICs, as `info irq` lists them.
#ifndef EMU_BOARDS_RISCV_INTERRUPT_LINES_H_
#define EMU_BOARDS_RISCV_INTERRUPT_LINES_H_

#include <vector>

#include "boards/machine.h"
#include "devices/plic.h"
#include "targets/riscv/hart.h"

namespace emu::boards {

std::vector<InterruptLine> HartInterrupts(const riscv::Hart& hart);
// All sources.
std::vector<InterruptLine> PlicInterrupts(const devices::Plic& plic);

}  // namespace emu::boards

#endif  // EMU_BOARDS_RISCV_INTERRUPT_LINES_H_
