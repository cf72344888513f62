// Random trees, written down and built again, against the walk of the original: what the text says is what was meant.
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/str_cat.h"
#include "memory/explain.h"
#include "memory/flat_view.h"
#include "memory/mtree.h"
#include "memory/oracle.h"
#include "memory/random_tree.h"
#include "memory/tree_build.h"
#include "memory/tree_json.h"
#include "memory/tree_text.h"

namespace emu::memory {
namespace {

TreeSpec ThroughText(const TreeSpec& spec) {
  const std::string text = FormatTreeText(spec);
  absl::StatusOr<TreeSpec> read = ParseTreeText(text);
  EXPECT_TRUE(read.ok()) << read.status() << "\n" << text;
  if (!read.ok()) return spec;
  EXPECT_EQ(FormatTreeText(*read), text);
  return *std::move(read);
}

TreeSpec ThroughJson(const TreeSpec& spec) {
  const std::string text = FormatTreeJson(spec);
  absl::StatusOr<TreeSpec> read = ParseTreeJson(text);
  EXPECT_TRUE(read.ok()) << read.status() << "\n" << text;
  EXPECT_TRUE(!read.ok() || *read == spec) << text;
  return read.ok() ? *std::move(read) : spec;
}

std::string Text(const Resolved& r) {
  if (r.region == nullptr) return "nothing";
  return absl::StrCat(r.region->name(), " @", r.offset.value, r.readonly ? " ro" : "", r.nonvolatile ? " nv" : "");
}

Resolved FromView(const FlatView& view, Gpa at) {
  const FlatRange* range = view.Find(at);
  if (range == nullptr) return {};
  return {range->region, range->OffsetAt(at), range->readonly, range->nonvolatile};
}

void CheckExplanation(const AddressSpace& space, const Resolved& want, uint64_t at) {
  const Explanation explanation = Explain(space, Gpa(at));
  ASSERT_EQ(explanation.answered(), want.region != nullptr) << at;
  ASSERT_EQ(explanation.range.has_value(), want.region != nullptr) << at;
  ASSERT_FALSE(FormatExplanation(explanation).empty());
  for (const ExplainLoss& loss : explanation.losses) ASSERT_FALSE(loss.path.empty() || loss.why.empty());
  if (want.region == nullptr) return;
  ASSERT_EQ(explanation.path.back().name, want.region->name()) << at;
  ASSERT_EQ(explanation.path.back().offset, want.offset) << at;
  ASSERT_EQ(explanation.readonly, want.readonly);
}

// What lies at addresses of the original is what lies there in the tree that was built from its description.
void CheckTree(RandomTree& original, const std::set<uint64_t>& addresses, bool json) {
  AddressSpace space("memory", original.root());
  AddressSpace* const spaces[] = {&space};
  const TreeSpec spec = DescribeTree(spaces);
  const absl::StatusOr<BuiltTree> built = BuildTree(json ? ThroughJson(spec) : ThroughText(spec));
  ASSERT_TRUE(built.ok()) << built.status();
  ASSERT_EQ(FormatTrees(spaces, {.disabled = true}), FormatTrees(built->space_pointers(), {.disabled = true}));
  const FlatView::Ptr view = built->spaces[0]->Snapshot();
  for (const uint64_t at : addresses) {
    const Resolved want = Resolve(*original.root(), Gpa(at));
    ASSERT_EQ(Text(want), Text(FromView(*view, Gpa(at)))) << "at " << at << " of\n" << FormatTreeText(spec);
    ASSERT_NO_FATAL_FAILURE(CheckExplanation(*built->spaces[0], want, at)) << FormatTreeText(spec);
  }
}

TEST(TreeOracleTest, EveryAddressOfSmallWorlds) {
  std::set<uint64_t> addresses = {~uint64_t{0}};
  for (uint64_t at = 0; at < 80; ++at) addresses.insert(at);
  for (uint64_t seed = 0; seed < 1500; ++seed) {
    RandomTree tree(seed, 63, 1 + static_cast<int>(seed % 10));
    SCOPED_TRACE(seed);
    ASSERT_NO_FATAL_FAILURE(CheckTree(tree, addresses, seed % 4 == 0));
  }
}

TEST(TreeOracleTest, EdgesOfWholeSpaces) {
  for (uint64_t seed = 0; seed < 800; ++seed) {
    RandomTree tree(seed, ~uint64_t{0}, 1 + static_cast<int>(seed % 20));
    std::set<uint64_t> edges = {0, ~uint64_t{0}};
    const FlatView::Ptr view = FlatView::Of(tree.root());
    for (const FlatRange& r : view->ranges()) {
      for (uint64_t at : {r.first.value, r.last.value}) edges.insert({at - 1, at, at + 1});
    }
    for (int i = 0; i < 10; ++i) edges.insert(tree.Address());
    SCOPED_TRACE(seed);
    ASSERT_NO_FATAL_FAILURE(CheckTree(tree, edges, seed % 4 == 0));
  }
}

}  // namespace
}  // namespace emu::memory
