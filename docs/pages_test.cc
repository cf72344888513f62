// What the pages say of the work tree is so: code that they show stands in the files that they name, links lead
// somewhere, files, folders and targets that they mention exist.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "docs/markdown.h"

namespace emu::docs {
namespace {

namespace fs = std::filesystem;

std::string ReadText(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// The runfile is a symbolic link into the work tree.
fs::path Root() { return fs::canonical("WORKSPACE").parent_path(); }

// README.md of the root and of each room, and everything in docs/.
std::vector<fs::path> AllPages() {
  std::vector<fs::path> pages;
  for (const auto& entry : fs::directory_iterator(Root() / "docs")) {
    if (entry.path().extension() == ".md") pages.push_back(entry.path());
  }
  for (const auto& entry : fs::directory_iterator(Root())) {
    if (entry.is_directory() && !entry.is_symlink() && fs::exists(entry.path() / "README.md")) {
      pages.push_back(entry.path() / "README.md");
    }
  }
  pages.push_back(Root() / "README.md");
  return pages;
}

std::string Where(const fs::path& page, int line) {
  return absl::StrCat(fs::relative(page, Root()).string(), ":", line, ": ");
}

// The lines of `block` follow one another in the file; where a line is only "...", others may lie between.
std::string FindLines(const std::vector<std::string>& block, absl::string_view file) {
  size_t at = 0;
  std::string piece;
  const auto find = [&] {
    const std::string padded = absl::StrCat("\n", file), wanted = absl::StrCat("\n", piece);
    const size_t found = padded.find(wanted, at);
    if (found == std::string::npos) return false;
    at = found + wanted.size() - 1;
    return true;
  };
  for (const std::string& line : block) {
    if (absl::StripAsciiWhitespace(line) != "...") {
      absl::StrAppend(&piece, line, "\n");
      continue;
    }
    if (!find()) return piece;
    piece.clear();
  }
  return find() ? "" : piece;
}

TEST(Pages, CodeStandsInTheFileThatIsNamed) {
  int checked = 0;
  for (const fs::path& page : AllPages()) {
    for (const FencedBlock& block : ParsePage(ReadText(page)).blocks) {
      if (block.info.size() < 2 || !absl::StrContains(block.info[1], '/')) continue;
      ++checked;
      const fs::path file = Root() / block.info[1];
      ASSERT_TRUE(fs::is_regular_file(file)) << Where(page, block.line) << "no file " << block.info[1];
      const std::string missing = FindLines(block.lines, ReadText(file));
      EXPECT_EQ(missing, "") << Where(page, block.line) << "not in " << block.info[1] << ":\n" << missing;
    }
  }
  EXPECT_GE(checked, 10);
}

TEST(Pages, LinksLeadSomewhere) {
  int checked = 0;
  for (const fs::path& page : AllPages()) {
    for (const Mention& link : ParsePage(ReadText(page)).links) {
      if (absl::StrContains(link.text, "://") || absl::StartsWith(link.text, "#")) continue;
      ++checked;
      const std::string path = link.text.substr(0, link.text.find('#'));
      EXPECT_TRUE(fs::exists(page.parent_path() / path)) << Where(page, link.line) << "broken link " << link.text;
    }
  }
  EXPECT_GE(checked, 10);
}

// "//devices:uart16550_test": by the text of the BUILD file, where a list of names with "_test" behind is common.
bool TargetExists(absl::string_view label) {
  if (absl::EndsWith(label, "..."))
    return fs::is_directory(Root() / std::string(absl::StripSuffix(label.substr(2), "...")));
  const std::vector<std::string> parts = absl::StrSplit(label.substr(2), absl::MaxSplits(':', 1));
  const fs::path folder = Root() / parts[0];
  const std::string name = parts.size() == 2 ? parts[1] : folder.filename().string();
  if (name == "all" || fs::exists(folder / name)) return fs::exists(folder / "BUILD");
  const std::string build = ReadText(folder / "BUILD");
  const std::string stem(absl::StripSuffix(name, "_test"));
  return absl::StrContains(build, absl::StrCat("\"", name, "\"")) ||
         (stem != name && absl::StrContains(build, absl::StrCat("\"", stem, "\"")));
}

bool LooksLikeAPath(absl::string_view text) {
  const bool plain = text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-") ==
                     absl::string_view::npos;
  return plain && absl::StrContains(text, '/') && text[0] != '/' && !absl::StartsWith(text, "bazel-");
}

// A path from the root, or from the page's own folder.
bool PathExists(const fs::path& page, absl::string_view text) {
  const std::string first(text.substr(0, text.find('/')));
  bool known = false;
  for (const fs::path& base : {Root(), page.parent_path()}) {
    known |= fs::exists(base / first);
    if (fs::exists(base / std::string(text))) return true;
  }
  return !known;  // something else with a slash in it
}

TEST(Pages, FilesAndTargetsExist) {
  int checked = 0;
  for (const fs::path& page : AllPages()) {
    for (const Mention& span : ParsePage(ReadText(page)).code) {
      for (const absl::string_view word : absl::StrSplit(span.text, ' ', absl::SkipEmpty())) {
        const bool label = absl::StartsWith(word, "//") && word.size() > 2;
        if (!label && !LooksLikeAPath(word)) continue;
        ++checked;
        const bool exists = label ? TargetExists(word) : PathExists(page, word);
        EXPECT_TRUE(exists) << Where(page, span.line) << "there is no " << word;
      }
    }
  }
  EXPECT_GE(checked, 50);
}

// Bazel's targets in commands are there too.
TEST(Pages, TargetsOfCommandsExist) {
  for (const fs::path& page : AllPages()) {
    for (const FencedBlock& block : ParsePage(ReadText(page)).blocks) {
      for (const std::string& line : block.lines) {
        if (!absl::StrContains(line, "bazel")) continue;
        for (const absl::string_view word : absl::StrSplit(line, ' ')) {
          if (!absl::StartsWith(word, "//") || word == "//...") continue;
          EXPECT_TRUE(TargetExists(word)) << Where(page, block.line) << "there is no " << word;
        }
      }
    }
  }
}

// The page that a link leads to: of a folder, its README.md.
fs::path PageBehind(const fs::path& page, absl::string_view link) {
  const fs::path to = (page.parent_path() / std::string(link.substr(0, link.find('#')))).lexically_normal();
  return fs::is_directory(to) ? to / "README.md" : to;
}

// From README.md every page can be reached.
TEST(Pages, NoPageIsLost) {
  std::vector<fs::path> reached = {Root() / "README.md"};
  for (size_t i = 0; i < reached.size(); ++i) {
    for (const Mention& link : ParsePage(ReadText(reached[i])).links) {
      const fs::path to = PageBehind(reached[i], link.text);
      const bool seen = std::find(reached.begin(), reached.end(), to) != reached.end();
      if (to.extension() == ".md" && !seen) reached.push_back(to);
    }
  }
  for (const fs::path& page : AllPages()) {
    const bool found = std::find(reached.begin(), reached.end(), page) != reached.end();
    EXPECT_TRUE(found) << "nothing leads to " << fs::relative(page, Root());
  }
}

TEST(Pages, ChecksCanFail) {
  EXPECT_EQ(FindLines({"b", "...", "d"}, "a\nb\nc\nd\n"), "");
  EXPECT_EQ(FindLines({"d", "...", "b"}, "a\nb\nc\nd\n"), "b\n");
  EXPECT_EQ(FindLines({"b", "d"}, "a\nb\nc\nd\n"), "b\nd\n");
  EXPECT_TRUE(TargetExists("//docs:pages_test"));
  EXPECT_TRUE(TargetExists("//devices:uart16550_test"));
  EXPECT_FALSE(TargetExists("//docs:no_such_thing"));
  EXPECT_FALSE(PathExists(Root() / "README.md", "docs/nowhere.md"));
}

}  // namespace
}  // namespace emu::docs
