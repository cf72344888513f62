#include "bench/runner/soak.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace emu::bench {
namespace {

// Of stress-ng, "manual page, EXIT STATUS": a stressor was not implemented, or had not the resources that it needs.
constexpr absl::string_view kSuccess = "0", kNoResource = "3", kNotImplemented = "4";

// "stress-ng: metrc: [63] cpu  123 10.01 ...": the operations of a stressor, or nothing.
bool Operations(absl::string_view name, absl::string_view line, uint64_t* count) {
  const std::vector<absl::string_view> words = absl::StrSplit(line, ' ', absl::SkipEmpty());
  return words.size() > 5 && absl::StartsWith(words[1], "metr") && words[3] == name &&
         absl::SimpleAtoi(words[4], count);
}

}  // namespace

void SoakRecord::OnLine(absl::string_view name, absl::string_view line) {
  uint64_t count = 0;
  if (Operations(name, line, &count)) stressors_[std::string(name)].operations += count;
  const bool fails = absl::StrContains(line, "stress-ng: fail:") || absl::StrContains(line, "stress-ng: error:");
  const bool counts = absl::StrContains(line, "failed: ") && !absl::StrContains(line, "failed: 0");
  if (fails || counts) complaints_.push_back(absl::StrCat(name, ": ", line));
}

void SoakRecord::OnEnd(absl::string_view name, absl::string_view status) {
  Stressor& s = stressors_[std::string(name)];
  ++s.rounds;
  s.skipped = status == kNoResource || status == kNotImplemented;
  if (status != kSuccess && !s.skipped) complaints_.push_back(absl::StrCat(name, ": stress-ng ended with ", status));
}

}  // namespace emu::bench
