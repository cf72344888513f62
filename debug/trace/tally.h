// Counts records by page, region, symbol or pc.
#ifndef EMU_DEBUG_TRACE_TALLY_H_
#define EMU_DEBUG_TRACE_TALLY_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "debug/symbols.h"
#include "debug/trace/record.h"

namespace emu::debug {

enum class TallyBy { kPage, kRegion, kSymbol, kPc };
absl::StatusOr<TallyBy> ParseTallyBy(absl::string_view text);

// Records of each type.
struct TallyCounts {
  std::array<uint64_t, kAccessTypes> of = {};

  void Add(translate::AccessType type) { ++of[static_cast<int>(type)]; }
  uint64_t total() const;
};

class Tally {
 public:
  // `symbols` outlives the tally, as do the places of records.
  Tally(TallyBy by, const SymbolTable& symbols) : by_(by), symbols_(symbols) {}
  // An access over the end of a page counts for both pages, and a long one for all that it touches.
  void Add(const TraceRecord& record);

  struct Row {
    std::string name;
    TallyCounts counts;
  };
  // The largest counts first.
  std::vector<Row> Rows() const;
  // A table with a heading; the first `most` rows, 0: all.
  std::string Text(size_t most) const;
  // An array of objects.
  std::string Json(size_t most) const;

 private:
  using Key = std::pair<uint64_t, const void*>;
  void AddPages(const TraceRecord& record);
  std::string NameOf(const Key& key) const;

  const TallyBy by_;
  const SymbolTable& symbols_;
  absl::flat_hash_map<Key, TallyCounts> counts_;
};

}  // namespace emu::debug

#endif  // EMU_DEBUG_TRACE_TALLY_H_
