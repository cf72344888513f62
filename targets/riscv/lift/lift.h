// From RISC-V code to IR.
#ifndef EMU_TARGETS_RISCV_LIFT_LIFT_H_
#define EMU_TARGETS_RISCV_LIFT_LIFT_H_

#include "targets/riscv/isa/isa_config.h"
#include "translate/engine/target.h"
#include "translate/ir/builder.h"

namespace emu::riscv {

// What Target::Lift promises. `request.key` is made of KeyBits. Builder::Finish is left to the caller; nothing is
// emitted when the first instruction lies on a page that cannot be fetched.
void LiftBlock(const translate::LiftRequest& request, const IsaConfig& isa, ir::Builder& builder);

}  // namespace emu::riscv

#endif  // EMU_TARGETS_RISCV_LIFT_LIFT_H_
