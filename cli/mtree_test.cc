// Runs the built mtree, as a user would, on the trees of testdata/trees and on what is wrong.
#include <sys/wait.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace emu::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kTrees[] = "testdata/trees";

std::string Temp(const std::string& name) { return std::string(getenv("TEST_TMPDIR")) + "/" + name; }

std::string ReadAll(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Outcome {
  int status = -1;
  std::string out, err;
};

Outcome Mtree(const std::string& arguments) {
  Outcome o;
  FILE* const pipe = popen(("cli/mtree " + arguments + " 2>" + Temp("stderr")).c_str(), "r");
  for (int c = fgetc(pipe); c != EOF; c = fgetc(pipe)) o.out += static_cast<char>(c);
  const int status = pclose(pipe);
  o.status = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  o.err = ReadAll(Temp("stderr"));
  return o;
}

// That of QEMU's documentation, and those that QEMU itself prints, are among them.
TEST(Mtree, TreesAndFlatViewsAreTheDocumentedOnes) {
  int checked = 0;
  for (const auto& entry : fs::directory_iterator(kTrees)) {
    fs::path path = entry.path();
    if (path.extension() != ".tree" && path.extension() != ".json") continue;
    ++checked;
    const std::string file = path.string();
    EXPECT_EQ(Mtree(file).out, ReadAll(path.replace_extension(".mtree"))) << file;
    EXPECT_EQ(Mtree(file + " -f").out, ReadAll(path.replace_extension(".flat"))) << file;
    EXPECT_EQ(Mtree(file + " --text | cli/mtree -").out, Mtree(file).out) << file;
    EXPECT_EQ(Mtree(file + " --json | cli/mtree - -f").out, Mtree(file + " -f").out) << file;
  }
  EXPECT_GE(checked, 6);
}

TEST(Mtree, WhereAnAddressLives) {
  const Outcome o = Mtree("testdata/trees/pc.tree --at=0xa1234 -at 00000000e1010000");
  EXPECT_EQ(o.status, 0);
  EXPECT_THAT(o.out, StartsWith("0xa1234 in address space \"system_memory\": ram \"vram\" +0x11234\n"));
  EXPECT_THAT(o.out, HasSubstr("\"lomem\" has prio 0, \"vga-window\" has prio 1\n"));
  EXPECT_THAT(o.out, HasSubstr("0xe1010000 in address space \"system_memory\": ram \"vram\" +0x10000\n"));
}

TEST(Mtree, AddressSpacesByName) {
  const Outcome one = Mtree("testdata/trees/cpiom.tree --space dma -f");
  EXPECT_THAT(one.out, StartsWith("FlatView #0\n AS \"dma\", root: dma-window, alias data-only\n"));
  EXPECT_THAT(one.out, Not(HasSubstr("\"memory\"")));
  EXPECT_THAT(Mtree("testdata/trees/cpiom.tree --space dma --text").out, StartsWith("space dma of dma-window\n\n"));
  EXPECT_THAT(Mtree("testdata/trees/cpiom.tree --space dma --at 2M --json").out, HasSubstr("\"space\": \"dma\""));
  const Outcome none = Mtree("testdata/trees/cpiom.tree --space io");
  EXPECT_EQ(none.status, 1);
  EXPECT_EQ(none.err,
            "mtree: --space \"io\": there is no such address space; testdata/trees/cpiom.tree has memory, dma\n");
}

TEST(Mtree, OwnersDisabledRegionsAndTheLookupTable) {
  EXPECT_THAT(Mtree("testdata/trees/cpiom.tree -o -D").out,
              AllOf(HasSubstr("sdram.refresh owner:{dev id=sdram}\n"), HasSubstr("[disabled] orphan\n")));
  EXPECT_THAT(Mtree("testdata/trees/cpiom.tree -f -d").out, HasSubstr("  Dispatch\n    Physical sections\n"));
  EXPECT_THAT(Mtree("testdata/trees/cpiom.tree -f --json").out, StartsWith("{\n  \"views\": ["));
}

TEST(Mtree, Drawings) {
  const Outcome o = Mtree("testdata/trees/pc.tree --svg -");
  EXPECT_THAT(o.out, AllOf(StartsWith("<svg "), EndsWith("</svg>\n")));
  EXPECT_EQ(o.out, ReadAll("testdata/trees/pc.svg"));
  const std::string file = Temp("pc.svg");
  EXPECT_EQ(Mtree("testdata/trees/pc.tree --svg " + file).out, "");
  EXPECT_EQ(ReadAll(file), o.out);
}

TEST(Mtree, MistakesGiveOneLine) {
  std::ofstream(Temp("bad.tree")) << "container c 4K\n  rma x 1\n";
  const std::pair<std::string, std::string> bad[] = {
      {"", "no file was named"},
      {"a b", "\"b\": one file was named already"},
      {"--nothing x", "--nothing: unknown flag; known are --f, --d"},
      {"testdata/trees/pc.tree --at", "--at: wants ADDRESS"},
      {"testdata/trees/pc.tree --at 12x", "--at: \"12x\" is no number"},
      {"no/such/file", "no/such/file"},
      {Temp("bad.tree"), "bad.tree: line 2: \"rma\" where space, container"},
      {"- </dev/null", "-: no region is described"},
      {"testdata/trees/pc.tree --svg /no/such/folder/x.svg", "/no/such/folder/x.svg"},
  };
  for (const auto& [arguments, message] : bad) {
    const Outcome o = Mtree(arguments);
    EXPECT_EQ(o.status, 1) << arguments;
    EXPECT_THAT(o.err, AllOf(StartsWith("mtree: "), HasSubstr(message), EndsWith("\n"))) << arguments;
    EXPECT_EQ(std::count(o.err.begin(), o.err.end(), '\n'), 1) << o.err;
  }
}

TEST(Mtree, HelpNamesEveryOption) {
  const Outcome o = Mtree("--help");
  EXPECT_EQ(o.status, 0);
  for (const char* flag : {"f", "d", "o", "D", "space", "at", "svg", "json", "text"}) {
    EXPECT_THAT(o.out, HasSubstr(std::string("\n  --") + flag + " "));
  }
}

}  // namespace
}  // namespace emu::cli
