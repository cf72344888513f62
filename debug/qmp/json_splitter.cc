#include "debug/qmp/json_splitter.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace emu::debug {
namespace {

bool IsSpace(unsigned char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
// Tabs and ends of lines too, where they stand in a string.
bool IsControl(unsigned char c) { return c < 0x20 || c == 0xff; }
bool IsQuote(unsigned char c) { return c == '"' || c == '\''; }
bool IsOpener(unsigned char c) { return c == '{' || c == '['; }

std::string Describe(unsigned char c) {
  return absl::ascii_isgraph(c) ? absl::StrFormat("'%c'", c) : absl::StrFormat("byte 0x%02x", c);
}

}  // namespace

void JsonSplitter::Reset() {
  text_.clear();
  closers_.clear();
  quote_ = 0;
  escaped_ = in_word_ = skipping_ = false;
}

void JsonSplitter::Feed(absl::string_view bytes, const Sink& sink) {
  for (const char c : bytes) Take(static_cast<unsigned char>(c), sink);
}

void JsonSplitter::Take(unsigned char c, const Sink& sink) {
  if (IsControl(c) && !IsSpace(c)) return Fail(absl::StrCat(Describe(c), " has no place in JSON"), sink);
  if (skipping_) {
    skipping_ = c != '\n';
    return;
  }
  if (text_.size() >= kMaxBytes) {
    return FailLine(absl::StrCat("a value has more than ", kMaxBytes, " bytes"), sink);
  }
  if (quote_ != 0) return TakeInString(c, sink);
  if (in_word_) return TakeInWord(c, sink);
  TakeOutside(c, sink);
}

void JsonSplitter::TakeInString(unsigned char c, const Sink& sink) {
  if (IsControl(c)) return Fail(absl::StrCat("a string contains ", Describe(c), "; \\u escapes are for that"), sink);
  if (std::exchange(escaped_, false)) {
    if (c == '\'') text_.pop_back();  // the backslash
    text_.push_back(static_cast<char>(c));
  } else if (c == static_cast<unsigned char>(quote_)) {
    quote_ = 0;
    text_.push_back('"');
    if (closers_.empty()) Finish(sink);
  } else {
    escaped_ = c == '\\';
    if (c == '"') text_.push_back('\\');
    text_.push_back(static_cast<char>(c));
  }
}

// A word goes up to a blank or to the beginning of something else, so that nonsense is one error.
void JsonSplitter::TakeInWord(unsigned char c, const Sink& sink) {
  if (!IsSpace(c) && !IsQuote(c) && !IsOpener(c)) return text_.push_back(static_cast<char>(c));
  Finish(sink);
  TakeOutside(c, sink);
}

void JsonSplitter::TakeOutside(unsigned char c, const Sink& sink) {
  if (IsQuote(c)) {
    quote_ = static_cast<char>(c);
    return text_.push_back('"');
  }
  if (IsOpener(c)) {
    if (closers_.size() == kMaxDepth) return FailLine(absl::StrCat("more than ", kMaxDepth, " levels"), sink);
    return Begin(static_cast<char>(c));
  }
  if (closers_.empty()) {
    if (IsSpace(c)) return;
    in_word_ = true;
    return text_.push_back(static_cast<char>(c));
  }
  text_.push_back(static_cast<char>(c));
  if (c == '}' || c == ']') TakeCloser(static_cast<char>(c), sink);
}

void JsonSplitter::Begin(char opener) {
  text_.push_back(opener);
  closers_.push_back(opener == '{' ? '}' : ']');
}

void JsonSplitter::TakeCloser(char c, const Sink& sink) {
  if (c != closers_.back()) return Fail(absl::StrFormat("'%c' where '%c' is missing", c, closers_.back()), sink);
  closers_.pop_back();
  if (closers_.empty()) Finish(sink);
}

void JsonSplitter::Finish(const Sink& sink) {
  const std::string text = std::move(text_);
  Reset();
  llvm::Expected<llvm::json::Value> value = llvm::json::parse(text);
  if (value) return sink(std::move(*value));
  sink(absl::InvalidArgumentError(absl::StrCat("this is no JSON: ", llvm::toString(value.takeError()))));
}

void JsonSplitter::Fail(absl::string_view why, const Sink& sink) {
  Reset();
  sink(absl::InvalidArgumentError(absl::StrCat("this is no JSON: ", why)));
}

void JsonSplitter::FailLine(absl::string_view why, const Sink& sink) {
  Fail(why, sink);
  skipping_ = true;
}

}  // namespace emu::debug
