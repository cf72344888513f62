// What a block must be. Lifters, passes and the parser may be wrong; backends rely on every line here.
//
// Form: at most kMaxInstrs instructions, the last of which has effect 'e' and no other. The first, but for guards, is a
//   charge; guards come before the first `insn`. An operation that may fault or call a helper has an `insn` before it.
// Arguments: as many as the table says, with kNoValue behind; each is a value made above, and no label lies between.
// Types
//   are as the letters of ops.def say. Of a call or raise: at most three, all I64.
// Types: a result where the table says one and nowhere else (a call may have none). trunc is I64 to I32, sext and zext
// I32
//   to I64, fcvt between F32 and F64, bitcast between types of one width. set and store have the type of their value.
// Constants: one of a 32-bit type has zeros above.
// Registers: in the table, and of the width that the table says. Helpers: in the table.
// Memory: no wider than the type; of just its width if that is a floating-point type. No displacement on atomics.
// aux and extra: in range, and zero where the table names nothing in them; imm likewise.
// Labels: less than label_count, defined at most once, and defined if branched to.
// Counts: charges, side exits and insn_count hold what CountInsns gives.
#ifndef EMU_TRANSLATE_IR_VERIFIER_H_
#define EMU_TRANSLATE_IR_VERIFIER_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "translate/ir/ir.h"

namespace emu::ir {

// What is not given is not checked.
struct VerifyOptions {
  absl::Span<const Type> registers;
  std::optional<unsigned> helper_count;
};

// InvalidArgument names the instruction, the rule, and what was found.
absl::Status Verify(const Block& block, const VerifyOptions& options = {});

}  // namespace emu::ir

#endif  // EMU_TRANSLATE_IR_VERIFIER_H_
