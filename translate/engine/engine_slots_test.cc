// Hot code whose slots miss at each round, as it goes to and fro between pages that lie apart.
#include <gtest/gtest.h>

#include "translate/engine/testing/toy_machine.h"

namespace emu::translate::testing {
namespace {

constexpr uint64_t kFirst = 0x8000, kPage = 0x1000;
constexpr int64_t kInsns = 140000;

class EngineSlotsTest : public ::testing::TestWithParam<BackendKind> {
 protected:
  static ToyOptions Options(bool windows) {
    ToyOptions options = HotSoon(700);
    options.engine.jit.windows = windows;
    return options;
  }
  // The guest's pages from kFirst on are those of the RAM in falling order. Each has the address of the next and two
  // numbers, 1024 bytes apart.
  explicit EngineSlotsTest(bool windows = true) : m_(GetParam(), Options(windows)) {
    for (unsigned page = 0; page < 4; ++page) {
      const uint64_t gpa = kFirst + (3 - page) * kPage;
      pages_[kFirst + page * kPage] = {gpa};
      m_.SetWord(gpa, kFirst + (page + 1) % 4 * kPage);
      m_.SetWord(gpa + 8, page + 1);
      m_.SetWord(gpa + 1032, 100 * (page + 1));
    }
    pages_[0x1000] = {0x1000};
    m_.Put(0x1000, {Load(2, 1, 8), Load(3, 1, 1032), Add(4, 2), Add(4, 3), Load(1, 1, 0), AddI(5, 5, 1), Jump(7)});
    m_.UsePages(&pages_, 1);
  }
  // The number of blocks that it took.
  uint64_t RunLoop() {
    const uint64_t before = m_.engine.counters().blocks;
    m_.x(1) = kFirst;
    m_.x(4) = m_.x(5) = 0;
    m_.x(7) = 0x1000;
    m_.RunFrom(0x1000, kInsns);
    EXPECT_GE(m_.x(5), static_cast<uint64_t>(kInsns / 8));
    uint64_t sum = 0;
    for (uint64_t round = 0; round < m_.x(5); ++round) sum += 101 * (round % 4 + 1);
    EXPECT_EQ(m_.x(4), sum);
    return m_.engine.counters().blocks - before;
  }

  ToySystem::PageTable pages_;
  ToyMachine m_;
};

// What it adds up is stored, too.
class WithStores : public EngineSlotsTest {
 protected:
  WithStores() {
    m_.Put(0x1000, {Load(2, 1, 8), Load(3, 1, 1032), Add(4, 2), Add(4, 3), Store(4, 1, 16), Load(1, 1, 0),
                    AddI(5, 5, 1), Jump(7)});
  }
};

// The way round leads over another page: no block is all of it.
class NoLoops : public EngineSlotsTest {
 protected:
  NoLoops() : EngineSlotsTest(false) {
    pages_[0x2000] = {0x2000};
    m_.Put(0x1000, {Load(2, 1, 8), Load(3, 1, 1032), Add(4, 2), Add(4, 3), Load(1, 1, 0), AddI(5, 5, 1), Jump(6)});
    m_.Put(0x2000, {Jump(7)});
    m_.x(6) = 0x2000;
  }
};

class WithoutWindows : public EngineSlotsTest {
 protected:
  WithoutWindows() : EngineSlotsTest(false) {}
};

// Where there are slots, they are fixed ones when the block has run for a while.
TEST_P(EngineSlotsTest, AWindowHoldsThePages) {
  const uint64_t settled = GetParam() == BackendKind::kJit;
  EXPECT_EQ(RunLoop(), 2u + settled) << "as it was found, then hot";
  EXPECT_EQ(m_.engine.counters().settled, settled);
  EXPECT_EQ(RunLoop(), 0u);
}

// Its pages cannot be shown where those of the first one are.
TEST_P(EngineSlotsTest, AnotherAddressSpace) {
  RunLoop();
  ToySystem::PageTable others = pages_;
  for (unsigned page = 0; page < 4; ++page) {
    const uint64_t gpa = kFirst + 0x8000 + page % 2 * 0x4000 + page * kPage;
    others[kFirst + page * kPage] = {gpa};
    for (const uint64_t word : {0, 8, 1032}) m_.SetWord(gpa + word, m_.Word(kFirst + (3 - page) * kPage + word));
  }
  m_.UsePages(&others, 2);
  EXPECT_EQ(RunLoop(), GetParam() == BackendKind::kJit ? 2u : 0u) << "one that it is left for, one without fixed slots";
  EXPECT_EQ(RunLoop(), 0u);
  m_.UsePages(&pages_, 1);
  EXPECT_EQ(RunLoop(), 0u);
}

// The block is made again with slots for fewer bytes, then without any; then it stays.
TEST_P(WithoutWindows, SlotsAreGivenUp) {
  EXPECT_EQ(RunLoop(), GetParam() == BackendKind::kJit ? 4u : 2u);
  EXPECT_EQ(RunLoop(), 0u);
}

// What runs often has slots though it is no loop, and loses them like one.
TEST_P(NoLoops, SlotsAreGivenUp) {
  EXPECT_EQ(RunLoop(), GetParam() == BackendKind::kJit ? 5u : 3u) << "two as they were found, then one of them hot";
  EXPECT_EQ(RunLoop(), 0u);
}

TEST_P(WithStores, AWindowHoldsThePages) {
  EXPECT_EQ(RunLoop(), GetParam() == BackendKind::kJit ? 3u : 2u);
  EXPECT_EQ(RunLoop(), 0u);
}

// By way of a window over what was translated from there.
TEST_P(EngineSlotsTest, CodeInAWindow) {
  m_.system.on_sys = [this](int) { m_.engine.RequestStop(); };
  constexpr uint64_t kCode = kFirst + 16, kGpa = kFirst + 3 * kPage + 16;
  const auto run = [&](uint32_t step) {
    m_.Put(0x1000, {Load(2, 1, 8), Store(4, 1, 16), Load(1, 1, 0), AddI(5, 5, 1), Jump(7)});
    m_.x(1) = kFirst;
    m_.x(4) = uint64_t{Sys(0)} << 32 | AddI(6, 6, static_cast<int>(step));
    m_.x(7) = 0x1000;
    m_.RunFrom(0x1000, kInsns);
    EXPECT_EQ(m_.Word(kGpa), m_.x(4));
    m_.x(6) = 0;
    m_.RunFrom(kCode, 100);
    EXPECT_EQ(m_.x(6), step);
  };
  for (uint32_t step = 1; step < 5; ++step) run(step);
}

const auto kBoth = ::testing::Values(BackendKind::kInterpreter, BackendKind::kJit);
INSTANTIATE_TEST_SUITE_P(On, EngineSlotsTest, kBoth, ::testing::PrintToStringParamName());
INSTANTIATE_TEST_SUITE_P(On, WithStores, kBoth, ::testing::PrintToStringParamName());
INSTANTIATE_TEST_SUITE_P(On, NoLoops, kBoth, ::testing::PrintToStringParamName());
INSTANTIATE_TEST_SUITE_P(On, WithoutWindows, kBoth, ::testing::PrintToStringParamName());

}  // namespace
}  // namespace emu::translate::testing
