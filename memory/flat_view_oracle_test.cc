// Flat views against the walk of the tree: every address of small worlds, and the edges of large ones.
#include <gtest/gtest.h>

#include <set>

#include "memory/flat_view.h"
#include "memory/oracle.h"
#include "memory/random_tree.h"

namespace emu::memory {
namespace {

std::string Text(const Resolved& r) {
  if (r.region == nullptr) return "nothing";
  return r.region->name() + " @" + std::to_string(r.offset.value) + (r.readonly ? " readonly" : "") +
         (r.nonvolatile ? " nonvolatile" : "");
}

Resolved FromView(const FlatView& view, Gpa at) {
  const FlatRange* range = view.Find(at);
  if (range == nullptr) return {};
  return {range->region, range->OffsetAt(at), range->readonly, range->nonvolatile};
}

// Sorted, apart, and with nothing left to merge.
void CheckOrder(const FlatView& view) {
  const std::vector<FlatRange>& ranges = view.ranges();
  for (size_t i = 0; i < ranges.size(); ++i) {
    const FlatRange& r = ranges[i];
    ASSERT_LE(r.first, r.last);
    if (i == 0) continue;
    const FlatRange& before = ranges[i - 1];
    ASSERT_LT(before.last, r.first);
    const bool meets = before.last + 1 == r.first && before.region == r.region &&
                       before.OffsetAt(r.first) == r.offset && before.readonly == r.readonly &&
                       before.nonvolatile == r.nonvolatile;
    ASSERT_FALSE(meets) << "ranges " << i - 1 << " and " << i << " of " << r.region->name();
  }
}

void CheckMemory(const FlatView& view) {
  for (const FlatRange& r : view.ranges()) {
    if (!r.region->is_memory()) {
      ASSERT_EQ(r.host, nullptr);
      ASSERT_EQ(r.block, nullptr);
      continue;
    }
    const bool switched_off = r.region->kind() == RegionKind::kRomDevice && !r.region->direct_reads();
    ASSERT_EQ(r.block, r.region->block().get());
    ASSERT_EQ(r.host, switched_off ? nullptr : r.block->host() + r.offset.value);
    ASSERT_LE(r.offset.value + r.LastFrom(r.first), r.block->size() - 1);
  }
}

void CheckAt(const Region& root, const FlatView& view, uint64_t at) {
  const Resolved want = Resolve(root, Gpa(at)), got = FromView(view, Gpa(at));
  ASSERT_EQ(want, got) << "at " << at << " the tree has " << Text(want) << ", the view " << Text(got);
}

// The first and last addresses of all that can begin or end in a large world, and their neighbours.
std::set<uint64_t> Edges(RandomTree& tree, const FlatView& view) {
  std::set<uint64_t> edges = {0, 1, ~uint64_t{0}, ~uint64_t{0} - 1};
  for (const FlatRange& r : view.ranges()) {
    for (uint64_t at : {r.first.value, r.last.value}) edges.insert({at - 1, at, at + 1});
  }
  for (const RegionPtr& r : tree.regions()) {
    const uint64_t first = r->address().value;
    edges.insert({first - 1, first, first + (r->size().empty() ? 0 : r->size().last()), first + r->size().bytes()});
  }
  for (int i = 0; i < 20; ++i) edges.insert(tree.Address());
  return edges;
}

TEST(FlatViewOracleTest, EveryAddressOfSmallWorlds) {
  for (uint64_t seed = 0; seed < 6000; ++seed) {
    RandomTree tree(seed, 63, 1 + seed % 10);
    const FlatView::Ptr view = FlatView::Of(tree.root());
    SCOPED_TRACE(seed);
    ASSERT_NO_FATAL_FAILURE(CheckOrder(*view));
    ASSERT_NO_FATAL_FAILURE(CheckMemory(*view));
    for (uint64_t at = 0; at < 80; ++at) ASSERT_NO_FATAL_FAILURE(CheckAt(*tree.root(), *view, at));
    ASSERT_NO_FATAL_FAILURE(CheckAt(*tree.root(), *view, ~uint64_t{0}));
  }
}

TEST(FlatViewOracleTest, EdgesOfWholeSpaces) {
  for (uint64_t seed = 0; seed < 3000; ++seed) {
    RandomTree tree(seed, ~uint64_t{0}, 1 + seed % 25);
    const FlatView::Ptr view = FlatView::Of(tree.root());
    SCOPED_TRACE(seed);
    ASSERT_NO_FATAL_FAILURE(CheckOrder(*view));
    ASSERT_NO_FATAL_FAILURE(CheckMemory(*view));
    for (uint64_t at : Edges(tree, *view)) ASSERT_NO_FATAL_FAILURE(CheckAt(*tree.root(), *view, at));
  }
}

// Any region may be a root, those mapped elsewhere too: they lie at their own address then.
TEST(FlatViewOracleTest, EveryRegionAsRoot) {
  for (uint64_t seed = 0; seed < 1500; ++seed) {
    RandomTree tree(seed, 63, 8);
    SCOPED_TRACE(seed);
    for (const RegionPtr& root : tree.regions()) {
      const FlatView::Ptr view = FlatView::Of(root);
      for (uint64_t at = 0; at < 160; ++at) ASSERT_NO_FATAL_FAILURE(CheckAt(*root, *view, at));
    }
  }
}

// The cached view must notice every change, however far down or behind how many aliases.
TEST(FlatViewOracleTest, ViewsFollowChanges) {
  for (uint64_t seed = 0; seed < 600; ++seed) {
    RandomTree tree(seed, 63, 9);
    SCOPED_TRACE(seed);
    std::vector<FlatView::Ptr> keep;  // so that caches stay filled
    for (int step = 0; step < 12; ++step) {
      for (const RegionPtr& root : tree.regions()) {
        const FlatView::Ptr view = keep.emplace_back(FlatView::Of(root));
        for (uint64_t at = 0; at < 80; ++at) {
          ASSERT_NO_FATAL_FAILURE(CheckAt(*root, *view, at)) << "step " << step;
        }
      }
      tree.Change();
    }
  }
}

}  // namespace
}  // namespace emu::memory
