// Divisors that a block takes from guest registers which it does not write: a loop's bound, a table's size, a modulus.
#ifndef EMU_TRANSLATE_IR_DIVISORS_H_
#define EMU_TRANSLATE_IR_DIVISORS_H_

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "translate/ir/ir.h"

namespace emu::ir {

// Takes such divisors for what their registers hold now, by `read`, a register's number to its bits; a `leaveif` for
// each register asks before the charge whether it still does. Gives the number of divisions by constants there are
// then, which folding makes products of. The block must have been optimized (passes.h), and should be so again
// afterwards.
unsigned GuessDivisors(Block* block, absl::FunctionRef<uint64_t(uint64_t)> read);

}  // namespace emu::ir

#endif  // EMU_TRANSLATE_IR_DIVISORS_H_
