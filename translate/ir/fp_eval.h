// What the floating-point operations compute, on the host's SSE under the live MXCSR (see translate/engine/fp_env.h):
// the dynamic rounding mode is MXCSR.RC, and exception flags accumulate in MXCSR.
//
// Where IEEE 754-2019 leaves a choice: a NaN result is the canonical quiet NaN; tininess is detected after rounding
// (7.5); a fused infinity times zero raises invalid whatever the addend is (7.2 c); a conversion to integer that is out
// of range raises invalid and not inexact (5.8); fmin and fmax raise invalid for a signaling NaN only.
#ifndef EMU_TRANSLATE_IR_FP_EVAL_H_
#define EMU_TRANSLATE_IR_FP_EVAL_H_

#include <cstdint>

#include "translate/ir/ir.h"

namespace emu::ir {

// FAdd to FCvt of ops.def. `arg_type`: of the first argument.
uint64_t EvalFp(Op op, Type type, uint16_t aux, Type arg_type, uint64_t a, uint64_t b, uint64_t c);

// The one of them without effects: it needs no MXCSR.
uint64_t ClassifyFp(Type arg_type, uint64_t a);

// The host's MXCSR.RC as a rounding mode.
Rounding HostRounding();

}  // namespace emu::ir

#endif  // EMU_TRANSLATE_IR_FP_EVAL_H_
