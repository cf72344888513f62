// For tests: writes any form through the Emitter's public methods, by the kinds of its operands.
#ifndef EMU_BACKENDS_X86_64_ENCODING_ANY_FORM_H_
#define EMU_BACKENDS_X86_64_ENCODING_ANY_FORM_H_

#include "backends/x86_64/encoding/emitter.h"
#include "backends/x86_64/encoding/mc_encoder.h"
#include "backends/x86_64/encoding/op.h"

namespace emu::backends::x86_64 {

// False if no method of the Emitter takes operands of these kinds.
bool EmitAny(Emitter* emitter, Op op, const Operands& operands);

}  // namespace emu::backends::x86_64

#endif  // EMU_BACKENDS_X86_64_ENCODING_ANY_FORM_H_
