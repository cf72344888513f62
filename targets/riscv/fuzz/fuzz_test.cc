// Random guests never take the machine down, end by the limit, and end alike on both backends.
#include <gtest/gtest.h>

#include "targets/riscv/fuzz/fuzz_run.h"

namespace emu::riscv {
namespace {

constexpr uint64_t kGuests = 100;
constexpr int64_t kInsns = 20000;

FuzzEnd RunJit(uint64_t seed, int64_t insns) { return RunFuzzGuest(seed, insns, {.accel = TestAccel::kJit}); }

TEST(Fuzz, BackendsAgreeOnRandomGuests) {
  for (uint64_t seed = 0; seed < kGuests; ++seed) ASSERT_EQ(CompareFuzzGuest(seed, kInsns), "");
}

TEST(Fuzz, TwoRunsEndAlike) {
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    EXPECT_EQ(RunJit(seed, kInsns).hash, RunJit(seed, kInsns).hash);
    EXPECT_NE(RunJit(seed, kInsns).hash, RunJit(seed, kInsns - 1).hash);
  }
}

// Otherwise the test would look at little.
TEST(Fuzz, GuestsGetAround) {
  uint64_t traps = 0, insns = 0;
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    const FuzzEnd end = RunJit(seed, kInsns);
    traps += end.traps;
    insns += end.insns;
  }
  EXPECT_GT(traps, 1000u);
  EXPECT_LT(traps, insns * 3 / 4);
}

}  // namespace
}  // namespace emu::riscv
