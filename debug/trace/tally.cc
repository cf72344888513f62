#include "debug/trace/tally.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "debug/trace/record_text.h"

namespace emu::debug {
namespace {

constexpr uint64_t kPage = 0x1000;
constexpr uint64_t kMostPages = 1 << 16;  // of one record

absl::string_view Heading(TallyBy by) {
  constexpr absl::string_view kHeadings[] = {"page", "region", "symbol", "pc"};
  return kHeadings[static_cast<int>(by)];
}

}  // namespace

absl::StatusOr<TallyBy> ParseTallyBy(absl::string_view text) {
  for (const TallyBy by : {TallyBy::kPage, TallyBy::kRegion, TallyBy::kSymbol, TallyBy::kPc}) {
    if (text == Heading(by)) return by;
  }
  return absl::InvalidArgumentError(absl::StrCat("\"", text, "\": expected page, region, symbol or pc"));
}

uint64_t TallyCounts::total() const { return std::accumulate(of.begin(), of.end(), uint64_t{0}); }

void Tally::AddPages(const TraceRecord& r) {
  const uint64_t end = r.gpa | (kPage - 1);
  const uint64_t last = r.crosses ? end : r.gpa + (std::max<uint32_t>(r.size, 1) - 1);
  uint64_t page = r.gpa & ~(kPage - 1);
  for (uint64_t n = 0; n < kMostPages && page <= last; ++n, page += kPage) counts_[{page, r.place}].Add(r.type);
  if (r.crosses) counts_[{r.gpa2 & ~(kPage - 1), r.place2}].Add(r.type);
}

void Tally::Add(const TraceRecord& r) {
  switch (by_) {
    case TallyBy::kPage:
      return AddPages(r);
    case TallyBy::kRegion:
      counts_[{0, r.place}].Add(r.type);
      if (r.crosses && r.place2 != r.place) counts_[{0, r.place2}].Add(r.type);
      return;
    case TallyBy::kSymbol:
      counts_[{0, symbols_.Find(r.pc)}].Add(r.type);
      return;
    case TallyBy::kPc:
      counts_[{r.pc, nullptr}].Add(r.type);
  }
}

std::string Tally::NameOf(const Key& key) const {
  const auto* const place = static_cast<const TracePlace*>(key.second);
  switch (by_) {
    case TallyBy::kPage:
      return absl::StrFormat("0x%x %s", key.first, place == nullptr ? "nowhere" : place->region);
    case TallyBy::kRegion:
      return place == nullptr ? "nowhere" : place->region;
    case TallyBy::kSymbol:
      return key.second == nullptr ? "-" : static_cast<const Symbol*>(key.second)->name;
    case TallyBy::kPc:
      break;
  }
  const std::string symbol = symbols_.Describe(key.first);
  return absl::StrFormat("0x%x%s", key.first, symbol.empty() ? "" : absl::StrCat(" <", symbol, ">"));
}

// A region that is seen in several ranges is one.
std::vector<Tally::Row> Tally::Rows() const {
  std::map<std::string, TallyCounts> by_name;
  for (const auto& [key, counts] : counts_) {
    TallyCounts& sum = by_name[NameOf(key)];
    for (int i = 0; i < kAccessTypes; ++i) sum.of[i] += counts.of[i];
  }
  std::vector<Row> rows;
  for (auto& [name, counts] : by_name) rows.push_back({name, counts});
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Row& a, const Row& b) { return a.counts.total() > b.counts.total(); });
  return rows;
}

// Types of which there is none have no column.
std::string Tally::Text(size_t most) const {
  const std::vector<Row> rows = Rows();
  TallyCounts all;
  for (const Row& row : rows) {
    for (int i = 0; i < kAccessTypes; ++i) all.of[i] += row.counts.of[i];
  }
  std::string text = absl::StrFormat("%10s", "records");
  for (int i = 0; i < kAccessTypes; ++i) {
    if (all.of[i] != 0) absl::StrAppendFormat(&text, " %10s", AccessTypeName(static_cast<translate::AccessType>(i)));
  }
  absl::StrAppend(&text, "  ", Heading(by_), "\n");
  for (size_t n = 0; n < rows.size() && (most == 0 || n < most); ++n) {
    absl::StrAppendFormat(&text, "%10d", rows[n].counts.total());
    for (int i = 0; i < kAccessTypes; ++i) {
      if (all.of[i] != 0) absl::StrAppendFormat(&text, " %10d", rows[n].counts.of[i]);
    }
    absl::StrAppend(&text, "  ", rows[n].name, "\n");
  }
  if (most != 0 && most < rows.size()) absl::StrAppend(&text, "... and ", rows.size() - most, " more\n");
  return text;
}

std::string Tally::Json(size_t most) const {
  const std::vector<Row> rows = Rows();
  std::string text = "[";
  for (size_t n = 0; n < rows.size() && (most == 0 || n < most); ++n) {
    absl::StrAppend(&text, n == 0 ? "\n" : ",\n", "{\"", Heading(by_), "\":", JsonQuoted(rows[n].name),
                    ",\"records\":", rows[n].counts.total());
    for (int i = 0; i < kAccessTypes; ++i) {
      const uint64_t count = rows[n].counts.of[i];
      if (count == 0) continue;
      absl::StrAppend(&text, ",\"", AccessTypeName(static_cast<translate::AccessType>(i)), "\":", count);
    }
    text += '}';
  }
  return text + "\n]\n";
}

}  // namespace emu::debug
