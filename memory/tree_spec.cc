#include "memory/tree_spec.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace emu::memory {
namespace {

constexpr std::pair<RegionKind, absl::string_view> kKinds[] = {
    {RegionKind::kContainer, "container"},
    {RegionKind::kTerminated, "terminated"},
    {RegionKind::kRam, "ram"},
    {RegionKind::kRom, "rom"},
    {RegionKind::kRomDevice, "romd"},
    {RegionKind::kIo, "io"},
    {RegionKind::kAlias, "alias"},
    {RegionKind::kIommu, "iommu"},
};

constexpr absl::string_view kSuffixes = "KMGTPE";

// Digits only: absl's readers also take signs and blanks.
bool IsAll(absl::string_view text, absl::string_view of) {
  return !text.empty() && text.find_first_not_of(of) == absl::string_view::npos;
}

constexpr absl::string_view kHexDigits = "0123456789abcdefABCDEF";

std::optional<uint64_t> ParseHex(absl::string_view digits) {
  uint64_t value = 0;
  if (!IsAll(digits, kHexDigits) || digits.size() > 16 || !absl::SimpleHexAtoi(digits, &value)) return std::nullopt;
  return value;
}

std::optional<uint64_t> ParseDecimal(absl::string_view text) {
  unsigned shift = 0;
  const size_t suffix = text.empty() ? absl::string_view::npos : kSuffixes.find(absl::ascii_toupper(text.back()));
  if (suffix != absl::string_view::npos) {
    shift = 10 * (static_cast<unsigned>(suffix) + 1);
    text.remove_suffix(1);
  }
  uint64_t value = 0;
  if (!IsAll(text, "0123456789") || !absl::SimpleAtoi(text, &value) || value > ~uint64_t{0} >> shift) {
    return std::nullopt;
  }
  return value << shift;
}

}  // namespace

absl::string_view KindWord(RegionKind kind) {
  for (const auto& [known, word] : kKinds) {
    if (known == kind) return word;
  }
  return "unknown";
}

std::optional<RegionKind> KindOfWord(absl::string_view word) {
  for (const auto& [kind, known] : kKinds) {
    if (known == word) return kind;
  }
  return std::nullopt;
}

std::string KindWords() {
  std::string words;
  for (const auto& [kind, word] : kKinds) absl::StrAppend(&words, words.empty() ? "" : ", ", word);
  return words;
}

absl::StatusOr<uint64_t> ParseTreeNumber(absl::string_view text) {
  const bool marked = absl::StartsWithIgnoreCase(text, "0x");
  const bool as_printed = text.size() == 16 && IsAll(text, kHexDigits);
  const std::optional<uint64_t> value =
      marked ? ParseHex(text.substr(2)) : (as_printed ? ParseHex(text) : ParseDecimal(text));
  if (value) return *value;
  return absl::InvalidArgumentError(absl::StrCat(
      "\"", text, "\" is no number below 2^64; expected 0x1f00, sixteen hexadecimal digits, or decimal like 64 or 4K"));
}

absl::StatusOr<Size> ParseTreeSize(absl::string_view text) {
  if (absl::EqualsIgnoreCase(text, "16E")) return Size::Whole();
  absl::StatusOr<uint64_t> bytes = ParseTreeNumber(text);
  if (!bytes.ok()) return bytes.status();
  return Size(*bytes);
}

std::string FormatTreeSize(Size size) {
  if (size.whole()) return "16E";
  const uint64_t bytes = size.bytes();
  for (size_t i = kSuffixes.size(); i > 0; --i) {
    const unsigned shift = 10 * static_cast<unsigned>(i);
    if (bytes != 0 && bytes % (uint64_t{1} << shift) == 0) {
      return absl::StrCat(bytes >> shift, kSuffixes.substr(i - 1, 1));
    }
  }
  return bytes < 10 ? absl::StrCat(bytes) : absl::StrFormat("0x%x", bytes);
}

}  // namespace emu::memory
