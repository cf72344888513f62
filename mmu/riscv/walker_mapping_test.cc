// Random sets of mappings, of every page size of every mode, written as real tables, walked and compared with the set;
// and tables of random words, where a walk must end.
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
constexpr uint64_t kLeafFlags = 0xDF;  // all but G

struct Mapping {
  uint64_t va;
  uint64_t pa;
  unsigned shift;
};

class Mappings : public ::testing::TestWithParam<PagingMode> {
 protected:
  uint64_t SignExtend(uint64_t va) const {
    if (GetParam() == PagingMode::kSv32) return static_cast<uint32_t>(va);
    const unsigned unused = 64 - tables_.AddressBits();
    return static_cast<uint64_t>(static_cast<int64_t>(va << unused) >> unused);
  }
  uint64_t PhysicalBits() const { return GetParam() == PagingMode::kSv32 ? 34 : 56; }

  // Few distinct upper bits, so that mappings come close to one another.
  uint64_t RandomVa() {
    uint64_t va = rng_() & 0x3FFFFFF;
    for (unsigned bit = 26; bit < tables_.AddressBits(); bit += 6) va |= (rng_() & 1) << bit;
    if ((rng_() & 1) != 0) va |= uint64_t{1} << (tables_.AddressBits() - 1);
    return SignExtend(va);
  }

  const Mapping* Find(uint64_t va) const {
    for (const Mapping& m : mappings_) {
      if (va >> m.shift == m.va >> m.shift) return &m;
    }
    return nullptr;
  }
  bool Overlaps(uint64_t va, unsigned shift) const {
    for (const Mapping& m : mappings_) {
      const unsigned wider = std::max(m.shift, shift);
      if (va >> wider == m.va >> wider) return true;
    }
    return false;
  }

  bool UsesNapot() const { return GetParam() != PagingMode::kSv32; }

  void AddRandomMapping() {
    const bool napot = UsesNapot() && rng_() % 4 == 0;
    const int level = napot || rng_() % 2 == 0 ? 0 : static_cast<int>(rng_() % static_cast<unsigned>(tables_.Levels()));
    const unsigned shift = napot ? 16 : tables_.Shift(level);
    const uint64_t va = RandomVa() >> shift << shift;
    const uint64_t pa = (rng_() & ((uint64_t{1} << PhysicalBits()) - 1)) >> shift << shift;
    if (Overlaps(va, shift)) return;
    if (napot) {
      for (uint64_t i = 0; i < 16; ++i) {
        const uint64_t entry = uint64_t{1} << 63 | (pa >> 12 | 8) << 10 | kLeafFlags;
        ASSERT_NE(tables_.Place(va + i * 4096, 0, entry), Gpa(0));
      }
    } else {
      ASSERT_NE(tables_.Map(va, pa, level, kLeafFlags), Gpa(0));
    }
    mappings_.push_back({va, pa, shift});
  }

  void ExpectAsMapped(const WalkResult& result, uint64_t va) {
    const Mapping* m = Find(va);
    ASSERT_EQ(result.ok(), m != nullptr) << std::hex << va;
    if (m == nullptr) {
      ASSERT_EQ(result.cause, 13) << std::hex << va;
      return;
    }
    ASSERT_EQ(result.gpa.value, m->pa + (va - m->va)) << std::hex << va;
    ASSERT_EQ(result.page_shift, m->shift) << std::hex << va;
  }

  // A recorded walk takes the long way for every case; it must end like the short one. (A and D are set by now.)
  void ExpectTheSameRecorded(const WalkResult& result, const WalkContext& context, Gva va, AccessKind kind) {
    WalkLog log;
    const WalkResult recorded = Walk(context, va, kind, words_, log);
    ASSERT_EQ(recorded.cause, result.cause);
    ASSERT_EQ(recorded.gpa, result.gpa);
    ASSERT_EQ(recorded.entry, result.entry);
    ASSERT_EQ(recorded.entry_value, result.entry_value);
    ASSERT_EQ(recorded.allowed, result.allowed);
    ASSERT_EQ(recorded.page_shift, result.page_shift);
    ASSERT_EQ(recorded.global, result.global);
    ASSERT_EQ(log.steps.back().verdict == StepVerdict::kLeaf, result.ok());
  }

  uint64_t Probe() {
    if (rng_() % 4 == 0) return RandomVa();
    const Mapping& m = mappings_[rng_() % mappings_.size()];
    const uint64_t size = uint64_t{1} << m.shift;
    switch (rng_() % 4) {
      case 0:
        return m.va;
      case 1:
        return m.va + size - 1;
      case 2:
        return SignExtend(m.va + size);
      default:
        return m.va + (rng_() & (size - 1));
    }
  }

  WalkContext Context() const {
    WalkContext context;
    context.root = tables_.Root();
    context.privilege = Privilege::kUser;
    context.features.svnapot = true;
    return context;
  }

  std::mt19937_64 rng_{20240411};
  TestWords words_{kBase, 4 << 20};
  TableBuilder tables_{GetParam(), words_, kBase};
  std::vector<Mapping> mappings_;
};

TEST_P(Mappings, WalksFindWhatWasMapped) {
  WalkCache cache;
  const WalkContext context = Context();
  for (int round = 0; round < 300; ++round) {
    AddRandomMapping();
    for (int i = 0; i < 100; ++i) {
      const uint64_t va = Probe();
      ExpectAsMapped(Walk(context, Gva(va), AccessKind::kRead, words_), va);
      ExpectAsMapped(Walk(context, Gva(va), AccessKind::kRead, words_, cache), va);
      WalkLog log;
      ExpectAsMapped(Walk(context, Gva(va), AccessKind::kRead, words_, log), va);
    }
  }
  EXPECT_GT(mappings_.size(), 50u);
}

TEST_P(Mappings, AddressesThatAreNotSignExtendedFault) {
  if (GetParam() == PagingMode::kSv32) return;  // all 32 bits are used
  AddRandomMapping();
  const uint64_t good = mappings_[0].va;
  for (unsigned bit = tables_.AddressBits(); bit < 64; ++bit) {
    words_.reads = 0;
    const WalkResult result = Walk(Context(), Gva(good ^ uint64_t{1} << bit), AccessKind::kWrite, words_);
    EXPECT_EQ(result.cause, 15) << bit;
    EXPECT_EQ(words_.reads, 0) << bit;
  }
}

TEST_P(Mappings, MisalignedSuperpagesFault) {
  for (int level = 1; level < tables_.Levels(); ++level) {
    for (unsigned bit = 12; bit < tables_.Shift(level); ++bit) {
      ASSERT_NE(tables_.Map(0, uint64_t{1} << bit, level, kLeafFlags), Gpa(0));
      EXPECT_EQ(Walk(Context(), Gva(0), AccessKind::kExecute, words_).cause, 12) << level << " " << bit;
    }
    tables_.Place(0, level, 0);
  }
}

// A word that is often close to being an entry: most tables point into RAM again, many flags are right.
uint64_t RandomEntry(std::mt19937_64& rng, uint64_t tables) {
  if (rng() % 8 == 0) return rng();
  const uint64_t ppn = (kBase >> 12) + rng() % tables;
  const uint64_t flags = rng() % 2 == 0 ? 1 : (rng() & 0xFF) | 1;
  return ppn << 10 | flags;
}

TEST_P(Mappings, WalksOfRandomWordsEnd) {
  constexpr uint64_t kTables = 16;
  for (uint64_t at = 0; at < kTables * 4096; at += tables_.EntrySize()) {
    words_.Set(Gpa(kBase + at), tables_.EntrySize(), RandomEntry(rng_, kTables));
  }
  WalkCache cache;
  WalkContext context = Context();
  int found = 0;
  for (int i = 0; i < 100000; ++i) {
    context.root.table = Gpa(kBase + rng_() % (kTables + 1) * 4096);
    context.accessed_dirty = static_cast<AccessedDirty>(rng_() % 3);
    context.features = {rng_() % 2 == 0, rng_() % 2 == 0};
    const Gva va(rng_() % 4 == 0 ? rng_() : SignExtend(rng_()));
    const AccessKind kind = static_cast<AccessKind>(rng_() % 3);
    words_.reads = 0;
    const WalkResult result = Walk(context, va, kind, words_);
    const int reads = words_.reads;
    ExpectTheSameRecorded(result, context, va, kind);
    ASSERT_LE(reads, 2 * tables_.Levels());  // the ordinary walk, and the one that names the fault
    ASSERT_EQ(result.ok(), result.allowed.Allows(kind));
    ASSERT_EQ(result.ok(), result.cause == 0);
    Walk(context, va, kind, words_, cache);
    found += result.ok();
  }
  EXPECT_GT(found, 200);
}

INSTANTIATE_TEST_SUITE_P(Modes, Mappings,
                         ::testing::Values(PagingMode::kSv32, PagingMode::kSv39, PagingMode::kSv48, PagingMode::kSv57),
                         [](const auto& mode) { return FormatOf(mode.param).name; });

}  // namespace
}  // namespace emu::mmu::riscv
