#include "debug/monitor/memory_dump.h"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace emu::debug {
namespace {

constexpr absl::string_view kLetters = "xduocis";

absl::Status BadFormat(absl::string_view text, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("format \"/", text, "\": ", why,
                                                 "; expected a count, one of x d u o c i s (hexadecimal, signed, "
                                                 "unsigned, octal, characters, instructions, strings) and one of b h w "
                                                 "g (1, 2, 4, 8 bytes)"));
}

unsigned SizeOf(char letter) {
  switch (letter) {
    case 'b':
      return 1;
    case 'h':
      return 2;
    case 'w':
      return 4;
    case 'g':
    case 'L':
      return 8;
    default:
      return 0;
  }
}

int64_t SignExtend(uint64_t value, unsigned size) {
  const unsigned shift = 64 - 8 * size;
  return static_cast<int64_t>(value << shift) >> shift;
}

std::string CharacterText(uint8_t c) {
  if (c == '\'' || c == '\\') return absl::StrFormat("'\\%c'", c);
  if (c == '\n') return "'\\n'";
  if (c == '\r') return "'\\r'";
  return absl::ascii_isprint(c) ? absl::StrFormat("'%c'", c) : absl::StrFormat("'\\x%02x'", c);
}

// Digits of the widest value, as QEMU counts them.
int Width(char letter, unsigned size) {
  const int bits = static_cast<int>(8 * size);
  if (letter == 'o') return (bits + 2) / 3;
  if (letter == 'd' || letter == 'u') return (bits * 10 + 32) / 33;
  return 0;
}

// Of an item in a dump: with the zeros of hexadecimal numbers.
std::string ItemText(uint64_t value, char letter, unsigned size) {
  if (letter == 'x') return absl::StrFormat("0x%0*x", static_cast<int>(2 * size), value);
  return absl::StrFormat("%*s", Width(letter, size), FormatValue(value, letter, size));
}

uint64_t Item(const uint8_t* p, unsigned size, bool big_endian) {
  uint64_t value = 0;
  for (unsigned i = 0; i < size; ++i) value = value << 8 | p[big_endian ? i : size - 1 - i];
  return value;
}

unsigned ItemSize(const DumpFormat& format) { return format.letter == 'c' ? 1 : format.size; }

}  // namespace

absl::StatusOr<DumpFormat> ParseDumpFormat(absl::string_view text, const DumpFormat& last) {
  DumpFormat format = {1, last.letter, last.size};
  absl::string_view rest = text;
  size_t digits = 0;
  while (digits < rest.size() && absl::ascii_isdigit(rest[digits])) ++digits;
  if (digits > 0 && !absl::SimpleAtoi(rest.substr(0, digits), &format.count)) return BadFormat(text, "count too large");
  rest.remove_prefix(digits);
  for (char c : rest) {
    if (SizeOf(c) != 0) {
      format.size = SizeOf(c);
    } else if (kLetters.find(c) != kLetters.npos) {
      format.letter = c;
    } else {
      return BadFormat(text, absl::StrCat("unknown letter \"", absl::CEscape(absl::string_view(&c, 1)), "\""));
    }
  }
  return format;
}

std::string FormatValue(uint64_t value, char letter, unsigned size) {
  switch (letter) {
    case 'd':
      return absl::StrCat(SignExtend(value, size));
    case 'u':
      return absl::StrCat(value);
    case 'o':
      return absl::StrFormat("%#o", value);
    case 'c':
      return CharacterText(static_cast<uint8_t>(value));
    default:
      return absl::StrFormat("0x%x", value);
  }
}

std::string FormatDump(absl::Span<const uint8_t> bytes, uint64_t address, const DumpFormat& format, bool big_endian) {
  const unsigned size = ItemSize(format);
  const size_t line = format.size == 1 ? 8 : 16;
  std::string text;
  for (size_t i = 0; i + size <= bytes.size(); i += size) {
    if (i % line == 0) absl::StrAppendFormat(&text, "%s%016x:", i == 0 ? "" : "\n", address + i);
    absl::StrAppend(&text, " ", ItemText(Item(&bytes[i], size, big_endian), format.letter, size));
  }
  return bytes.empty() ? "" : absl::StrCat(text, "\n");
}

llvm::json::Value DumpJson(absl::Span<const uint8_t> bytes, uint64_t address, const DumpFormat& format,
                           bool big_endian) {
  const unsigned size = ItemSize(format);
  llvm::json::Array values;
  for (size_t i = 0; i + size <= bytes.size(); i += size) {
    values.push_back(absl::StrFormat("0x%x", Item(&bytes[i], size, big_endian)));
  }
  return llvm::json::Object{
      {"address", absl::StrFormat("0x%x", address)}, {"size", size}, {"values", std::move(values)}};
}

std::string QuoteBytes(absl::string_view bytes) { return absl::StrCat("\"", absl::CHexEscape(bytes), "\""); }

}  // namespace emu::debug
