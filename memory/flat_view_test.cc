#include "memory/flat_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "memory/fake_device.h"

namespace emu::memory {
namespace {

constexpr uint64_t kMax = ~uint64_t{0};

std::string Text(const FlatView& view) {
  std::string text;
  for (const FlatRange& r : view.ranges()) {
    absl::StrAppend(&text, absl::Hex(r.first.value), "-", absl::Hex(r.last.value), " ", r.region->name(), "@",
                    absl::Hex(r.offset.value), r.readonly ? " ro" : "", r.romd ? " romd" : "", "\n");
  }
  return text;
}

class FlatViewTest : public testing::Test {
 protected:
  RegionPtr Io(const char* name, Size size) { return Region::Io(name, size, &device_); }
  RegionPtr Ram(const char* name, uint64_t size) { return Region::Ram(name, *RamBlock::Anonymous(name, size)); }
  void Map(const RegionPtr& parent, const RegionPtr& child, uint64_t at, int priority = 0) {
    ASSERT_TRUE(parent->Map(child, RegionOffset(at), priority).ok());
  }
  std::string View(const RegionPtr& root) { return Text(*FlatView::Of(root)); }

  FakeDevice device_;
  RegionPtr root_ = Region::Container("root", Size::Whole());
};

TEST_F(FlatViewTest, HigherPriorityCutsHolesByTheByte) {
  Map(root_, Io("low", 0x100), 0x1000);
  Map(root_, Io("high", 1), 0x1010, 1);
  EXPECT_EQ(View(root_), "1000-100f low@0\n1010-1010 high@0\n1011-10ff low@11\n");
}

TEST_F(FlatViewTest, ContainersAreTransparentTerminatedOnesAreNot) {
  Map(root_, Io("below", 0x20), 0, -1);
  const RegionPtr container = Region::Container("container", 0x10), closed = Region::Terminated("closed", 0x10);
  Map(container, Io("a", 4), 4);
  Map(closed, Io("b", 4), 4);
  Map(root_, container, 0);
  Map(root_, closed, 0x10);
  EXPECT_EQ(View(root_), "0-3 below@0\n4-7 a@0\n8-f below@8\n10-13 closed@0\n14-17 b@0\n18-1f closed@8\n");
}

TEST_F(FlatViewTest, ChildrenComeBeforeTheirRegionAndAreCutByIt) {
  const RegionPtr ram = Ram("ram", 0x10);
  Map(ram, Io("overlay", 0x10), 8, -100);
  Map(root_, ram, 0x100);
  EXPECT_EQ(View(root_), "100-107 ram@0\n108-10f overlay@0\n");
}

TEST_F(FlatViewTest, WholeSpaceAndItsLastByte) {
  Map(root_, Io("all", Size::Whole()), 0);
  Map(root_, Io("end", 0x10), kMax, 1);
  EXPECT_EQ(View(root_), "0-fffffffffffffffe all@0\nffffffffffffffff-ffffffffffffffff end@0\n");
}

TEST_F(FlatViewTest, AliasOfAPartWithABaseBelowZero) {
  const RegionPtr bus = Region::Container("bus", Size::Whole());
  Map(bus, Io("a", 0x100), 0x8000);
  Map(bus, Io("end", 0x100), kMax - 0xff);
  Map(root_, Region::Alias("low", bus, RegionOffset(0x8080), 0x1000), 0);
  Map(root_, Region::Alias("top", bus, RegionOffset(kMax - 0x7f), Size::Whole()), 0x2000);
  EXPECT_EQ(View(root_), "0-7f a@80\n2000-207f end@80\n");
}

TEST_F(FlatViewTest, AliasOfAnAliasAndTheSameTargetTwiceMeet) {
  const RegionPtr ram = Ram("ram", 0x1000);
  const RegionPtr half = Region::Alias("half", ram, RegionOffset(0x800), 0x800);
  Map(root_, Region::Alias("quarter", half, RegionOffset(0x400), 0x1000), 0x400);
  Map(root_, Region::Alias("before", ram, RegionOffset(0x800), 0x400), 0);
  EXPECT_EQ(View(root_), "0-7ff ram@800\n") << "consecutive parts of one region are one range";
}

TEST_F(FlatViewTest, ReadonlyIsHandedDownAndKeepsRangesApart) {
  const RegionPtr ram = Ram("ram", 0x20);
  const RegionPtr upper = Region::Alias("upper", ram, RegionOffset(0x10), 0x10);
  upper->SetReadonly(true);
  Map(root_, upper, 0x10);
  Map(root_, Region::Alias("lower", ram, RegionOffset(0), 0x10), 0);
  EXPECT_EQ(View(root_), "0-f ram@0\n10-1f ram@10 ro\n");
  EXPECT_TRUE(FlatView::Of(root_)->ranges()[0].direct_writes());
  EXPECT_FALSE(FlatView::Of(root_)->ranges()[1].direct_writes());
}

TEST_F(FlatViewTest, RomAndRomDevices) {
  const RegionPtr rom = Region::Rom("rom", *RamBlock::Anonymous("rom", 0x10));
  const RegionPtr flash = Region::RomDevice("flash", *RamBlock::Anonymous("flash", 0x10), &device_);
  Map(root_, rom, 0);
  Map(root_, flash, 0x10);
  EXPECT_EQ(View(root_), "0-f rom@0 ro\n10-1f flash@0 romd\n");
  const FlatView::Ptr view = FlatView::Of(root_);
  EXPECT_EQ(view->Find(Gpa(0x11))->HostAt(Gpa(0x11)), flash->block()->host() + 1);
  EXPECT_FALSE(view->Find(Gpa(0x11))->direct_writes());
  flash->SetDirectReads(false);
  EXPECT_EQ(FlatView::Of(root_)->Find(Gpa(0x11))->host, nullptr);
  EXPECT_EQ(FlatView::Of(root_)->Find(Gpa(0x11))->block, flash->block().get());
}

TEST_F(FlatViewTest, DisabledSubtreesAreNotSeen) {
  const RegionPtr container = Region::Container("container", 0x10);
  Map(container, Io("a", 4), 0);
  Map(root_, container, 0);
  container->SetEnabled(false);
  EXPECT_EQ(View(root_), "");
  EXPECT_EQ(FlatView::Of(root_)->root(), nullptr);
  container->SetEnabled(true);
  EXPECT_EQ(View(root_), "0-3 a@0\n");
}

TEST_F(FlatViewTest, ARootThatIsMappedLiesAtItsOwnAddress) {
  const RegionPtr io = Region::Container("io", 0x100);
  Map(io, Io("port", 4), 0x60);
  Map(root_, io, 0x80000000);
  EXPECT_EQ(View(io), "80000060-80000063 port@0\n");
  Map(root_, Region::Alias("window", io, RegionOffset(0), 0x100), 0);
  EXPECT_EQ(View(root_), "60-63 port@0\n80000060-80000063 port@0\n");
}

TEST_F(FlatViewTest, RootsThatComeDownToOneRegionShareItsView) {
  const RegionPtr master = Region::Container("bus master", Size::Whole());
  const RegionPtr window = Region::Alias("window", root_, RegionOffset(0), Size::Whole());
  Map(root_, Io("a", 4), 0);
  Map(root_, Io("b", 4), 8);
  Map(master, window, 0);
  EXPECT_EQ(FlatView::Of(master), FlatView::Of(root_));
  EXPECT_EQ(FlatView::Of(master)->root(), root_);
  window->SetReadonly(true);
  EXPECT_NE(FlatView::Of(master), FlatView::Of(root_)) << "what the alias adds must not be lost";
  window->SetReadonly(false);
  window->SetSize(0x1000);
  EXPECT_NE(FlatView::Of(master), FlatView::Of(root_));
  window->SetSize(Size::Whole());
  window->SetEnabled(false);
  EXPECT_EQ(FlatView::Of(master)->root(), nullptr);
}

TEST_F(FlatViewTest, FindIsExactToTheByte) {
  Map(root_, Io("a", 1), 5);
  Map(root_, Io("b", 2), 0x100);
  const FlatView::Ptr view = FlatView::Of(root_);
  EXPECT_EQ(view->Find(Gpa(4)), nullptr);
  EXPECT_EQ(view->Find(Gpa(5))->region->name(), "a");
  EXPECT_EQ(view->Find(Gpa(6)), nullptr);
  EXPECT_EQ(view->FindFrom(Gpa(6))->region->name(), "b");
  EXPECT_EQ(view->Find(Gpa(0x101))->OffsetAt(Gpa(0x101)), RegionOffset(1));
  EXPECT_EQ(view->FindFrom(Gpa(0x102)), nullptr);
  EXPECT_EQ(view->Find(Gpa(kMax)), nullptr);
}

TEST_F(FlatViewTest, AViewKeepsWhatItShows) {
  auto device = std::make_shared<FakeDevice>();
  const std::weak_ptr<FakeDevice> watch = device;
  FakeDevice* raw = device.get();
  Map(root_, Region::Io("gone", 4, raw, {}, std::move(device)), 0);
  FlatView::Ptr view = FlatView::Of(root_);
  ASSERT_TRUE(root_->Unmap(root_->children()[0]).ok());
  EXPECT_FALSE(watch.expired());
  EXPECT_EQ(view->ranges()[0].region->name(), "gone");
  view.reset();
  EXPECT_TRUE(watch.expired());
}

}  // namespace
}  // namespace emu::memory
