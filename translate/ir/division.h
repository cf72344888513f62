// What the operations of integer division are.
#ifndef EMU_TRANSLATE_IR_DIVISION_H_
#define EMU_TRANSLATE_IR_DIVISION_H_

#include "translate/ir/ir.h"

namespace emu::ir {

constexpr bool IsSignedDivision(Op op) { return op == Op::kDivS || op == Op::kRemS; }
constexpr bool IsRemainder(Op op) { return op == Op::kRemU || op == Op::kRemS; }
constexpr bool IsDivision(Op op) { return IsRemainder(op) || op == Op::kDivU || op == Op::kDivS; }

}  // namespace emu::ir

#endif  // EMU_TRANSLATE_IR_DIVISION_H_
