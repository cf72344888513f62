#include "docs/markdown.h"

#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace emu::docs {
namespace {

constexpr absl::string_view kFence = "```";

// Everything between `open` and the next `close`.
void CollectSpans(absl::string_view text, absl::string_view open, absl::string_view close, int line,
                  std::vector<Mention>* spans) {
  while (true) {
    size_t at = text.find(open);
    if (at == absl::string_view::npos) return;
    text.remove_prefix(at + open.size());
    at = text.find(close);
    if (at == absl::string_view::npos) return;
    spans->push_back({line, std::string(text.substr(0, at))});
    text.remove_prefix(at + close.size());
  }
}

// "| a | b\|c |": a, b|c.
std::vector<std::string> Cells(absl::string_view line) {
  const std::string safe = absl::StrReplaceAll(line, {{"\\|", "\x01"}});
  std::vector<std::string> cells;
  for (absl::string_view cell : absl::StrSplit(absl::StripSuffix(absl::StripPrefix(safe, "|"), "|"), '|')) {
    cells.push_back(absl::StrReplaceAll(absl::StripAsciiWhitespace(cell), {{"\x01", "|"}}));
  }
  return cells;
}

void ParseText(absl::string_view line, int number, Page* page) {
  if (absl::StartsWith(line, "|")) page->table.push_back(Cells(line));
  CollectSpans(line, "](", ")", number, &page->links);
  CollectSpans(line, "`", "`", number, &page->code);
}

}  // namespace

Page ParsePage(absl::string_view text) {
  Page page;
  bool inside = false;
  int number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    if (absl::StartsWith(line, kFence)) {
      if (!inside)
        page.blocks.push_back({number, absl::StrSplit(line.substr(kFence.size()), ' ', absl::SkipEmpty()), {}});
      inside = !inside;
    } else if (inside) {
      page.blocks.back().lines.emplace_back(line);
    } else {
      ParseText(line, number, &page);
    }
  }
  return page;
}

}  // namespace emu::docs
