#include "memory/page_bits.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <thread>

namespace emu::memory {
namespace {

TEST(PageBitsTest, ARangeTouchesAllItsPages) {
  PageBits bits(10 * kPageSize);
  bits.Set(kPageSize - 1, 2);
  EXPECT_TRUE(bits.Any(0, 1));
  EXPECT_TRUE(bits.Any(kPageSize, 1));
  EXPECT_FALSE(bits.Any(2 * kPageSize, 8 * kPageSize));
  bits.Clear(0, 1);
  EXPECT_FALSE(bits.Any(0, kPageSize));
  EXPECT_TRUE(bits.Any(0, kPageSize + 1));
}

TEST(PageBitsTest, NothingAndBeyondAreIgnored) {
  PageBits bits(kPageSize + 1);  // two pages
  bits.Set(0, 0);
  bits.Set(2 * kPageSize, ~uint64_t{0});
  EXPECT_FALSE(bits.Any(0, ~uint64_t{0}));
  bits.Set(kPageSize, ~uint64_t{0});
  EXPECT_EQ(bits.Take(0, ~uint64_t{0}).Count(), 1u);
}

TEST(PageBitsTest, TakeClearsItsRangeOnly) {
  PageBits bits(300 * kPageSize);
  bits.Set(0, 300 * kPageSize);
  const PageBitmap taken = bits.Take(70 * kPageSize, 130 * kPageSize);
  EXPECT_EQ(taken.first_page, 70u);
  EXPECT_EQ(taken.page_count, 130u);
  EXPECT_EQ(taken.Count(), 130u);
  EXPECT_FALSE(taken.Test(69));
  EXPECT_TRUE(taken.Test(70));
  EXPECT_TRUE(taken.Test(199));
  EXPECT_FALSE(taken.Test(200));
  EXPECT_TRUE(bits.Any(69 * kPageSize, 1));
  EXPECT_FALSE(bits.Any(70 * kPageSize, 130 * kPageSize));
  EXPECT_TRUE(bits.Any(200 * kPageSize, 1));
}

TEST(PageBitsTest, AgreesWithASetOfPages) {
  std::mt19937_64 random(1);
  const uint64_t pages = 200;
  PageBits bits(pages * kPageSize);
  std::set<uint64_t> model;
  for (int step = 0; step < 5000; ++step) {
    const uint64_t first = random() % pages, count = 1 + random() % (pages - first);
    const uint64_t offset = first * kPageSize, length = count * kPageSize;
    const auto from = model.lower_bound(first), to = model.lower_bound(first + count);
    switch (random() % 4) {
      case 0:
        ASSERT_EQ(bits.Any(offset, length), from != to);
        break;
      case 1:
        bits.Clear(offset, length);
        model.erase(from, to);
        break;
      case 2: {
        const PageBitmap taken = bits.Take(offset, length);
        for (uint64_t page = 0; page < pages; ++page) {
          const bool inside = page >= first && page < first + count;
          ASSERT_EQ(taken.Test(page), inside && model.count(page) == 1);
        }
        model.erase(from, to);
        break;
      }
      default:
        bits.Set(offset, 1 + random() % kPageSize);
        model.insert(first);
    }
  }
}

TEST(PageBitsTest, NoBitIsLostBetweenThreads) {
  constexpr uint64_t kPages = 64 * 64;
  PageBits bits(kPages * kPageSize);
  std::atomic<bool> done{false};
  std::set<uint64_t> seen;
  std::thread taker([&] {
    for (bool last = false; !last;) {
      last = done.load();
      const PageBitmap taken = bits.Take(0, kPages * kPageSize);
      for (uint64_t page = 0; page < kPages; ++page) {
        if (taken.Test(page)) seen.insert(page);
      }
    }
  });
  for (uint64_t page = 0; page < kPages; ++page) bits.Set(page * kPageSize, 1);
  done.store(true);
  taker.join();
  EXPECT_EQ(seen.size(), kPages);
}

}  // namespace
}  // namespace emu::memory
