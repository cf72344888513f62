#include "devices/byte_queue.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace emu::devices {
namespace {

TEST(ByteQueue, FirstInFirstOut) {
  ByteQueue queue;
  EXPECT_TRUE(queue.empty());
  queue.Append("abc");
  queue.Append("de");
  EXPECT_EQ(queue.view(), "abcde");
  queue.Pop(1);
  EXPECT_EQ(queue.view(), "bcde");
  EXPECT_EQ(queue.size(), 4u);
  queue.Pop(4);
  EXPECT_TRUE(queue.empty());
  queue.Append("f");
  queue.Clear();
  EXPECT_EQ(queue.view(), "");
}

TEST(ByteQueue, LikeAString) {
  std::mt19937 random(1);
  ByteQueue queue;
  std::string expected;
  for (int i = 0; i < 20'000; ++i) {
    if (random() % 3 == 0) {
      const std::string more(random() % 50, static_cast<char>(i));
      queue.Append(more);
      expected += more;
    } else {
      const size_t count = random() % (expected.size() + 1) / (random() % 2 * 20 + 1);
      queue.Pop(count);
      expected.erase(0, count);
    }
    ASSERT_EQ(queue.view(), expected) << i;
  }
}

// Bytes move, so that memory is bounded, but seldom.
TEST(ByteQueue, MillionsOneByOne) {
  ByteQueue queue;
  queue.Append(std::string(4'000'000, 'x'));
  size_t moves = 0;
  const char* end = queue.view().data() + queue.size();
  while (!queue.empty()) {
    queue.Pop(1);
    const char* const now = queue.view().data() + queue.size();
    moves += now != end;
    end = now;
  }
  EXPECT_LT(moves, 30u);
}

}  // namespace
}  // namespace emu::devices
