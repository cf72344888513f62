#include "debug/monitor/command.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "llvm/Support/raw_ostream.h"

namespace emu::debug {

absl::Status WrongArguments(absl::string_view why) { return absl::InvalidArgumentError(why); }

absl::Status ExpectWords(const Request& request, size_t least, size_t most) {
  const size_t count = request.words.size();
  if (count > most) {
    return WrongArguments(absl::StrCat("unexpected word \"", absl::CEscape(request.words[most]), "\""));
  }
  return count < least ? WrongArguments(absl::StrCat("expected ", least, " words, got ", count)) : absl::OkStatus();
}

absl::StatusOr<uint64_t> RestAsAddress(const Request& request) { return request.state.Eval(request.rest); }

std::string HexText(uint64_t value) { return absl::StrFormat("0x%x", value); }

llvm::json::Value FromJsonText(absl::string_view text) {
  llvm::Expected<llvm::json::Value> value = llvm::json::parse(llvm::StringRef(text.data(), text.size()));
  if (value) return std::move(*value);
  llvm::consumeError(value.takeError());
  return nullptr;
}

std::string Utf8(absl::string_view text) { return llvm::json::fixUTF8(llvm::StringRef(text.data(), text.size())); }

std::string JsonText(const llvm::json::Value& value) {
  std::string text;
  llvm::raw_string_ostream(text) << value;
  return text;
}

std::vector<std::string> NoWords(const MonitorState&) { return {}; }

}  // namespace emu::debug
