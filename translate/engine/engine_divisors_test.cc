// Hot loops divide by what a register held when they were made, and are left when it holds something else.
#include <gtest/gtest.h>

#include "translate/engine/testing/toy_machine.h"

namespace emu::translate::testing {
namespace {

constexpr uint64_t kCode = 0x1000, kRounds = 200;

class EngineDivisorsTest : public ::testing::TestWithParam<BackendKind> {
 protected:
  EngineDivisorsTest() : m_(GetParam(), HotSoon(64)) {
    m_.system.on_sys = [this](int) { m_.engine.RequestStop(); };
    // Adds up the quotients of x2 and what follows, to x3, by x6.
    m_.Put(kCode, {AddI(5, 2, 0), Divide(5, 6), Add(4, 5), AddI(2, 2, 77), Beq(2, 3, 8), Jump(7), Sys(0)});
    m_.x(7) = kCode;
  }
  void Loop(uint64_t from, uint64_t divisor) {
    uint64_t sum = 0;
    for (uint64_t n = 0; n < kRounds; ++n) sum += divisor == 0 ? ~uint64_t{0} : (from + 77 * n) / divisor;
    m_.x(2) = from;
    m_.x(3) = from + 77 * kRounds;
    m_.x(4) = 0;
    m_.x(6) = divisor;
    m_.RunFrom(kCode, 1 << 20);
    EXPECT_EQ(m_.x(4), sum) << divisor;
    EXPECT_EQ(m_.pc(), kCode + 4 * 7);
  }
  ToyMachine m_;
};

constexpr uint64_t kDivisors[] = {7, 7, 8, 7, 0, 1, uint64_t{1} << 63, 6700417, ~uint64_t{0}, 641, 7};

TEST_P(EngineDivisorsTest, AnotherDivisorIsSeen) {
  for (uint64_t divisor : kDivisors) {
    for (uint64_t from : {uint64_t{0}, uint64_t{1} << 40, ~uint64_t{0} - 5000}) Loop(from, divisor);
  }
  EXPECT_GT(m_.engine.counters().hot, 0u);
}

TEST_P(EngineDivisorsTest, WhatChangesEachTimeIsNotGuessedForLong) {
  for (uint64_t time = 0; time < 50; ++time) Loop(time, 3 + time);
  const uint64_t blocks = m_.engine.counters().blocks;
  for (uint64_t time = 0; time < 50; ++time) Loop(time, 3 + time);
  EXPECT_EQ(m_.engine.counters().blocks, blocks);
}

const auto kBoth = ::testing::Values(BackendKind::kInterpreter, BackendKind::kJit);
INSTANTIATE_TEST_SUITE_P(On, EngineDivisorsTest, kBoth, ::testing::PrintToStringParamName());

}  // namespace
}  // namespace emu::translate::testing
