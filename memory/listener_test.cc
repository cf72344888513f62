// Listeners: the order of calls, and that the changes they are told of turn the old view into the new.
#include "memory/listener.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "memory/address_space.h"
#include "memory/fake_device.h"
#include "memory/random_tree.h"

namespace emu::memory {
namespace {

class Recorder : public Listener {
 public:
  Recorder(std::string name, std::string* log, int priority) : Listener(priority), name_(name), log_(log) {}
  void OnBegin(AddressSpace&) override { Add("begin"); }
  void OnAdd(AddressSpace&, const FlatRange& r) override { Add("+" + r.region->name()); }
  void OnRemove(AddressSpace&, const FlatRange& r) override { Add("-" + r.region->name()); }
  void OnKeep(AddressSpace&, const FlatRange& r) override { Add("=" + r.region->name()); }
  void OnLogStart(AddressSpace&, const FlatRange&, uint32_t clients) override { Add("log" + std::to_string(clients)); }
  void OnLogStop(AddressSpace&, const FlatRange&, uint32_t clients) override { Add("stop" + std::to_string(clients)); }
  void OnCommit(AddressSpace&) override { Add("commit"); }

 private:
  void Add(const std::string& what) { *log_ += name_ + what + " "; }
  std::string name_;
  std::string* log_;
};

class ListenerTest : public testing::Test {
 protected:
  void Map(const RegionPtr& child, uint64_t at) { ASSERT_TRUE(root_->Map(child, RegionOffset(at)).ok()); }
  std::string Take() { return std::exchange(log_, ""); }

  std::string log_;
  RegionPtr root_ = Region::Container("root", Size::Whole());
  RegionPtr a_ = Region::Ram("a", *RamBlock::Anonymous("a", 4096));
  RegionPtr b_ = Region::Ram("b", *RamBlock::Anonymous("b", 4096));
};

TEST_F(ListenerTest, HearsThePresentThenEveryChangeThenTheEnd) {
  Map(a_, 0);
  AddressSpace space("memory", root_);
  Recorder listener("", &log_, 0);
  space.AddListener(&listener);
  EXPECT_EQ(Take(), "begin +a commit ");
  Map(b_, 0x10000);
  EXPECT_EQ(Take(), "begin =a +b commit ");
  a_->SetSize(100);
  EXPECT_EQ(Take(), "begin -a +a =b commit ");
  {
    Transaction t;
    a_->SetEnabled(false);
    b_->SetReadonly(true);
  }
  EXPECT_EQ(Take(), "begin -a -b +b commit ");
  space.RemoveListener(&listener);
  EXPECT_EQ(Take(), "begin -b commit ");
  a_->SetEnabled(true);
  EXPECT_EQ(Take(), "");
}

TEST_F(ListenerTest, ComeByPriorityAndGoInReverse) {
  AddressSpace space("memory", root_);
  Recorder late("late:", &log_, 5), early("early:", &log_, -5);
  space.AddListener(&late);
  space.AddListener(&early);
  Take();
  Map(a_, 0);
  EXPECT_EQ(Take(), "early:begin late:begin early:+a late:+a early:commit late:commit ");
  ASSERT_TRUE(root_->Unmap(a_).ok());
  EXPECT_EQ(Take(), "early:begin late:begin late:-a early:-a early:commit late:commit ");
  space.RemoveListener(&late);
  space.RemoveListener(&early);
}

TEST_F(ListenerTest, HearsOfDirtyLogging) {
  Map(a_, 0);
  AddressSpace space("memory", root_);
  Recorder listener("", &log_, 0);
  space.AddListener(&listener);
  Take();
  a_->SetDirtyLogging(1, true);
  EXPECT_EQ(Take(), "begin =a log2 commit ");
  a_->SetSize(16);
  EXPECT_EQ(Take(), "begin -a +a log2 commit ");
  a_->SetDirtyLogging(1, false);
  EXPECT_EQ(Take(), "begin =a stop2 commit ");
  space.RemoveListener(&listener);
}

TEST_F(ListenerTest, OtherTreesAreOfNoConcern) {
  AddressSpace space("memory", root_);
  Recorder listener("", &log_, 0);
  space.AddListener(&listener);
  Take();
  const RegionPtr other = Region::Container("other", 16);
  ASSERT_TRUE(other->Map(a_, RegionOffset(0)).ok());
  EXPECT_EQ(Take(), "");
  space.RemoveListener(&listener);
}

// A listener may change trees itself: the change is told before the transaction returns.
TEST_F(ListenerTest, MayChangeTrees) {
  class Reactor : public Listener {
   public:
    explicit Reactor(RegionPtr region) : region_(region) {}
    void OnAdd(AddressSpace&, const FlatRange& r) override {
      if (r.region->name() == "a") region_->SetEnabled(false);
    }

   private:
    RegionPtr region_;
  } reactor(b_);
  Map(b_, 0x10000);
  AddressSpace space("memory", root_);
  space.AddListener(&reactor);
  Map(a_, 0);
  EXPECT_EQ(space.Find(Gpa(0x10000)), nullptr);
  space.RemoveListener(&reactor);
}

// What a follower would keep, made of what it is told only.
class Follower : public Listener {
 public:
  void OnAdd(AddressSpace&, const FlatRange& r) override {
    EXPECT_TRUE(ranges.emplace(r.first.value, r).second);
    if (r.dirty_clients == 0) return;
    logged[r.first.value] = 0;
  }
  void OnRemove(AddressSpace&, const FlatRange& r) override {
    auto found = ranges.find(r.first.value);
    ASSERT_NE(found, ranges.end());
    EXPECT_TRUE(SameRange(found->second, r));
    ranges.erase(found);
    logged.erase(r.first.value);
  }
  void OnKeep(AddressSpace&, const FlatRange& r) override {
    auto found = ranges.find(r.first.value);
    ASSERT_NE(found, ranges.end());
    EXPECT_TRUE(SameRange(found->second, r));
  }
  void OnLogStart(AddressSpace&, const FlatRange& r, uint32_t clients) override { logged[r.first.value] |= clients; }
  void OnLogStop(AddressSpace&, const FlatRange& r, uint32_t clients) override { logged[r.first.value] &= ~clients; }
  void OnCommit(AddressSpace& space) override {
    ++commits;
    if (leaving) return;
    const std::vector<FlatRange>& want = space.view().ranges();
    ASSERT_EQ(ranges.size(), want.size());
    for (const FlatRange& r : want) {
      ASSERT_TRUE(SameRange(ranges[r.first.value], r));
      ASSERT_EQ(logged[r.first.value], r.dirty_clients);
    }
  }
  std::map<uint64_t, FlatRange> ranges;
  std::map<uint64_t, uint32_t> logged;
  int commits = 0;
  bool leaving = false;  // told of all ranges as removed, though the view still has them
};

TEST(ListenerRandomTest, DeltasRebuildTheView) {
  int commits = 0;
  for (uint64_t seed = 0; seed < 400; ++seed) {
    RandomTree tree(seed, seed % 2 == 0 ? 63 : ~uint64_t{0}, 12);
    AddressSpace space("memory", tree.root());
    Follower follower;
    space.AddListener(&follower);
    follower.commits = 0;
    for (int step = 0; step < 30; ++step) {
      Transaction transaction;
      for (uint64_t changes = 1 + tree.Random(4); changes > 0; --changes) {
        tree.Change();
        const RegionPtr& region = tree.regions()[tree.Random(tree.regions().size())];
        if (tree.Random(3) == 0) region->SetDirtyLogging(0, region->dirty_clients() == 0);
      }
    }
    commits += follower.commits;
    follower.leaving = true;
    space.RemoveListener(&follower);
    ASSERT_TRUE(follower.ranges.empty());
    ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << seed;
  }
  EXPECT_GT(commits, 4000) << "the test must see many changes to mean anything";
}

}  // namespace
}  // namespace emu::memory
