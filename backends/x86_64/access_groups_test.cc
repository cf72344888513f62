#include "backends/x86_64/access_groups.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "backends/testing/machine.h"
#include "translate/ir/parser.h"

namespace emu::backends::x86_64 {
namespace {

class AccessGroupsTest : public ::testing::Test {
 protected:
  // The groups of the block's loads and stores in their order: 'a' and so on, '-' for none.
  std::string Groups(const std::string& body, int64_t max_span = 256, bool leaves = false) {
    const absl::StatusOr<ir::Block> block =
        ir::Parse(absl::StrCat("block 0x1000\ncharge 0x1000\ninsn 0x1000\n%p = get.i64 r0\n%q = get.i64 r1\n", body,
                               "goto 0x1004"),
                  testing::RegisterNames());
    EXPECT_TRUE(block.ok()) << block.status();
    groups_.Find(*block, max_span, leaves);
    std::string text;
    for (uint32_t n = 0; n < block->code.size(); ++n) {
      const ir::Op op = block->code[n].op;
      if (op != ir::Op::kLoad && op != ir::Op::kStore) continue;
      const AccessGroup* group = groups_.Of(n);
      text += group == nullptr ? '-' : static_cast<char>('a' + group->number);
      if (group == nullptr) continue;
      EXPECT_LE(group->first, n);
      EXPECT_LE(group->begin, static_cast<int32_t>(block->code[n].imm));
      EXPECT_GT(group->end, static_cast<int32_t>(block->code[n].imm));
    }
    EXPECT_EQ(groups_.any(), text.find('a') != std::string::npos);
    return text;
  }
  // 'e' for each load or store that goes by a check where the block begins, otherwise '-'.
  std::string Early(const std::string& body) {
    const absl::StatusOr<ir::Block> block = ir::Parse(
        absl::StrCat("block 0x1000\ncharge 0x1000\ninsn 0x1000\n%p = get.i64 r0\n%q = get.i64 r1\n%n = neg.i64 %p\n",
                     body, "goto 0x1004"),
        testing::RegisterNames());
    EXPECT_TRUE(block.ok()) << block.status();
    groups_.Find(*block, 256, true, true);
    std::string text;
    for (uint32_t n = 0; n < block->code.size(); ++n) {
      const ir::Op op = block->code[n].op;
      if (op != ir::Op::kLoad && op != ir::Op::kStore) continue;
      const AccessGroup* group = groups_.Of(n);
      text += group != nullptr && group->early ? 'e' : '-';
      EXPECT_TRUE(text.back() == '-' || groups_.GoesByAnother(n));
    }
    return text;
  }
  static std::string Loads(int64_t from, int64_t step, int count) {
    std::string body;
    for (int n = 0; n < count; ++n) absl::StrAppend(&body, "%v", n, " = load.i64 [%p + ", from + n * step, "]\n");
    return body;
  }

  AccessGroups groups_;
};

TEST_F(AccessGroupsTest, OneBaseNearby) {
  EXPECT_EQ(Groups(Loads(0, 8, 4)), "aaaa");
  EXPECT_EQ(Groups(Loads(0, 8, 1)), "-");
  EXPECT_EQ(Groups("%a = load.i64 [%p]\n%b = load.i64 [%q]\n%c = load.i32 [%p + 8]\n%d = load.i64 [%q + 16] size=1\n"),
            "abab");
}

TEST_F(AccessGroupsTest, LoadsAndStoresAreOfDifferentTables) {
  EXPECT_EQ(Groups("%a = load.i64 [%p]\nstore [%p], %a\nstore [%p + 8], %a\n"), "-aa");
}

TEST_F(AccessGroupsTest, FarAwayIsAGroupOfItsOwn) {
  EXPECT_EQ(Groups(Loads(0, 8, 2) + "%x = load.i64 [%p + 1024]\n%y = load.i64 [%p + 1032]\n"), "aabb");
  EXPECT_EQ(Groups(Loads(0, 200, 2)), "aa");
  EXPECT_EQ(Groups(Loads(0, 249, 2)), "--");
  EXPECT_EQ(Groups(Loads(0, 249, 2), 2048), "aa");
  EXPECT_EQ(Groups(Loads(0, 8, 2), 0), "--");
}

TEST_F(AccessGroupsTest, SeveralRowsOfATable) {
  EXPECT_EQ(Groups("%a = load.i64 [%p]\n%b = load.i64 [%p + 1024]\n%c = load.i64 [%p - 1024]\n%d = load.i64 [%p + 8]\n"
                   "%e = load.i64 [%p + 1032]\n%f = load.i64 [%p - 1016]\n"),
            "abcabc");
}

TEST_F(AccessGroupsTest, ConstantsShareAsFarAsTheirPageGoes) {
  const std::string base = "%k = const.i64 0x12800\n";
  EXPECT_EQ(Groups(base + "%a = load.i64 [%k - 2048]\n%b = load.i64 [%k + 2040]\n"), "aa");
  EXPECT_EQ(Groups(base + "%a = load.i64 [%k - 2056]\n%b = load.i64 [%k - 2048]\n%c = load.i64 [%k - 4096]\n"), "a-a");
  EXPECT_EQ(Groups(base + "%a = load.i64 [%k]\n%b = load.i64 [%k + 2041]\n%c = load.i64 [%k + 2048]\n"), "---");
}

TEST_F(AccessGroupsTest, AnIndexNeedsAllThatItMayReach) {
  const std::string looks = "%a = load.i64 [%p + %q*8] bound=2040\n%b = load.i64 [%p + %q*8 + 4] bound=2040\n";
  EXPECT_EQ(Groups(looks, 256, true), "aa");
  EXPECT_EQ(Groups(looks, 256, false), "--");
  EXPECT_EQ(Groups(looks + "%c = load.i64 [%p + %q + 2048] bound=2040\n", 256, true), "aaa");
  EXPECT_EQ(Groups(looks + "%c = load.i64 [%p + %q + 2048] bound=2041\n%d = load.i64 [%p + 4096]\n", 256, true),
            "aa--");
}

TEST_F(AccessGroupsTest, WhatMustBeCheckedByItselfIsInNone) {
  EXPECT_EQ(Groups("%a = load.i64 [%p] align\n%b = load.i64 [%p] align\n"), "--");
}

TEST_F(AccessGroupsTest, CallsAndLabelsEndThem) {
  const std::string one = "%a = load.i64 [%p]\n%b = load.i64 [%p + 8]\n";
  const std::string two = "%c = load.i64 [%p]\n%d = load.i64 [%p + 8]\n";
  EXPECT_EQ(Groups(one + two), "aaaa");
  EXPECT_EQ(Groups(one + "probe\n" + two), "aabb");
}

constexpr char kSets[] = "set r2, %n\nset r3, %n\nset r4, %n\nset r5, %n\n";

TEST_F(AccessGroupsTest, ALookIsMadeEarlyForWhatIsCertain) {
  const std::string sets = kSets;
  EXPECT_EQ(Early(sets + "%a = load.i64 [%p]\n"), "e");
  EXPECT_EQ(Early(sets + "%a = load.i64 [%p]\nstore [%q], %n\n%b = load.i64 [%p + 8]\n"), "eee");
  EXPECT_EQ(Early(sets + "%k = const.i64 -64\n%s = add.i64 %p, %k\nset r0, %s\nstore [%s + 8], %n\n"), "e");
  EXPECT_EQ(Early("%a = load.i64 [%p]\n" + sets + "%b = load.i64 [%q]\n"), "ee") << "in the order of the guest";
  EXPECT_EQ(Early("%a = load.i64 [%p] sure\n"), "e") << "sets that were before it are gone";
}

TEST_F(AccessGroupsTest, NoLookIsMadeEarlyForAnythingElse) {
  const std::string sets = kSets;
  EXPECT_EQ(Early("%a = load.i64 [%p]\nset r2, %n\n%b = load.i64 [%q]\n"), "--") << "little is written before";
  EXPECT_EQ(Early(sets + "%a = load.i64 [%n]\n%b = load.i64 [%p]\n"), "--") << "one that is not known comes first";
  for (const char* between : {"exitif eq %p, %q -> 0x2000\n", "%x = call.i64 h0()\n", "%x = rmw.i64 add [%p], %q\n"}) {
    EXPECT_EQ(Early(absl::StrCat(sets, between, "%a = load.i64 [%p]\n")), "-") << between;
  }
  EXPECT_EQ(Early("set r0, %n\n" + sets + "%r = get.i64 r0\n%a = load.i64 [%r]\n"), "-") << "written since";
  for (const char* far :
       {"%k = const.i64 0x20000001\n%s = add.i64 %p, %k\n%a = load.i64 [%s]\n", "%a = load.i64 [%p - 536870912]\n"}) {
    EXPECT_EQ(Early(sets + far), "-") << far;
  }
  std::string many = sets;
  for (int n = 0; n < 5; ++n) absl::StrAppend(&many, "%l", n, " = load.i64 [%p + ", 1024 * n, "]\n");
  EXPECT_EQ(Early(many), "eeee-");
}

TEST_F(AccessGroupsTest, ThereAreOnlySoMany) {
  std::string body;
  for (int n = 0; n < 10; ++n)
    absl::StrAppend(&body, "%l", n, " = load.i64 [%p + ", 1024 * n, "]\n%m", n, " = load.i64 [%p + ", 1024 * n + 8,
                    "]\n");
  EXPECT_EQ(Groups(body), "aabbccddeeffgghh----");
}

}  // namespace
}  // namespace emu::backends::x86_64
