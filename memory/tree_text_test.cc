#include "memory/tree_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "absl/strings/str_cat.h"

namespace emu::memory {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TreeSpec Parsed(absl::string_view text) {
  absl::StatusOr<TreeSpec> spec = ParseTreeText(text);
  EXPECT_TRUE(spec.ok()) << spec.status();
  return spec.ok() ? *spec : TreeSpec();
}

constexpr char kAll[] = R"(# Everything that the form has.
space memory of system
space "big one" of "a b" big

container system 16E          # all of it
    ram ram 0x80000000+128M nonvolatile owner "machine \"q\" \\"
    io uart 0x10000000-0x100000ff prio -1
      io fifo 16 as uart-fifo
    romd flash 0x20000000+32M device-reads disabled
    alias again 0x400000000+4K of ram at 0x1000 prio 2 readonly

    iommu "#4" 0000000040000000-000000004000ffff
terminated "a b" 1M
)";

TEST(TreeText, ReadsEverything) {
  const TreeSpec spec = Parsed(kAll);
  ASSERT_EQ(spec.regions.size(), 8u);
  ASSERT_EQ(spec.spaces.size(), 2u);
  EXPECT_EQ(spec.spaces[1], (SpaceSpec{"big one", "a b", true, 3}));
  const RegionSpec &system = spec.regions[0], &ram = spec.regions[1], &uart = spec.regions[2], &fifo = spec.regions[3],
                   &flash = spec.regions[4], &again = spec.regions[5], &iommu = spec.regions[6],
                   &last = spec.regions[7];
  EXPECT_EQ(system.size, Size::Whole());
  EXPECT_EQ(system.parent, -1);
  EXPECT_EQ(ram.parent, 0);
  EXPECT_EQ(ram.at, 0x80000000u);
  EXPECT_EQ(ram.size, Size(128 << 20));
  EXPECT_TRUE(ram.nonvolatile);
  EXPECT_EQ(ram.owner, "machine \"q\" \\");
  EXPECT_EQ(ram.line, 6);
  EXPECT_EQ(uart.size, Size(0x100));
  EXPECT_EQ(uart.priority, -1);
  EXPECT_EQ(fifo.parent, 2);
  EXPECT_EQ(fifo.size, Size(16));
  EXPECT_EQ(fifo.reference(), "uart-fifo");
  EXPECT_FALSE(flash.direct_reads);
  EXPECT_FALSE(flash.enabled);
  EXPECT_EQ(flash.parent, 0);
  EXPECT_EQ(again.target, "ram");
  EXPECT_EQ(again.target_offset, 0x1000u);
  EXPECT_TRUE(again.readonly);
  EXPECT_EQ(iommu.name, "#4");
  EXPECT_EQ(iommu.at, 0x40000000u);
  EXPECT_EQ(last.kind, RegionKind::kTerminated);
  EXPECT_EQ(last.parent, -1);
}

TreeSpec WithoutLines(TreeSpec spec) {
  for (RegionSpec& region : spec.regions) region.line = 0;
  for (SpaceSpec& space : spec.spaces) space.line = 0;
  return spec;
}

TEST(TreeText, WhatIsWrittenReadsBack) {
  const TreeSpec spec = Parsed(kAll);
  const std::string text = FormatTreeText(spec);
  EXPECT_EQ(WithoutLines(Parsed(text)), WithoutLines(spec)) << text;
  EXPECT_THAT(text, HasSubstr("  romd flash 0x20000000-0x21ffffff disabled device-reads\n"));
}

TEST(TreeText, RangesThatNoLastAddressDescribes) {
  for (const char* line : {"io empty 0x10+0\n", "io far 0xfffffffffffffff0+32\n", "io whole 0x1+16E\n", "io all 16E\n",
                           "io last 0xffffffffffffffff-0xffffffffffffffff\n"}) {
    const TreeSpec spec = Parsed(line);
    EXPECT_EQ(WithoutLines(Parsed(FormatTreeText(spec))), WithoutLines(spec)) << line;
  }
}

TEST(TreeText, MistakesAreNamedWithTheirLine) {
  const std::pair<const char*, const char*> bad[] = {
      {"ram", "line 1: the line ends where the region's name was expected"},
      {"ram a", "line 1: the line ends where FIRST-LAST"},
      {"ram a 0x10-0xf", "\"0x10-0xf\" ends before it begins"},
      {"ram a 1X", "\"1X\" is no number"},
      {"ram a 1-", "\"\" is no number"},
      {"ram a 17E", "\"17E\" is no number"},
      {"rma a 1", "line 1: \"rma\" where space, container, terminated, ram"},
      {"\n\nram a 1 prio x", "line 3: priority \"x\"; expected a whole number"},
      {"ram a 1 prio", "the line ends where a priority"},
      {"ram a 1 prio 99999999999", "priority \"99999999999\""},
      {"ram a 1 of b", "\"of\" where prio N"},
      {"ram a 1 device-reads", "\"device-reads\" where prio N"},
      {"ram a 1 \"disabled\"", "\"disabled\" where prio N"},
      {"alias a 1", "alias \"a\" does not say of what"},
      {"alias a 1 of", "the line ends where the name of a region"},
      {"alias a 1 of b at", "the line ends where an offset"},
      {"ram \"a 1", "never closed"},
      {"  ram a 1", "indented by 2"},
      {"ram a 1\n    ram b 1\n  ram c 1", "line 3: indented by 2"},
      {"ram a 1\n\tram b 1", "line 2: indented by a tab"},
      {"space a system", "\"system\" where of was expected"},
      {"space a of", "the line ends where the name of a region"},
      {"space a of b little", "\"little\" where big or the end"},
  };
  for (const auto& [text, message] : bad) {
    const absl::StatusOr<TreeSpec> spec = ParseTreeText(text);
    ASSERT_FALSE(spec.ok()) << text;
    EXPECT_THAT(std::string(spec.status().message()), AllOf(StartsWith("line "), HasSubstr(message))) << text;
  }
}

TEST(TreeText, DepthHasALimit) {
  std::string text;
  for (int i = 0; i < 200; ++i) absl::StrAppend(&text, std::string(i, ' '), "container c 1\n");
  EXPECT_THAT(ParseTreeText(text).status().message(), HasSubstr("line 101: more than 100 levels"));
}

// Whatever a file holds: it is read, or an error says where it cannot be.
TEST(TreeText, MutatedFilesGiveAnErrorOrATree) {
  std::mt19937_64 random(1);
  const std::string words[] = {"ram ", "alias ", "of ", "at ", "\n", "  ",  "\"",
                               "\\",   "#",      "0x",  "-",   "+",  "16E", "prio "};
  int failed = 0;
  for (int i = 0; i < 5000; ++i) {
    std::string text = kAll;
    for (uint64_t n = random() % 6; n > 0; --n) {
      const size_t at = random() % text.size();
      if (random() % 3 == 0) text.erase(at, random() % 8);
      if (random() % 3 == 0) text.insert(at, words[random() % std::size(words)]);
      if (random() % 3 == 0) text[at % text.size()] = static_cast<char>(random());
    }
    const absl::StatusOr<TreeSpec> spec = ParseTreeText(text);
    if (!spec.ok()) {
      ++failed;
      ASSERT_THAT(std::string(spec.status().message()), StartsWith("line "));
    } else if (text.find_first_of("\v\f\r") == std::string::npos) {
      ASSERT_EQ(WithoutLines(Parsed(FormatTreeText(*spec))), WithoutLines(*spec)) << text;
    }
  }
  EXPECT_GT(failed, 500);
  EXPECT_LT(failed, 4900);
}

}  // namespace
}  // namespace emu::memory
