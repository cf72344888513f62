// What the manual calls exceptions and interrupts: Privileged Architecture 20240411, table 14 (section 3.1.15).
#ifndef EMU_TARGETS_RISCV_TRAP_NAME_H_
#define EMU_TARGETS_RISCV_TRAP_NAME_H_

#include "absl/strings/string_view.h"

namespace emu::riscv {

// "load page fault", "supervisor timer interrupt"; "reserved" for numbers without a meaning.
absl::string_view ExceptionName(unsigned number);
absl::string_view InterruptName(unsigned number);

}  // namespace emu::riscv

#endif  // EMU_TARGETS_RISCV_TRAP_NAME_H_
