// Hot loops ask whether all rounds of their block are to be run, and are left for the block that does not ask.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "translate/engine/testing/toy_machine.h"

namespace emu::translate::testing {
namespace {

constexpr uint64_t kCode = 0x1100, kData = 0x4000;

class EngineRoundsTest : public ::testing::TestWithParam<BackendKind> {
 protected:
  static ToyOptions Options() {
    ToyOptions options = HotSoon(64);
    options.engine.exact = true;
    return options;
  }
  EngineRoundsTest() : m_(GetParam(), Options()) {
    m_.system.on_sys = [this](int) { m_.engine.RequestStop(); };
    for (uint64_t at = 0; at < 0x1000; at += 8) m_.SetWord(kData + at, at * 0x10001);
    // Four rounds of a sum: x2 counts to x3.
    std::vector<uint32_t> code;
    for (int n = 0; n < 4; ++n) {
      const int out = static_cast<int>(4 * (17 - code.size() - 3));
      code.insert(code.end(), {Load(5, 2, 0), Add(4, 5), AddI(2, 2, 8), Beq(2, 3, out)});
    }
    code.insert(code.end(), {Jump(7), Sys(0)});
    m_.Put(kCode, code);
    m_.x(7) = kCode;
  }
  static int64_t Insns(int64_t rounds) { return 4 * rounds + (rounds - 1) / 4; }
  // The sum of so many words, by a loop that ends.
  void Begin(int64_t rounds) {
    m_.x(2) = kData;
    m_.x(3) = kData + 8 * static_cast<uint64_t>(rounds);
    m_.x(4) = 0;
  }
  static uint64_t Sum(int64_t rounds) { return static_cast<uint64_t>(rounds * (rounds - 1) / 2) * 8 * 0x10001; }
  void Loop(int64_t rounds) {
    Begin(rounds);
    m_.RunFrom(kCode, 1 << 20);  // the block is charged whole
    EXPECT_EQ(m_.x(4), Sum(rounds)) << rounds;
    EXPECT_EQ(m_.x(2), m_.x(3));
    EXPECT_EQ(m_.pc(), kCode + 4 * 18);
  }
  ToyMachine m_;
};

TEST_P(EngineRoundsTest, LoopsEndWhereTheyEnd) {
  for (int time = 0; time < 8; ++time) {
    for (int64_t rounds = 1; rounds < 120; rounds += 7) Loop(rounds);
  }
  EXPECT_GT(m_.engine.counters().hot, 0u);
}

TEST_P(EngineRoundsTest, InstructionsAreCounted) {
  for (const int64_t grant : {4096, 1, 3, 17, 64, 65}) {
    for (int64_t rounds : {400, 399, 5, 398}) {
      Begin(rounds);
      m_.pc() = kCode;
      for (int64_t left = Insns(rounds) + 1; left > 0; left -= grant) m_.Run(std::min(grant, left));
      EXPECT_EQ(m_.x(4), Sum(rounds)) << grant;
      EXPECT_EQ(m_.pc(), kCode + 4 * 18) << grant;
    }
  }
}

// A loop that is left after few rounds each time: the block is made anew, once.
TEST_P(EngineRoundsTest, ShortLoopsAreNotAskedForLong) {
  for (int time = 0; time < 300; ++time) Loop(3);
  const uint64_t blocks = m_.engine.counters().blocks;
  for (int time = 0; time < 300; ++time) Loop(3);
  EXPECT_EQ(m_.engine.counters().blocks, blocks);
}

class Lengths final : public EngineObserver {
 public:
  void OnLifted(const ir::Block& block, absl::Span<const GuestCode>) override { of[block.pc] = block.insn_count; }
  std::map<uint64_t, uint32_t> of;
};

// Another block that has the first of the rounds would leave one too few for the last time.
TEST_P(EngineRoundsTest, HotBlocksEndBeforeLoopsThatAsk) {
  constexpr uint64_t kOuter = kCode - 4;
  m_.Put(kOuter, {AddI(2, 1, 0)});
  m_.Put(kCode + 4 * 17, {AddI(6, 6, -1), Bne(6, 0, -4 * 19), Sys(0)});
  Lengths lengths;
  m_.engine.AddObserver(&lengths);
  Begin(16);
  m_.x(1) = kData;
  m_.x(6) = 4000;
  m_.RunFrom(kOuter, 1 << 20);
  EXPECT_EQ(m_.x(4), 4000 * Sum(16));
  EXPECT_GE(lengths.of[kCode], 16u);
  EXPECT_EQ(lengths.of[kOuter], 1u);
  m_.engine.RemoveObserver(&lengths);
}

// The block that goes on with care where a hot one is left has the rounds that the hot one does not have.
TEST_P(EngineRoundsTest, ABlockThatIsLeftForALongerOneGetsOnWithLess) {
  constexpr uint64_t kOuter = kCode - 8;
  m_.Put(kOuter, {Load(5, 1, 0), AddI(2, 1, 0)});
  m_.Put(kCode + 4 * 17, {AddI(6, 6, -1), Bne(6, 0, -4 * 20), Sys(0)});
  Begin(16);
  const auto begin = [this](uint64_t at) {
    m_.x(1) = at;
    m_.x(6) = 200;
    m_.pc() = kOuter;
  };
  for (int time = 0; time < 40; ++time) {  // until it is left without the engine's notice
    begin(kData);
    m_.RunFrom(kOuter, 1 << 20);
    begin(ToyMachine::kIo);
    m_.Run(200);
  }
  begin(ToyMachine::kIo);
  m_.Run(2);
  EXPECT_EQ(m_.pc(), kCode);
  EXPECT_EQ(m_.x(2), ToyMachine::kIo);
}

const auto kBoth = ::testing::Values(BackendKind::kInterpreter, BackendKind::kJit);
INSTANTIATE_TEST_SUITE_P(On, EngineRoundsTest, kBoth, ::testing::PrintToStringParamName());

}  // namespace
}  // namespace emu::translate::testing
