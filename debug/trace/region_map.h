// A drawing of the address space: a row for each range of the memory map, with what was accessed where in it.
#ifndef EMU_DEBUG_TRACE_REGION_MAP_H_
#define EMU_DEBUG_TRACE_REGION_MAP_H_

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "debug/trace/record.h"
#include "debug/trace/svg.h"
#include "debug/trace/tally.h"

namespace emu::debug {

class RegionMap {
 public:
  // `places`: the memory map when the trace began. Further places of records are added.
  explicit RegionMap(const std::vector<TracePlace>& places);
  void Add(const TraceRecord& record);
  std::string Svg(absl::string_view title) const;

 private:
  static constexpr int kParts = 256;  // of a range
  struct Range {
    TracePlace place;
    TallyCounts counts;
    std::array<std::array<uint32_t, kTraceColors>, kParts> parts = {};
  };
  Range& RangeOf(const TracePlace& place);
  void AddAt(const TracePlace* place, uint64_t gpa, const TraceRecord& record);
  void DrawRange(const Range& range, double y, uint64_t most, std::string* svg) const;

  std::vector<Range> ranges_;
  absl::flat_hash_map<const TracePlace*, size_t> known_;  // numbers in ranges_
  uint64_t nowhere_ = 0;
};

}  // namespace emu::debug

#endif  // EMU_DEBUG_TRACE_REGION_MAP_H_
