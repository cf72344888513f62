#include "backends/x86_64/fma_chains.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "backends/testing/machine.h"
#include "translate/ir/parser.h"

namespace emu::backends::x86_64 {
namespace {

// For each fused multiply-add 'i' if it is inside of a sum, or how many are inside of its own.
std::string Chains(const std::string& body) {
  const absl::StatusOr<ir::Block> block =
      ir::Parse(absl::StrCat("block 0x1000\ncharge 0x1000\ninsn 0x1000\n%p = get.i64 r0\n%s0 = get.f64 f0\n", body,
                             "goto 0x1004"),
                testing::RegisterNames());
  EXPECT_TRUE(block.ok()) << block.status() << body;
  AccessGroups groups;
  groups.Find(*block, 256, true);
  FmaChains chains;
  chains.Find(*block, groups);
  std::string text;
  for (uint32_t n = 0; n < block->code.size(); ++n) {
    if (block->code[n].op != ir::Op::kFMulAdd) continue;
    int before = 0;
    for (uint32_t m = chains.Before(n); m != 0; m = chains.Before(m)) ++before;
    absl::StrAppend(&text, chains.IsInside(n) ? "i" : absl::StrCat(before));
  }
  return text;
}

// The sum %s# of the rounds up to this one; `between` comes before it.
std::string Round(int number, const std::string& between = "") {
  return absl::StrReplaceAll(
      between + "%a# = load.f64 [%p] sure\n%b# = load.f64 [%p + 8] sure\n%s# = fma.f64 %a#, %b#, %s-\n",
      {{"#", absl::StrCat(number)}, {"s-", absl::StrCat("s", number - 1)}});
}

TEST(FmaChainsTest, TheEndIsLookedAt) {
  EXPECT_EQ(Chains(Round(1)), "0");
  EXPECT_EQ(Chains(Round(1) + Round(2) + Round(3)), "ii2");
  EXPECT_EQ(Chains(Round(1) + Round(2, "set r1, %p\n")), "i1");
}

TEST(FmaChainsTest, WhatMayLookAtTheFlagsEndsASum) {
  for (const char* look : {"%x = load.f64 [%p + 16]\n", "exitif eq %p, %p -> 0x2000\n", "%x = getflags.i64\n",
                           "store [%p + 32], %s0\n", "store [%p + 32], %p sure\n"}) {
    EXPECT_EQ(Chains(Round(1) + Round(2, look)), "00") << look;
  }
}

TEST(FmaChainsTest, ASumThatIsWantedIsLookedAt) {
  EXPECT_EQ(Chains(Round(1) + Round(2, "set f1, %s1\n")), "00");
  EXPECT_EQ(Chains(Round(1) + Round(2, "%x = fadd.f64 %s1, %s1\n")), "00");
}

TEST(FmaChainsTest, ProductsAreOfLoads) {
  constexpr char kOther[] = "%f = get.f64 f1\n%s# = fma.f64 %f, %f, %s-\n";
  EXPECT_EQ(Chains(absl::StrReplaceAll(kOther, {{"#", "1"}, {"s-", "s0"}}) + Round(2)), "00");
  EXPECT_EQ(Chains(Round(1) + absl::StrReplaceAll(kOther, {{"#", "2"}, {"s-", "s1"}})), "00");
}

TEST(FmaChainsTest, OnlyWhereTheHostRounds) {
  const std::string other = absl::StrReplaceAll(Round(2), {{"%s1\n", "%s1 rm=rtz\n"}});
  EXPECT_EQ(Chains(Round(1) + other + Round(3)), "000");
}

TEST(FmaChainsTest, TheFirstLoadsMayLeave) {
  const std::string loads = "%a = load.f64 [%p]\n%b = load.f64 [%p + 8]\n", sum = "%s1 = fma.f64 %a, %b, %s0\n";
  EXPECT_EQ(Chains(loads + sum + Round(2)), "i1");
  EXPECT_EQ(Chains(loads + "store [%p], %s0\n" + sum + Round(2)), "00");
}

}  // namespace
}  // namespace emu::backends::x86_64
