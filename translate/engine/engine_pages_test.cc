// Hot blocks whose guest code lies on several pages.
#include <gtest/gtest.h>

#include "translate/engine/testing/toy_machine.h"

namespace emu::translate::testing {
namespace {

constexpr uint64_t kHere = 0x1f80, kThere = 0x5000, kCopy = 0x9000;

// Which blocks are made.
class Notes final : public EngineObserver {
 public:
  void OnLifted(const ir::Block& block, absl::Span<const GuestCode> guest_code) override {
    lifted += block.pc == kHere;
    of_two_pages += guest_code.size() == 2;
  }
  int lifted = 0;  // at kHere
  int of_two_pages = 0;
};

class EnginePagesTest : public ::testing::TestWithParam<BackendKind> {
 protected:
  EnginePagesTest() : m_(GetParam(), HotSoon(64)) {
    m_.engine.AddObserver(&notes_);
    m_.target.follows_paths = true;
    m_.system.on_sys = [this](int) { m_.engine.RequestStop(); };
    for (uint64_t page = 0; page < ToyMachine::kRamSize; page += 0x1000) pages_[page] = {.gpa = page};
    m_.UsePages(&pages_, 1);
    // Calls what adds to x2 until x1 is 0.
    m_.Put(kHere, {AddI(1, 1, -1), Jump(5), Bne(1, 0, -8), Sys(0)});
    m_.Put(kThere, {AddI(2, 2, 1), Jump(7)});
    m_.Put(kCopy, {AddI(2, 2, 1000), Jump(7)});
    m_.x(5) = kThere;
    m_.x(7) = kHere + 8;
  }
  // What so many rounds add.
  uint64_t Add(uint64_t rounds) {
    m_.x(1) = rounds;
    m_.x(2) = 0;
    m_.RunFrom(kHere, 1000000);
    return m_.x(2);
  }

  Notes notes_;
  ToyMachine m_;
  ToySystem::PageTable pages_, others_;
};
INSTANTIATE_TEST_SUITE_P(On, EnginePagesTest, ::testing::Values(BackendKind::kInterpreter, BackendKind::kJit),
                         ::testing::PrintToStringParamName());

TEST_P(EnginePagesTest, ALoopOverTwoPagesIsOneBlock) {
  EXPECT_EQ(Add(2000), 2000u);
  EXPECT_EQ(notes_.of_two_pages, 1);
}

TEST_P(EnginePagesTest, AnInstructionMayLieOnBoth) {
  constexpr uint64_t kAcross = 0x2ff6;
  m_.Put(kAcross, {AddI(1, 1, -1), AddI(2, 2, 1), AddI(2, 2, 1), Bne(1, 0, -12), Sys(0)});
  m_.x(1) = 2000;
  m_.RunFrom(kAcross, 1000000);
  EXPECT_EQ(m_.x(2), 4000u);
  // Its second half, on the further page, is written over: AddI(2, 2, 0x101).
  m_.cpu.Store(0x3001, {.log2_size = 0}, 1);
  m_.x(1) = 10;
  m_.x(2) = 0;
  m_.RunFrom(kAcross, 1000000);
  EXPECT_EQ(m_.x(2), 10 * 0x102u);
}

TEST_P(EnginePagesTest, CodeOnAFurtherPageMayBeWrittenOver) {
  Add(2000);
  m_.cpu.Store(kThere, {.log2_size = 2}, AddI(2, 2, 3));
  EXPECT_EQ(Add(2000), 6000u);
  EXPECT_EQ(notes_.of_two_pages, 2);
}

TEST_P(EnginePagesTest, CodeInFrontOfItsBeginningMayBeWrittenOver) {
  constexpr uint64_t kBack = 0x6000;
  m_.Put(kBack, {AddI(2, 2, 1), Jump(7)});
  m_.Put(kBack + 0x100, {AddI(1, 1, -1), Jump(5), Bne(1, 0, -8), Sys(0)});
  m_.x(5) = kBack;
  m_.x(7) = kBack + 0x108;
  for (const int step : {1, 5, 9, 13}) {
    m_.cpu.Store(kBack, {.log2_size = 2}, AddI(2, 2, step));
    m_.x(1) = 2000;
    m_.x(2) = 0;
    m_.RunFrom(kBack + 0x100, 1000000);
    EXPECT_EQ(m_.x(2), 2000u * static_cast<unsigned>(step));
  }
}

// What is written over again and again had better be in blocks that can be used again.
TEST_P(EnginePagesTest, CodeThatIsOftenWrittenOverIsInNone) {
  for (int n = 1; n <= 8; ++n) {
    m_.cpu.Store(kThere, {.log2_size = 2}, AddI(2, 2, n % 2 + 1));
    EXPECT_EQ(Add(2000), 2000u * static_cast<unsigned>(n % 2 + 1));
  }
  EXPECT_LE(notes_.of_two_pages, 3);
  EXPECT_GE(m_.engine.counters().revived, 2u);
}

TEST_P(EnginePagesTest, AFurtherPageMayBeMappedOtherwise) {
  Add(2000);
  others_ = pages_;
  others_[kThere].gpa = kCopy;
  m_.UsePages(&others_, 2);
  EXPECT_EQ(Add(2000), 2000000u);
  m_.UsePages(&pages_, 1);
  EXPECT_EQ(Add(2000), 2000u);
}

// It is not fetched from before the guest goes there.
TEST_P(EnginePagesTest, AFurtherPageMayBeMissing) {
  Add(2000);
  others_ = pages_;
  others_.erase(kThere);
  m_.UsePages(&others_, 2);
  m_.system.vector = kCopy + 0x100;
  m_.Put(kCopy + 0x100, {Sys(0)});
  EXPECT_EQ(Add(2000), 0u);
  ASSERT_EQ(m_.system.faults.size(), 1u);
  EXPECT_EQ(m_.system.faults[0].pc, kThere);
  EXPECT_EQ(m_.x(1), 1999u);
  m_.UsePages(&pages_, 1);
  EXPECT_EQ(Add(2000), 2000u);
}

// A page that is never known where the block is entered is given up.
TEST_P(EnginePagesTest, OneThatIsOftenMissedIsGivenUp) {
  Add(2000);
  const auto miss = [this](int times) {
    for (int n = 0; n < times; ++n) {
      m_.FlushAll();
      EXPECT_EQ(Add(1), 1u);
    }
  };
  miss(2);
  const int before = notes_.lifted;
  miss(100);
  EXPECT_EQ(notes_.lifted, before + 1);
  miss(200);
  EXPECT_EQ(notes_.lifted, before + 1);
}

TEST_P(EnginePagesTest, OneThatIsSeldomMissedIsKept) {
  Add(2000);
  for (int n = 0; n < 100; ++n) {
    m_.FlushAll();
    EXPECT_EQ(Add(2000), 2000u);
  }
  EXPECT_EQ(notes_.of_two_pages, 1);
}

}  // namespace
}  // namespace emu::translate::testing
