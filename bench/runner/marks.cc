#include "bench/runner/marks.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"

namespace emu::bench {

std::optional<Mark> ParseMark(absl::string_view line) {
  const std::vector<std::string> words = absl::StrSplit(line, ' ', absl::SkipEmpty());
  if (words.size() == 2 && words[0] == "@begin") return Mark{Mark::Kind::kBegin, words[1], ""};
  if ((words.size() == 2 || words.size() == 3) && words[0] == "@end")
    return Mark{Mark::Kind::kEnd, words[1], words.size() == 3 ? words[2] : ""};
  return std::nullopt;
}

std::vector<std::string> LineCutter::Add(absl::string_view bytes) {
  std::vector<std::string> lines;
  for (const char c : bytes) {
    if (c != '\n') {
      rest_ += c;
      continue;
    }
    lines.emplace_back(absl::StripAsciiWhitespace(rest_));
    rest_.clear();
  }
  return lines;
}

}  // namespace emu::bench
