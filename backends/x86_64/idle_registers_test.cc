#include "backends/x86_64/idle_registers.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "backends/testing/machine.h"
#include "translate/ir/parser.h"

namespace emu::backends::x86_64 {
namespace {

// For each instruction the one that sets r0 anew, if nothing needs r0 until then, or '-'.
std::string Idle(const std::string& body, bool wanted = true) {
  const absl::StatusOr<ir::Block> block =
      ir::Parse(absl::StrCat("block 0x1000\ncharge 0x1000 insns=1\n", body), testing::RegisterNames());
  EXPECT_TRUE(block.ok()) << block.status() << body;
  std::vector<bool> all(testing::kRegisterCount);
  all[0] = wanted;
  IdleRegisters idle;
  idle.Find(*block, all);
  std::string text;
  for (unsigned n = 0; n < block->code.size(); ++n) {
    const unsigned until = idle.Until(0, n);
    absl::StrAppend(&text, until == 0 ? "-" : absl::StrCat(until));
  }
  return text;
}

TEST(IdleRegistersTest, BetweenWhatReadsARegisterAndWhatWritesIt) {
  EXPECT_EQ(Idle("%a = get.i64 r0\n%b = neg.i64 %a\n%c = not.i64 %b\nset r0, %c\ngoto 0x1004"), "--44--");
  EXPECT_EQ(Idle("%a = get.i64 r1\n%b = neg.i64 %a\nset r1, %b\ngoto 0x1004"), "-----");
}

TEST(IdleRegistersTest, NotWhereTheGuestMayLook) {
  for (const char* look :
       {"%x = load.i64 [%a]", "exitif eq %a, %a -> 0x2000", "%x = call.i64 h0()", "fence", "br L0"}) {
    EXPECT_EQ(Idle(absl::StrCat("%a = get.i64 r1\n", look, "\n%b = neg.i64 %a\nset r0, %b\nlabel L0\ngoto 0x1004")),
              "---4---")
        << look;
  }
}

TEST(IdleRegistersTest, AcrossAccessesThatAreSure) {
  EXPECT_EQ(Idle("%a = get.i64 r1\n%x = load.i64 [%a] sure\n%b = neg.i64 %a\nset r0, %b\ngoto 0x1004"), "-444--");
}

TEST(IdleRegistersTest, OneAfterTheOther) {
  EXPECT_EQ(Idle("%a = get.i64 r1\n%b = neg.i64 %a\nset r0, %b\nfence\n%c = not.i64 %a\nset r0, %c\ngoto 0x1004"),
            "-33--6--");
}

TEST(IdleRegistersTest, OnlyThoseThatAreWanted) {
  EXPECT_EQ(Idle("%a = get.i64 r1\n%b = neg.i64 %a\nset r0, %b\ngoto 0x1004", false), "-----");
}

}  // namespace
}  // namespace emu::backends::x86_64
