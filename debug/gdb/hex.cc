#include "debug/gdb/hex.h"

#include "absl/strings/escaping.h"
#include "absl/strings/strip.h"

namespace emu::debug::gdb {

std::string TextToHex(absl::string_view text) { return absl::BytesToHexString(text); }

std::string BytesToHex(absl::Span<const uint8_t> bytes) {
  return TextToHex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::optional<std::vector<uint8_t>> HexToBytes(absl::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  std::vector<uint8_t> bytes;
  for (size_t i = 0; i < hex.size(); i += 2) {
    const int high = HexDigit(hex[i]), low = HexDigit(hex[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes.push_back(static_cast<uint8_t>(high << 4 | low));
  }
  return bytes;
}

std::optional<uint64_t> TakeNumber(absl::string_view* text) {
  uint64_t value = 0;
  size_t digits = 0;
  for (; digits < text->size() && HexDigit((*text)[digits]) >= 0; ++digits) {
    if (value >> 60 != 0) return std::nullopt;
    value = value << 4 | static_cast<uint64_t>(HexDigit((*text)[digits]));
  }
  if (digits == 0) return std::nullopt;
  text->remove_prefix(digits);
  return value;
}

std::optional<NumberPair> TakePair(absl::string_view* text) {
  const std::optional<uint64_t> first = TakeNumber(text);
  if (!first.has_value() || !absl::ConsumePrefix(text, ",")) return std::nullopt;
  const std::optional<uint64_t> second = TakeNumber(text);
  if (!second.has_value()) return std::nullopt;
  return NumberPair{*first, *second};
}

}  // namespace emu::debug::gdb
