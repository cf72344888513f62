// Region trees, flat views and explanations as JSON, for other programs.
//
//     {"spaces": [{"name": "memory", "root": "system"}],
//      "regions": [{"kind": "container", "name": "system", "at": "0x0", "size": "16E", "children": [
//          {"kind": "ram", "name": "ram", "at": "0x80000000", "size": "128M"}]}]}
//
// Numbers are strings as in the text form (JSON's own are good for 53 bits), and plain numbers are taken too.
#ifndef EMU_MEMORY_TREE_JSON_H_
#define EMU_MEMORY_TREE_JSON_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "memory/address_space.h"
#include "memory/explain.h"
#include "memory/tree_spec.h"

namespace emu::memory {

// Errors name the region, or say where the text is no JSON.
absl::StatusOr<TreeSpec> ParseTreeJson(absl::string_view text);

// On lines of its own, to be read, and read back.
std::string FormatTreeJson(const TreeSpec& spec);

// {"views": [{"spaces": [...], "root": ..., "ranges": [{"first", "last", "region", "kind", ...}, ...]}, ...]}
std::string FormatFlatViewsJson(absl::Span<AddressSpace* const> spaces);

std::string FormatExplanationJson(const Explanation& explanation, const ExplainOptions& options = {});

}  // namespace emu::memory

#endif  // EMU_MEMORY_TREE_JSON_H_
