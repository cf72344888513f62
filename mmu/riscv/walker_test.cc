// The walker's corners, one by one: fault causes, no translation, optional bits, updates against another CPU, records.
#include "mmu/riscv/walker.h"

#include <gtest/gtest.h>

#include "mmu/riscv/test_tables.h"

namespace emu::mmu::riscv {
namespace {

using memory::Gpa;
using memory::Gva;

constexpr uint64_t kBase = 0x80000000;
constexpr uint64_t kNapot = uint64_t{1} << 63;
constexpr uint64_t kAllFlags = 0xCF;  // all but U and G
constexpr AccessKind kKinds[] = {AccessKind::kRead, AccessKind::kWrite, AccessKind::kExecute};

class Walker : public ::testing::Test {
 protected:
  WalkResult Go(uint64_t va, AccessKind kind = AccessKind::kRead) { return Walk(context_, Gva(va), kind, words_); }
  // The verdict on a page at address 0 whose entry in the last level is `entry`.
  WalkResult GoWith(uint64_t entry) {
    tables_.Place(0, 0, entry);
    return Go(0x123);
  }

  TestWords words_{kBase, 0x10000};
  TableBuilder tables_{PagingMode::kSv39, words_, kBase};
  WalkContext context_ = {.root = tables_.Root()};
};

TEST_F(Walker, MachineModeAndBareTranslateNothing) {
  for (const bool machine : {true, false}) {
    if (!machine) context_.root.mode = PagingMode::kBare;
    context_.privilege = machine ? Privilege::kMachine : Privilege::kUser;
    const WalkResult result = Go(0xFEDC'BA98'7654'3210, AccessKind::kWrite);
    EXPECT_TRUE(result.ok());
    EXPECT_EQ(result.gpa, Gpa(0xFEDC'BA98'7654'3210));
    EXPECT_EQ(result.page_shift, 12);
    EXPECT_EQ(result.allowed, Permissions::All());
    EXPECT_EQ(words_.reads, 0);
  }
}

TEST_F(Walker, FaultsCarryCauseAndAddress) {
  const unsigned page[] = {13, 15, 12};
  const unsigned access[] = {5, 7, 1};
  for (unsigned i = 0; i < 3; ++i) {
    context_.root.table = Gpa(kBase);
    EXPECT_EQ(Go(0x123456, kKinds[i]).cause, page[i]);
    EXPECT_EQ(Go(0x123456, kKinds[i]).fault, WalkFault::kPage);
    EXPECT_EQ(Go(0x123456, kKinds[i]).gva, Gva(0x123456));
    context_.root.table = Gpa(0x1000);  // no RAM there
    EXPECT_EQ(Go(0x123456, kKinds[i]).cause, access[i]);
    EXPECT_EQ(Go(0x123456, kKinds[i]).fault, WalkFault::kAccess);
    EXPECT_EQ(Go(0x123456, kKinds[i]).entry_value, 0u);
  }
}

TEST_F(Walker, ATableOutsideRamIsAnAccessFaultAtAnyLevel) {
  tables_.Place(0, 1, 0x1000 >> 12 << 10 | 1);
  EXPECT_EQ(Go(0, AccessKind::kExecute).cause, 1);
  tables_.Place(0, 2, 0x1000 >> 12 << 10 | 1);
  EXPECT_EQ(Go(0, AccessKind::kWrite).cause, 7);
}

TEST_F(Walker, ReservedBitsFault) {
  const uint64_t leaf = uint64_t{0x90000} << 10 | kAllFlags;
  EXPECT_TRUE(GoWith(leaf).ok());
  EXPECT_TRUE(GoWith(leaf | 0x300).ok());  // RSW is software's
  for (unsigned bit = 54; bit < 64; ++bit) {
    context_.features = {bit != 63, bit < 61};  // each optional bit while its own extension is off
    EXPECT_EQ(GoWith(leaf | uint64_t{1} << bit).cause, 13) << bit;
  }
  context_.features = {true, true};
  for (unsigned bit = 54; bit < 64; ++bit) {
    tables_.Place(0, 1, uint64_t{1} << bit | (kBase + 0x2000) >> 12 << 10 | 1);
    EXPECT_EQ(Go(0).cause, 13) << "pointer, bit " << bit;
  }
}

TEST_F(Walker, MemoryTypesNeedSvpbmt) {
  context_.features.svpbmt = true;
  for (uint64_t type = 0; type < 4; ++type) {
    const WalkResult result = GoWith(type << 61 | uint64_t{0x90000} << 10 | kAllFlags);
    EXPECT_EQ(result.ok(), type != 3);
    if (!result.ok()) continue;
    EXPECT_EQ(result.pbmt(), type);
    EXPECT_EQ(result.gpa, Gpa(0x90000123));
  }
}

TEST_F(Walker, NapotKnowsOneSize) {
  context_.features.svnapot = true;
  for (uint64_t low = 0; low < 16; ++low) {
    const WalkResult result = GoWith(kNapot | (0x90000 | low) << 10 | kAllFlags);
    EXPECT_EQ(result.ok(), low == 8) << low;
    if (!result.ok()) continue;
    EXPECT_EQ(result.gpa, Gpa(0x90000123));
    EXPECT_EQ(result.page_shift, 16);
  }
  tables_.Place(0x7000, 0, kNapot | 0x90008 << 10 | kAllFlags);
  EXPECT_EQ(Go(0x7123).gpa, Gpa(0x90007123));
  tables_.Place(0x40000000, 1, kNapot | 0x90200 << 10 | kAllFlags);
  EXPECT_EQ(Go(0x40000000).cause, 13) << "superpages have no NAPOT form";
}

TEST_F(Walker, AnUpdateOfANapotEntryKeepsItsBits) {
  context_.features.svnapot = true;
  context_.accessed_dirty = AccessedDirty::kUpdate;
  const uint64_t entry = kNapot | 0x90008 << 10 | (kAllFlags & 0x3F);
  const Gpa at = tables_.Place(0x3000, 0, entry);
  EXPECT_EQ(Go(0x3000, AccessKind::kWrite).gpa, Gpa(0x90003000));
  EXPECT_EQ(words_.Get(at, 8), entry | 0xC0);
}

TEST_F(Walker, AFaultStoresNothing) {
  context_.accessed_dirty = AccessedDirty::kUpdate;
  const uint64_t page = uint64_t{0x90000} << 10;
  for (const uint64_t entry : {kNapot | 0x90008 << 10 | 0xF, page | 0x1F, page | 3}) {
    const Gpa at = tables_.Place(0, 0, entry);
    EXPECT_EQ(Go(0, AccessKind::kWrite).cause, 15);
    EXPECT_EQ(words_.Get(at, 8), entry);
  }
}

TEST_F(Walker, AnUpdateThatIsDeniedIsAnAccessFault) {
  context_.accessed_dirty = AccessedDirty::kUpdate;
  words_.read_only = true;
  tables_.Map(0, 0x90000000, 0, kAllFlags & 0x3F);
  EXPECT_EQ(Go(0, AccessKind::kRead).cause, 5);
  EXPECT_EQ(Go(0, AccessKind::kWrite).cause, 7);
}

TEST_F(Walker, AnEntryThatChangesUnderAnUpdateIsReadAgain) {
  context_.accessed_dirty = AccessedDirty::kUpdate;
  tables_.Map(0, 0x90000000, 0, kAllFlags & 0x3F);
  int exchanges = 0;
  words_.before_exchange = [&](Gpa at) {
    if (++exchanges == 1) words_.Set(at, 8, 0x91000 << 10 | (kAllFlags & 0x3F));
  };
  const WalkResult moved = Go(0x40, AccessKind::kWrite);
  EXPECT_EQ(moved.gpa, Gpa(0x91000040));
  EXPECT_EQ(exchanges, 2);
  EXPECT_EQ(words_.Get(moved.entry, 8), 0x91000 << 10 | kAllFlags);

  words_.Set(moved.entry, 8, 0x91000 << 10 | (kAllFlags & 0x3F));
  words_.before_exchange = [&](Gpa at) { words_.Set(at, 8, 0); };
  EXPECT_EQ(Go(0x40).cause, 13) << "unmapped meanwhile";
}

TEST_F(Walker, ReadsLeaveTheWriteForLater) {
  context_.accessed_dirty = AccessedDirty::kUpdate;
  tables_.Map(0, 0x90000000, 0, kAllFlags & 0x3F);
  const Permissions clean = {true, false, true};
  EXPECT_EQ(Go(0).allowed, clean);
  EXPECT_EQ(Go(0, AccessKind::kWrite).allowed, Permissions::All());
  EXPECT_EQ(Go(0).allowed, Permissions::All());
}

TEST_F(Walker, GlobalComesFromAnyLevel) {
  tables_.Place(0, 0, 0x90000 << 10 | kAllFlags, 0x21);
  EXPECT_TRUE(Go(0).global);
  tables_.Place(uint64_t{1} << 30, 0, 0x90000 << 10 | kAllFlags | 0x20);
  EXPECT_TRUE(Go(uint64_t{1} << 30).global);
  tables_.Place(uint64_t{2} << 30, 0, 0x90000 << 10 | kAllFlags);
  EXPECT_FALSE(Go(uint64_t{2} << 30).global);
}

TEST_F(Walker, Sv32ReachesBeyond4GiBAndIgnoresTheUpperHalf) {
  TestWords words(kBase, 0x10000);
  TableBuilder tables(PagingMode::kSv32, words, kBase);
  tables.Map(0xC0400000, 0x3'FFC0'0000, 1, kAllFlags);
  context_.root = tables.Root();
  for (const uint64_t high : {uint64_t{0}, uint64_t{0xFFFFFFFF00000000}}) {
    const WalkResult result = Walk(context_, Gva(high | 0xC0412345), AccessKind::kRead, words);
    EXPECT_EQ(result.gpa, Gpa(0x3'FFC1'2345));
    EXPECT_EQ(result.page_shift, 22);
  }
}

TEST_F(Walker, LogHasEveryStep) {
  tables_.Map(0x40201000, 0x90000000, 0, 0x43);
  WalkLog log;
  EXPECT_EQ(Walk(context_, Gva(0x40201008), AccessKind::kWrite, words_, log).cause, 15);
  ASSERT_EQ(log.steps.size(), 3u);
  EXPECT_EQ(log.steps[0].level, 2);
  EXPECT_EQ(log.steps[0].index, 1u);
  EXPECT_EQ(log.steps[0].entry, Gpa(kBase + 8));
  EXPECT_EQ(log.steps[0].verdict, StepVerdict::kTable);
  EXPECT_EQ(log.steps[1].flags, "-------V");
  EXPECT_EQ(log.steps[2].flags, "-A----RV");
  EXPECT_EQ(log.steps[2].value, 0x90000u << 10 | 0x43);
  EXPECT_EQ(log.steps[2].verdict, StepVerdict::kFault);
  EXPECT_STREQ(log.steps[2].text, "not writable");
}

TEST_F(Walker, LogNamesTheUpdateAndTheBadAddress) {
  context_.accessed_dirty = AccessedDirty::kUpdate;
  tables_.Map(0, 0x90000000, 0, kAllFlags & 0x3F);
  WalkLog log;
  EXPECT_TRUE(Walk(context_, Gva(0), AccessKind::kRead, words_, log).ok());
  ASSERT_EQ(log.steps.size(), 4u);
  EXPECT_EQ(log.steps[2].verdict, StepVerdict::kUpdated);
  EXPECT_EQ(log.steps[2].flags, "-A--XWRV");
  EXPECT_EQ(log.steps[3].verdict, StepVerdict::kLeaf);
  WalkLog bad;
  Walk(context_, Gva(uint64_t{1} << 50), AccessKind::kRead, words_, bad);
  ASSERT_EQ(bad.steps.size(), 1u);
  EXPECT_EQ(bad.steps[0].level, -1);
}

}  // namespace
}  // namespace emu::mmu::riscv
