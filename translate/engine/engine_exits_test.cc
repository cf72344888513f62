// What hot blocks are left for.
#include <gtest/gtest.h>

#include "translate/engine/testing/toy_machine.h"

namespace emu::translate::testing {
namespace {

class EngineExitsTest : public ::testing::TestWithParam<BackendKind> {
 protected:
  // A block of 20 instructions that is left behind the second one, for one of two that leads back: the budget always
  // ends at the first one.
  uint64_t HotBlocks(const ToyOptions& options) {
    constexpr uint64_t kLong = 0x1000, kShort = 0x1100;
    constexpr int64_t kRounds = 2000;
    ToyMachine m(GetParam(), options);
    std::vector<uint32_t> code = {AddI(1, 1, 1), Beq(0, 0, kShort - kLong - 4)};
    while (code.size() < 19) code.push_back(AddI(3, 3, 1));
    code.push_back(Jump(7));
    m.Put(kLong, code);
    m.Put(kShort, {AddI(2, 2, 1), Jump(7)});
    m.x(7) = kLong;
    m.RunFrom(kLong, 4 * kRounds);
    EXPECT_EQ(m.x(1), m.x(2));
    EXPECT_NEAR(static_cast<double>(m.x(1)), kRounds, 5);
    EXPECT_EQ(m.x(3), 0u);
    return m.engine.counters().hot;
  }
};

TEST_P(EngineExitsTest, WhatItIsOftenLeftForIsHot) { EXPECT_EQ(HotBlocks(HotSoon(64)), 2u); }

TEST_P(EngineExitsTest, WhatItIsSeldomLeftForIsNot) {
  ToyOptions options = HotSoon(64);
  options.engine.hot_exit_insns = 3;  // each time there are four
  EXPECT_EQ(HotBlocks(options), 1u);
}

TEST_P(EngineExitsTest, ASwitchLeavesItOut) {
  ToyOptions options = HotSoon(64);
  options.engine.jit.hot_exits = false;
  EXPECT_EQ(HotBlocks(options), 1u);
}

INSTANTIATE_TEST_SUITE_P(On, EngineExitsTest, ::testing::Values(BackendKind::kInterpreter, BackendKind::kJit),
                         ::testing::PrintToStringParamName());

}  // namespace
}  // namespace emu::translate::testing
