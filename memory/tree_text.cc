#include "memory/tree_text.h"

#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "memory/tree_words.h"

namespace emu::memory {
namespace {

constexpr int kMaxDepth = 100;

// FIRST-LAST, both included; FIRST+SIZE; or SIZE, which begins at 0.
absl::Status ParseExtent(const std::string& text, RegionSpec* region) {
  const size_t split = text.find_first_of("-+");
  const std::string head = text.substr(0, split), tail = split == std::string::npos ? head : text.substr(split + 1);
  if (split != std::string::npos) {
    const absl::StatusOr<uint64_t> first = ParseTreeNumber(head);
    if (!first.ok()) return first.status();
    region->at = *first;
  }
  if (split == std::string::npos || text[split] == '+') {
    const absl::StatusOr<Size> size = ParseTreeSize(tail);
    if (size.ok()) region->size = *size;
    return size.status();
  }
  const absl::StatusOr<uint64_t> last = ParseTreeNumber(tail);
  if (!last.ok()) return last.status();
  if (*last < region->at) {
    return absl::InvalidArgumentError(absl::StrCat("the range \"", text, "\" ends before it begins"));
  }
  region->size = Size::WithLast(*last - region->at);
  return absl::OkStatus();
}

absl::Status TakePriority(Words& words, RegionSpec* region) {
  std::string text;
  if (absl::Status status = words.Take("a priority", &text); !status.ok()) return status;
  if (absl::SimpleAtoi(text, &region->priority)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("priority \"", text, "\"; expected a whole number like 1 or -1"));
}

absl::Status TakeTarget(Words& words, RegionSpec* region) {
  if (absl::Status status = words.Take("the name of a region", &region->target); !status.ok()) return status;
  return words.Consume("at") ? words.TakeNumber("an offset", &region->target_offset) : absl::OkStatus();
}

bool Set(bool* flag, bool value) {
  *flag = value;
  return true;
}

bool TakeFlag(Words& words, RegionSpec* region) {
  if (words.Consume("disabled")) return Set(&region->enabled, false);
  if (words.Consume("readonly")) return Set(&region->readonly, true);
  if (words.Consume("nonvolatile")) return Set(&region->nonvolatile, true);
  const bool romd = region->kind == RegionKind::kRomDevice;
  return romd && words.Consume("device-reads") && Set(&region->direct_reads, false);
}

absl::Status TakeProperty(Words& words, RegionSpec* region) {
  if (TakeFlag(words, region)) return absl::OkStatus();
  if (words.Consume("prio")) return TakePriority(words, region);
  if (words.Consume("as")) return words.Take("a label", &region->label);
  if (words.Consume("owner")) return words.Take("an owner", &region->owner);
  if (region->kind == RegionKind::kAlias && words.Consume("of")) return TakeTarget(words, region);
  return WordExpected(
      absl::StrCat("prio N, disabled, readonly, nonvolatile, ",
                   region->kind == RegionKind::kAlias ? "of REGION at OFFSET, " : "",
                   region->kind == RegionKind::kRomDevice ? "device-reads, " : "", "as LABEL or owner TEXT"),
      words.next());
}

absl::StatusOr<RegionSpec> ParseRegion(RegionKind kind, Words words) {
  RegionSpec region;
  region.kind = kind;
  std::string extent;
  absl::Status status = words.Take("the region's name", &region.name);
  if (status.ok()) status = words.Take("FIRST-LAST, FIRST+SIZE or SIZE", &extent);
  if (status.ok()) status = ParseExtent(extent, &region);
  while (status.ok() && !words.done()) status = TakeProperty(words, &region);
  if (status.ok() && kind == RegionKind::kAlias && region.target.empty()) {
    status = absl::InvalidArgumentError(
        absl::StrCat("alias \"", region.name, "\" does not say of what; expected of REGION at OFFSET"));
  }
  if (!status.ok()) return status;
  return region;
}

absl::StatusOr<SpaceSpec> ParseSpace(Words words) {
  SpaceSpec space;
  absl::Status status = words.Take("the address space's name", &space.name);
  if (status.ok() && !words.Consume("of")) status = WordExpected("of", words.next());
  if (status.ok()) status = words.Take("the name of a region", &space.root);
  if (status.ok()) space.big_endian = words.Consume("big");
  if (status.ok() && !words.done()) status = WordExpected("big or the end of the line", words.next());
  if (!status.ok()) return status;
  return space;
}

class TreeParser {
 public:
  absl::Status AddLine(absl::string_view line) {
    ++number_;
    absl::StatusOr<std::vector<Word>> split = SplitWords(line);
    if (!split.ok()) return At(split.status());
    if (split->empty()) return absl::OkStatus();
    const size_t indent = line.find_first_not_of(' ');
    if (line[indent] == '\t') return At(absl::InvalidArgumentError("indented by a tab; expected blanks"));
    return At(AddWords(indent, Words(*split)));
  }
  TreeSpec Finish() { return std::move(spec_); }

 private:
  absl::Status At(const absl::Status& status) const {
    if (status.ok()) return status;
    return absl::InvalidArgumentError(absl::StrCat("line ", number_, ": ", status.message()));
  }

  absl::Status AddWords(size_t indent, Words words) {
    if (words.Consume("space")) return AddSpace(words);
    std::string word;
    if (absl::Status status = words.Take("a kind of region", &word); !status.ok()) return status;
    const std::optional<RegionKind> kind = KindOfWord(word);
    if (!kind) return WordExpected(absl::StrCat("space, ", KindWords()), word);
    absl::StatusOr<RegionSpec> region = ParseRegion(*kind, words);
    return region.ok() ? AddRegion(indent, *std::move(region)) : region.status();
  }

  absl::Status AddSpace(Words words) {
    absl::StatusOr<SpaceSpec> space = ParseSpace(words);
    if (!space.ok()) return space.status();
    space->line = number_;
    spec_.spaces.push_back(*std::move(space));
    return absl::OkStatus();
  }

  absl::Status AddRegion(size_t indent, RegionSpec region) {
    while (!open_.empty() && open_.back().indent > indent) open_.pop_back();
    const bool sibling = !open_.empty() && open_.back().indent == indent;
    if (sibling) open_.pop_back();
    // The levels that are open are those of the lines above; a line between two of them belongs to neither.
    const bool fits = sibling || (open_.empty() ? indent == 0 : open_.back().index + 1 == Count());
    if (!fits) {
      return absl::InvalidArgumentError(absl::StrCat("indented by ", indent, ", which is the depth of no line above"));
    }
    if (open_.size() >= kMaxDepth) {
      return absl::InvalidArgumentError(absl::StrCat("more than ", kMaxDepth, " levels of regions"));
    }
    region.parent = open_.empty() ? -1 : open_.back().index;
    region.line = number_;
    open_.push_back({indent, Count()});
    spec_.regions.push_back(std::move(region));
    return absl::OkStatus();
  }

  int Count() const { return static_cast<int>(spec_.regions.size()); }

  struct Level {
    size_t indent;
    int index;
  };

  int number_ = 0;
  TreeSpec spec_;
  std::vector<Level> open_;  // the region above, and those in which it lies
};

}  // namespace

absl::StatusOr<TreeSpec> ParseTreeText(absl::string_view text) {
  TreeParser parser;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    if (absl::Status status = parser.AddLine(line); !status.ok()) return status;
  }
  return parser.Finish();
}

}  // namespace emu::memory
