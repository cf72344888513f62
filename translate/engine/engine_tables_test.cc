// Looks of hot blocks into a table go by one check of all of it, and the block is left where not all of it is there.
#include <gtest/gtest.h>

#include "translate/engine/testing/toy_machine.h"

namespace emu::translate::testing {
namespace {

constexpr uint64_t kCode = 0x1000, kData = 0x4000, kOut = 0xa000, kPage = 0x1000, kRounds = 100;
constexpr uint64_t kFrom[] = {0, ~uint64_t{0} - 7, 16};  // of the looks of a round

class EngineTablesTest : public ::testing::TestWithParam<BackendKind> {
 protected:
  static ToyOptions Options() {
    ToyOptions options = HotSoon(64);
    options.engine.jit.windows = false;  // the order of pages in the RAM is to matter
    return options;
  }
  EngineTablesTest() : m_(GetParam(), Options()) {
    m_.system.on_sys = [this](int) { m_.engine.RequestStop(); };
    for (uint64_t at = 0; at < 4 * kPage; at += 8) m_.SetWord(kData + at, (at + 1) * 0x9e3779b97f4a7c15 >> 20);
    // Three words of the table at x6 a round, of which x5 knows the first and each one the next.
    m_.Put(kCode, {Look(5, 6, 0), Look(5, 6, -8), Look(5, 6, 16), Add(4, 5), Store(4, 1, 0), AddI(2, 2, -1),
                   Beq(2, 3, 8), Jump(7), Sys(0)});
    m_.x(1) = kOut;
    m_.x(7) = kCode;
  }
  void Loop(uint64_t table, uint64_t first) {
    uint64_t sum = 0, word = first;
    for (uint64_t n = 0; n < 3 * kRounds; ++n) {
      word = WordAt(table + kFrom[n % 3] + 8 * (word % 64));
      if (n % 3 == 2) sum += word;
    }
    m_.x(2) = kRounds;
    m_.x(3) = 0;
    m_.x(4) = 0;
    m_.x(5) = first;
    m_.x(6) = table;
    m_.RunFrom(kCode, 1 << 20);
    EXPECT_EQ(m_.x(4), sum) << table;
    EXPECT_EQ(m_.pc(), kCode + 4 * 9);
  }
  uint64_t WordAt(uint64_t gva) const { return m_.Word(pages_.at(gva & mmu::kPageMask).gpa + gva % kPage); }

  // Two pages whose order in the RAM is another one, then one behind which there is nothing.
  const ToySystem::PageTable pages_ = {{kCode, {kCode}},
                                       {kOut, {kOut}},
                                       {kData, {kData + 2 * kPage}},
                                       {kData + kPage, {kData}},
                                       {kData + 4 * kPage, {kData + kPage}}};
  ToyMachine m_;
};

TEST_P(EngineTablesTest, OnAPageOrOverItsEnd) {
  m_.UsePages(&pages_, 1);
  for (int time = 0; time < 4; ++time) {
    for (uint64_t at = kData + 8; at <= kData + 2 * kPage - 528; at += 248) Loop(at, at / 8);
    for (uint64_t first = 0; first < 64; ++first) Loop(kData + kPage, first);  // but for the first word of all
  }
  EXPECT_GT(m_.engine.counters().hot, 0u);
  EXPECT_TRUE(m_.system.faults.empty());
}

TEST_P(EngineTablesTest, WhatIsLeftEachTimeIsMadeWithout) {
  m_.UsePages(&pages_, 1);
  for (int time = 0; time < 60; ++time) Loop(kData + kPage - 256, static_cast<uint64_t>(time));
  const uint64_t blocks = m_.engine.counters().blocks;
  for (int time = 0; time < 60; ++time) Loop(kData + kPage - 256, static_cast<uint64_t>(time));
  EXPECT_EQ(m_.engine.counters().blocks, blocks);
}

// The table reaches into a page that is not there, which only a look at it may tell.
TEST_P(EngineTablesTest, BytesThatNobodyWantsNeedNotBeThere) {
  m_.UsePages(&pages_, 1);
  constexpr uint64_t kTable = kData + 5 * kPage - 24, kGpa = kData + 2 * kPage - 24;
  for (uint64_t n = 0; n < 4; ++n) m_.SetWord(kGpa - 8 + 8 * n, 64);  // all there is: the next one is the first again
  for (int time = 0; time < 40; ++time) Loop(kTable, 0);
  EXPECT_TRUE(m_.system.faults.empty());
  m_.SetWord(kGpa, 4);
  m_.system.vector = kCode + 4 * 8;
  m_.x(2) = kRounds;
  m_.x(5) = 0;
  m_.RunFrom(kCode, 1 << 20);
  ASSERT_EQ(m_.system.faults.size(), 1u);
  EXPECT_EQ(m_.system.faults[0].fault.gva, memory::Gva(kTable + 24));
  EXPECT_EQ(m_.system.faults[0].pc, kCode + 4);
}

const auto kBoth = ::testing::Values(BackendKind::kInterpreter, BackendKind::kJit);
INSTANTIATE_TEST_SUITE_P(On, EngineTablesTest, kBoth, ::testing::PrintToStringParamName());

}  // namespace
}  // namespace emu::translate::testing
