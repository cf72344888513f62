#include "devices/virtio/virtqueue.h"

#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <string>
#include <vector>

#include "devices/virtio/test_driver.h"

namespace emu::devices::virtio {
namespace {

constexpr uint64_t kBase = TestGuest::kBase, kBuffers = TestDriver::kBuffers;

class VirtqueueTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(queue_.Enable(ring_.layout, false, true)); }
  TestGuest guest_;
  GuestMemory memory_{guest_.space()};
  Virtqueue queue_{memory_, 256};
  TestRing ring_{guest_, kBase};
};

TEST_F(VirtqueueTest, PopsChainsInOrderAndPushesThemBack) {
  ring_.Describe(0, kBuffers, 3, TestRing::kNext, 5);
  ring_.Describe(5, kBuffers + 0x100, 4, TestRing::kNext | TestRing::kWrite, 2);
  ring_.Describe(2, kBuffers + 0x200, 5, TestRing::kWrite);
  ring_.Offer(0);
  auto chain = queue_.Pop();
  ASSERT_TRUE(chain);
  EXPECT_EQ(chain->readable_bytes, 3u);
  EXPECT_EQ(chain->writable_bytes, 9u);
  EXPECT_FALSE(queue_.Pop());
  queue_.Push(*chain, 9);
  EXPECT_EQ(ring_.used(), 1u);
  EXPECT_EQ(ring_.Used(0), (std::pair<uint64_t, uint64_t>{0, 9}));
  EXPECT_FALSE(queue_.broken());
}

TEST_F(VirtqueueTest, CopiesAcrossSegmentBorders) {
  guest_.PutText(kBuffers, "abc");
  guest_.PutText(kBuffers + 0x100, "defg");
  ring_.Describe(0, kBuffers, 3, TestRing::kNext, 1);
  ring_.Describe(1, kBuffers + 0x100, 4, TestRing::kNext, 2);
  ring_.Describe(2, kBuffers + 0x200, 2, TestRing::kNext | TestRing::kWrite, 3);
  ring_.Describe(3, kBuffers + 0x300, 2, TestRing::kWrite);
  ring_.Offer(0);
  auto chain = queue_.Pop();
  ASSERT_TRUE(chain);
  uint8_t bytes[10];
  EXPECT_EQ(queue_.Gather(*chain, absl::MakeSpan(bytes), 1), 6u);
  EXPECT_EQ(std::string(bytes, bytes + 6), "bcdefg");
  EXPECT_EQ(queue_.Scatter(*chain, absl::MakeConstSpan(bytes, 6), 1), 3u);
  EXPECT_EQ(guest_.GetText(kBuffers + 0x201, 1) + guest_.GetText(kBuffers + 0x300, 2), "bcd");
}

TEST_F(VirtqueueTest, IndirectTables) {
  const uint64_t table = kBuffers + 0x1000;
  ring_.Describe(table, 0, kBuffers, 1, TestRing::kNext, 1);
  ring_.Describe(table, 1, kBuffers + 1, 2, TestRing::kWrite, 0);
  ring_.Describe(3, table, 32, TestRing::kIndirect);
  ring_.Offer(3);
  auto chain = queue_.Pop();
  ASSERT_TRUE(chain);
  EXPECT_EQ(chain->head, 3u);
  EXPECT_EQ(chain->readable_bytes, 1u);
  EXPECT_EQ(chain->writable_bytes, 2u);
}

TEST_F(VirtqueueTest, NonsenseBreaksTheQueueAndNothingElse) {
  const uint64_t table = kBuffers + 0x1000;
  const std::vector<std::function<void()>> cases = {
      [&] {
        ring_.Describe(0, kBuffers, 1, TestRing::kNext, 0);
        ring_.Offer(0);
      },  // a circle
      [&] {
        ring_.Describe(0, kBuffers, 1, TestRing::kNext, 99);
        ring_.Offer(0);
      },
      [&] { ring_.Offer(TestRing::kSize); },
      [&] { guest_.Put(ring_.layout.available + 2, 2, 1000); },  // more than the ring holds
      [&] {                                                      // read after write
        ring_.Describe(0, kBuffers, 1, TestRing::kNext | TestRing::kWrite, 1);
        ring_.Describe(1, kBuffers, 1);
        ring_.Offer(0);
      },
      [&] {
        ring_.Describe(0, table, 17, TestRing::kIndirect);
        ring_.Offer(0);
      },
      [&] {
        ring_.Describe(0, table, 0, TestRing::kIndirect);
        ring_.Offer(0);
      },
      [&] {
        ring_.Describe(0, table, 16 * 4096, TestRing::kIndirect);
        ring_.Offer(0);
      },
      [&] {
        ring_.Describe(0, 0, 16, TestRing::kIndirect);
        ring_.Offer(0);
      },     // no memory there
      [&] {  // indirect within indirect
        ring_.Describe(table, 0, table, 16, TestRing::kIndirect, 0);
        ring_.Describe(0, table, 16, TestRing::kIndirect);
        ring_.Offer(0);
      },
      [&] {  // longer than any request may be
        ring_.Describe(0, kBuffers, 0xffffffff, TestRing::kNext, 1);
        ring_.Describe(1, kBuffers, 0xffffffff);
        ring_.Offer(0);
      },
  };
  for (size_t i = 0; i < cases.size(); ++i) {
    ring_.offered = 0;
    guest_.Put(ring_.layout.available + 2, 2, 0);
    ASSERT_TRUE(queue_.Enable(ring_.layout, false, true));
    cases[i]();
    EXPECT_FALSE(queue_.Pop()) << i;
    EXPECT_TRUE(queue_.broken()) << i;
    queue_.Push({}, 0);
    EXPECT_EQ(ring_.used(), 0u) << i;
  }
}

TEST_F(VirtqueueTest, ABadBufferBreaksTheQueueWhenItIsUsed) {
  ring_.Describe(0, 0x10, 4);
  ring_.Offer(0);
  auto chain = queue_.Pop();
  ASSERT_TRUE(chain);
  uint8_t bytes[4];
  EXPECT_EQ(queue_.Gather(*chain, absl::MakeSpan(bytes)), 0u);
  EXPECT_TRUE(queue_.broken());
}

TEST_F(VirtqueueTest, IndirectNeedsToBeAgreedOn) {
  ASSERT_TRUE(queue_.Enable(ring_.layout, false, false));
  ring_.Describe(0, kBuffers, 16, TestRing::kIndirect);
  ring_.Offer(0);
  EXPECT_FALSE(queue_.Pop());
  EXPECT_TRUE(queue_.broken());
}

TEST_F(VirtqueueTest, InterruptsAsTheFlagSays) {
  EXPECT_FALSE(queue_.TakeInterrupt());
  queue_.Push({}, 0);
  EXPECT_TRUE(queue_.TakeInterrupt());
  EXPECT_FALSE(queue_.TakeInterrupt());
  guest_.Put(ring_.layout.available, 2, 1);
  queue_.Push({}, 0);
  EXPECT_FALSE(queue_.TakeInterrupt());
}

TEST_F(VirtqueueTest, InterruptsWhenTheIndexPassesTheEvent) {
  ASSERT_TRUE(queue_.Enable(ring_.layout, true, false));
  const uint64_t event = ring_.layout.available + 4 + 2 * TestRing::kSize;
  guest_.Put(event, 2, 1);  // wants to hear after the second
  queue_.Push({}, 0);
  EXPECT_FALSE(queue_.TakeInterrupt());
  queue_.Push({}, 0);
  EXPECT_TRUE(queue_.TakeInterrupt());
  queue_.Push({}, 0);
  EXPECT_FALSE(queue_.TakeInterrupt());
}

TEST_F(VirtqueueTest, SaysWhetherItWantsToBeNotified) {
  queue_.WantNotification(false);
  EXPECT_EQ(guest_.Get(ring_.layout.used, 2), 1u);
  queue_.WantNotification(true);
  EXPECT_EQ(guest_.Get(ring_.layout.used, 2), 0u);
  ASSERT_TRUE(queue_.Enable(ring_.layout, true, false));
  ring_.Describe(0, kBuffers, 1);
  ring_.Offer(0);
  ASSERT_TRUE(queue_.Pop());
  queue_.WantNotification(true);
  EXPECT_EQ(guest_.Get(ring_.layout.used + 4 + 8 * TestRing::kSize, 2), 1u);
}

TEST_F(VirtqueueTest, BadSizesAreRefused) {
  for (const uint16_t size : {uint16_t{0}, uint16_t{3}, uint16_t{512}}) {
    Virtqueue::Layout layout = ring_.layout;
    layout.size = size;
    EXPECT_FALSE(queue_.Enable(layout, false, false)) << size;
    EXPECT_FALSE(queue_.Pop());
  }
}

// Rings full of random bytes, many times: whatever comes out is within bounds, and it ends.
TEST_F(VirtqueueTest, RandomRingsNeverHarm) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 2000; ++round) {
    for (uint64_t at = kBase; at < kBase + 0x200; at += 8) guest_.Put(at, 8, random());
    for (uint16_t i = 0; i < TestRing::kSize; ++i) {
      ring_.Describe(i, kBuffers + random() % 0x1000, random() % 64, random() % 8, random() % 9);
    }
    guest_.Put(ring_.layout.available + 2, 2, random() % 9);
    ASSERT_TRUE(queue_.Enable(ring_.layout, random() & 1, random() & 1));
    int count = 0;
    while (auto chain = queue_.Pop()) {
      ASSERT_LE(++count, 8);
      ASSERT_LE(chain->readable.size() + chain->writable.size(), size_t{TestRing::kSize});
      queue_.Push(*chain, 1);
    }
    queue_.TakeInterrupt();
    queue_.WantNotification(true);
  }
}

}  // namespace
}  // namespace emu::devices::virtio
