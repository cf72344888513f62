#include "translate/engine/code_map.h"

#include <gtest/gtest.h>

namespace emu::translate {
namespace {

constexpr uint64_t kPage = 4096;

class CodeMapTest : public ::testing::Test {
 protected:
  CodeMapTest() {
    const auto start = reinterpret_cast<uintptr_t>(memory_.data());
    pages_ = memory_.data() + (kPage - start % kPage) % kPage;
  }
  const uint8_t* At(uint64_t offset) const { return pages_ + offset; }

  TranslatedBlock* Add(uint64_t offset, uint32_t bytes, uint64_t next_page = 0, uint32_t key = 0) {
    TranslatedBlock* const b = map_.New();
    b->host_pc = At(offset);
    b->pc = 0x1000 + offset;
    b->key = key;
    b->code = {{b->pc, b->host_pc, bytes}};
    if (next_page != 0) b->code.push_back({(b->pc & ~(kPage - 1)) + kPage, At(next_page), 4});
    new_pages_.clear();
    map_.Add(b, &new_pages_);
    return b;
  }
  // How many blocks a write takes.
  size_t Write(uint64_t offset, uint64_t length) {
    std::vector<TranslatedBlock*> taken;
    map_.TakeOverlapping(At(offset), length, &taken);
    return taken.size();
  }

  std::vector<uint8_t> memory_ = std::vector<uint8_t>(5 * kPage);
  uint8_t* pages_;
  CodeMap map_;
  std::vector<const uint8_t*> new_pages_;
};

TEST_F(CodeMapTest, FindsByPlaceAddressKeyAndLimit) {
  TranslatedBlock* b = Add(0x100, 32);
  EXPECT_EQ(map_.Find({At(0x100), 0x1100, 0, 0}), b);
  EXPECT_EQ(map_.Find({At(0x104), 0x1100, 0, 0}), nullptr);
  EXPECT_EQ(map_.Find({At(0x100), 0x1104, 0, 0}), nullptr);
  EXPECT_EQ(map_.Find({At(0x100), 0x1100, 1, 0}), nullptr);
  EXPECT_EQ(map_.Find({At(0x100), 0x1100, 0, 5}), nullptr);
}

TEST_F(CodeMapTest, BlocksWithCertainInstructionsAreTaken) {
  Add(0x100, 32);
  Add(0x110, 8, 0, 1);
  Add(0x120, 8);
  const auto take = [&](std::vector<uint64_t> pcs) {
    std::vector<TranslatedBlock*> taken;
    map_.TakeContaining(pcs, &taken);
    return taken.size();
  };
  EXPECT_EQ(take({}), 0u);
  EXPECT_EQ(take({0x10ff, 0x1128, 0x2100}), 0u);
  EXPECT_EQ(take({0x1000, 0x1114}), 2u);
  EXPECT_EQ(take({0x1120, 0x1124}), 1u);
  EXPECT_EQ(map_.size(), 0u);
}

TEST_F(CodeMapTest, APageIsNewWhenItsFirstBlockComes) {
  Add(0x100, 32);
  EXPECT_EQ(new_pages_, std::vector<const uint8_t*>{At(0)});
  Add(0x200, 32);
  EXPECT_TRUE(new_pages_.empty());
  Add(0x2000 - 4, 4, 0x2000);
  EXPECT_EQ(new_pages_, (std::vector<const uint8_t*>{At(0x1000), At(0x2000)}));
  EXPECT_TRUE(map_.HasCode(At(0x2000)));
  EXPECT_FALSE(map_.HasCode(At(0x3000)));
}

TEST_F(CodeMapTest, WritesTakeExactlyTheBlocksThatTheyTouch) {
  Add(0x100, 32);
  Add(0x110, 64);
  Add(0x180, 16);
  EXPECT_EQ(Write(0xf8, 8), 0u);
  EXPECT_EQ(Write(0x150, 8), 0u) << "in a line with code, beside it";
  EXPECT_EQ(Write(0x11f, 1), 2u);
  EXPECT_EQ(map_.size(), 1u);
  EXPECT_EQ(Write(0x11f, 1), 0u);
  EXPECT_EQ(Write(0x18f, 1), 1u);
}

TEST_F(CodeMapTest, CodeInFrontOfABlocksBeginningIsPartOfIt) {
  const auto add = [this] {
    TranslatedBlock* const b = map_.New();
    b->host_pc = At(0x140);
    b->pc = 0x1140;
    b->code = {{0x1100, At(0x100), 0x50}};
    map_.Add(b, &new_pages_);
  };
  add();
  EXPECT_EQ(Write(0xff, 1), 0u);
  EXPECT_EQ(Write(0x150, 1), 0u);
  EXPECT_EQ(Write(0x100, 1), 1u);
  add();
  EXPECT_EQ(Write(0x14f, 1), 1u);
  add();
  std::vector<TranslatedBlock*> taken;
  map_.TakeContaining({0x10ff, 0x1150}, &taken);
  EXPECT_EQ(taken.size(), 0u);
  map_.TakeContaining({0x1100}, &taken);
  EXPECT_EQ(taken.size(), 1u);
}

TEST_F(CodeMapTest, BlocksAcrossPagesGoByEitherPage) {
  Add(0x1000 - 8, 8, 0x1000);
  EXPECT_EQ(Write(0x1004, 4), 0u);
  EXPECT_EQ(Write(0x1000, 1), 1u);
  Add(0x1000 - 8, 8, 0x1000);
  EXPECT_EQ(Write(0x1000 - 1, 1), 1u);
  EXPECT_EQ(map_.size(), 0u);
}

TEST_F(CodeMapTest, BlocksOfSeveralPagesGoByAnyOfThem) {
  const auto add = [this] {
    TranslatedBlock* const b = map_.New();
    b->host_pc = At(0x100);
    b->pc = 0x1100;
    b->code = {{0x1100, At(0x100), 8}, {0x7ff0, At(0x2ff0), 16}, {0x4080, At(0x3080), 4}};
    map_.Add(b, &new_pages_);
    return b;
  };
  const TranslatedBlock* const b = add();
  EXPECT_EQ(new_pages_, (std::vector<const uint8_t*>{At(0), At(0x2000), At(0x3000)}));
  EXPECT_EQ(b->HostAt(0x1104), At(0x104));
  EXPECT_EQ(b->HostAt(0x7ff4), At(0x2ff4));
  EXPECT_EQ(b->HostAt(0x4080), At(0x3080));
  EXPECT_EQ(b->HostAt(0x2080), nullptr);
  EXPECT_EQ(Write(0x2fe0, 16), 0u);
  EXPECT_EQ(Write(0x3084, 4), 0u);
  for (const uint64_t at : {0x107, 0x2ff0, 0x3083}) {
    EXPECT_EQ(Write(at, 1), 1u);
    add();
  }
  std::vector<TranslatedBlock*> taken;
  map_.TakeContaining({0x2ff0, 0x4084, 0x7fef, 0x8000}, &taken);
  EXPECT_EQ(taken.size(), 0u);
  map_.TakeContaining({0x4082}, &taken);
  EXPECT_EQ(taken.size(), 1u);
}

TEST(CodePartTest, HoldsWhatLiesOnItsPage) {
  const uint8_t page[kPage] = {};
  const auto part = [&](std::vector<std::pair<uint64_t, uint64_t>> ranges) {
    CodePart p{0x5000, page};
    for (const auto& [from, length] : ranges) p.Include(from, length);
    EXPECT_EQ(p.host - page, static_cast<int64_t>(p.pc - 0x5000));
    return std::pair(p.pc, p.bytes);
  };
  using Part = std::pair<uint64_t, uint32_t>;
  EXPECT_EQ(part({{0x5100, 4}}), (Part{0x5100, 4}));
  EXPECT_EQ(part({{0x5100, 4}, {0x5080, 4}, {0x5082, 4}}), (Part{0x5080, 0x84}));
  EXPECT_EQ(part({{0x4ffe, 4}}), (Part{0x5000, 2}));
  EXPECT_EQ(part({{0x5ffe, 4}, {0x5000, 2}}), (Part{0x5000, 0x1000}));
  EXPECT_EQ(part({{0x4ffc, 4}, {0x6000, 4}}), (Part{0x5000, 0}));
  CodePart first{0, page};
  first.Include(~uint64_t{1}, 4);
  EXPECT_EQ(first.bytes, 2u) << "behind the last address";
}

TEST_F(CodeMapTest, ABlockWhoseTwoPagesAreOneIsTakenOnce) {
  Add(0x2000 - 4, 4, 0x1000);
  EXPECT_EQ(Write(0x1000, kPage), 1u);
  EXPECT_EQ(map_.size(), 0u);
}

TEST_F(CodeMapTest, LongWritesReachAllPages) {
  Add(0x10, 16);
  Add(0x1010, 16);
  Add(0x2010, 16);
  EXPECT_EQ(Write(0x800, kPage), 1u);
  EXPECT_EQ(Write(0, 3 * kPage), 2u);
}

// A buffer of the caller's that begins in the middle of a host page.
TEST_F(CodeMapTest, GuestPagesNeedNotBeHostPages) {
  Add(0x1000 - 32, 64);
  EXPECT_EQ(new_pages_, (std::vector<const uint8_t*>{At(0), At(0x1000)}));
  EXPECT_EQ(Write(0x1000 + 31, 1), 1u);
  EXPECT_EQ(map_.size(), 0u);
}

// What is written over is often translated again soon.
TEST_F(CodeMapTest, PagesWithoutBlocksHoldNoCodeAfterSomeWrites) {
  map_.Take(Add(0x100, 32));
  EXPECT_TRUE(map_.HasCode(At(0)));
  for (int n = 0; n < 20; ++n) Write(0x100, 8);
  EXPECT_TRUE(map_.HasCode(At(0)));
  Add(0x100, 32);
  EXPECT_TRUE(new_pages_.empty());
  for (int n = 0; n < 20; ++n) Write(0x100, 8);
  EXPECT_TRUE(map_.HasCode(At(0))) << "the count began anew";
  for (int n = 0; n < 20; ++n) Write(0x800, 8);
  EXPECT_FALSE(map_.HasCode(At(0)));
  Add(0x100, 32);
  EXPECT_EQ(new_pages_, std::vector<const uint8_t*>{At(0)});
  map_.Clear();
  EXPECT_FALSE(map_.HasCode(At(0)));
  EXPECT_EQ(map_.size(), 0u);
}

TEST_F(CodeMapTest, FindsEachOfMany) {
  std::vector<TranslatedBlock*> blocks;
  for (uint32_t n = 0; n < 20000; ++n) blocks.push_back(Add(n % 4096, 4, 0, n / 4096));
  EXPECT_EQ(map_.size(), 20000u);
  for (uint32_t n = 0; n < 20000; n += 2) map_.Take(blocks[n]), map_.Free(blocks[n]);
  EXPECT_EQ(map_.size(), 10000u);
  for (uint32_t n = 0; n < 20000; ++n) {
    ASSERT_EQ(map_.Find({At(n % 4096), 0x1000 + n % 4096, n / 4096, 0}), n % 2 == 0 ? nullptr : blocks[n]);
  }
}

}  // namespace
}  // namespace emu::translate
