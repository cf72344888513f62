// A drawing of which pages are touched when: time to the right, a row for each page that is touched.
#ifndef EMU_DEBUG_TRACE_HEAT_MAP_H_
#define EMU_DEBUG_TRACE_HEAT_MAP_H_

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "debug/trace/record.h"
#include "debug/trace/svg.h"

namespace emu::debug {

class HeatMap {
 public:
  // From `first` to `last` executed instructions.
  HeatMap(uint64_t first, uint64_t last) : first_(first), last_(last < first ? first : last) {}
  void Add(const TraceRecord& record);
  // Where there are too many pages, a row stands for several that follow each other.
  std::string Svg(absl::string_view title) const;

 private:
  using Cell = std::array<uint32_t, kTraceColors>;
  struct Row {
    uint64_t first, last;  // pages' addresses
    const TracePlace* place;
  };
  void AddPage(uint64_t page, const TracePlace* place, const TraceRecord& record);
  using Cells = std::map<std::pair<size_t, uint32_t>, Cell>;  // by row and column
  std::vector<Row> Rows() const;
  Cells CellsOf(const std::vector<Row>& rows) const;
  static std::vector<double> TopsOf(const std::vector<Row>& rows);
  static void DrawRows(const std::vector<Row>& rows, const std::vector<double>& tops, std::string* svg);
  static void DrawCells(const Cells& cells, const std::vector<double>& tops, double height, std::string* svg);

  const uint64_t first_, last_;
  std::map<uint64_t, const TracePlace*> pages_;
  absl::flat_hash_map<std::pair<uint64_t, uint32_t>, Cell> cells_;  // by page and column
};

}  // namespace emu::debug

#endif  // EMU_DEBUG_TRACE_HEAT_MAP_H_
