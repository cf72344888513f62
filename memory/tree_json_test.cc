#include "memory/tree_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "memory/tree_build.h"
#include "memory/tree_text.h"

namespace emu::memory {
namespace {

using ::testing::HasSubstr;

constexpr char kTree[] = R"({
  "spaces": [{"name": "memory", "root": "sys", "big_endian": true}],
  "regions": [
    {"kind": "container", "name": "system", "label": "sys", "size": "16E", "children": [
      {"kind": "ram", "name": "ram", "at": "0x80000000", "size": 134217728, "nonvolatile": true},
      {"kind": "io", "name": "uart", "at": 268435456, "size": "0x100", "priority": -1, "children": []},
      {"kind": "romd", "name": "flash", "at": "512M", "size": "32M", "direct_reads": false, "enabled": false},
      {"kind": "alias", "name": "again", "at": "0x400000000", "size": "4K", "target": "ram", "target_offset": "4K",
       "readonly": true, "owner": "dev id=\"a\""}
    ]}
  ]
})";

TEST(TreeJson, SaysTheSameAsTheText) {
  const absl::StatusOr<TreeSpec> spec = ParseTreeJson(kTree);
  ASSERT_TRUE(spec.ok()) << spec.status();
  EXPECT_EQ(FormatTreeText(*spec), R"(space memory of sys big

container system 16E as sys
  ram ram 0x80000000-0x87ffffff nonvolatile
  io uart 0x10000000-0x100000ff prio -1
  romd flash 0x20000000-0x21ffffff disabled device-reads
  alias again 0x400000000-0x400000fff of ram at 0x1000 readonly owner "dev id=\"a\""
)");
  EXPECT_EQ(*ParseTreeJson(FormatTreeJson(*spec)), *spec);
}

TEST(TreeJson, MistakesAreNamed) {
  const std::pair<const char*, const char*> bad[] = {
      {"{", "no JSON: "},
      {"[]", "expected an object with \"regions\""},
      {R"({"regions": 1})", "\"regions\": expected a list"},
      {R"({"region": []})", "\"region\": there is no such member"},
      {R"({"regions": [1]})", "expected objects"},
      {R"({"regions": [{}]})", "region without a name: \"kind\": it is missing"},
      {R"({"regions": [{"name": "a", "kind": "rma", "size": 1}]})",
       "region \"a\": \"kind\": expected one of container"},
      {R"({"regions": [{"name": "a", "kind": "ram", "size": -1}]})", "region \"a\": \"size\": expected a number"},
      {R"({"regions": [{"name": "a", "kind": "ram", "size": "1X"}]})", "\"size\": \"1X\" is no number"},
      {R"({"regions": [{"name": "a", "kind": "ram", "size": 1, "target": "b"}]})", "\"target\": there is no such"},
      {R"({"regions": [{"name": "a", "kind": "alias", "size": 1}]})", "\"target\": it is missing"},
      {R"({"regions": [{"name": "a", "kind": "ram", "size": 1, "priority": 4294967296}]})", "\"priority\": expected"},
      {R"({"regions": [{"name": 1, "kind": "ram", "size": 1}]})", "\"name\": expected a string"},
      {R"({"regions": [], "spaces": [{"name": "m"}]})", "address space \"m\": \"root\": it is missing"},
  };
  for (const auto& [text, message] : bad) {
    const absl::StatusOr<TreeSpec> spec = ParseTreeJson(text);
    ASSERT_FALSE(spec.ok()) << text;
    EXPECT_THAT(spec.status().message(), HasSubstr(message)) << text;
  }
}

TEST(TreeJson, DepthHasALimit) {
  EXPECT_THAT(ParseTreeJson(std::string(1000000, '[')).status().message(), HasSubstr("more than 400 brackets"));
  std::string text = R"({"regions": [)";
  for (int i = 0; i < 150; ++i) text += R"({"kind": "container", "name": "[[[", "size": 1, "children": [)";
  for (int i = 0; i < 150; ++i) text += "]}";
  EXPECT_THAT(ParseTreeJson(text + "]}").status().message(), HasSubstr("more than 100 levels"));
}

TEST(TreeJson, MutatedFilesGiveAnErrorOrATree) {
  std::mt19937_64 random(1);
  int failed = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string text = kTree;
    for (uint64_t n = random() % 4; n > 0; --n) {
      const size_t at = random() % text.size();
      if (random() % 2 == 0) text.erase(at, random() % 6);
      if (random() % 2 == 0) text[at % text.size()] = static_cast<char>(random());
    }
    const absl::StatusOr<TreeSpec> spec = ParseTreeJson(text);
    failed += spec.ok() ? 0 : 1;
    ASSERT_TRUE(!spec.ok() || ParseTreeJson(FormatTreeJson(*spec)).ok()) << text;
    ASSERT_TRUE(spec.ok() || !spec.status().message().empty());
  }
  EXPECT_GT(failed, 500);
  EXPECT_LT(failed, 2900);
}

TEST(TreeJson, ViewsAndExplanations) {
  const absl::StatusOr<TreeSpec> spec = ParseTreeText(
      "space a of c\nspace b of c\nspace e of nothing\ncontainer c 64K\n  ram r 0x1000+4K readonly owner x\n"
      "  io d 0x1000+4K prio -1\ncontainer nothing 1K\n");
  const absl::StatusOr<BuiltTree> tree = BuildTree(*spec);
  ASSERT_TRUE(tree.ok()) << tree.status();
  EXPECT_EQ(FormatFlatViewsJson(tree->space_pointers()), R"({
  "views": [
    {
      "spaces": [
        "a",
        "b"
      ],
      "root": "c",
      "ranges": [
        {
          "first": "0x1000",
          "last": "0x1fff",
          "region": "r",
          "kind": "ram",
          "offset": "0x0",
          "priority": 0,
          "readonly": true,
          "owner": "x"
        }
      ]
    },
    {
      "spaces": [
        "e"
      ],
      "root": null,
      "ranges": []
    }
  ]
}
)");
  EXPECT_EQ(FormatExplanationJson(Explain(*tree->spaces[0], Gpa(0x1010))), R"({
  "space": "a",
  "address": "0x1010",
  "answered": true,
  "path": [
    {
      "region": "c",
      "kind": "container",
      "priority": 0,
      "offset": "0x1010"
    },
    {
      "region": "r",
      "kind": "ram",
      "priority": 0,
      "offset": "0x10"
    }
  ],
  "range": {
    "first": "0x1000",
    "last": "0x1fff",
    "region": "r"
  },
  "readonly": true,
  "owner": "x",
  "block": "r",
  "block_offset": "0x10",
  "losses": [
    {
      "reason": "priority",
      "why": "\"d\" has prio -1, \"r\" has prio 0",
      "path": [
        {
          "region": "c",
          "kind": "container",
          "priority": 0,
          "offset": "0x1010"
        },
        {
          "region": "d",
          "kind": "io",
          "priority": -1,
          "offset": "0x10"
        }
      ]
    }
  ]
}
)");
}

}  // namespace
}  // namespace emu::memory
