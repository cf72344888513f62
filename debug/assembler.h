// Assembler text to machine code, by LLVM MC.
#ifndef EMU_DEBUG_ASSEMBLER_H_
#define EMU_DEBUG_ASSEMBLER_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "debug/mc_target.h"

namespace emu::debug {

// The code that `text` stands for. Statements end with a semicolon or a line; labels and data directives may be used,
// symbols from elsewhere not: there is no linker. Branches to numbers count from their own instruction. An error quotes
// the statement that it is about.
absl::StatusOr<std::vector<uint8_t>> Assemble(absl::string_view text, const McTarget& target);
// For many texts.
absl::StatusOr<std::vector<uint8_t>> Assemble(absl::string_view text, const McTables& tables);

}  // namespace emu::debug

#endif  // EMU_DEBUG_ASSEMBLER_H_
