// Random programs end alike on the interpreter, without anything that is done for speed, and on the compiler, with a
// combination of it that each seed draws. EMU_FUZZ_PROGRAMS=N in the environment (bazel test --test_env) makes it a
// long run, EMU_FUZZ_SEED=N begins elsewhere.
#include <gtest/gtest.h>

#include <cstdlib>

#include "targets/riscv/fuzz/program_run.h"

namespace emu::riscv {
namespace {

constexpr int64_t kInsns = 3000;

uint64_t FromEnvironment(const char* name, uint64_t otherwise) {
  const char* const value = std::getenv(name);
  return value != nullptr ? std::strtoull(value, nullptr, 0) : otherwise;
}

TEST(FuzzProgram, EndsAlikeWithAllCombinationsOfSwitches) {
  const uint64_t first = FromEnvironment("EMU_FUZZ_SEED", 0), count = FromEnvironment("EMU_FUZZ_PROGRAMS", 2000);
  for (uint64_t seed = first; seed - first < count; ++seed) ASSERT_EQ(CompareFuzzProgram(seed, kInsns), "");
}

TEST(FuzzProgram, TwoRunsEndAlike) {
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    const ProgramEnd end = RunFuzzProgram(seed, kInsns, DrawSetup(seed));
    const int64_t fewer = static_cast<int64_t>(end.insns) - 1;
    EXPECT_EQ(RunFuzzProgram(seed, kInsns, DrawSetup(seed)).hash, end.hash);
    EXPECT_NE(RunFuzzProgram(seed, fewer, DrawSetup(seed)).hash, end.hash);
  }
}

// The cache is full again and again, and nothing else changes.
TEST(FuzzProgram, RecyclesASmallCodeCache) {
  uint64_t discards = 0;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const TestMachineOptions small = {.accel = TestAccel::kJit, .code_bytes = 20 << 10};
    const ProgramEnd end = RunFuzzProgram(seed, 20000, small);
    ASSERT_EQ(end.error, "");
    EXPECT_EQ(end.hash, RunFuzzProgram(seed, 20000, PlainSetup()).hash) << seed;
    discards += end.discards;
  }
  EXPECT_GT(discards, 40u);
}

// Otherwise the test would look at little.
TEST(FuzzProgram, ProgramsGetAround) {
  uint64_t insns = 0, exceptions = 0, interrupts = 0, rewritten = 0, finished = 0;
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    const ProgramEnd end = RunFuzzProgram(seed, kInsns, {.accel = TestAccel::kJit});
    insns += end.insns;
    exceptions += end.traps - end.interrupts;
    interrupts += end.interrupts;
    rewritten += end.invalidated;
    finished += end.finished;
  }
  EXPECT_GT(insns, 50000u);
  EXPECT_GT(exceptions, 500u);
  EXPECT_LT(exceptions, insns / 10);
  EXPECT_GT(interrupts, 200u);
  EXPECT_GT(rewritten, 200u);
  EXPECT_GT(finished, 5u);
}

}  // namespace
}  // namespace emu::riscv
