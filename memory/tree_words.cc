#include "memory/tree_words.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "memory/tree_spec.h"

namespace emu::memory {
namespace {

// A word in quotes; `line` begins after the first. \" and \\ stand for " and \.
absl::StatusOr<Word> TakeQuoted(absl::string_view* line) {
  Word word{"", true};
  for (size_t i = 0; i < line->size(); ++i) {
    char c = (*line)[i];
    if (c == '"') {
      line->remove_prefix(i + 1);
      return word;
    }
    if (c == '\\' && i + 1 < line->size()) c = (*line)[++i];
    word.text += c;
  }
  return absl::InvalidArgumentError(absl::StrCat("the quote before \"", *line, "\" is never closed"));
}

}  // namespace

absl::Status WordExpected(absl::string_view what, absl::string_view given) {
  return absl::InvalidArgumentError(absl::StrCat(given.empty() ? "the line ends" : absl::StrCat("\"", given, "\""),
                                                 " where ", what, " was expected"));
}

absl::StatusOr<std::vector<Word>> SplitWords(absl::string_view line) {
  std::vector<Word> words;
  while (true) {
    line = absl::StripLeadingAsciiWhitespace(line);
    if (line.empty() || line[0] == '#') return words;
    if (absl::ConsumePrefix(&line, "\"")) {
      absl::StatusOr<Word> word = TakeQuoted(&line);
      if (!word.ok()) return word.status();
      words.push_back(*std::move(word));
      continue;
    }
    const size_t end = std::min(line.find_first_of(" \t\r"), line.size());
    words.push_back({std::string(line.substr(0, end))});
    line.remove_prefix(end);
  }
}

bool Words::Consume(absl::string_view keyword) {
  if (left_.empty() || left_[0].quoted || left_[0].text != keyword) return false;
  left_.remove_prefix(1);
  return true;
}

absl::Status Words::Take(absl::string_view what, std::string* text) {
  if (left_.empty()) return WordExpected(what, "");
  *text = left_[0].text;
  left_.remove_prefix(1);
  return absl::OkStatus();
}

absl::Status Words::TakeNumber(absl::string_view what, uint64_t* number) {
  std::string text;
  if (absl::Status status = Take(what, &text); !status.ok()) return status;
  const absl::StatusOr<uint64_t> value = ParseTreeNumber(text);
  if (value.ok()) *number = *value;
  return value.status();
}

}  // namespace emu::memory
