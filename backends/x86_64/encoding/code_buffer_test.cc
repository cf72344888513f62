#include "backends/x86_64/encoding/code_buffer.h"

#include <cstdio>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "backends/x86_64/encoding/emitter.h"
#include "gtest/gtest.h"

namespace emu::backends::x86_64 {
namespace {

int AddSeven(int value) { return value + 7; }

// The permissions of the mapping that holds `p`, as /proc/self/maps prints them.
std::string Permissions(const void* p) {
  FILE* maps = std::fopen("/proc/self/maps", "r");
  unsigned long first = 0, last = 0, at = reinterpret_cast<unsigned long>(p);
  char permissions[8] = "", line[512];
  while (std::fgets(line, sizeof(line), maps) != nullptr) {
    if (std::sscanf(line, "%lx-%lx %7s", &first, &last, permissions) == 3 && first <= at && at < last) break;
    permissions[0] = 0;
  }
  std::fclose(maps);
  return permissions;
}

TEST(CodeBuffer, TwoViewsOfOneMemory) {
  absl::StatusOr<CodeBuffer> code = CodeBuffer::Create(5000);
  ASSERT_TRUE(code.ok()) << code.status();
  EXPECT_EQ(code->size(), 8192u);
  EXPECT_EQ(Permissions(code->rw()), "rw-s");
  EXPECT_EQ(Permissions(code->rx()), "r-xs");
  code->rw()[8191] = 0x5a;
  EXPECT_EQ(code->rx()[8191], 0x5a);
  EXPECT_EQ(code->rw() + code->delta(), code->rx());
}

TEST(CodeBuffer, RunsWhatIsWritten) {
  absl::StatusOr<CodeBuffer> code = CodeBuffer::Create(4096);
  ASSERT_TRUE(code.ok()) << code.status();
  Emitter e(code->rw(), code->rw() + code->size(), code->delta());
  e.rm(Op::kLEA64r, Reg::rax, Mem::BaseIndex(Reg::rdi, Reg::rsi, 4, -3));
  e.o(Op::kRET64);
  auto* function = code->At<uint64_t(uint64_t, uint64_t)>(0);
  EXPECT_EQ(function(100, 5), 117u);
}

TEST(CodeBuffer, PlacedWithinReachOfTheProgram) {
  const void* near = reinterpret_cast<const void*>(&AddSeven);
  absl::StatusOr<CodeBuffer> code = CodeBuffer::Create(4096, near);
  ASSERT_TRUE(code.ok()) << code.status();
  if (!code->Reaches(near)) GTEST_SKIP() << "no room near the program";
  Emitter e(code->rw(), code->rw() + code->size(), code->delta());
  EXPECT_TRUE(e.Reaches(static_cast<const uint8_t*>(near)));
  e.r(Op::kPUSH64r, Reg::rbx);
  e.call_to(static_cast<const uint8_t*>(near));
  e.r(Op::kPOP64r, Reg::rbx);
  e.o(Op::kRET64);
  EXPECT_FALSE(e.out_of_range());
  EXPECT_EQ(code->At<int(int)>(0)(35), 42);
}

TEST(CodeBuffer, Moves) {
  absl::StatusOr<CodeBuffer> code = CodeBuffer::Create(4096);
  ASSERT_TRUE(code.ok()) << code.status();
  uint8_t* rw = code->rw();
  CodeBuffer moved = *std::move(code);
  EXPECT_EQ(moved.rw(), rw);
  moved.rw()[0] = 1;
}

TEST(CodeBuffer, RefusesSizes) {
  EXPECT_EQ(CodeBuffer::Create(0).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(CodeBuffer::Create(size_t{1} << 31).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace emu::backends::x86_64
