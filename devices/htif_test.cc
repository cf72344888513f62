#include "devices/htif.h"

#include <gtest/gtest.h>

#include "devices/test_guest.h"
#include "devices/test_support.h"

namespace emu::devices {
namespace {

class HtifTest : public testing::Test {
 protected:
  TestClock clock_;
  TestGuest guest_;
  MemoryBackend console_;
  int code_ = -1;
  Htif htif_{*clock_, guest_.space(), &console_, [this](int code) { code_ = code; }};
};

TEST_F(HtifTest, ExitCodes) {
  Out(htif_.tohost(), 0, 1, 8);
  EXPECT_EQ(code_, 0);
  Out(htif_.tohost(), 0, 5 << 1 | 1, 8);
  EXPECT_EQ(code_, 5);
  EXPECT_EQ(In(htif_.tohost(), 0, 8), 0u);
}

TEST_F(HtifTest, HalvesStoredOneAfterTheOtherMakeOneCommand) {
  Out(htif_.tohost(), 0, 'a');  // odd: not to be taken for an exit
  EXPECT_EQ(code_, -1);
  Out(htif_.tohost(), 4, 0x01010000);
  EXPECT_EQ(console_.output(), "a");
  EXPECT_EQ(code_, -1);
}

TEST_F(HtifTest, TheLowHalfAloneIsUnderstoodAfterAWhileOrWhenRepeated) {
  Out(htif_.tohost(), 0, 3);
  EXPECT_EQ(code_, -1);
  clock_.Advance(1'000'000);
  EXPECT_EQ(code_, 1);
  Out(htif_.tohost(), 0, 5);
  Out(htif_.tohost(), 0, 5);
  EXPECT_EQ(code_, 2);
}

TEST_F(HtifTest, ConsoleWritesAndReads) {
  Out(htif_.both(), 0, uint64_t{0x0101} << 48 | 'x', 8);
  EXPECT_EQ(console_.output(), "x");
  EXPECT_EQ(In(htif_.both(), 8, 8), uint64_t{0x0101} << 48 | 0x100 | 'x');
  Out(htif_.both(), 8, 0, 8);
  Out(htif_.both(), 0, uint64_t{0x0100} << 48, 8);
  EXPECT_EQ(In(htif_.fromhost(), 0, 8), 0u) << "nothing typed yet";
  console_.Type("qr");
  EXPECT_EQ(In(htif_.fromhost(), 0, 8), uint64_t{0x0100} << 48 | 0x100 | 'q');
  EXPECT_EQ(console_.pending(), 1u);
}

TEST_F(HtifTest, WriteSystemCall) {
  const uint64_t block = TestGuest::kBase + 0x100, text = TestGuest::kBase + 0x200;
  guest_.PutText(text, "hello\n");
  const uint64_t words[] = {64, 1, text, 6};
  for (int i = 0; i < 4; ++i) guest_.Put(block + 8 * i, 8, words[i]);
  Out(htif_.tohost(), 0, block, 8);
  EXPECT_EQ(console_.output(), "hello\n");
  EXPECT_EQ(guest_.Get(block, 8), 6u);
  EXPECT_EQ(htif_.fromhost_value(), 1u);
}

TEST_F(HtifTest, NonsenseIsRefusedWithoutHarm) {
  const uint64_t block = TestGuest::kBase;
  const uint64_t cases[][4] = {{64, 1, 0, 6}, {64, 9, block, 6}, {9999, 0, 0, 0}, {64, 1, block, ~uint64_t{0}}};
  const int64_t results[] = {-14, -9, -38, -14};
  for (int c = 0; c < 4; ++c) {
    for (int i = 0; i < 4; ++i) guest_.Put(block + 8 * i, 8, cases[c][i]);
    if (c == 3) guest_.Put(block + 16, 8, TestGuest::kBase + TestGuest::kSize - 16);
    Out(htif_.tohost(), 0, block, 8);
    EXPECT_EQ(static_cast<int64_t>(guest_.Get(block, 8)), results[c]) << c;
  }
  Out(htif_.tohost(), 0, 0xdeadbeefcafe, 8);
  Out(htif_.tohost(), 0, uint64_t{0xff} << 56 | 1, 8);
  EXPECT_EQ(code_, -1);
}

TEST_F(HtifTest, ResetForgetsAHalfWrittenCommand) {
  Out(htif_.tohost(), 0, 3);
  htif_.Reset();
  clock_.Advance(10'000'000);
  EXPECT_EQ(code_, -1);
  EXPECT_STREQ(htif_.both().RegisterName(memory::RegionOffset(8)), "fromhost");
}

}  // namespace
}  // namespace emu::devices
