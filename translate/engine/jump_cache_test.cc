#include "translate/engine/jump_cache.h"

#include <cstdint>
#include <set>

#include "gtest/gtest.h"

namespace emu::translate {
namespace {

// Whether any of the lowest program counters is found.
bool Holds(JumpCache& cache) {
  for (uint64_t pc = 0; pc < 4 * kJumpCacheEntries; ++pc) {
    if (cache.Line(pc).pc == pc) return true;
  }
  return false;
}

TEST(JumpCacheTest, EmptyLinesMatchNothing) {
  JumpCache cache;
  EXPECT_FALSE(Holds(cache));
  for (const uint64_t pc : {0, 2, 0x1000}) {
    cache.Put(pc, 1);
    EXPECT_EQ(cache.Line(pc).pc, pc);
    EXPECT_TRUE(Holds(cache));
    cache.Forget(pc);
    EXPECT_FALSE(Holds(cache)) << pc;
  }
}

TEST(JumpCacheTest, OnlyTheLineOfTheAddressIsForgotten) {
  JumpCache cache;
  cache.Put(0x1000, 1);
  cache.Forget(0x2000);
  cache.Forget(0x1000 ^ uint64_t{1} << 40);
  EXPECT_EQ(cache.Line(0x1000).code, 1u);
}

TEST(JumpCacheTest, ClearedAfterFewAndAfterMany) {
  JumpCache cache;
  for (const uint64_t count : {1u, 255u, 256u, 257u, 3 * kJumpCacheEntries}) {
    for (uint64_t n = 0; n < count; ++n) cache.Put(2 * (n % kJumpCacheEntries), 1);
    EXPECT_TRUE(Holds(cache));
    cache.Clear();
    EXPECT_FALSE(Holds(cache)) << count;
  }
}

TEST(JumpCacheTest, GrowsWhenManyWerePutAndKeepsThem) {
  JumpCache cache;
  const auto put_all = [&](uint64_t count) {
    for (uint64_t n = 0; n < count; ++n) cache.Put(2 * n, n + 1);
  };
  const auto held = [&](uint64_t count) {
    uint64_t number = 0;
    for (uint64_t n = 0; n < count; ++n) number += cache.Line(2 * n).pc == 2 * n && cache.Line(2 * n).code == n + 1;
    return number;
  };
  put_all(kMostJumpCacheEntries);
  EXPECT_EQ(held(kMostJumpCacheEntries), 3 * kJumpCacheEntries);  // the others had given way before it grew
  put_all(kMostJumpCacheEntries);
  EXPECT_EQ(held(kMostJumpCacheEntries), kMostJumpCacheEntries);
  cache.Clear();
  EXPECT_FALSE(Holds(cache));
  put_all(kMostJumpCacheEntries / 2);
  EXPECT_LT(held(kMostJumpCacheEntries), kMostJumpCacheEntries / 2);  // it is small again
}

TEST(JumpCacheTest, FunctionsAtTheSamePlaceOfTheirPagesShareNoLine) {
  JumpCache cache;
  for (const uint64_t at : {0x0, 0x120, 0xffe}) {
    std::set<const JumpEntry*> lines;
    for (uint64_t page = 0; page < 64; ++page) lines.insert(&cache.Line(0x555555554000 + page * 4096 + at));
    EXPECT_EQ(lines.size(), 64u) << at;
  }
}

}  // namespace
}  // namespace emu::translate
