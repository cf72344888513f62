// Floating point in integers, in every rounding mode: for what the host cannot do (round to nearest, ties to max
// magnitude) and as a second opinion on what it can. IEEE 754-2019 with tininess detected after rounding, canonical
// quiet NaNs, and invalid raised by infinity times zero in a fused operation whatever the addend is.
#ifndef EMU_TRANSLATE_IR_SOFT_FLOAT_H_
#define EMU_TRANSLATE_IR_SOFT_FLOAT_H_

#include <cstdint>

#include "translate/ir/ir.h"

namespace emu::ir {

// `bits` as in EvalPure; `flags` are translate::FpFlag.
struct SoftResult {
  uint64_t bits = 0;
  uint32_t flags = 0;
};

// `t` is the type of arguments and result; `mode` is not kDynamic.
SoftResult SoftAdd(Type t, Rounding mode, uint64_t a, uint64_t b);
SoftResult SoftSub(Type t, Rounding mode, uint64_t a, uint64_t b);
SoftResult SoftMul(Type t, Rounding mode, uint64_t a, uint64_t b);
SoftResult SoftDiv(Type t, Rounding mode, uint64_t a, uint64_t b);
SoftResult SoftSqrt(Type t, Rounding mode, uint64_t a);
SoftResult SoftMulAdd(Type t, Rounding mode, uint64_t a, uint64_t b, uint64_t c);

SoftResult SoftFromInt(Type to, Rounding mode, Type from, bool is_unsigned, uint64_t v);
// Saturates, NaN as the greatest; out of range is invalid and not inexact.
SoftResult SoftToInt(Type to, Rounding mode, Type from, bool is_unsigned, uint64_t v);
SoftResult SoftConvert(Type to, Rounding mode, Type from, uint64_t v);

}  // namespace emu::ir

#endif  // EMU_TRANSLATE_IR_SOFT_FLOAT_H_
