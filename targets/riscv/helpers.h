// Numbers of the functions that translated code calls, for the lifter, and the functions, for the target.
#ifndef EMU_TARGETS_RISCV_HELPERS_H_
#define EMU_TARGETS_RISCV_HELPERS_H_

#include "absl/types/span.h"
#include "translate/engine/target.h"

namespace emu::riscv {

enum class Helper : unsigned {
#define EMU_RISCV_HELPER(Name, may_unwind) k##Name,
#include "targets/riscv/helpers.def"
#undef EMU_RISCV_HELPER
};

absl::Span<const translate::HelperInfo> Helpers();

}  // namespace emu::riscv

#endif  // EMU_TARGETS_RISCV_HELPERS_H_
