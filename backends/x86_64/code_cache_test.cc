// Code memory that is full and is emptied, code that goes and comes back, and blocks that are too much.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "backends/testing/block_runner.h"
#include "backends/x86_64/backend.h"

namespace emu::backends::x86_64 {
namespace {

using testing::BlockRunner;
using translate::CodeEntry;

class CodeCacheTest : public ::testing::Test {
 protected:
  static std::unique_ptr<translate::Backend> Make(size_t code_bytes) {
    Options options;
    options.code_bytes = code_bytes;
    return *MakeBackend(BlockRunner::kRegisters, {}, options);
  }
  std::vector<uint8_t> CodeOf(CodeEntry entry) {
    const auto code = b_.backend->HostCode(entry);
    return std::vector<uint8_t>(code.begin(), code.end());
  }

  BlockRunner b_{Make(16 << 10)};
};

TEST_F(CodeCacheTest, RevivedCodeIsWhatItWas) {
  const CodeEntry entry = b_.CompileCounter("0x1000", "goto 0x1004");
  const std::vector<uint8_t> code = CodeOf(entry);
  b_.backend->Retire(entry);
  b_.backend->Revive(entry);
  EXPECT_EQ(CodeOf(entry), code);
}

TEST_F(CodeCacheTest, AFullCacheIsEmptiedByReset) {
  unsigned compiled = 0;
  absl::StatusOr<CodeEntry> entry;
  const std::string text = BlockRunner::Counter("0x1000", "goto 0x2000");
  while ((entry = b_.Compile(text)).ok()) ++compiled;
  EXPECT_TRUE(absl::IsResourceExhausted(entry.status())) << entry.status();
  EXPECT_GT(compiled, 50u);
  EXPECT_TRUE(absl::IsResourceExhausted(b_.Compile(text).status())) << "again";
  for (int round = 0; round < 3; ++round) {
    b_.backend->Reset();
    b_.exits.clear();
    unsigned again = 0;
    CodeEntry last = nullptr;
    while ((entry = b_.Compile(text)).ok()) ++again, last = *entry;
    EXPECT_EQ(again, compiled);
    b_.state.r = 0;
    EXPECT_EQ(b_.Run(last).id, compiled - 1);
    EXPECT_EQ(b_.state.r, 1u);
  }
}

// Every size of what is left: an overflow is seen wherever in the block it comes.
TEST_F(CodeCacheTest, OverflowsAreSeenAnywhereInABlock) {
  const std::string text =
      "block 0x1000\ncharge 0x1000\ninsn 0x1000\n%a = get.i64 r0\n%v = load.i64 [%a]\n%q = divs.i64 %v, %a\nset r0, "
      "%q\n"
      "label L0\ncharge 0x1004\ninsn 0x1004\n%c = get.i64 r0\n%f = itof.f64 %c\n%g = fma.f64 %f, %f, %f\n"
      "%i = ftoi.i64 %g\nbrif ne %c, %i -> L0\nexitif eq %c, %i -> 0x2000\ngoto 0x3000";
  const std::string padding = BlockRunner::Counter("0x1000", "goto 0x1000");
  for (int first = 0; first < 12; ++first) {
    b_.backend->Reset();
    b_.exits.clear();
    for (int n = 0; n < first; ++n) ASSERT_TRUE(b_.Compile(padding).ok());
    absl::StatusOr<CodeEntry> entry;
    while ((entry = b_.Compile(text)).ok()) continue;
    EXPECT_TRUE(absl::IsResourceExhausted(entry.status())) << entry.status();
  }
}

TEST_F(CodeCacheTest, HostCodeIsOfTheBlock) {
  const CodeEntry a = b_.CompileCounter("0x1000", "goto 0x1004"), b = b_.CompileCounter("0x1004", "goto 0x1000");
  EXPECT_EQ(b_.backend->HostCode(a).data(), a);
  EXPECT_GT(b_.backend->HostCode(a).size(), 10u);
  EXPECT_LE(b_.backend->HostCode(a).data() + b_.backend->HostCode(a).size(), b);
  b_.backend->Retire(a);
  EXPECT_TRUE(b_.backend->HostCode(a).empty());
}

TEST_F(CodeCacheTest, TooManyValuesAtOnceAreRefused) {
  std::string text = "block 0x1000\ncharge 0x1000\ninsn 0x1000\n%a = get.i64 r0\n%b = not.i64 %a\n";
  for (int n = 0; n < 600; ++n) text += absl::StrCat("%v", n, " = mul.i64 %a, %b\n");
  for (int n = 0; n < 600; ++n) text += absl::StrCat("set r0, %v", n, "\n");
  BlockRunner large(Make(1 << 20));
  EXPECT_TRUE(absl::IsInternal(large.Compile(text + "goto 0x1004").status()));
  EXPECT_TRUE(large.Compile(BlockRunner::Counter("0x1000", "goto 0x2000")).ok()) << "the next block is fine";
}

}  // namespace
}  // namespace emu::backends::x86_64
