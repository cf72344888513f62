// Records for people and for tools.
#ifndef EMU_DEBUG_TRACE_RECORD_TEXT_H_
#define EMU_DEBUG_TRACE_RECORD_TEXT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "debug/symbols.h"
#include "debug/trace/record.h"

namespace emu::debug {

// What the columns of AppendText are: a line.
std::string TextHeading(bool show_hva);
// One line. Without `show_hva` it says the place within the region only.
void AppendText(const TraceRecord& record, const SymbolTable& symbols, bool show_hva, std::string* out);
// An object, and a line's end.
void AppendJson(const TraceRecord& record, const SymbolTable& symbols, std::string* out);
// "..." with what JSON wants escaped.
std::string JsonQuoted(absl::string_view text);

}  // namespace emu::debug

#endif  // EMU_DEBUG_TRACE_RECORD_TEXT_H_
