// What common guest code becomes: the shape that speed depends on, disassembled by LLVM.
#include <gtest/gtest.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "backends/testing/machine.h"
#include "backends/x86_64/backend.h"
#include "backends/x86_64/encoding/mc_encoder.h"
#include "translate/ir/parser.h"
#include "translate/ir/passes.h"

namespace emu::backends::x86_64 {
namespace {

class Sink : public translate::CompileSink {
 public:
  uint32_t AddExit(uint64_t) override { return exits++; }
  uint32_t AddSite(uint64_t, uint32_t) override { return 1; }
  bool may_leave() const override { return leaves; }
  uint32_t exits = 0;
  bool leaves = false;
};

class HostCodeTest : public ::testing::Test {
 protected:
  static std::unique_ptr<translate::Backend> Make(const translate::JitOptions& jit = {}) {
    Options options;
    options.jit = jit;
    options.code_bytes = 1 << 20;
    options.features.bmi1 = options.features.bmi2 = false;
    return *MakeBackend(testing::Registers(), testing::Helpers(), options);
  }
  // A prefix by itself passes for an instruction, so the longest bytes count that are one.
  std::vector<std::string> Disassemble(absl::Span<const uint8_t> code) {
    std::vector<std::string> lines;
    while (!code.empty()) {
      size_t length = std::min<size_t>(code.size(), 15);
      std::string line;
      while (length > 0 && (line = mc_.Disassemble({code.begin(), code.begin() + length})).empty()) --length;
      if (length == 0) break;
      lines.push_back(absl::StrReplaceAll(line, {{"\t", " "}}));
      code.remove_prefix(length);
    }
    return lines;
  }
  // The hot code of one guest instruction, without the charge before it and the exit behind it.
  std::vector<std::string> HotCode(const std::string& body) {
    absl::StatusOr<ir::Block> block = ir::Parse(
        absl::StrCat("block 0x1000\ncharge 0x1000\ninsn 0x1000\n", body, "\ngoto 0x1004"), testing::RegisterNames());
    EXPECT_TRUE(block.ok()) << block.status();
    ir::Optimize(&*block);
    const translate::CodeEntry entry = *backend_->Compile(*block, sink_);
    std::vector<std::string> lines = Disassemble(backend_->HostCode(entry)), hot;
    EXPECT_GT(lines.size(), 4u);
    for (size_t n = 2; n < lines.size() && lines[n].find("jmp") == std::string::npos; ++n) hot.push_back(lines[n]);
    return hot;
  }

  McEncoder mc_;
  std::unique_ptr<translate::Backend> backend_ = Make();
  Sink sink_;
};

using Lines = std::vector<std::string>;

TEST_F(HostCodeTest, ArithmeticOnPinnedRegistersIsOneInstruction) {
  EXPECT_EQ(HotCode("%a = get.i64 r0\n%b = get.i64 r1\n%c = add.i64 %a, %b\nset r0, %c"), (Lines{"add rbx, r12"}));
  EXPECT_EQ(HotCode("%a = get.i64 r0\n%b = get.i64 r1\n%c = add.i64 %a, %b\nset r1, %c"), (Lines{"add r12, rbx"}));
  EXPECT_EQ(HotCode("%a = get.i64 r0\n%b = get.i64 r1\n%c = add.i64 %a, %b\nset r2, %c"),
            (Lines{"lea r13, [rbx + r12]"}));
  EXPECT_EQ(HotCode("%a = get.i64 r0\n%b = get.i64 r1\n%c = sub.i64 %a, %b\nset r0, %c"), (Lines{"sub rbx, r12"}));
  EXPECT_EQ(HotCode("%a = get.i64 r0\n%b = const.i64 8\n%c = add.i64 %a, %b\nset r0, %c"), (Lines{"add rbx, 8"}));
  EXPECT_EQ(HotCode("%a = get.i64 r0\n%b = const.i64 8\n%c = add.i64 %a, %b\nset r1, %c"),
            (Lines{"lea r12, [rbx + 8]"}));
  EXPECT_EQ(HotCode("%a = get.i64 r0\n%b = const.i64 3\n%c = shl.i64 %a, %b\nset r0, %c"), (Lines{"shl rbx, 3"}));
  EXPECT_EQ(HotCode("%a = get.i64 r0\n%b = get.i64 r1\n%c = xor.i64 %a, %b\nset r0, %c"), (Lines{"xor rbx, r12"}));
  EXPECT_EQ(HotCode("%a = get.i64 r0\n%b = const.i64 240\n%c = and.i64 %a, %b\nset r0, %c"), (Lines{"and rbx, 240"}));
  EXPECT_EQ(HotCode("%a = get.i64 r0\nset r1, %a"), (Lines{"mov r12, rbx"}));
  EXPECT_EQ(HotCode("%a = const.i64 7\nset r1, %a"), (Lines{"mov r12d, 7"}));
}

TEST_F(HostCodeTest, WordArithmeticIsTwo) {
  EXPECT_EQ(HotCode("%a = get.i64 r0\n%b = get.i64 r1\n%c = add.i64 %a, %b\n%d = sext32.i64 %c\nset r0, %d").size(),
            2u);
}

TEST_F(HostCodeTest, WordShiftsAreMadeInPlace) {
  EXPECT_EQ(HotCode("%a = get.i64 r0\n%n = const.i32 3\n%t = trunc.i32 %a\n%s = shr.i32 %t, %n\n%x = sext.i64 %s\n"
                    "set r0, %x"),
            (Lines{"shr ebx, 3"}));
  EXPECT_EQ(HotCode("%a = get.i64 r0\n%n = const.i32 3\n%t = trunc.i32 %a\n%s = shl.i32 %t, %n\n%x = sext.i64 %s\n"
                    "set r1, %x"),
            (Lines{"mov r12d, ebx", "shl r12d, 3", "movsxd r12, r12d"}));
}

TEST_F(HostCodeTest, WhatIsInTwoRegistersOutlivesOne) {
  EXPECT_EQ(HotCode("%a = get.i64 r0\n%b = get.i64 r1\nset r2, %a\nset r0, %b\n%c = xor.i64 %a, %b\nset r1, %c"),
            (Lines{"mov r13, rbx", "mov rbx, r12", "xor r12, r13"}));
}

TEST_F(HostCodeTest, DivisionsWantNoMemory) {
  const Lines lines = HotCode("%a = get.i64 r0\n%b = get.i64 r1\n%c = remu.i64 %a, %b\nset r0, %c");
  ASSERT_EQ(lines.size(), 6u) << absl::StrJoin(lines, "\n");
  EXPECT_EQ(lines[1], "test r12, r12");
  EXPECT_EQ(lines[4], "div r12");
  EXPECT_EQ(HotCode("%a = get.i64 r0\n%b = const.i64 10\n%c = divu.i64 %a, %b\nset r0, %c"),
            (Lines{"mov rax, rbx", "movabs rcx, -3689348814741910323", "mul rcx", "mov rbx, rdx", "shr rbx, 3"}));
  EXPECT_EQ(HotCode("%a = get.i64 r0\n%b = get.i64 r1\n%c = mulhu.i64 %a, %b\nset r0, %c"),
            (Lines{"mov rax, rbx", "mul r12", "mov rbx, rdx"}));
}

TEST_F(HostCodeTest, BranchesCompareAndJump) {
  const Lines lines = HotCode("%a = get.i64 r0\n%b = get.i64 r1\nexitif lt %a, %b -> 0x1000");
  ASSERT_EQ(lines.size(), 2u) << absl::StrJoin(lines, "\n");
  EXPECT_EQ(lines[0], "cmp rbx, r12");
}

TEST_F(HostCodeTest, ALoadIsNineInstructions) {
  const Lines lines = HotCode("%a = get.i64 r0\n%v = load.i64 [%a + 8]\nset r1, %v");
  EXPECT_LE(lines.size(), 9u) << absl::StrJoin(lines, "\n");
  EXPECT_EQ(lines.back().substr(0, 9), "mov r12, ") << absl::StrJoin(lines, "\n");
}

TEST_F(HostCodeTest, AStoreIsNineInstructions) {
  const Lines lines = HotCode("%a = get.i64 r0\n%v = get.i64 r1\nstore [%a + 8], %v");
  EXPECT_LE(lines.size(), 9u) << absl::StrJoin(lines, "\n");
  EXPECT_EQ(lines.back().substr(lines.back().size() - 5), ", r12") << absl::StrJoin(lines, "\n");
}

TEST_F(HostCodeTest, AnotherLoadOffTheSameAddressIsFour) {
  const std::string one = "%a = get.i64 r0\n%v = load.i64 [%a + 8]\nset r1, %v\n";
  const std::string two = one + "%w = load.i64 [%a + 16]\nset r2, %w\n";
  EXPECT_LE(HotCode(two).size(), 15u) << absl::StrJoin(HotCode(two), "\n");
  EXPECT_EQ(HotCode(two + "%x = load.i64 [%a]\nset r3, %x\n").size(), HotCode(two).size() + 4);
}

// Twelve values alive at once, of which the last four are written.
std::string ManyValues(const std::string& look) {
  std::string body;
  for (int n = 0; n < 4; ++n) absl::StrAppend(&body, "%a", n, " = get.i64 r", n, "\n");
  for (int n = 0; n < 12; ++n) {
    absl::StrAppend(&body, "%b", n, " = xor.i64 %a", n % 4, ", %a", (n + 1 + n / 4) % 4, "\n");
  }
  absl::StrAppend(&body, look, "%c0 = not.i64 %b0\n");
  for (int n = 1; n < 12; ++n) absl::StrAppend(&body, "%c", n, " = add.i64 %c", n - 1, ", %b", n, "\n");
  for (int n = 0; n < 4; ++n) absl::StrAppend(&body, "set r", n, ", %c", 11 - n, "\n");
  return body;
}

TEST_F(HostCodeTest, RegistersThatAreAboutToBeWrittenHoldValues) {
  const auto spills = [&](const std::string& look) {
    const Lines lines = HotCode(ManyValues(look));
    return std::ranges::count_if(lines, [](const std::string& l) { return l.find("mov qword ptr [rsp") == 0; });
  };
  const auto without = spills("");
  sink_.leaves = true;
  const auto with = spills("");
  EXPECT_LE(with, without - 3);
  EXPECT_EQ(spills("exitif eq %a0, %a1 -> 0x2000\n"), without) << "the guest may look at them";
  translate::JitOptions jit;
  jit.lend_registers = false;
  backend_ = Make(jit);
  EXPECT_EQ(spills(""), without);
}

TEST_F(HostCodeTest, FloatingPointStaysInVectorRegisters) {
  const Lines lines = HotCode(
      "%a = get.f64 f0\n%b = get.f64 f1\n%c = fmul.f64 %a, %b\n%d = get.f64 f2\n%e = fadd.f64 %c, %d\nset f2, %e");
  // Three loads, two operations with a check for NaN each, one store.
  EXPECT_LE(lines.size(), 10u) << absl::StrJoin(lines, "\n");
}

}  // namespace
}  // namespace emu::backends::x86_64
