#include "debug/trace/region_map.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace emu::debug {
namespace {

constexpr double kTop = 72, kRow = 34, kBar = 18, kNames = 300, kStrip = 3, kRight = 420;

std::string SizeText(uint64_t first, uint64_t last) {
  const uint64_t size = last - first + 1;
  if (size == 0) return "16 EiB";
  constexpr const char* kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  int unit = 0;
  double value = static_cast<double>(size);
  for (; value >= 1024 && unit < 6; value /= 1024) ++unit;
  return absl::StrFormat("%.4g %s", value, kUnits[unit]);
}

const char* KindName(memory::RegionKind kind) {
  switch (kind) {
    case memory::RegionKind::kRam:
      return "ram";
    case memory::RegionKind::kRom:
      return "rom";
    case memory::RegionKind::kRomDevice:
      return "romd";
    case memory::RegionKind::kIommu:
      return "iommu";
    default:
      return "i/o";
  }
}

// In at most two lines.
std::vector<std::string> CountsTexts(const TallyCounts& counts) {
  std::vector<std::string> words, lines;
  for (int i = 0; i < kAccessTypes; ++i) {
    if (counts.of[i] == 0) continue;
    words.push_back(absl::StrCat(counts.of[i], " ", AccessTypeName(static_cast<translate::AccessType>(i))));
  }
  const size_t first = words.size() <= 2 ? words.size() : (words.size() + 1) / 2;
  const auto middle = words.begin() + static_cast<std::ptrdiff_t>(first);
  if (!words.empty()) lines.push_back(absl::StrJoin(words.begin(), middle, ", "));
  if (middle != words.end()) lines.push_back(absl::StrJoin(middle, words.end(), ", "));
  return lines;
}

}  // namespace

RegionMap::RegionMap(const std::vector<TracePlace>& places) {
  for (const TracePlace& place : places) ranges_.push_back({place, {}, {}});
}

RegionMap::Range& RegionMap::RangeOf(const TracePlace& place) {
  const auto [it, is_new] = known_.try_emplace(&place, 0);
  if (!is_new) return ranges_[it->second];
  const auto same = std::find_if(ranges_.begin(), ranges_.end(), [&](const Range& r) {
    return r.place.first == place.first && r.place.last == place.last && r.place.region == place.region;
  });
  it->second = static_cast<size_t>(same - ranges_.begin());
  if (same == ranges_.end()) ranges_.push_back({place, {}, {}});
  return ranges_[it->second];
}

void RegionMap::AddAt(const TracePlace* place, uint64_t gpa, const TraceRecord& record) {
  if (place == nullptr || gpa < place->first || gpa > place->last) return static_cast<void>(++nowhere_);
  Range& range = RangeOf(*place);
  const double part = static_cast<double>(gpa - place->first) / (static_cast<double>(place->last - place->first) + 1);
  range.counts.Add(record.type);
  ++range.parts[std::min(static_cast<int>(part * kParts), kParts - 1)][static_cast<int>(ColorOf(record.type))];
}

void RegionMap::Add(const TraceRecord& record) {
  AddAt(record.place, record.gpa, record);
  if (record.crosses) AddAt(record.place2, record.gpa2, record);
}

void RegionMap::DrawRange(const Range& range, double y, uint64_t most, std::string* svg) const {
  const TracePlace& place = range.place;
  SvgWords(16, y + 12, "mono", absl::StrFormat("%016x-%016x", place.first, place.last), svg);
  SvgWords(16, y + 25, "", place.region, svg);
  SvgWords(kNames - 10, y + 25, "end dim", absl::StrCat(KindName(place.kind), " ", SizeText(place.first, place.last)),
           svg);
  const bool memory = place.kind != memory::RegionKind::kIo;
  SvgRect(kNames, y + 6, kParts * kStrip, kBar, memory ? "#f0f0ec" : "#eef2f8", svg);
  SvgCells cells;
  for (int i = 0; i < kParts; ++i) {
    const auto& part = range.parts[static_cast<size_t>(i)];
    const int kinds = static_cast<int>(std::count_if(part.begin(), part.end(), [](uint32_t n) { return n != 0; }));
    double top = y + 6;
    for (int c = 0; c < kTraceColors; ++c) {
      if (part[static_cast<size_t>(c)] == 0) continue;
      const std::string color = ColorFor(static_cast<TraceColor>(c), part[static_cast<size_t>(c)], most);
      cells.Add(kNames + i * kStrip, top, kStrip, kBar / kinds, color);
      top += kBar / kinds;
    }
  }
  cells.AppendTo(svg);
  const double right = kNames + kParts * kStrip + 10;
  const std::vector<std::string> counts = CountsTexts(range.counts);
  for (size_t i = 0; i < counts.size(); ++i) {
    SvgWords(right, y + (counts.size() == 1 ? 19 : 12 + 13 * static_cast<double>(i)), "", counts[i], svg);
  }
}

std::string RegionMap::Svg(absl::string_view title) const {
  std::vector<const Range*> sorted;
  uint64_t most = 1;
  for (const Range& range : ranges_) {
    sorted.push_back(&range);
    for (const auto& part : range.parts) most = std::max<uint64_t>(most, *std::max_element(part.begin(), part.end()));
  }
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Range* a, const Range* b) { return a->place.first < b->place.first; });
  const double height = kTop + kRow * static_cast<double>(sorted.size()) + 30;
  std::string svg = SvgStart(kNames + kParts * kStrip + kRight, height, title);
  SvgLegend(16, 48, &svg);
  double y = kTop;
  for (const Range* range : sorted) {
    DrawRange(*range, y, most, &svg);
    y += kRow;
  }
  if (nowhere_ != 0) SvgWords(16, y + 16, "", absl::StrCat(nowhere_, " accesses where nothing answers"), &svg);
  return svg + "</svg>\n";
}

}  // namespace emu::debug
