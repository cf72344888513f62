#include "debug/terminal/line_history.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace emu::debug {

void LineHistory::Add(absl::string_view line) {
  const bool again = !lines_.empty() && lines_.back() == line;
  if (!again && !absl::StripAsciiWhitespace(line).empty()) lines_.emplace_back(line);
  if (lines_.size() > kMost) lines_.pop_front();
  place_ = lines_.size();
}

std::optional<std::string> LineHistory::Older(absl::string_view typed, absl::string_view prefix) {
  for (size_t i = place_; i > 0; --i) {
    if (!absl::StartsWith(lines_[i - 1], prefix)) continue;
    if (place_ == lines_.size()) unfinished_ = std::string(typed);
    place_ = i - 1;
    return lines_[place_];
  }
  return std::nullopt;
}

std::optional<std::string> LineHistory::Newer(absl::string_view prefix) {
  if (place_ == lines_.size()) return std::nullopt;
  for (size_t i = place_ + 1; i < lines_.size(); ++i) {
    if (!absl::StartsWith(lines_[i], prefix)) continue;
    place_ = i;
    return lines_[place_];
  }
  place_ = lines_.size();
  return unfinished_;
}

}  // namespace emu::debug
