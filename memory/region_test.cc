#include "memory/region.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "memory/fake_device.h"
#include "memory/flat_view.h"

namespace emu::memory {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

RamBlock::Ptr Block(uint64_t size) { return *RamBlock::Anonymous("block", size); }

TEST(RegionTest, ChildrenAreInTheOrderInWhichTheyAreLookedAt) {
  const RegionPtr root = Region::Container("root", Size::Whole());
  const RegionPtr a = Region::Container("a", 1), b = Region::Container("b", 1), c = Region::Container("c", 1),
                  d = Region::Container("d", 1);
  ASSERT_TRUE(root->Map(a, RegionOffset(0)).ok());
  ASSERT_TRUE(root->Map(b, RegionOffset(0), -1).ok());
  ASSERT_TRUE(root->Map(c, RegionOffset(0), 1).ok());
  ASSERT_TRUE(root->Map(d, RegionOffset(0)).ok());
  EXPECT_THAT(root->children(), ElementsAre(c, d, a, b));
  a->SetAddress(RegionOffset(4));
  EXPECT_THAT(root->children(), ElementsAre(c, a, d, b));
  b->SetPriority(7);
  EXPECT_THAT(root->children(), ElementsAre(b, c, a, d));
  ASSERT_TRUE(root->Unmap(c).ok());
  EXPECT_THAT(root->children(), ElementsAre(b, a, d));
  EXPECT_EQ(c->parent(), nullptr);
  EXPECT_EQ(a->parent(), root.get());
}

TEST(RegionTest, MapRefusesWhatWouldBreakTheTree) {
  const RegionPtr root = Region::Container("root", 64), inner = Region::Container("inner", 32);
  const RegionPtr window = Region::Alias("window", root, RegionOffset(0), 8);
  auto error = [](const absl::Status& status) { return std::string(status.message()); };
  EXPECT_THAT(error(root->Map(root, RegionOffset(0))), HasSubstr("'root' into 'root': it contains"));
  EXPECT_THAT(error(root->Map(nullptr, RegionOffset(0))), HasSubstr("no region given"));
  ASSERT_TRUE(root->Map(inner, RegionOffset(0)).ok());
  EXPECT_THAT(error(root->Map(inner, RegionOffset(8))), HasSubstr("lies in 'root' already"));
  EXPECT_THAT(error(inner->Map(root, RegionOffset(0))), HasSubstr("it contains"));
  EXPECT_THAT(error(inner->Map(window, RegionOffset(0))), HasSubstr("through aliases"));
  EXPECT_THAT(error(window->Map(Region::Container("x", 1), RegionOffset(0))), HasSubstr("an alias has no children"));
  EXPECT_THAT(error(root->Unmap(window)), HasSubstr("'window' from 'root': it is not mapped"));
  EXPECT_THAT(error(root->Unmap(nullptr)), HasSubstr("not mapped"));
}

TEST(RegionTest, UnmapTakesAReferenceToTheElementItself) {
  const RegionPtr root = Region::Container("root", 64);
  ASSERT_TRUE(root->Map(Region::Container("only", 1), RegionOffset(0)).ok());
  ASSERT_TRUE(root->Unmap(root->children()[0]).ok());
  EXPECT_TRUE(root->children().empty());
}

TEST(RegionTest, MemoryDoesNotOutgrowItsBlock) {
  const RegionPtr ram = Region::Ram("ram", Block(4096));
  EXPECT_EQ(ram->size(), Size(4096));
  ram->SetSize(100);
  EXPECT_EQ(ram->size(), Size(100));
  ram->SetSize(Size::Whole());
  EXPECT_EQ(ram->size(), Size(4096));
}

TEST(RegionTest, DirtyLoggingDrivesTheBlock) {
  const RegionPtr ram = Region::Ram("ram", Block(4096));
  ram->SetDirtyLogging(2, true);
  EXPECT_EQ(ram->dirty_clients(), 4u);
  EXPECT_TRUE(ram->block()->dirty_enabled(2));
  ram->SetDirtyLogging(2, false);
  EXPECT_EQ(ram->dirty_clients(), 0u);
  EXPECT_FALSE(ram->block()->dirty_enabled(2));
  ram->SetDirtyLogging(99, true);  // no such client
  Region::Container("c", 1)->SetDirtyLogging(0, true);
  EXPECT_EQ(ram->dirty_clients(), 0u);
}

class Counter : public TreeDependent {
 public:
  void OnTreeChange() override { ++changes; }
  void AfterTreeChange() override {}
  int changes = 0;
};

TEST(RegionTest, DependentsHearOfTheirOwnTreesOnly) {
  const RegionPtr root = Region::Container("root", 64), other = Region::Container("other", 64);
  const RegionPtr shared = Region::Container("shared", 64), deep = Region::Container("deep", 8);
  ASSERT_TRUE(shared->Map(deep, RegionOffset(0)).ok());
  ASSERT_TRUE(root->Map(Region::Alias("window", shared, RegionOffset(0), 4), RegionOffset(0)).ok());
  Counter of_root, of_other;
  root->AddDependent(&of_root);
  other->AddDependent(&of_other);
  deep->SetSize(4);
  EXPECT_EQ(of_root.changes, 1);
  deep->SetSize(4);
  EXPECT_EQ(of_root.changes, 1) << "nothing changed";
  {
    Transaction all;
    deep->SetEnabled(false);
    deep->SetAddress(RegionOffset(4));
    ASSERT_TRUE(shared->Unmap(deep).ok());
  }
  EXPECT_EQ(of_root.changes, 2);
  deep->SetEnabled(true);
  EXPECT_EQ(of_root.changes, 2) << "no longer in the tree";
  EXPECT_EQ(of_other.changes, 0);
  root->RemoveDependent(&of_root);
  other->RemoveDependent(&of_other);
}

TEST(RegionTest, WhoeverGoesFirstLeavesNothingDangling) {
  RegionPtr child = Region::Container("child", 8), alias;
  {
    const RegionPtr parent = Region::Container("parent", 64);
    ASSERT_TRUE(parent->Map(child, RegionOffset(0)).ok());
    alias = Region::Alias("alias", parent, RegionOffset(0), 64);
  }
  EXPECT_NE(child->parent(), nullptr) << "the alias keeps its target";
  alias.reset();
  EXPECT_EQ(child->parent(), nullptr);
  alias = Region::Alias("alias", child, RegionOffset(0), 8);
  alias.reset();
  child->SetEnabled(false);  // climbs to aliases: there is none
}

TEST(RegionTest, DevicesCanBeKeptAlive) {
  auto device = std::make_shared<FakeDevice>();
  const std::weak_ptr<FakeDevice> watch = device;
  FakeDevice* raw = device.get();
  RegionPtr region = Region::Io("io", 16, raw, {}, std::move(device));
  EXPECT_FALSE(watch.expired());
  region.reset();
  EXPECT_TRUE(watch.expired());
}

}  // namespace
}  // namespace emu::memory
