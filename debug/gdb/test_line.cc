#include "debug/gdb/test_line.h"

#include <cstdint>

#include "absl/strings/str_cat.h"

namespace emu::debug::gdb {
namespace {

std::string Sum(absl::string_view body) {
  uint8_t sum = 0;
  for (char c : body) sum += static_cast<uint8_t>(c);
  return absl::StrCat(absl::Hex(sum, absl::kZeroPad2));
}

std::string WithRuns(absl::string_view body) {
  std::string text;
  for (size_t i = 0; i < body.size(); ++i) {
    if (body[i] != '*') {
      text += body[i];
    } else if (!text.empty() && ++i < body.size()) {
      text.append(static_cast<size_t>(body[i] - 29), text.back());
    }
  }
  return text;
}

std::string WithoutEscapes(absl::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    plain += text[i] == '}' && i + 1 < text.size() ? static_cast<char>(text[++i] ^ 0x20) : text[i];
  }
  return plain;
}

}  // namespace

std::string EncodeRaw(absl::string_view payload) { return absl::StrCat("$", payload, "#", Sum(payload)); }

std::string DecodePacket(absl::string_view packet) {
  if (packet.size() < 4 || packet[0] != '$' || packet[packet.size() - 3] != '#') return "no packet";
  const absl::string_view body = packet.substr(1, packet.size() - 4);
  if (packet.substr(packet.size() - 2) != Sum(body)) return "wrong checksum";
  if (body.find_first_of("$#") != body.npos) return "a '$' or '#' within";
  return WithoutEscapes(WithRuns(body));
}

bool TakePacket(std::string* stream, std::string* payload) {
  const size_t start = stream->find('$'), end = stream->find('#', start);
  if (start == stream->npos || end == stream->npos || end + 3 > stream->size()) return false;
  *payload = DecodePacket(stream->substr(start, end + 3 - start));
  stream->erase(0, end + 3);
  return true;
}

}  // namespace emu::debug::gdb
