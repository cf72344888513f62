#include "backends/x86_64/tables.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "translate/ir/parser.h"
#include "translate/ir/printer.h"
#include "translate/ir/verifier.h"

namespace emu::backends::x86_64 {
namespace {

// The accesses of a block; %p is r0, %n r1, %b what it has below 256, and %k 3.
std::string Indexed(const std::string& body) {
  const std::string text = absl::StrCat(
      "block 0x1000\ncharge 0x1000\ninsn 0x1000\n%p = get.i64 r0\n%n = get.i64 r1\n%b = zext8.i64 %n\n%k = const.i64 "
      "3\n",
      body, "goto 0x1004\n");
  absl::StatusOr<ir::Block> block = ir::Parse(text);
  EXPECT_TRUE(block.ok()) << block.status();
  IndexTables(&*block);
  EXPECT_TRUE(ir::Verify(*block).ok()) << ir::Verify(*block) << ir::Print(*block);
  EXPECT_EQ(ir::Print(*ir::Parse(ir::Print(*block))), ir::Print(*block));
  std::string out;
  for (size_t n = 0; n < block->code.size(); ++n) {
    const ir::Op op = block->code[n].op;
    if (op == ir::Op::kLoad || op == ir::Op::kStore) absl::StrAppend(&out, ir::PrintInstr(*block, n), "\n");
  }
  return out;
}

TEST(TablesTest, LoadsAndStores) {
  EXPECT_EQ(Indexed("%a = add.i64 %p, %b\n%v = load.i64 [%a] size=1\n"), "%7 = load.i64 [%2 + %4] size=1 bound=255\n");
  EXPECT_EQ(Indexed("%a = add.i64 %b, %p\nstore [%a - 8], %n size=4\n"), "store [%2 + %4 - 8], %3 size=4 bound=255\n");
}

TEST(TablesTest, ShiftsAreTheScale) {
  EXPECT_EQ(Indexed("%s = shl.i64 %b, %k\n%a = add.i64 %s, %p\n%v = load.i32 [%a + 16] size=4\n"),
            "%8 = load.i32 [%2 + %4*8 + 16] size=4 bound=2040\n");
  EXPECT_EQ(Indexed("%f = const.i64 4\n%s = shl.i64 %b, %f\n%a = add.i64 %p, %s\n%v = load.i64 [%a] size=8\n"),
            "%9 = load.i64 [%2 + %7] size=8 bound=4080\n");
}

TEST(TablesTest, WhatIsAddedToTheBaseIsDisplacement) {
  EXPECT_EQ(Indexed("%q = add.i64 %p, %k\n%a = add.i64 %q, %b\n%v = load.i64 [%a + 5] size=1\n"),
            "%8 = load.i64 [%2 + %4 + 8] size=1 bound=255\n");
}

TEST(TablesTest, WhatIsAddedToTheIndexIsARow) {
  const std::string row = "%r = const.i64 256\n%i = add.i64 %b, %r\n";
  EXPECT_EQ(Indexed(row + "%a = add.i64 %p, %i\n%v = load.i64 [%a] size=1\n"),
            "%9 = load.i64 [%2 + %4 + 256] size=1 bound=255\n");
  EXPECT_EQ(Indexed(row + "%s = shl.i64 %i, %k\n%a = add.i64 %p, %s\n%v = load.i64 [%a - 8] size=1\n"),
            "%10 = load.i64 [%2 + %4*8 + 2040] size=1 bound=2040\n");
}

TEST(TablesTest, LooksTwelveStepsBackForABound) {
  const auto steps = [](int count) {
    std::string body = "%x0 = not.i64 %b\n";
    for (int n = 1; n < count; ++n) absl::StrAppend(&body, "%x", n, " = not.i64 %x", n - 1, "\n");
    return Indexed(absl::StrCat(body, "%a = add.i64 %p, %x", count - 1, "\n%v = load.i64 [%a] size=1\n"));
  };
  EXPECT_NE(steps(10).find("bound=255"), std::string::npos);
  EXPECT_EQ(steps(14).find("bound"), std::string::npos);
}

TEST(TablesTest, NotWhereTheIndexMayBeLarge) {
  for (const char* body :
       {"%a = add.i64 %p, %n\n%v = load.i64 [%a] size=8\n",
        "%f = const.i64 5\n%s = shl.i64 %b, %f\n%a = add.i64 %p, %s\n%v = load.i64 [%a] size=8\n",
        "%a = add.i64 %p, %k\n%v = load.i64 [%a] size=8\n", "%a = add.i64 %p, %b\n%v = load.i64 [%a] size=8 align\n",
        "%a = sub.i64 %p, %b\n%v = load.i64 [%a] size=8\n", "%v = load.i64 [%p] size=8\n"}) {
    EXPECT_EQ(Indexed(body).find("bound"), std::string::npos) << body;
  }
}

}  // namespace
}  // namespace emu::backends::x86_64
