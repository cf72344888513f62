#include "backends/x86_64/folded_loads.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "backends/testing/machine.h"
#include "translate/ir/parser.h"

namespace emu::backends::x86_64 {
namespace {

// The operations that make the block's loads, in the order of these; '-' for none. Before `body` there are %p, %f and
// the load %v, which `sure` says something of.
std::string Made(const std::string& body, const std::string& sure = " sure") {
  const absl::StatusOr<ir::Block> block =
      ir::Parse(absl::StrCat("block 0x1000\ncharge 0x1000\ninsn 0x1000\n%p = get.i64 r0\n%f = get.f64 f0\n",
                             "%v = load.f64 [%p + 8]", sure, "\n", body, "goto 0x1004"),
                testing::RegisterNames());
  EXPECT_TRUE(block.ok()) << block.status() << body;
  FoldedLoads folded;
  folded.Find(*block);
  std::string text;
  for (uint32_t n = 0; n < block->code.size(); ++n) {
    if (block->code[n].op != ir::Op::kLoad) continue;
    const uint32_t by = folded.By(n);
    absl::StrAppend(&text, text.empty() ? "" : " ", by == 0 ? "-" : ir::Info(block->code[by].op).name);
  }
  return text;
}

TEST(FoldedLoadsTest, OperandsThatMayBeMemory) {
  EXPECT_EQ(Made("%r = fadd.f64 %f, %v\n"), "fadd");
  EXPECT_EQ(Made("%r = fmul.f64 %v, %f\n"), "fmul");
  EXPECT_EQ(Made("%r = fsub.f64 %f, %v\n"), "fsub");
  EXPECT_EQ(Made("%r = fma.f64 %v, %f, %f\n"), "fma");
  EXPECT_EQ(Made("%r = fsub.f64 %v, %f\n"), "-");
  EXPECT_EQ(Made("%r = fma.f64 %f, %f, %v\n"), "-");
  EXPECT_EQ(Made("%r = fadd.f64 %f, %v rm=rtz\n"), "-");
}

TEST(FoldedLoadsTest, OneOfTwo) { EXPECT_EQ(Made("%w = load.f64 [%p] sure\n%r = fmul.f64 %v, %w\n"), "- fmul"); }

TEST(FoldedLoadsTest, OnlyWhatNothingElseWants) {
  EXPECT_EQ(Made("%r = fadd.f64 %f, %v\nset f1, %v\n"), "-");
  EXPECT_EQ(Made("%r = fmul.f64 %v, %v\n"), "-");
}

TEST(FoldedLoadsTest, OnlyWhatIsSureAndStaysThere) {
  EXPECT_EQ(Made("%r = fadd.f64 %f, %v\n", ""), "-");
  EXPECT_EQ(Made("%r = fadd.f64 %f, %v\n", " sure big"), "-");
  EXPECT_EQ(Made("store [%p], %f\n%r = fadd.f64 %f, %v\n"), "-");
  EXPECT_EQ(Made("%w = load.i64 [%p]\n%r = fadd.f64 %f, %v\n"), "fadd -");
}

}  // namespace
}  // namespace emu::backends::x86_64
