// Reads the text form of a block (printer.h). Beyond what Print writes: values may have any name (%sum), `insns`,
// `labels` and `refund` may be left out and are then counted, and so may `size`, which is then the type's.
#ifndef EMU_TRANSLATE_IR_PARSER_H_
#define EMU_TRANSLATE_IR_PARSER_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "translate/ir/ir.h"
#include "translate/ir/printer.h"

namespace emu::ir {

// InvalidArgument names the line, what was expected there and what was found. Does not verify (see verifier.h).
absl::StatusOr<Block> Parse(absl::string_view text, const Names& names = {});

}  // namespace emu::ir

#endif  // EMU_TRANSLATE_IR_PARSER_H_
