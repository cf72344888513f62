#include "translate/engine/path_recorder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace emu::translate {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class PathRecorderTest : public ::testing::Test {
 protected:
  TranslatedBlock Block(uint64_t pc, uint32_t insns) const {
    TranslatedBlock block;
    block.pc = pc;
    block.host_pc = memory_ + (pc - 0x1000);
    block.insn_count = insns;
    return block;
  }
  bool Add(uint64_t pc, uint32_t insns = 10) { return recorder_.Add(Block(pc, insns)); }

  uint8_t memory_[0x3000] = {};
  PathRecorder recorder_;
};

TEST_F(PathRecorderTest, ALoopBeginsAtItsLowestAddressAndIsThereSeveralTimes) {
  recorder_.Begin();
  EXPECT_TRUE(Add(0x1200));
  EXPECT_TRUE(Add(0x1100, 20));
  EXPECT_TRUE(Add(0x1180));
  EXPECT_FALSE(Add(0x1200));
  EXPECT_FALSE(recorder_.active());
  const Path path = recorder_.Take();
  EXPECT_EQ(path.pc, 0x1100u);
  EXPECT_EQ(path.host_pc, memory_ + 0x100);
  EXPECT_TRUE(path.loop);
  EXPECT_THAT(path.next,
              ElementsAre(0x1180, 0x1200, 0x1100, 0x1180, 0x1200, 0x1100, 0x1180, 0x1200));  // 3 * 40 instructions
}

TEST_F(PathRecorderTest, WhatCameBeforeTheLoopIsLeftOut) {
  recorder_.Begin();
  EXPECT_TRUE(Add(0x1000, 50));
  EXPECT_TRUE(Add(0x1100, 40));
  EXPECT_FALSE(Add(0x1100, 40));
  const Path path = recorder_.Take();
  EXPECT_EQ(path.pc, 0x1100u);
  EXPECT_THAT(path.next, ElementsAre(0x1100, 0x1100));
}

TEST_F(PathRecorderTest, AWayThatIsNoLoopGoesForward) {
  recorder_.Begin();
  EXPECT_TRUE(Add(0x1200));
  EXPECT_TRUE(Add(0x1300));
  EXPECT_TRUE(Add(0x1280));
  EXPECT_TRUE(Add(0x1100));
  EXPECT_FALSE(Add(0x2000)) << "another page";
  const Path path = recorder_.Take();
  EXPECT_EQ(path.pc, 0x1200u);
  EXPECT_FALSE(path.loop);
  EXPECT_THAT(path.next, ElementsAre(0x1300, 0x1280));
}

TEST_F(PathRecorderTest, ItHasAnEnd) {
  recorder_.Begin();
  uint64_t pc = 0x1000;
  while (Add(pc, 30)) pc += 0x80;
  EXPECT_EQ(recorder_.Take().next.size(), kMaxPathInsns / 30 - 1);
}

TEST_F(PathRecorderTest, BlocksThatAreLoopsOrHotStandAlone) {
  TranslatedBlock loops = Block(0x1100, 20);
  loops.loops = true;
  recorder_.Begin();
  EXPECT_FALSE(recorder_.Add(loops));
  Path path = recorder_.Take();
  EXPECT_EQ(path.pc, 0x1100u);
  EXPECT_TRUE(path.loop);
  EXPECT_THAT(path.next, IsEmpty());

  recorder_.Begin();
  EXPECT_TRUE(Add(0x1080));
  EXPECT_FALSE(recorder_.Add(loops));
  path = recorder_.Take();
  EXPECT_EQ(path.pc, 0x1080u);
  EXPECT_FALSE(path.loop);

  TranslatedBlock hot = Block(0x1100, 20);
  hot.hot = true;
  recorder_.Begin();
  EXPECT_FALSE(recorder_.Add(hot));
  EXPECT_EQ(recorder_.Take().host_pc, nullptr);
}

TEST_F(PathRecorderTest, AnotherKeyOrOtherMemoryEndsIt) {
  recorder_.Begin();
  EXPECT_TRUE(Add(0x1100));
  TranslatedBlock other = Block(0x1180, 10);
  other.key = 1;
  EXPECT_FALSE(recorder_.Add(other));
  recorder_.Begin();
  EXPECT_TRUE(Add(0x1100));
  other = Block(0x1180, 10);
  other.host_pc += 0x1000;
  EXPECT_FALSE(recorder_.Add(other));
  EXPECT_THAT(recorder_.Take().next, IsEmpty());
}

}  // namespace
}  // namespace emu::translate
