// Commands that the pages show print what the pages show: blocks marked "console checked". A line "..." there stands
// for any lines, and a word of 16 hexadecimal digits for any such word. The flags of docs/emu.md are those of emu
// -help.
#include <gtest/gtest.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/types/span.h"
#include "docs/markdown.h"

namespace emu::docs {
namespace {

namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

constexpr char kMark[] = "@@next@@";

std::string ReadText(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// Where commands run: bazel-bin leads to what was built, testdata is there, and the programs are on the path.
const fs::path& Folder() {
  static const fs::path folder = [] {
    const fs::path made = fs::path(getenv("TEST_TMPDIR")) / "commands";
    fs::create_directory(made);
    const fs::path built = fs::current_path();
    fs::create_directory_symlink(built, made / "bazel-bin");
    fs::create_directory_symlink(built / "testdata", made / "testdata");
    const std::string path =
        absl::StrCat((built / "cli").string(), ":", (built / "docs/examples").string(), ":/usr/bin:/bin");
    setenv("PATH", path.c_str(), 1);
    return made;
  }();
  return folder;
}

std::string Shell(const std::string& script) {
  const std::string command = absl::StrCat("cd '", Folder().string(), "' && { ", script, "\n} 2>&1 </dev/null");
  FILE* const pipe = popen(command.c_str(), "r");
  std::string output;
  char buffer[4096];
  for (size_t n; (n = fread(buffer, 1, sizeof(buffer), pipe)) > 0;) output.append(buffer, n);
  pclose(pipe);
  return output;
}

// Blanks that are not seen make no difference.
std::string Tidy(absl::string_view line) {
  const Lines words = absl::StrSplit(line, absl::ByAnyChar(" \t\r"), absl::SkipEmpty());
  std::string text;
  for (std::string word : words) {
    for (size_t i = 0; i + 16 <= word.size(); ++i) {
      const absl::string_view digits = absl::string_view(word).substr(i, 16);
      if (digits.find_first_not_of("0123456789abcdef") == absl::string_view::npos) word.replace(i, 16, 16, 'h');
    }
    absl::StrAppend(&text, text.empty() ? "" : " ", word);
  }
  return text;
}

Lines TidyLines(const Lines& lines) {
  Lines tidy;
  for (const std::string& line : lines) tidy.push_back(Tidy(line));
  while (!tidy.empty() && tidy.back().empty()) tidy.pop_back();
  return tidy;
}

bool Matches(absl::Span<const std::string> wanted, absl::Span<const std::string> got) {
  if (wanted.empty()) return got.empty();
  if (wanted[0] != "...") return !got.empty() && wanted[0] == got[0] && Matches(wanted.subspan(1), got.subspan(1));
  for (size_t skip = 0; skip <= got.size(); ++skip) {
    if (Matches(wanted.subspan(1), got.subspan(skip))) return true;
  }
  return false;
}

struct Command {
  std::string text;
  Lines output;
};

std::vector<Command> CommandsOf(const FencedBlock& block) {
  std::vector<Command> commands;
  for (absl::string_view line : block.lines) {
    if (absl::ConsumePrefix(&line, "$ ")) {
      commands.push_back({std::string(line), {}});
    } else if (!commands.empty() && absl::EndsWith(commands.back().text, "\\")) {
      absl::StrAppend(&commands.back().text, "\n", line);
    } else {
      commands.back().output.emplace_back(line);
    }
  }
  return commands;
}

// One shell for the block, so that $? and variables live on.
void CheckBlock(const std::string& page, const FencedBlock& block) {
  const std::vector<Command> commands = CommandsOf(block);
  std::string script;
  for (const Command& command : commands) {
    absl::StrAppend(&script, command.text, "\nstatus=$?; echo; echo '", kMark, "'; (exit $status)\n");
  }
  const std::vector<std::string> outputs = absl::StrSplit(Shell(script), absl::StrCat(kMark, "\n"));
  ASSERT_EQ(outputs.size(), commands.size() + 1);
  for (size_t i = 0; i < commands.size(); ++i) {
    const Lines wanted = TidyLines(commands[i].output), got = TidyLines(absl::StrSplit(outputs[i], '\n'));
    EXPECT_TRUE(Matches(wanted, got)) << page << ":" << block.line << ": " << commands[i].text << " prints\n"
                                      << outputs[i];
  }
}

Lines AllPages() {
  Lines pages = {"README.md"};
  for (const auto& entry : fs::directory_iterator("docs")) {
    if (entry.path().extension() == ".md") pages.push_back(entry.path().string());
  }
  return pages;
}

TEST(Commands, PrintWhatThePagesShow) {
  int checked = 0;
  for (const std::string& page : AllPages()) {
    for (const FencedBlock& block : ParsePage(ReadText(page)).blocks) {
      if (block.info != Lines{"console", "checked"}) continue;
      ++checked;
      CheckBlock(page, block);
    }
  }
  EXPECT_GE(checked, 5);
}

// "-m SIZE" of "  -m SIZE      size of RAM".
Lines FlagsOfHelp() {
  Lines flags;
  for (absl::string_view line : absl::StrSplit(Shell("emu -help"), '\n')) {
    if (!absl::StartsWith(line, "  -")) continue;
    const absl::string_view rest = line.substr(2);
    const std::pair<absl::string_view, absl::string_view> words = absl::StrSplit(rest, absl::MaxSplits(' ', 1));
    const bool has_argument = !absl::StartsWith(words.second, " ");
    const absl::string_view argument = words.second.substr(0, words.second.find(' '));
    flags.push_back(absl::StrCat(words.first, has_argument ? " " : "", has_argument ? argument : ""));
  }
  return flags;
}

Lines FlagsOfPage(const std::string& page) {
  Lines flags;
  for (const Lines& cells : ParsePage(ReadText(page)).table) {
    if (absl::StartsWith(cells[0], "`-")) flags.push_back(cells[0].substr(1, cells[0].size() - 2));
  }
  return flags;
}

TEST(Commands, FlagsOfThePageAreThoseOfHelp) {
  const Lines flags = FlagsOfHelp();
  EXPECT_GE(flags.size(), 20u);
  EXPECT_EQ(FlagsOfPage("docs/emu.md"), flags);
}

TEST(Commands, ChecksCanFail) {
  const auto matches = [](const Lines& wanted, const Lines& got) { return Matches(TidyLines(wanted), TidyLines(got)); };
  EXPECT_TRUE(matches({"a  b", "...", "c"}, {"a\tb", "x", "y", "c", ""}));
  EXPECT_TRUE(matches({"ram=0123456789abcdef"}, {"ram=fedcba9876543210"}));
  EXPECT_FALSE(matches({"a"}, {"a", "b"}));
  EXPECT_FALSE(matches({"a", "...", "c"}, {"a", "b"}));
  EXPECT_FALSE(matches({"n=0123"}, {"n=0124"}));
}

}  // namespace
}  // namespace emu::docs
