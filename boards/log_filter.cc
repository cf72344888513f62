#include "boards/log_filter.h"

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace emu::boards {
namespace {

bool ParseAddress(absl::string_view text, uint64_t* value) {
  if (absl::StartsWith(text, "0x") || absl::StartsWith(text, "0X")) return absl::SimpleHexAtoi(text, value);
  return !text.empty() && absl::ascii_isdigit(static_cast<unsigned char>(text[0])) && absl::SimpleAtoi(text, value);
}

}  // namespace

absl::StatusOr<LogFilter> LogFilter::Parse(absl::string_view text) {
  LogFilter filter;
  const std::vector<absl::string_view> parts = absl::StrSplit(text, ',');
  for (absl::string_view part : parts) {
    const absl::StatusOr<Range> range = ParseRange(part);
    if (!range.ok()) return range.status();
    filter.ranges_.push_back(*range);
  }
  return filter;
}

absl::StatusOr<LogFilter::Range> LogFilter::ParseRange(absl::string_view text) {
  const auto bad = [&](absl::string_view why) {
    return absl::InvalidArgumentError(absl::StrCat("-dfilter \"", absl::CHexEscape(text), "\": ", why));
  };
  const size_t at = text.find_first_of("+-.");
  const bool dots = at != absl::string_view::npos && text.substr(at, 2) == "..";
  uint64_t start = 0, second = 0;
  if (at == absl::string_view::npos || (text[at] == '.' && !dots) || !ParseAddress(text.substr(0, at), &start) ||
      !ParseAddress(text.substr(at + (dots ? 2 : 1)), &second)) {
    return bad("expected START+SIZE, START-SIZE or START..END, such as 0x80000000+0x1000");
  }
  if (dots) return start <= second ? absl::StatusOr<Range>({start, second}) : bad("the end is before the start");
  if (second == 0) return bad("a size of 0");
  if (text[at] == '+') {
    return second - 1 <= ~start ? absl::StatusOr<Range>({start, start + second - 1}) : bad("ends beyond 2^64");
  }
  return second <= start ? absl::StatusOr<Range>({start - second, start - 1}) : bad("begins before 0");
}

}  // namespace emu::boards
