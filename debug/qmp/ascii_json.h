// JSON as QMP servers write it.
#ifndef EMU_DEBUG_QMP_ASCII_JSON_H_
#define EMU_DEBUG_QMP_ASCII_JSON_H_

#include <string>

#include "llvm/Support/JSON.h"

namespace emu::debug {

// Only ASCII characters, \u escapes for all others; each line, the last one too, ends with CR LF. `pretty`: indented,
// else one line.
std::string AsciiJson(const llvm::json::Value& value, bool pretty);

}  // namespace emu::debug

#endif  // EMU_DEBUG_QMP_ASCII_JSON_H_
