// Hot blocks whose accesses share a check are left where it does not hold for all of them.
#include <gtest/gtest.h>

#include <algorithm>

#include "translate/engine/testing/toy_machine.h"

namespace emu::translate::testing {
namespace {

constexpr uint64_t kCode = 0x1000, kData = 0x4000, kPage = 0x1000;

class EngineLeaveTest : public ::testing::TestWithParam<BackendKind> {
 protected:
  static ToyOptions Options(bool exact) {
    ToyOptions options = HotSoon(64);
    options.engine.exact = exact;
    return options;
  }
  explicit EngineLeaveTest(bool exact = false) : m_(GetParam(), Options(exact)) {
    m_.system.on_sys = [this](int) { m_.engine.RequestStop(); };
    for (uint64_t at = 0; at < 4 * kPage; at += 8) m_.SetWord(kData + at, at * 0x10001);
  }
  // Adds up three words, then the next three.
  void PutSum(uint64_t begin) {
    m_.Put(kCode,
           {Load(2, 1, 0), Load(3, 1, 8), Load(5, 1, 16), Add(4, 2), Add(4, 3), Add(4, 5), AddI(1, 1, 24), Jump(7)});
    m_.x(1) = begin;
    m_.x(4) = 0;
    m_.x(7) = kCode;
  }
  static constexpr int64_t kSumInsns = 8;  // a round
  uint64_t SumOf(uint64_t begin, uint64_t rounds) {
    uint64_t sum = 0;
    for (uint64_t at = begin; at < begin + 24 * rounds; at += 8) {
      sum += m_.Word(pages_.at(at & mmu::kPageMask).gpa + at % kPage);
    }
    return sum;
  }
  // There are careful blocks where code is generated.
  void ExpectLeft() {
    EXPECT_EQ(m_.engine.counters().careful != 0, GetParam() == BackendKind::kJit)
        << m_.engine.counters().hot << " " << m_.engine.counters().blocks;
  }

  // Three pages whose order in the RAM is another one: there is an end to each for the words of a round.
  const ToySystem::PageTable pages_ = {
      {kCode, {kCode}}, {kData, {kData}}, {kData + kPage, {kData + 2 * kPage}}, {kData + 2 * kPage, {kData + kPage}}};
  static constexpr uint64_t kBegin = kData + 8, kRounds = (3 * kPage - 24) / 24;
  ToyMachine m_;
};

class EngineLeaveExactlyTest : public EngineLeaveTest {
 protected:
  EngineLeaveExactlyTest() : EngineLeaveTest(true) {}
};

TEST_P(EngineLeaveTest, WordsOfARoundMayBeOnTwoPages) {
  m_.UsePages(&pages_, 1);
  for (int time = 0; time < 3; ++time) {
    PutSum(kBegin);
    m_.RunFrom(kCode, kSumInsns * static_cast<int64_t>(kRounds));
    EXPECT_EQ(m_.x(4), SumOf(kBegin, kRounds));
  }
  ExpectLeft();
}

// What was charged and not executed is given back, whatever the grants are.
TEST_P(EngineLeaveExactlyTest, InstructionsAreCounted) {
  m_.UsePages(&pages_, 1);
  for (const int64_t grant : {4096, 1, 13, 37, 64, 65, 1000}) {
    PutSum(kBegin);
    m_.pc() = kCode;
    for (int64_t left = kSumInsns * static_cast<int64_t>(kRounds); left > 0; left -= grant) {
      m_.Run(std::min(grant, left));
    }
    EXPECT_EQ(m_.pc(), kCode) << grant;
    EXPECT_EQ(m_.x(4), SumOf(kBegin, kRounds)) << grant;
  }
  ExpectLeft();
}

// One access to the device for each that the guest makes, in their order.
TEST_P(EngineLeaveTest, DevicesAreAskedOnce) {
  constexpr int64_t kTimes = 500;
  // x1 goes to and fro between memory and the device.
  m_.Put(kCode,
         {Load(2, 1, 0), Load(3, 1, 8), Add(4, 2), Add(4, 3), AddI(2, 1, 0), AddI(1, 5, 0), AddI(5, 2, 0), Jump(7)});
  m_.x(1) = kData;
  m_.x(5) = ToyMachine::kIo;
  m_.x(7) = kCode;
  m_.RunFrom(kCode, 2 * 8 * kTimes);
  ASSERT_EQ(m_.device.accesses.size(), 2u * kTimes);
  for (size_t n = 0; n < m_.device.accesses.size(); ++n) EXPECT_EQ(m_.device.accesses[n].offset, n % 2 * 8);
  ExpectLeft();
}

// The words of a round that come before the one that is missing are loaded, those after it are not.
TEST_P(EngineLeaveTest, AFaultIsThatOfItsInstruction) {
  constexpr uint64_t kHandler = 0x2000;
  const ToySystem::PageTable pages = {{kCode, {kCode}}, {kData, {kData}}, {kHandler, {kHandler}}};
  m_.UsePages(&pages, 1);
  m_.Put(kHandler, {Sys(0)});
  m_.system.vector = kHandler;
  for (const uint64_t words : {0, 1, 2}) {  // of the last round
    PutSum(kData + kPage - 8 * words - 24 * 150);
    m_.x(2) = m_.x(3) = m_.x(5) = 1;
    m_.system.faults.clear();
    m_.RunFrom(kCode, 100000);
    ASSERT_EQ(m_.system.faults.size(), 1u);
    EXPECT_EQ(m_.system.faults[0].fault.gva.value, kData + kPage);
    EXPECT_EQ(m_.system.faults[0].pc, kCode + 4 * words);
    const uint64_t last = kData + kPage - 8 * words;
    EXPECT_EQ(m_.x(2), m_.Word(words > 0 ? last : last - 24));
    EXPECT_EQ(m_.x(3), m_.Word(words > 1 ? last + 8 : last - 16));
    EXPECT_EQ(m_.x(5), m_.Word(last - 8));
  }
  ExpectLeft();
}

// The block is left for each store, as there is code on the page. A store over it is seen though the block is hot.
TEST_P(EngineLeaveTest, StoresBesideAndOverCode) {
  constexpr uint64_t kRoutine = kCode + 0x800;
  constexpr int kTimes = 500;
  m_.Put(kRoutine, {AddI(2, 2, 1), Jump(7)});
  m_.Put(kCode, {Store(4, 5, 0), AddI(3, 3, 1), AddI(7, 6, 16), Jump(1), Jump(6)});
  m_.x(1) = kRoutine;
  m_.x(6) = kCode;
  m_.x(4) = m_.Word(kRoutine) + (uint64_t{2} << 16);
  for (const uint64_t target : {kRoutine + 128, kRoutine}) {
    m_.x(2) = 0;
    m_.x(5) = target;
    m_.RunFrom(kCode, 7 * kTimes);
    EXPECT_EQ(m_.x(2), target == kRoutine ? 3u * kTimes : kTimes);
    EXPECT_EQ(m_.Word(target), m_.x(4));
  }
  ExpectLeft();
}

TEST_P(EngineLeaveTest, WhatIsLeftEachTimeIsMadeAnew) {
  m_.Put(kCode, {Store(4, 5, 0), AddI(4, 4, 1), Jump(6)});
  m_.x(5) = kCode + 0x800;  // there is code on the page
  m_.x(6) = kCode;
  m_.RunFrom(kCode, 3 * 4000);
  EXPECT_EQ(m_.Word(kCode + 0x800), 3999u);
  const uint64_t blocks = m_.engine.counters().blocks;
  EXPECT_EQ(blocks, GetParam() == BackendKind::kJit ? 4u : 2u) << "as found, hot, careful, and hot without leaving";
  m_.RunFrom(kCode, 3 * 4000);
  EXPECT_EQ(m_.engine.counters().blocks, blocks);
}

const auto kBoth = ::testing::Values(BackendKind::kInterpreter, BackendKind::kJit);
INSTANTIATE_TEST_SUITE_P(On, EngineLeaveTest, kBoth, ::testing::PrintToStringParamName());
INSTANTIATE_TEST_SUITE_P(On, EngineLeaveExactlyTest, kBoth, ::testing::PrintToStringParamName());

}  // namespace
}  // namespace emu::translate::testing
