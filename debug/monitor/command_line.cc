#include "debug/monitor/command_line.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace emu::debug {
namespace {

using absl::string_view;

constexpr size_t kMaxSymbols = 200;  // that completion offers

std::vector<string_view> NamesOf(const Command& command) { return absl::StrSplit(command.names, '|'); }

absl::StatusOr<std::vector<std::string>> SplitWords(string_view text) {
  std::vector<std::string> words;
  for (text = absl::StripLeadingAsciiWhitespace(text); !text.empty(); text = absl::StripLeadingAsciiWhitespace(text)) {
    std::string word;
    bool quoted = false;
    while (!text.empty() && (quoted || !absl::ascii_isspace(text.front()))) {
      if (text.front() == '"') {
        quoted = !quoted;
      } else {
        word += text.front();
      }
      text.remove_prefix(1);
    }
    if (quoted) return WrongArguments("a double quote is not closed");
    words.push_back(std::move(word));
  }
  return words;
}

// Takes the first word of `text`: up to a space or a slash.
string_view TakeWord(string_view* text) {
  *text = absl::StripLeadingAsciiWhitespace(*text);
  size_t length = 0;
  while (length < text->size() && !absl::ascii_isspace((*text)[length]) && (*text)[length] != '/') ++length;
  const string_view word = text->substr(0, length);
  text->remove_prefix(length);
  return word;
}

// Takes the command's name, of one or two words. Null: there is no such command, and `name` says what was asked for.
const Command* TakeCommand(string_view* text, std::string* name) {
  *name = std::string(TakeWord(text));
  string_view behind = *text;
  if (const std::string second(TakeWord(&behind)); IsPrefix(*name) && !second.empty()) {
    absl::StrAppend(name, " ", second);
    *text = behind;
  }
  return FindCommand(*name);
}

absl::Status Unknown(string_view name) {
  return absl::NotFoundError(
      absl::StrCat("unknown command: '", absl::CEscape(name), "'; `help` lists those that there are"));
}

// Commands say what was wrong with a word; here comes what they would have taken.
absl::Status WithUsage(const Command& command, const absl::Status& status) {
  if (!absl::IsInvalidArgument(status)) return status;
  return absl::InvalidArgumentError(
      absl::StrCat(command.name(), ": ", status.message(), "\nusage: ", absl::StripSuffix(UsageLine(command), "\n")));
}

absl::Status TakeFormat(const Command& command, string_view* text, Request* request) {
  *text = absl::StripLeadingAsciiWhitespace(*text);
  if (text->empty() || text->front() != '/') return absl::OkStatus();
  if (!command.takes_format()) return WrongArguments(absl::StrCat("takes no format, but was given \"", *text, "\""));
  text->remove_prefix(1);
  size_t length = 0;
  while (length < text->size() && !absl::ascii_isspace((*text)[length])) ++length;
  request->format = std::string(text->substr(0, length));
  text->remove_prefix(length);
  return absl::OkStatus();
}

absl::StatusOr<Answer> RunCommand(const Command& command, string_view text, Request request) {
  if (absl::Status status = TakeFormat(command, &text, &request); !status.ok()) return status;
  absl::StatusOr<std::vector<std::string>> words = SplitWords(text);
  if (!words.ok()) return words.status();
  request.rest = std::string(absl::StripAsciiWhitespace(text));
  request.words = *std::move(words);
  return command.run(request);
}

void AddNames(string_view prefix, std::set<std::string>* found) {
  for (const Command* c : AllCommands()) {
    for (string_view name : NamesOf(*c)) {
      if (absl::ConsumePrefix(&name, prefix)) found->insert(std::string(name.substr(0, name.find(' '))));
    }
  }
}

// There are hundreds: only for who has begun to name one.
void AddRegisters(const MonitorState& state, string_view begin, std::set<std::string>* found) {
  if (!absl::StartsWith(begin, "$")) return;
  for (const auto& r : state.parts.machine.inspector().registers()) found->insert(absl::StrCat("$", r.name));
}

void AddSymbols(const MonitorState& state, string_view begin, std::set<std::string>* found) {
  if (begin.empty()) return;
  size_t count = 0;
  for (const Symbol& s : state.parts.symbols.symbols()) {
    if (absl::StartsWith(s.name, begin) && count++ < kMaxSymbols) found->insert(s.name);
  }
}

std::vector<std::string> Matching(const std::set<std::string>& found, string_view begin) {
  std::vector<std::string> words;
  for (const std::string& word : found) {
    if (!word.empty() && absl::StartsWith(word, begin)) words.push_back(word);
  }
  return words;
}

// `before`: the words in front of the one to complete.
std::set<std::string> Candidates(const std::vector<string_view>& before, string_view last, const MonitorState& state) {
  std::set<std::string> found;
  if (before.empty()) return AddNames("", &found), found.insert("json"), found;
  if (before[0] == "help" || before[0] == "?") {
    AddNames(before.size() == 1 ? "" : absl::StrCat(before[1], " "), &found);
    return found;
  }
  if (before.size() == 1 && IsPrefix(before[0])) return AddNames(absl::StrCat(before[0], " "), &found), found;
  const string_view first = before[0].substr(0, before[0].find('/'));
  const Command* const command =
      FindCommand(IsPrefix(first) && before.size() > 1 ? absl::StrCat(first, " ", before[1]) : first);
  if (command == nullptr || command->choices == nullptr) return found;
  for (std::string& word : command->choices(state)) found.insert(std::move(word));
  AddRegisters(state, last, &found);
  AddSymbols(state, last, &found);
  return found;
}

}  // namespace

bool IsPrefix(string_view word) { return word == "info"; }

const std::vector<const Command*>& AllCommands() {
  static const auto* const all = [] {
    auto* list = new std::vector<const Command*>;
    for (auto table : {RunCommands(), MemoryCommands(), AddressCommands(), WatchCommands(), InfoCommands()}) {
      for (const Command& c : table) list->push_back(&c);
    }
    return list;
  }();
  return *all;
}

const Command* FindCommand(string_view name) {
  for (const Command* c : AllCommands()) {
    for (string_view one : NamesOf(*c)) {
      if (one == name) return c;
    }
  }
  return nullptr;
}

std::string UsageLine(const Command& c) {
  const string_view space = c.arguments.empty() || c.takes_format() ? "" : " ";
  return absl::StrCat(c.names, space, c.arguments, "  -- ", c.help, "\n");
}

SplitText SplitLine(string_view line) {
  SplitText split = {false, absl::StripAsciiWhitespace(line)};
  if (absl::StartsWith(split.text, "json ") || split.text == "json") {
    split.json = true;
    split.text = absl::StripLeadingAsciiWhitespace(split.text.substr(4));
  }
  if (absl::EndsWith(split.text, " -json")) {
    split.json = true;
    split.text = absl::StripTrailingAsciiWhitespace(split.text.substr(0, split.text.size() - 6));
  }
  return split;
}

absl::StatusOr<Answer> RunLine(string_view line, bool json, MonitorState& state) {
  const SplitText split = SplitLine(line);
  string_view text = split.text;
  if (text.empty()) return Answer{};
  std::string name;
  const Command* const command = TakeCommand(&text, &name);
  if (command == nullptr) return Unknown(name.empty() ? split.text : name);
  absl::StatusOr<Answer> answer = RunCommand(*command, text, {state, json || split.json});
  return answer.ok() ? std::move(answer) : WithUsage(*command, answer.status());
}

std::vector<std::string> CompleteLine(string_view line, const MonitorState& state) {
  std::vector<string_view> words = absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
  const bool open = !line.empty() && !absl::ascii_isspace(line.back());
  const string_view last = open ? words.back() : string_view();
  if (open) words.pop_back();
  if (!words.empty() && words[0] == "json") words.erase(words.begin());
  return Matching(Candidates(words, last, state), last);
}

}  // namespace emu::debug
