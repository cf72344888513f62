// Random sets of mappings, written as real tables, listed and compared with the set both ways; the list and the walker
// on tables of random words; and tables made to keep a scan busy.
#include "mmu/riscv/table_scan.h"

#include <algorithm>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "mmu/riscv/test_tables.h"
#include "mmu/riscv/walker.h"

namespace emu::mmu::riscv {
namespace {

using memory::Gpa;
using memory::Gva;

constexpr uint64_t kBase = 0x80000000;
constexpr EntryFeatures kAll = {true, true};

struct Mapping {
  uint64_t va, pa;
  unsigned shift;
  uint64_t flags;  // the low byte of the entry, and the memory type
};

class TableScanTest : public ::testing::TestWithParam<PagingMode> {
 protected:
  bool IsSv32() const { return GetParam() == PagingMode::kSv32; }
  MappingList List() { return Scan(tables_.Root(), kAll, words_); }
  uint64_t SignExtend(uint64_t va) const {
    if (IsSv32()) return static_cast<uint32_t>(va);
    const unsigned unused = 64 - tables_.AddressBits();
    return static_cast<uint64_t>(static_cast<int64_t>(va << unused) >> unused);
  }

  bool Overlaps(const Mapping& other) const {
    return std::any_of(mappings_.begin(), mappings_.end(), [&](const Mapping& m) {
      const unsigned wider = std::max(m.shift, other.shift);
      return m.va >> wider == other.va >> wider;
    });
  }

  uint64_t RandomFlags() {
    constexpr uint64_t kPermissions[] = {2, 6, 8, 10, 14};
    const uint64_t type = IsSv32() ? 0 : (rng_() % 8 == 0) * (1 + rng_() % 2) << 61;
    return type | (rng_() & 0xF0) | kPermissions[rng_() % 5] | 1;
  }

  // Near the last one more often than not, and going on as it does, so that ranges merge.
  void AddRandomMapping() {
    const bool napot = !IsSv32() && rng_() % 4 == 0;
    const int level = napot || rng_() % 2 == 0 ? 0 : static_cast<int>(rng_() % static_cast<unsigned>(tables_.Levels()));
    Mapping m = {rng_(), rng_(), napot ? 16 : tables_.Shift(level), RandomFlags()};
    if (!mappings_.empty() && rng_() % 4 != 0) {
      const Mapping& last = mappings_.back();
      const uint64_t size = uint64_t{1} << last.shift;
      m = {last.va + size, last.pa + (rng_() % 4 == 0 ? 0 : size), m.shift, rng_() % 4 == 0 ? m.flags : last.flags};
    }
    m.va = SignExtend(m.va) >> m.shift << m.shift;
    m.pa = (m.pa & ((uint64_t{1} << (IsSv32() ? 34 : 56)) - 1)) >> m.shift << m.shift;
    if (Overlaps(m) || !Write(m, napot, level)) return;
    mappings_.push_back(m);
  }

  bool Write(const Mapping& m, bool napot, int level) {
    if (!napot) return tables_.Map(m.va, m.pa, level, m.flags) != Gpa(0);
    for (uint64_t i = 0; i < 16; ++i) {
      const uint64_t entry = uint64_t{1} << 63 | (m.pa >> 12 | 8) << 10 | m.flags;
      if (tables_.Place(m.va + i * 4096, 0, entry) == Gpa(0)) return false;
    }
    return true;
  }

  void ExpectListed(const MappingList& list, const Mapping& m, uint64_t va) {
    const std::optional<MappingHit> hit = list.Find(Gva(va));
    ASSERT_TRUE(hit.has_value()) << std::hex << va;
    const MappedRange& range = *hit->range;
    ASSERT_EQ(range.kind, MappedKind::kMapped) << std::hex << va;
    ASSERT_EQ(hit->gpa(), Gpa(m.pa + (va - m.va))) << std::hex << va;
    ASSERT_EQ(range.page_shift, m.shift);
    ASSERT_EQ(range.permissions, Permissions((m.flags & 2) != 0, (m.flags & 4) != 0, (m.flags & 8) != 0));
    const MappingAttributes& a = range.attributes;
    ASSERT_EQ(a.user << 4 | a.global << 5 | a.accessed << 6 | a.dirty << 7, static_cast<int>(m.flags & 0xF0));
    const char* const types[] = {"", "nc", "io"};
    ASSERT_EQ(a.memory_type, types[m.flags >> 61]);
  }

  // As many bytes as were mapped, each mapping there from end to end: so there is nothing besides.
  void ExpectTheSet(const MappingList& list) {
    uint64_t listed = 0, mapped = 0;
    for (const MappedRange& r : list.ranges) listed += r.gva.last - r.gva.first + 1;
    for (const Mapping& m : mappings_) {
      const uint64_t last = m.va + ((uint64_t{1} << m.shift) - 1);
      mapped += uint64_t{1} << m.shift;
      ExpectListed(list, m, m.va);
      ExpectListed(list, m, last);
      ExpectListed(list, m, m.va + (rng_() & (last - m.va)));
    }
    ASSERT_EQ(listed, mapped);
    ASSERT_EQ(list.TotalBytes(), mapped);
  }

  void ExpectAscending(const MappingList& list) {
    for (size_t i = 0; i < list.ranges.size(); ++i) {
      const memory::Range& r = list.ranges[i].gva;
      ASSERT_LE(r.first, r.last);
      ASSERT_TRUE(i == 0 || list.ranges[i - 1].gva.last < r.first);
      ASSERT_TRUE(std::any_of(list.spaces.begin(), list.spaces.end(), [&](auto& space) { return space.Contains(r); }));
    }
  }

  // A walk that only looks gives what the list has.
  void ExpectAsWalked(const MappingList& list, uint64_t va) {
    WalkContext context;
    context.root = tables_.Root();
    context.features = kAll;
    context.accessed_dirty = AccessedDirty::kIgnore;
    const std::optional<MappingHit> hit = list.Find(Gva(va));
    const bool mapped = hit.has_value() && hit->range->kind == MappedKind::kMapped;
    const bool user = mapped && hit->range->attributes.user;
    context.privilege = user ? Privilege::kUser : Privilege::kSupervisor;
    const bool execute_only = mapped && !hit->range->permissions.read();
    WalkLog log;
    const WalkResult walk =
        Walk(context, Gva(va), execute_only ? AccessKind::kExecute : AccessKind::kRead, words_, log);
    ASSERT_EQ(walk.ok(), mapped) << std::hex << va << " " << log.steps.back().text;
    if (mapped) {
      ASSERT_EQ(walk.gpa, hit->gpa()) << std::hex << va;
      ASSERT_EQ(walk.page_shift, hit->range->page_shift) << std::hex << va;
      ASSERT_EQ(walk.global, hit->range->attributes.global) << std::hex << va;
      ASSERT_EQ(walk.allowed, hit->range->permissions) << std::hex << va;
    } else if (hit.has_value()) {
      ASSERT_EQ(hit->range->reason, log.steps.back().text) << std::hex << va;
    } else {
      ASSERT_STREQ(log.steps.back().text, "not valid") << std::hex << va;
    }
  }

  std::mt19937_64 rng_{20240411};
  TestWords words_{kBase, 4 << 20};
  TableBuilder tables_{GetParam(), words_, kBase};
  std::vector<Mapping> mappings_;
};

TEST_P(TableScanTest, ListsWhatWasMapped) {
  for (int round = 0; round < 400; ++round) {
    AddRandomMapping();
    if (round % 20 != 0) continue;
    const MappingList list = List();
    ExpectAscending(list);
    ExpectTheSet(list);
    ASSERT_FALSE(list.stopped_at.has_value());
  }
  EXPECT_GT(mappings_.size(), 100u);
  EXPECT_LT(List().ranges.size(), mappings_.size());  // some have merged
}

TEST_P(TableScanTest, EveryWalkAgreesWithTheList) {
  for (int i = 0; i < 400; ++i) AddRandomMapping();
  const MappingList list = List();
  for (const MappedRange& r : list.ranges) {
    for (const uint64_t at : {r.gva.first, r.gva.last, SignExtend(r.gva.first - 1), SignExtend(r.gva.last + 1)}) {
      ExpectAsWalked(list, at);
    }
  }
  for (int i = 0; i < 10000; ++i) ExpectAsWalked(list, SignExtend(rng_()));
}

// Words that are often close to being entries. Tables share tables, and point to themselves and to the root.
TEST_P(TableScanTest, RandomWordsAreListedAsTheyAreWalked) {
  constexpr uint64_t kTables = 12;
  for (int round = 0; round < 5; ++round) {
    const uint64_t density = 1 + rng_() % 200;
    for (uint64_t at = 0; at < kTables * 4096; at += tables_.EntrySize()) {
      const uint64_t ppn = (kBase >> 12) + rng_() % (kTables + 1);
      const uint64_t pointer = rng_() % 8 == 0 ? 0x21 : 0x01;  // some are global
      const uint64_t entry = rng_() % 8 == 0 ? rng_() : ppn << 10 | (rng_() % 2 == 0 ? pointer : (rng_() & 0xFF) | 1);
      words_.Set(Gpa(kBase + at), tables_.EntrySize(), rng_() % density == 0 ? entry : 0);
    }
    words_.reads = 0;
    const MappingList list = List();
    ASSERT_LE(words_.reads, static_cast<int>((kTables + 300) * 2 * 1024 * 5)) << "every table once per level";
    ExpectAscending(list);
    for (int i = 0; i < 20000; ++i) ExpectAsWalked(list, SignExtend(rng_()));
    for (size_t i = 0; i < list.ranges.size(); i += 1 + list.ranges.size() / 5000) {
      ExpectAsWalked(list, list.ranges[i].gva.first);
      ExpectAsWalked(list, list.ranges[i].gva.last);
    }
  }
}

// The trick of some kernels: an entry of the root that points to the root shows the tables themselves as pages.
TEST_P(TableScanTest, ATableThatPointsToItself) {
  const int top = tables_.Levels() - 1;
  tables_.Map(0, kBase, top, 1);
  const MappingList one = List();
  ASSERT_EQ(one.ranges.size(), 1u);  // in the last level the pointer is wrong
  EXPECT_EQ(one.ranges[0].kind, MappedKind::kFault);
  EXPECT_EQ(one.ranges[0].reason, "a pointer in the last level");
  EXPECT_EQ(one.tables, static_cast<uint64_t>(tables_.Levels()));
}

// All entries of all levels point to one and the same table below: 2^45 pages of 4K in five levels.
TEST_P(TableScanTest, TablesSharedByEverything) {
  const uint64_t entries = uint64_t{1} << tables_.IndexBits();
  for (int level = tables_.Levels() - 1; level >= 0; --level) {
    const uint64_t table = kBase + static_cast<uint64_t>(level) * 4096, next = table - 4096;
    for (uint64_t i = 0; i < entries; ++i) {
      words_.Set(Gpa(table + i * tables_.EntrySize()), tables_.EntrySize(),
                 level == 0 ? (kBase >> 12) << 10 | 0xCF : next >> 12 << 10 | 1);
    }
  }
  AddressSpaceRoot root = tables_.Root();
  root.table = Gpa(kBase + static_cast<uint64_t>(tables_.Levels() - 1) * 4096);
  const MappingList list = Scan(root, kAll, words_);
  EXPECT_EQ(list.tables, static_cast<uint64_t>(tables_.Levels()));
  // One for each entry of the last table; for each level above one, and one more where the upper half begins.
  EXPECT_EQ(list.ranges.size(), entries + static_cast<unsigned>(tables_.Levels()) - 1 + (IsSv32() ? 0 : 1));
  EXPECT_EQ(list.TotalBytes(), uint64_t{1} << tables_.AddressBits());
  const std::optional<MappingHit> hit = list.Find(Gva(SignExtend(~uint64_t{0} - 0xFFF + 5)));
  ASSERT_TRUE(hit.has_value());
  EXPECT_EQ(hit->gpa(), Gpa(kBase + 5));
}

TEST_P(TableScanTest, ASpaceFullOfSuperpages) {
  const int top = tables_.Levels() - 1;
  const uint64_t entries = uint64_t{1} << tables_.IndexBits();
  for (uint64_t i = 0; i < entries; ++i) tables_.Map(i << tables_.Shift(top), 0, top, 0xCF);
  MappingList list = List();
  EXPECT_EQ(list.ranges.size(), entries);
  for (uint64_t i = 0; i < entries; ++i) {
    tables_.Map(i << tables_.Shift(top), (i << tables_.Shift(top)) & ((uint64_t{1} << 56) - 1), top, 0xCF);
  }
  list = List();
  EXPECT_LE(list.ranges.size(), 3u);  // one, cut where the address space or the physical space is
  EXPECT_EQ(list.TotalBytes(), uint64_t{1} << tables_.AddressBits());
}

TEST_P(TableScanTest, LimitsSayWhereTheyStopped) {
  for (int i = 0; i < 200; ++i) AddRandomMapping();
  const MappingList whole = List();
  for (const ScanLimits limits : {ScanLimits{.ranges = 20}, ScanLimits{.tables = 4}, ScanLimits{.ranges = 0}}) {
    const MappingList list = Scan(tables_.Root(), kAll, words_, limits);
    ASSERT_TRUE(list.stopped_at.has_value());
    ASSERT_LE(list.ranges.size(), limits.ranges);
    ASSERT_LE(list.tables, limits.tables);
    const uint64_t end = list.stopped_at->value;
    for (const MappedRange& r : whole.ranges) {
      EXPECT_EQ(list.Find(Gva(r.gva.first)).has_value(), r.gva.first < end);
    }
  }
}

TEST_P(TableScanTest, TablesThatAreCutOffOrElsewhere) {
  AddressSpaceRoot root = tables_.Root();
  root.table = Gpa(0x1000);
  MappingList list = Scan(root, kAll, words_);
  EXPECT_EQ(list.ranges.size(), list.spaces.size());
  for (const MappedRange& r : list.ranges) {
    EXPECT_EQ(r.kind, MappedKind::kFault);
    EXPECT_EQ(r.reason, "the entry cannot be read");
  }
  root.table = Gpa(kBase + words_.ram.size() * 4 - 2048);  // not that the hardware knew such a place
  list = Scan(root, kAll, words_);
  ASSERT_FALSE(list.ranges.empty());
  EXPECT_EQ(list.ranges.back().kind, MappedKind::kFault);
  EXPECT_EQ(list.Find(Gva(0)), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Modes, TableScanTest,
                         ::testing::Values(PagingMode::kSv32, PagingMode::kSv39, PagingMode::kSv48, PagingMode::kSv57),
                         [](const auto& mode) { return FormatOf(mode.param).name; });

}  // namespace
}  // namespace emu::mmu::riscv
