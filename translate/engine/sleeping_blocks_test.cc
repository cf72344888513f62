#include "translate/engine/sleeping_blocks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

namespace emu::translate {
namespace {

class SleepingBlocksTest : public ::testing::Test {
 protected:
  TranslatedBlock* Put(uint64_t pc, std::vector<uint8_t> code, uint32_t key = 0) {
    TranslatedBlock& b = blocks_[count_++];
    b.host_pc = place_;
    b.pc = pc;
    b.key = key;
    b.code = {{pc, place_, static_cast<uint32_t>(code.size())}};
    std::copy(code.begin(), code.end(), place_);
    b.copy = sleeping_.Copy(b);
    EXPECT_NE(b.copy, nullptr);
    sleeping_.Add(&b);
    return &b;
  }
  TranslatedBlock* Take(uint64_t pc, std::vector<uint8_t> code, uint32_t key = 0) {
    std::copy(code.begin(), code.end(), place_);
    return sleeping_.Take(place_, pc, key, code.size());
  }

  SleepingBlocks sleeping_;
  uint8_t place_[512];
  std::array<TranslatedBlock, 100> blocks_;
  size_t count_ = 0;
};

TEST_F(SleepingBlocksTest, AreFoundByWhatTheyWere) {
  TranslatedBlock* const a = Put(0x1000, {1, 2, 3, 4});
  TranslatedBlock* const b = Put(0x1000, {1, 2, 3, 5});
  EXPECT_EQ(Take(0x1000, {1, 2, 3, 6}), nullptr);
  EXPECT_EQ(Take(0x1002, {1, 2, 3, 4}), nullptr);
  EXPECT_EQ(Take(0x1000, {1, 2, 3, 4}, 1), nullptr);
  EXPECT_EQ(Take(0x1000, {1, 2, 3}), nullptr);
  const uint8_t elsewhere[] = {1, 2, 3, 4};
  EXPECT_EQ(sleeping_.Take(elsewhere, 0x1000, 0, 4), nullptr);
  EXPECT_EQ(Take(0x1000, {1, 2, 3, 5, 9}), b);
  EXPECT_EQ(Take(0x1000, {1, 2, 3, 5, 9}), nullptr) << "once";
  EXPECT_EQ(Take(0x1000, {1, 2, 3, 4, 0}), a);
  EXPECT_EQ(sleeping_.size(), 0u);
}

TEST_F(SleepingBlocksTest, OfEveryLength) {
  for (uint32_t n = 1; n < 50; ++n) Put(0x1000, std::vector<uint8_t>(n, static_cast<uint8_t>(n)), 7);
  for (uint32_t n = 49; n > 0; --n) {
    std::vector<uint8_t> code(100, static_cast<uint8_t>(n));
    ASSERT_EQ(Take(0x1000, code, 7), &blocks_[n - 1]);
  }
}

TEST_F(SleepingBlocksTest, SameCodeTwice) {
  Put(0x1000, {1, 2});
  Put(0x1000, {1, 2});
  EXPECT_NE(Take(0x1000, {1, 2}), nullptr);
  EXPECT_NE(Take(0x1000, {1, 2}), nullptr);
  EXPECT_EQ(Take(0x1000, {1, 2}), nullptr);
}

TEST_F(SleepingBlocksTest, SomeDoNotSleep) {
  TranslatedBlock b;
  b.host_pc = place_ + 16;
  b.pc = 0x1010;
  const auto has_copy = [&](CodePart part) {
    b.code = {part};
    return sleeping_.Copy(b) != nullptr;
  };
  EXPECT_TRUE(has_copy({0x1010, place_ + 16, 4}));
  EXPECT_FALSE(has_copy({0x1010, place_ + 16, 300})) << "long";
  EXPECT_FALSE(has_copy({0x1008, place_ + 8, 12})) << "in front of its beginning, too";
  b.code.push_back({0x2000, place_, 4});
  EXPECT_EQ(sleeping_.Copy(b), nullptr) << "on two pages";
  b.max_insns = 1;
  EXPECT_FALSE(has_copy({0x1010, place_ + 16, 4}));
}

TEST_F(SleepingBlocksTest, AllAreHandedOver) {
  for (uint8_t n = 0; n < 20; ++n) Put(0x1000 + n % 3, {n});
  size_t taken = 0;
  sleeping_.TakeAll([&](TranslatedBlock*) { ++taken; });
  EXPECT_EQ(taken, 20u);
  EXPECT_EQ(sleeping_.size(), 0u);
  EXPECT_EQ(Take(0x1000, {0}), nullptr);
  Put(0x1000, {1});
  sleeping_.Clear();
  EXPECT_EQ(Take(0x1000, {1}), nullptr);
}

}  // namespace
}  // namespace emu::translate
