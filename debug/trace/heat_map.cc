#include "debug/trace/heat_map.h"

#include <algorithm>
#include <iterator>

namespace emu::debug {
namespace {

constexpr uint64_t kPage = 0x1000;
constexpr uint64_t kMostPagesOfRecord = 4096;
constexpr uint32_t kColumns = 240;
constexpr size_t kMostRows = 160;
constexpr double kLeft = 300, kTop = 72, kCellWidth = 4, kGap = 3;

double RowHeight(size_t rows) { return rows <= 24 ? 16 : rows <= 80 ? 9 : 6; }

bool IsRam(const TracePlace* place) { return place != nullptr && place->kind != memory::RegionKind::kIo; }

}  // namespace

void HeatMap::AddPage(uint64_t page, const TracePlace* place, const TraceRecord& r) {
  const double part = static_cast<double>(r.insn - first_) / (static_cast<double>(last_ - first_) + 1);
  const uint32_t column = std::min(static_cast<uint32_t>(part * kColumns), kColumns - 1);
  pages_.emplace(page, place);
  ++cells_[{page, column}][static_cast<int>(ColorOf(r.type))];
}

void HeatMap::Add(const TraceRecord& r) {
  if (r.insn < first_ || r.insn > last_) return;
  const uint64_t first = r.gpa & ~(kPage - 1);
  const uint64_t last = r.crosses ? first : (r.gpa + (std::max<uint32_t>(r.size, 1) - 1)) & ~(kPage - 1);
  uint64_t page = first;
  for (uint64_t n = 0; n < kMostPagesOfRecord && page <= last && page >= first; ++n, page += kPage) {
    AddPage(page, r.place, r);
  }
  if (r.crosses) AddPage(r.gpa2 & ~(kPage - 1), r.place2, r);
}

// Pages that touch each other and are of one place are put together, more and more, until there are few enough rows.
std::vector<HeatMap::Row> HeatMap::Rows() const {
  std::vector<Row> rows;
  for (uint64_t pages = 1; pages != 0; pages *= 2) {
    rows.clear();
    for (const auto& [page, place] : pages_) {
      const uint64_t bucket = page / kPage / pages;
      const bool together = !rows.empty() && rows.back().place == place && rows.back().first / kPage / pages == bucket;
      if (together) {
        rows.back().last = page;
      } else {
        rows.push_back({page, page, place});
      }
    }
    if (rows.size() <= kMostRows) break;
  }
  return rows;
}

HeatMap::Cells HeatMap::CellsOf(const std::vector<Row>& rows) const {
  Cells cells;
  for (const auto& [key, cell] : cells_) {
    const auto row = std::prev(std::upper_bound(rows.begin(), rows.end(), key.first,
                                                [](uint64_t page, const Row& r) { return page < r.first; }));
    Cell& sum = cells[{static_cast<size_t>(row - rows.begin()), key.second}];
    for (int i = 0; i < kTraceColors; ++i) sum[i] += cell[i];
  }
  return cells;
}

// Rows that do not follow each other have a gap between them. The last is where they end.
std::vector<double> HeatMap::TopsOf(const std::vector<Row>& rows) {
  std::vector<double> tops;
  double y = kTop;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (i > 0 && (rows[i].first != rows[i - 1].last + kPage || rows[i].place != rows[i - 1].place)) y += kGap;
    tops.push_back(y);
    y += RowHeight(rows.size());
  }
  tops.push_back(y);
  return tops;
}

void HeatMap::DrawRows(const std::vector<Row>& rows, const std::vector<double>& tops, std::string* svg) {
  const double height = RowHeight(rows.size());
  double last_label = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    SvgRect(kLeft, tops[i], kColumns * kCellWidth, height - 1, IsRam(rows[i].place) ? "#f4f4f4" : "#eef2f8", svg);
    if (tops[i] - last_label < 11) continue;
    last_label = tops[i];
    const std::string name = rows[i].place == nullptr ? "nowhere" : rows[i].place->region;
    const std::string pages = rows[i].first == rows[i].last ? "" : absl::StrFormat("-%x", rows[i].last + kPage - 1);
    SvgWords(16, tops[i] + height / 2 + 4, "mono", absl::StrFormat("%x%s", rows[i].first, pages), svg);
    SvgWords(kLeft - 8, tops[i] + height / 2 + 4, "end dim", name, svg);
  }
}

// Each kind has its part of the cell.
void HeatMap::DrawCells(const Cells& cells, const std::vector<double>& tops, double height, std::string* svg) {
  uint64_t most = 1;
  for (const auto& [key, cell] : cells) most = std::max<uint64_t>(most, *std::max_element(cell.begin(), cell.end()));
  SvgCells drawn;
  for (const auto& [key, cell] : cells) {
    const double kinds =
        static_cast<double>(std::count_if(cell.begin(), cell.end(), [](uint32_t n) { return n != 0; }));
    double top = tops[key.first];
    for (int i = 0; i < kTraceColors; ++i) {
      if (cell[i] == 0) continue;
      const std::string color = ColorFor(static_cast<TraceColor>(i), cell[i], most);
      drawn.Add(kLeft + key.second * kCellWidth, top, kCellWidth, height / kinds, color);
      top += height / kinds;
    }
  }
  drawn.AppendTo(svg);
}

std::string HeatMap::Svg(absl::string_view title) const {
  const std::vector<Row> rows = Rows();
  const std::vector<double> tops = TopsOf(rows);
  const double right = kLeft + kColumns * kCellWidth, bottom = tops.back() + 20;
  std::string svg = SvgStart(right + 24, bottom + 20, title);
  SvgLegend(16, 48, &svg);
  DrawRows(rows, tops, &svg);
  DrawCells(CellsOf(rows), tops, RowHeight(rows.size()) - 1, &svg);
  SvgWords(kLeft, bottom, "", absl::StrCat(first_, " instructions"), &svg);
  SvgWords(right, bottom, "end", absl::StrCat(last_, " instructions"), &svg);
  return svg + "</svg>\n";
}

}  // namespace emu::debug
