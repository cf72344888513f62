#include "translate/engine/path_recorder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace emu::translate {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

class PathRecorderTest : public ::testing::Test {
 protected:
  PathRecorder::Step StepAt(uint64_t pc, bool hot = false) const { return {pc, memory_ + (pc - 0x1000), 0, 4, hot}; }
  bool Add(uint64_t pc, bool hot = false) { return recorder_.Add(StepAt(pc, hot)); }
  // So many instructions in a row.
  void AddRow(uint64_t pc, unsigned count) {
    for (unsigned n = 0; n < count; ++n) EXPECT_TRUE(Add(pc + 4 * n));
  }

  uint8_t memory_[0x3000] = {};
  PathRecorder recorder_;
};

TEST_F(PathRecorderTest, ALoopBeginsAtItsLowestAddressAndIsThereSeveralTimes) {
  recorder_.Begin();
  AddRow(0x1200, 2);
  AddRow(0x1100, 38);
  EXPECT_FALSE(Add(0x1200));
  EXPECT_FALSE(recorder_.active());
  const Path path = recorder_.Take();
  EXPECT_EQ(path.pc, 0x1100u);
  EXPECT_EQ(path.host_pc, memory_ + 0x100);
  EXPECT_TRUE(path.loop);
  ASSERT_THAT(path.pcs, SizeIs(3 * 40));
  EXPECT_EQ(path.pcs[0], 0x1100u);
  EXPECT_EQ(path.pcs[37], 0x1194u);
  EXPECT_EQ(path.pcs[38], 0x1200u);
  EXPECT_EQ(path.pcs[40], 0x1100u);
}

TEST_F(PathRecorderTest, AtAnExitItBeginsThere) {
  recorder_.Begin(true);
  AddRow(0x1200, 1);
  AddRow(0x1100, 1);
  EXPECT_FALSE(Add(0x1200));
  const Path path = recorder_.Take();
  EXPECT_EQ(path.pc, 0x1200u);
  EXPECT_TRUE(path.loop);
  EXPECT_THAT(path.pcs, ElementsAre(0x1200, 0x1100, 0x1200, 0x1100, 0x1200, 0x1100, 0x1200, 0x1100));
}

TEST_F(PathRecorderTest, WhatCameBeforeTheLoopIsLeftOut) {
  recorder_.Begin();
  AddRow(0x1000, 5);
  AddRow(0x1100, 2);
  EXPECT_FALSE(Add(0x1100));
  const Path path = recorder_.Take();
  EXPECT_EQ(path.pc, 0x1100u);
  EXPECT_THAT(path.pcs, SizeIs(8));
}

TEST_F(PathRecorderTest, OneRoundOfAHotLoopStaysBehindWhatCameBefore) {
  recorder_.Begin();
  AddRow(0x1080, 1);
  EXPECT_TRUE(Add(0x1100, true));
  EXPECT_TRUE(Add(0x1104));
  EXPECT_FALSE(Add(0x1100, true));
  const Path path = recorder_.Take();
  EXPECT_FALSE(path.loop);
  EXPECT_THAT(path.pcs, ElementsAre(0x1080, 0x1100, 0x1104));
}

TEST_F(PathRecorderTest, AWayThatIsNoLoopMayGoBack) {
  recorder_.Begin();
  AddRow(0x1200, 1);
  AddRow(0x1300, 1);
  AddRow(0x1100, 1);
  recorder_.Stop();
  const Path path = recorder_.Take();
  EXPECT_EQ(path.pc, 0x1200u);
  EXPECT_FALSE(path.loop);
  EXPECT_THAT(path.pcs, ElementsAre(0x1200, 0x1300, 0x1100));
}

TEST_F(PathRecorderTest, ItHasAnEnd) {
  recorder_.Begin();
  AddRow(0x1000, kMaxPathInsns);
  EXPECT_FALSE(Add(0x1000 + 4 * kMaxPathInsns));
  EXPECT_THAT(recorder_.Take().pcs, SizeIs(kMaxPathInsns));
}

TEST_F(PathRecorderTest, OnlyAShortOneGoesThroughHotBlocks) {
  recorder_.Begin();
  AddRow(0x1000, kThroughHotInsns - 1);
  EXPECT_TRUE(Add(0x1100, true));
  EXPECT_FALSE(Add(0x1180, true));
  EXPECT_THAT(recorder_.Take().pcs, SizeIs(kThroughHotInsns));

  recorder_.Begin();
  EXPECT_FALSE(Add(0x1100, true));
  EXPECT_EQ(recorder_.Take().host_pc, nullptr);
}

TEST_F(PathRecorderTest, ALoopBeginsWhereNoHotBlockDoes) {
  recorder_.Begin();
  AddRow(0x1200, 1);
  EXPECT_TRUE(Add(0x1100, true));
  EXPECT_FALSE(Add(0x1200));
  EXPECT_EQ(recorder_.Take().pc, 0x1200u);
}

TEST_F(PathRecorderTest, AnotherKeyOrOtherMemoryEndsIt) {
  recorder_.Begin();
  AddRow(0x1100, 1);
  PathRecorder::Step other = StepAt(0x1180);
  other.key = 1;
  EXPECT_FALSE(recorder_.Add(other));
  recorder_.Begin();
  AddRow(0x1100, 1);
  other = StepAt(0x1180);
  other.host_pc += 0x1000;
  EXPECT_FALSE(recorder_.Add(other));
  EXPECT_THAT(recorder_.Take().pcs, ElementsAre(0x1100));
}

TEST_F(PathRecorderTest, ALoopMayLieOnSeveralPages) {
  recorder_.Begin();
  AddRow(0x2100, 1);
  AddRow(0x1ffe, 2);
  EXPECT_FALSE(Add(0x2100));
  const Path path = recorder_.Take();
  EXPECT_EQ(path.pc, 0x1ffeu);
  EXPECT_TRUE(path.loop);
  EXPECT_THAT(std::vector(path.pcs.begin(), path.pcs.begin() + 4), ElementsAre(0x1ffe, 0x2002, 0x2100, 0x1ffe));
}

TEST_F(PathRecorderTest, ALoopBeginsInNoFunctionThatItCalls) {
  recorder_.Begin();
  AddRow(0x1104, 2);  // the end of a function, and its beginning the next time
  AddRow(0x1208, 2);
  AddRow(0x1200, 2);
  AddRow(0x1100, 1);
  EXPECT_FALSE(Add(0x1104));
  EXPECT_EQ(recorder_.Take().pc, 0x1200u);
}

TEST_F(PathRecorderTest, AWayThatIsNoLoopEndsWithItsPage) {
  recorder_.Begin();
  AddRow(0x1100, 2);
  AddRow(0x2100, 2);
  AddRow(0x1200, 2);
  EXPECT_FALSE(Add(0x1200, true));
  EXPECT_THAT(recorder_.Take().pcs, ElementsAre(0x1200, 0x1204, 0x1200, 0x1204, 0x1200, 0x1204, 0x1200, 0x1204));
  recorder_.Begin();
  AddRow(0x1100, 2);
  AddRow(0x2100, 2);
  AddRow(0x1200, 2);
  recorder_.Stop();
  EXPECT_THAT(recorder_.Take().pcs, ElementsAre(0x1100, 0x1104));
}

TEST_F(PathRecorderTest, ItHasFewPages) {
  const auto round = [this](uint64_t pages) {
    recorder_.Begin();
    for (uint64_t n = 0; n < pages; ++n) {
      if (!recorder_.Add({0x1000 + (n << 12), memory_ + (n << 12) % sizeof memory_, 0, 4, false})) return false;
    }
    return !Add(0x1000) && recorder_.Take().loop;
  };
  EXPECT_TRUE(round(kMaxPathPages));
  EXPECT_FALSE(round(kMaxPathPages + 1));
}

TEST_F(PathRecorderTest, APageMayBeAlone) {
  PathRecorder::Step step = StepAt(0x1100);
  step.alone = true;
  recorder_.Begin();
  EXPECT_TRUE(recorder_.Add(step));
  step.pc += 4;
  EXPECT_FALSE(recorder_.Add(step)) << "other memory";
  step.host_pc += 4;
  recorder_.Begin();
  EXPECT_TRUE(recorder_.Add(step));
  EXPECT_TRUE(Add(0x1108));
  EXPECT_FALSE(Add(0x2100));
  recorder_.Begin();
  EXPECT_TRUE(Add(0x2100));
  EXPECT_FALSE(recorder_.Add(step));
}

}  // namespace
}  // namespace emu::translate
