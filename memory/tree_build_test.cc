#include "memory/tree_build.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "memory/mtree.h"
#include "memory/tree_text.h"

namespace emu::memory {
namespace {

using ::testing::HasSubstr;

absl::StatusOr<BuiltTree> Build(absl::string_view text) {
  const absl::StatusOr<TreeSpec> spec = ParseTreeText(text);
  if (!spec.ok()) return spec.status();
  return BuildTree(*spec);
}

TEST(TreeBuild, RegionsAndSpacesAreAsDescribed) {
  const absl::StatusOr<BuiltTree> tree = Build(R"(
space memory of system big
container system 16E
  alias early 0x2000+0x1000 of ram at 0x800 readonly
  romd flash 0x4000+4K device-reads owner "dev id=flash"
  io off 0x5000+8 disabled prio -3
  ram nothing 0x6000+0
ram ram 0x10000+4K nonvolatile
)");
  ASSERT_TRUE(tree.ok()) << tree.status();
  ASSERT_EQ(tree->spaces.size(), 1u);
  EXPECT_EQ(tree->spaces[0]->native(), Endian::kBig);
  EXPECT_EQ(FormatTrees(tree->space_pointers(), {.owners = true, .disabled = true}),
            R"(address-space: memory
  0000000000000000-ffffffffffffffff (prio 0, container): system orphan
    0000000000002000-0000000000002fff (prio 0, ram): alias early @ram 0000000000000800-00000000000017ff orphan
    0000000000004000-0000000000004fff (prio 0, i/o): flash owner:{dev id=flash}
    0000000000005000-0000000000005007 (prio -3, i/o): off [disabled] orphan
    0000000000006000-0000000000006000 (prio 0, ram): nothing orphan

memory-region: ram
  0000000000010000-0000000000010fff (prio 0, nv-ram): ram orphan

)");
}

TEST(TreeBuild, WhatIsBuiltCanBeAccessed) {
  const absl::StatusOr<BuiltTree> tree =
      Build("container c 16E\n  ram r 0x1000+4K\n  io d 0x3000+8\n  rom q 0x4000+8\n");
  ASSERT_TRUE(tree.ok()) << tree.status();
  AddressSpace& space = *tree->spaces[0];
  EXPECT_EQ(space.name(), "memory");
  EXPECT_EQ(space.Store(Gpa(0x1ff8), 8, 42), MemStatus::kOk);
  EXPECT_EQ(space.Load(Gpa(0x1ff8), 8).value, 42u);
  EXPECT_EQ(space.Load(Gpa(0x3000), 8).status, MemStatus::kOk);
  EXPECT_EQ(space.Load(Gpa(0x2000), 8).status, MemStatus::kDecodeError);
}

TEST(TreeBuild, MistakesAreNamed) {
  const std::pair<const char*, const char*> bad[] = {
      {"", "no region is described"},
      {"space a of b\n", "no region is described"},
      {"alias a 1 of b", "line 1: region \"a\": of there is no region \"b\""},
      {"ram b 1\nram b 1\nalias a 1 of b", "line 3: region \"a\": of \"b\" is the name of 2 regions (lines 1 and 2)"},
      {"ram b 1 as x\nalias a 1 of b", "there is no region \"b\""},
      {"ram b 1\nspace m of c", "line 2: address space \"m\": of there is no region \"c\""},
      {"alias a 1 of a", "line 1: region \"a\": it contains itself"},
      {"alias a 1 of b\nalias b 1 of a", "it contains itself"},
      {"container c 8\n  alias a 1 of c", "region \"c\": it contains itself"},
      {"ram b 16E", "line 1: region \"b\": RAM block 'b': size"},
      {"ram \"a\x01\" 1", "control characters in its name"},
      {"alias a 1 of b\n  io x 1\nram b 1", "line 2: region \"x\": cannot map region 'x' into 'a': an alias has no"},
  };
  for (const auto& [text, message] : bad) {
    const absl::StatusOr<BuiltTree> tree = Build(text);
    ASSERT_FALSE(tree.ok()) << text;
    EXPECT_THAT(tree.status().message(), HasSubstr(message)) << text;
  }
}

// Each container shows the one before it twice: 2^40 regions to look at.
TEST(TreeBuild, AliasesThatRepeatOneAnotherHaveALimit) {
  std::string text = "container c40 16E\n";
  for (int i = 39; i >= 0; --i) {
    absl::StrAppend(&text, "  alias a 16E of c", i, "\n  alias b 16E of c", i, "\ncontainer c", i, " 16E\n");
  }
  EXPECT_THAT(Build(text).status().message(), HasSubstr("aliases make more than 1000000 regions"));
}

TEST(TreeBuild, ChainsOfAliasesHaveALimit) {
  std::string text = "alias a0 1 of a1\n";
  for (int i = 1; i < 20000; ++i) absl::StrAppend(&text, "alias a", i, " 1 of a", i + 1, "\n");
  EXPECT_THAT(Build(text + "ram a20000 1\n").status().message(), HasSubstr("more than 300 levels"));
  // Backwards, so that no single step of the check goes deep.
  text = "ram a0 1\n";
  for (int i = 1; i < 20000; ++i) absl::StrAppend(&text, "alias a", i, " 1 of a", i - 1, "\n");
  EXPECT_THAT(Build(text).status().message(), HasSubstr("more than 300 levels"));
}

TEST(TreeDescribe, LabelsWhereNamesRepeat) {
  const char text[] = R"(space one of bus.2
space two of bus.3

container bus 0x0-0xff
  alias other 0x0-0xff of bus.3
container bus 0x0-0xff as bus.2
  container bus.1 0x0-0xf
container bus 0x0-0xff as bus.3
)";
  const absl::StatusOr<BuiltTree> tree = Build(text);
  ASSERT_TRUE(tree.ok()) << tree.status();
  // What no address space reaches is not described, and labels are made anew: bus.1 is taken.
  EXPECT_EQ(FormatTreeText(DescribeTree(tree->space_pointers())), R"(space one of bus.2
space two of bus.3

container bus 0x0-0xff as bus.2
  container bus.1 0x0-0xf
container bus 0x0-0xff as bus.3
)");
}

}  // namespace
}  // namespace emu::memory
