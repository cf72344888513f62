#include "devices/cfi_flash.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "devices/test_support.h"

namespace emu::devices {
namespace {

constexpr uint64_t kSize = 1 << 20, kBlock = 0x40000;

class FlashTest : public testing::Test {
 protected:
  void SetUp() override { std::memset(block_->host(), 0xff, kSize); }
  uint32_t Array(uint64_t offset) {
    uint32_t value;
    std::memcpy(&value, block_->host() + offset, 4);
    return value;
  }
  memory::RamBlock::Ptr block_ = *memory::RamBlock::Anonymous("flash", kSize);
  bool direct_ = false;
  CfiFlash flash_{{}, block_, [this](bool direct) { direct_ = direct; }};
};

TEST_F(FlashTest, ShowsTheQueryTableOnBothChips) {
  EXPECT_TRUE(direct_);
  Out(flash_, 0x55 * 4, 0x00980098);
  EXPECT_FALSE(direct_);
  EXPECT_EQ(In(flash_, 0x10 * 4), 0x00510051u);
  EXPECT_EQ(In(flash_, 0x11 * 4), 0x00520052u);
  EXPECT_EQ(In(flash_, 0x12 * 4), 0x00590059u);
  EXPECT_EQ(In(flash_, 0x27 * 4, 1), 19u) << "each chip has half of 1 MiB";
  EXPECT_EQ(In(flash_, 0x2d * 4, 1), 3u) << "four blocks";
  EXPECT_EQ(In(flash_, 0x30 * 4, 1) << 8 | In(flash_, 0x2f * 4, 1), kBlock / 2 / 256);
  EXPECT_EQ(In(flash_, 0x31 * 4, 1), 'P');
  Out(flash_, 0, 0x00ff00ff);
  EXPECT_TRUE(direct_);
}

TEST_F(FlashTest, Identifies) {
  Out(flash_, 0, 0x00900090);
  EXPECT_EQ(In(flash_, 0), 0x00890089u);
  EXPECT_EQ(In(flash_, 4), 0x00180018u);
  EXPECT_EQ(In(flash_, 8), 0u);
  EXPECT_STREQ(flash_.RegisterName(memory::RegionOffset(0)), "identity");
}

TEST_F(FlashTest, ProgrammingClearsBitsAndErasingSetsABlock) {
  Out(flash_, 0x100, 0x00400040);
  Out(flash_, 0x100, 0xf0f01234);
  EXPECT_EQ(In(flash_, 0x100), 0x00800080u);
  EXPECT_EQ(Array(0x100), 0xf0f01234u);
  Out(flash_, 0x100, 0x00400040);
  Out(flash_, 0x100, 0x0ff0ffff);
  EXPECT_EQ(Array(0x100), 0x00f01234u);
  block_->host()[kBlock] = 0;
  Out(flash_, 0x100, 0x00200020);
  Out(flash_, 0x100, 0x00d000d0);
  EXPECT_EQ(Array(0x100), 0xffffffffu);
  EXPECT_EQ(block_->host()[kBlock], 0) << "the next block is not touched";
}

TEST_F(FlashTest, WritesABuffer) {
  Out(flash_, 0x200, 0x00e800e8);
  EXPECT_EQ(In(flash_, 0x200), 0x00800080u);
  Out(flash_, 0x200, 1);
  Out(flash_, 0x200, 0x11111111);
  Out(flash_, 0x204, 0x22222222);
  EXPECT_EQ(Array(0x204), 0xffffffffu) << "not before it is confirmed";
  Out(flash_, 0x200, 0x00d000d0);
  EXPECT_EQ(Array(0x200), 0x11111111u);
  EXPECT_EQ(Array(0x204), 0x22222222u);
}

TEST_F(FlashTest, WrongSequencesSetTheErrorBits) {
  Out(flash_, 0, 0x00200020);
  Out(flash_, 0, 0x00ff00ff);
  EXPECT_EQ(In(flash_, 0, 2), 0xb0u);
  Out(flash_, 0, 0x00500050);
  EXPECT_EQ(In(flash_, 0, 2), 0x80u);
  Out(flash_, 0, 0x00e800e8);
  Out(flash_, 0, 0xffff);
  EXPECT_EQ(In(flash_, 0, 2), 0xb0u);
}

TEST_F(FlashTest, RandomWritesStayInTheBlock) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 5000; ++i) {
    Out(flash_, random() % kSize & ~3, random() & 0xffffffff);
    In(flash_, random() % kSize & ~3);
  }
  flash_.Reset();
  EXPECT_TRUE(direct_);
}

}  // namespace
}  // namespace emu::devices
