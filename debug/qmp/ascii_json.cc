#include "debug/qmp/ascii_json.h"

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/raw_ostream.h"

namespace emu::debug {
namespace {

void AppendEscape(std::string& out, uint32_t unit) { absl::StrAppendFormat(&out, "\\u%04x", unit); }

// Beyond 16 bits as a surrogate pair (RFC 8259 section 7).
void AppendCharacter(std::string& out, uint32_t character) {
  if (character < 0x10000) return AppendEscape(out, character);
  AppendEscape(out, 0xd800 + ((character - 0x10000) >> 10));
  AppendEscape(out, 0xdc00 + ((character - 0x10000) & 0x3ff));
}

// Takes one character off `text`, which is correct UTF-8.
uint32_t TakeCharacter(absl::string_view& text) {
  const auto* from = reinterpret_cast<const llvm::UTF8*>(text.data());
  const llvm::UTF8* at = from;
  llvm::UTF32 character = 0xfffd;
  llvm::convertUTF8Sequence(&at, from + text.size(), &character, llvm::lenientConversion);
  text.remove_prefix(at == from ? 1 : static_cast<size_t>(at - from));
  return character;
}

}  // namespace

std::string AsciiJson(const llvm::json::Value& value, bool pretty) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  llvm::json::OStream(stream, pretty ? 4 : 0).value(value);
  std::string out;
  for (absl::string_view rest = stream.str(); !rest.empty();) {
    const auto byte = static_cast<unsigned char>(rest.front());
    if (byte >= 0x80) {
      AppendCharacter(out, TakeCharacter(rest));
      continue;
    }
    if (byte == '\n') out.push_back('\r');
    out.push_back(rest.front());
    rest.remove_prefix(1);
  }
  return out + "\r\n";
}

}  // namespace emu::debug
