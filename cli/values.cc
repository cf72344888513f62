#include "cli/values.h"

#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace emu::cli {

absl::StatusOr<uint64_t> ParseSize(absl::string_view text, uint64_t unit) {
  constexpr absl::string_view kSuffixes = "BKMGT";
  absl::string_view digits = text;
  double value = 0;
  if (!digits.empty()) {
    const size_t suffix = kSuffixes.find(absl::ascii_toupper(digits.back()));
    if (suffix != absl::string_view::npos) {
      unit = uint64_t{1} << (10 * suffix);
      digits.remove_suffix(1);
    }
  }
  const bool plain = !digits.empty() && digits.find_first_not_of("0123456789.") == absl::string_view::npos;
  if (plain && absl::SimpleAtod(digits, &value) && value * static_cast<double>(unit) < std::ldexp(1.0, 63)) {
    return static_cast<uint64_t>(value * static_cast<double>(unit));
  }
  return absl::InvalidArgumentError(absl::StrCat("\"", text, "\" is no size; expected a number with K, M, G or T"));
}

absl::StatusOr<bool> ParseSwitch(absl::string_view text) {
  if (text == "on" || text == "yes" || text == "true") return true;
  if (text == "off" || text == "no" || text == "false") return false;
  return absl::InvalidArgumentError(absl::StrCat("\"", text, "\": expected on or off"));
}

absl::StatusOr<uint64_t> ParseNumber(absl::string_view text) {
  uint64_t value = 0;
  const bool hex = text.size() > 2 && text[0] == '0' && absl::ascii_tolower(text[1]) == 'x';
  if (hex ? absl::SimpleHexAtoi(text, &value) : absl::SimpleAtoi(text, &value)) return value;
  return absl::InvalidArgumentError(absl::StrCat("\"", text, "\": expected a number"));
}

absl::StatusOr<int64_t> ParseDate(absl::string_view text) {
  absl::CivilSecond second;
  absl::CivilDay day;
  if (absl::ParseCivilTime(text, &second)) return absl::ToUnixSeconds(absl::FromCivil(second, absl::UTCTimeZone()));
  if (absl::ParseCivilTime(text, &day)) return absl::ToUnixSeconds(absl::FromCivil(day, absl::UTCTimeZone()));
  return absl::InvalidArgumentError(
      absl::StrCat("\"", text, "\": expected utc, localtime, 2024-02-29 or 2024-02-29T12:00:00"));
}

std::vector<std::string> SplitCommas(absl::string_view text) {
  std::vector<std::string> parts(1);
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != ',') {
      parts.back() += text[i];
    } else if (i + 1 < text.size() && text[i + 1] == ',') {
      parts.back() += text[i++];
    } else {
      parts.emplace_back();
    }
  }
  return parts;
}

std::vector<Property> ParseProperties(absl::string_view text, absl::string_view bare) {
  std::vector<Property> properties;
  for (const std::string& part : SplitCommas(text)) {
    const size_t equals = part.find('=');
    if (part.empty()) continue;
    if (equals == std::string::npos) {
      properties.emplace_back(part, std::string(bare));
    } else {
      properties.emplace_back(part.substr(0, equals), part.substr(equals + 1));
    }
  }
  return properties;
}

}  // namespace emu::cli
