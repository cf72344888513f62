#include "translate/engine/page_windows.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

namespace emu::translate {
namespace {

constexpr uint64_t kPage = mmu::kPageSize;
constexpr uint64_t kWindow = PageWindows::kPages * kPage;
constexpr ContextKey kContext{1, 2};

class PageWindowsTest : public ::testing::Test {
 protected:
  static uint8_t* Map(int sharing) {
    return static_cast<uint8_t*>(mmap(nullptr, 8 * kPage, PROT_READ | PROT_WRITE, sharing | MAP_ANONYMOUS, -1, 0));
  }
  ~PageWindowsTest() override { munmap(memory_, 8 * kPage); }
  uint64_t HostOf(unsigned page) const { return reinterpret_cast<uint64_t>(memory_ + page * kPage); }
  // Guest pages from kWindow on lie in falling order.
  static bool IsMapped(uint64_t gva) { return gva >= kWindow && gva < kWindow + 8 * kPage; }
  uint64_t Falling(uint64_t gva) const {
    return IsMapped(gva) ? HostOf(static_cast<unsigned>(7 - (gva - kWindow) / kPage)) : 0;
  }
  PageWindows::View Show(const ContextKey& context, uint64_t gva, absl::FunctionRef<uint64_t(uint64_t page)> host_of) {
    return windows_.Show(context, gva, {host_of, [this](uint64_t) { return ++asked_, false; }});
  }
  PageWindows::View ShowFalling(uint64_t gva) {
    return Show(kContext, gva, [this](uint64_t page) { return Falling(page); });
  }

  uint8_t* memory_ = Map(MAP_SHARED);
  PageWindows windows_;
  unsigned asked_ = 0;
};

TEST_F(PageWindowsTest, PagesAreInTheOrderOfTheGuest) {
  for (unsigned page = 0; page < 8; ++page) memory_[page * kPage + 5] = static_cast<uint8_t>(page);
  PageWindows::View view;
  for (unsigned page = 0; page < 8; ++page) {
    view = ShowFalling(kWindow + page * kPage + 17);
    EXPECT_TRUE(view.is_new);
    EXPECT_EQ(view.low, kWindow);
    EXPECT_EQ(view.high, kWindow + (page + 1) * kPage);
  }
  for (unsigned page = 0; page < 8; ++page) {
    auto* const shown = reinterpret_cast<uint8_t*>(kWindow + page * kPage + 5 + view.addend);
    EXPECT_EQ(*shown, 7 - page);
    *shown = 99;
    EXPECT_EQ(memory_[(7 - page) * kPage + 5], 99);
  }
  EXPECT_FALSE(ShowFalling(kWindow).is_new);
}

TEST_F(PageWindowsTest, KnowsWhereWhatItShowsLies) {
  constexpr uint64_t kGva = kWindow + 3 * kPage + 17;
  EXPECT_FALSE(windows_.MayShow(kContext, kGva));
  const PageWindows::View view = ShowFalling(kGva);
  const uint64_t home = HostOf(4) + 17;
  EXPECT_TRUE(windows_.MayShow(kContext, kGva));
  EXPECT_EQ(windows_.AddressOf(kContext, kGva, home), kGva + view.addend);
  EXPECT_EQ(windows_.HomeOf(kGva + view.addend), home);
  EXPECT_EQ(windows_.HomeOf(home), home);
  EXPECT_EQ(windows_.AddressOf(kContext, kGva, home + kPage), 0u) << "the page lies elsewhere now";
  EXPECT_EQ(windows_.AddressOf(kContext, kGva + kPage, HostOf(3)), 0u) << "it is not shown";
  EXPECT_EQ(windows_.AddressOf({1, 3}, kGva, home), 0u);
  windows_.Clear();
  EXPECT_EQ(windows_.AddressOf(kContext, kGva, home), 0u);
}

// But for what lies there already: another context's window, or anything of the host.
TEST_F(PageWindowsTest, LiesAtTheFixedDistance) {
  const auto one = [this](uint64_t) { return HostOf(0); };
  EXPECT_EQ(ShowFalling(kWindow).addend, PageWindows::kDistance);
  const PageWindows::View second = Show({1, 3}, kWindow, one);
  EXPECT_NE(second.addend, PageWindows::kDistance);
  EXPECT_EQ(windows_.HomeOf(kWindow + PageWindows::kDistance), HostOf(7));
  EXPECT_EQ(windows_.HomeOf(kWindow + second.addend + 5), HostOf(0) + 5);
  EXPECT_NE(Show(kContext, HostOf(0) - PageWindows::kDistance, one).addend, PageWindows::kDistance);
  EXPECT_NE(Show(kContext, 0xffffffff80000000, one).addend, PageWindows::kDistance);
  const uint64_t stack = reinterpret_cast<uint64_t>(__builtin_frame_address(0));
  EXPECT_NE(Show(kContext, stack - 64 * kWindow - PageWindows::kDistance, one).addend, PageWindows::kDistance);
  windows_.Clear();
  EXPECT_EQ(Show({1, 3}, kWindow, one).addend, PageWindows::kDistance) << "the first one is gone";
}

TEST_F(PageWindowsTest, EndsAtWhatWasNotShownOrIsNotKnown) {
  for (unsigned page : {1, 2, 3, 5}) ShowFalling(kWindow + page * kPage);
  const PageWindows::View view = ShowFalling(kWindow + 2 * kPage);
  EXPECT_EQ(view.low, kWindow + kPage);
  EXPECT_EQ(view.high, kWindow + 4 * kPage);
  const auto some = [this](uint64_t page) { return page == kWindow + kPage ? 0 : Falling(page); };
  EXPECT_EQ(Show(kContext, kWindow + 2 * kPage, some).low, kWindow + 2 * kPage);
  const PageWindows::View none = Show(kContext, kWindow + kPage, some);
  EXPECT_EQ(none.low, none.high);
}

TEST_F(PageWindowsTest, APageThatMovedIsShownAnew) {
  const PageWindows::View before = ShowFalling(kWindow + 2 * kPage);
  EXPECT_FALSE(windows_.Replaces(kContext, kWindow + 2 * kPage, HostOf(5)));
  EXPECT_TRUE(windows_.Replaces(kContext, kWindow + 2 * kPage, HostOf(2)));
  const PageWindows::View after = Show(kContext, kWindow + 2 * kPage, [this](uint64_t) { return HostOf(2); });
  EXPECT_TRUE(after.is_new);
  EXPECT_EQ(after.addend, before.addend);
  memory_[2 * kPage] = 42;
  EXPECT_EQ(*reinterpret_cast<uint8_t*>(kWindow + 2 * kPage + after.addend), 42);
}

TEST_F(PageWindowsTest, MemoryThatIsNotSharedIsAskedFor) {
  uint8_t* const own = Map(MAP_PRIVATE);
  const auto one = [own](uint64_t gva) { return gva == kWindow ? reinterpret_cast<uint64_t>(own) : 0; };
  const PageWindows::View refused = Show(kContext, kWindow, one);
  EXPECT_EQ(refused.low, refused.high);
  EXPECT_EQ(asked_, 1u);
  const auto share = [own](uint64_t) {
    return mmap(own, kPage, PROT_READ, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == own;
  };
  const PageWindows::View view = windows_.Show(kContext, kWindow, {one, share});
  EXPECT_EQ(view.high - view.low, kPage);
  munmap(own, 8 * kPage);
}

TEST_F(PageWindowsTest, WhatWasClearedIsShownAnew) {
  ShowFalling(kWindow);
  windows_.Clear();
  EXPECT_TRUE(ShowFalling(kWindow).is_new);
}

TEST_F(PageWindowsTest, PagesAroundTheOneThatAWindowWasTakenForAreInThatWindow) {
  const auto any = [this](uint64_t) { return HostOf(3); };
  for (const uint64_t middle : {4 * kWindow, 5 * kWindow - kPage, 7 * kWindow + kWindow / 2}) {
    const uint64_t addend = Show(kContext, middle, any).addend;
    for (const uint64_t away : {kWindow / 4 - kPage, kPage}) {
      EXPECT_EQ(Show(kContext, middle + away, any).addend, addend);
      EXPECT_EQ(Show(kContext, middle - away, any).addend, addend);
    }
  }
}

TEST_F(PageWindowsTest, TheOldestWindowIsReplacedWhenAllAreTaken) {
  const auto one = [this](uint64_t) { return HostOf(0); };
  const auto middle = [](unsigned n) { return n * kWindow + kWindow / 4; };
  for (unsigned n = 0; n < PageWindows::kWindows; ++n) {
    EXPECT_FALSE(windows_.Replaces(kContext, middle(n), HostOf(0)));
    Show(kContext, middle(n), one);
  }
  EXPECT_FALSE(windows_.Replaces(kContext, middle(5), HostOf(0))) << "is there";
  EXPECT_TRUE(windows_.Replaces(ContextKey{7, 2}, middle(5), HostOf(0))) << "another context";
  const PageWindows::View view = Show(ContextKey{7, 2}, middle(5), one);
  EXPECT_EQ(view.high - view.low, kPage) << "nothing is left of the old one";
  EXPECT_TRUE(windows_.Replaces(kContext, middle(0), HostOf(0))) << "gave its place";
}

}  // namespace
}  // namespace emu::translate
