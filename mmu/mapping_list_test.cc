#include "mmu/mapping_list.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace emu::mmu {
namespace {

using ::testing::ElementsAre;

MappedRange Page(uint64_t gva, uint64_t gpa) {
  return {.gva = {gva, gva + 0xFFF}, .gpa = memory::Gpa(gpa), .permissions = {true, false, false}, .page_shift = 12};
}
MappedRange Again(uint64_t gva, uint64_t first) {
  return {.gva = {gva, gva + 0x1FFF}, .kind = MappedKind::kAgain, .first = memory::Gva(first), .span_shift = 13};
}
MappedRange Fault(uint64_t gva, absl::string_view reason) {
  return {.gva = {gva, gva + 0xFFF}, .kind = MappedKind::kFault, .reason = reason};
}
MappedRange Hole(uint64_t first, uint64_t last) { return {.gva = {first, last}, .kind = MappedKind::kHole}; }

std::vector<MappedRange> Merged(const std::vector<MappedRange>& ranges) {
  MappingList list;
  for (const MappedRange& r : ranges) list.Append(r);
  return list.ranges;
}

TEST(MappingListTest, NeighboursThatMapAlikeAreOne) {
  const std::vector<MappedRange> one = Merged({Page(0x1000, 0x8000), Page(0x2000, 0x9000), Page(0x3000, 0xA000)});
  ASSERT_EQ(one.size(), 1u);
  EXPECT_EQ(one[0].gva, (memory::Range{0x1000, 0x3FFF}));
  EXPECT_EQ(one[0].gpa, memory::Gpa(0x8000));
}

TEST(MappingListTest, AnyDifferenceKeepsThemApart) {
  const auto together = [](const MappedRange& next) { return Merged({Page(0x1000, 0x8000), next}).size() == 1; };
  EXPECT_TRUE(together(Page(0x2000, 0x9000)));
  EXPECT_FALSE(together(Page(0x2000, 0x8000)));
  EXPECT_FALSE(together(Page(0x3000, 0xA000)));  // a hole lies between
  EXPECT_FALSE(together(Fault(0x2000, "x")));
  MappedRange other = Page(0x2000, 0x9000);
  other.permissions = Permissions::All();
  EXPECT_FALSE(together(other));
  other = Page(0x2000, 0x9000);
  other.page_shift = 16;
  EXPECT_FALSE(together(other));
  const auto with = [](MappingAttributes attributes) {
    MappedRange page = Page(0x2000, 0x9000);
    page.attributes = attributes;
    return page;
  };
  EXPECT_FALSE(together(with({.user = true})));
  EXPECT_FALSE(together(with({.global = true})));
  EXPECT_FALSE(together(with({.accessed = true})));
  EXPECT_FALSE(together(with({.dirty = true})));
  EXPECT_FALSE(together(with({.memory_type = "io"})));
}

TEST(MappingListTest, TheSameAgainAndAgainIsOne) {
  EXPECT_EQ(Merged({Again(0x4000, 0), Again(0x6000, 0)}).size(), 1u);
  EXPECT_EQ(Merged({Again(0x4000, 0), Again(0x6000, 0x2000)}).size(), 2u);
  EXPECT_EQ(Merged({Fault(0x4000, "a"), Fault(0x5000, "a"), Fault(0x6000, "b")}).size(), 2u);
}

TEST(MappingListTest, FindFollowsWhatIsThereAgain) {
  MappingList list;
  for (const MappedRange& r : {Page(0x1000, 0x9000), Again(0x2000, 0), Again(0x4000, 0), Again(0x8000, 0x4000)}) {
    list.Append(r);
  }
  for (const uint64_t at : {0x1234u, 0x3234u, 0x5234u, 0x9234u}) {
    const std::optional<MappingHit> hit = list.Find(memory::Gva(at));
    ASSERT_TRUE(hit.has_value()) << at;
    EXPECT_EQ(hit->gpa(), memory::Gpa(0x9234)) << at;
  }
  for (const uint64_t at : {0u, 0xFFFu, 0x2FFFu, 0x4000u, 0x6000u, 0x8000u, 0xA000u}) {
    EXPECT_FALSE(list.Find(memory::Gva(at)).has_value()) << at;
  }
}

TEST(MappingListTest, HolesAreWithinTheSpaces) {
  MappingList list;
  list.spaces = {{0, 0xFFFF}, {~uint64_t{0xFFFF}, ~uint64_t{0}}};
  EXPECT_THAT(list.WithHoles(), ElementsAre(Hole(0, 0xFFFF), Hole(~uint64_t{0xFFFF}, ~uint64_t{0})));
  const MappedRange low = Page(0x1000, 0), last_low = Page(0xF000, 0), last = Page(~uint64_t{0xFFF}, 0);
  list.ranges = {low, last_low, last};
  EXPECT_THAT(list.WithHoles(), ElementsAre(Hole(0, 0xFFF), low, Hole(0x2000, 0xEFFF), last_low,
                                            Hole(~uint64_t{0xFFFF}, ~uint64_t{0x1000}), last));
}

TEST(MappingListTest, NothingIsSaidOfWhereItStopped) {
  MappingList list;
  list.spaces = {{0, 0xFFFF}, {0x20000, 0x2FFFF}};
  list.ranges = {Page(0x1000, 0)};
  list.stopped_at = memory::Gva(0x3000);
  EXPECT_THAT(list.WithHoles(), ElementsAre(Hole(0, 0xFFF), Page(0x1000, 0), Hole(0x2000, 0x2FFF)));
  list.stopped_at = memory::Gva(0x2000);
  EXPECT_THAT(list.WithHoles(), ElementsAre(Hole(0, 0xFFF), Page(0x1000, 0)));
  list.stopped_at = memory::Gva(0x20000);
  EXPECT_THAT(list.WithHoles(), ElementsAre(Hole(0, 0xFFF), Page(0x1000, 0), Hole(0x2000, 0xFFFF)));
}

}  // namespace
}  // namespace emu::mmu
