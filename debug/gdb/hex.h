// Hexadecimal numbers and bytes in packets.
#ifndef EMU_DEBUG_GDB_HEX_H_
#define EMU_DEBUG_GDB_HEX_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace emu::debug::gdb {

// 0 to 15, or -1.
constexpr int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Two digits for each byte.
std::string BytesToHex(absl::Span<const uint8_t> bytes);
std::string TextToHex(absl::string_view text);
// None unless `hex` is nothing but pairs of digits.
std::optional<std::vector<uint8_t>> HexToBytes(absl::string_view hex);

// Takes the number that `text` begins with off it; none if it begins with none, or with one that is too large.
std::optional<uint64_t> TakeNumber(absl::string_view* text);
// "NUMBER,NUMBER", as addresses and lengths are given, off the beginning.
struct NumberPair {
  uint64_t first, second;
};
std::optional<NumberPair> TakePair(absl::string_view* text);

}  // namespace emu::debug::gdb

#endif  // EMU_DEBUG_GDB_HEX_H_
