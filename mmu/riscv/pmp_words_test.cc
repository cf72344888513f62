#include "mmu/riscv/pmp_words.h"

#include <random>

#include <gtest/gtest.h>

#include "mmu/riscv/test_tables.h"
#include "mmu/riscv/walker.h"

namespace emu::mmu::riscv {
namespace {

using memory::Gpa;
using memory::Gva;
using memory::MemStatus;

constexpr uint64_t kBase = 0x80000000;

class PmpWords : public ::testing::Test {
 protected:
  PmpWords() { Open(kPmpR | kPmpW); }

  void Open(uint8_t permissions) {
    pmp_.WriteAddress(1, ~uint64_t{0});
    pmp_.WriteConfig(0, uint64_t{kPmpNapot} << 8 | uint64_t{permissions} << 8);
  }

  TestWords words_{kBase, 0x10000};
  Pmp pmp_;
  PmpPageCache pages_{pmp_};
  PmpCheckedWords<TestWords> checked_{words_, pages_};
};

TEST_F(PmpWords, PassesOnWhatIsPermitted) {
  words_.Set(Gpa(kBase), 8, 42);
  EXPECT_EQ(checked_.Read(Gpa(kBase), 8).value, 42u);
  EXPECT_EQ(checked_.CompareExchange(Gpa(kBase), 8, 42, 43).value, 42u);
  EXPECT_EQ(words_.Get(Gpa(kBase), 8), 43u);
}

TEST_F(PmpWords, NoticesThatTheRegistersChanged) {
  EXPECT_EQ(checked_.CompareExchange(Gpa(kBase), 8, 0, 1).status, MemStatus::kOk);
  Open(kPmpR);
  EXPECT_EQ(checked_.CompareExchange(Gpa(kBase), 8, 1, 2).status, MemStatus::kDeviceError);
  EXPECT_EQ(checked_.Read(Gpa(kBase), 8).status, MemStatus::kOk);
  Open(0);
  EXPECT_EQ(checked_.Read(Gpa(kBase), 8).status, MemStatus::kDeviceError);
  EXPECT_EQ(words_.Get(Gpa(kBase), 8), 1u);
}

TEST_F(PmpWords, ADeniedEntryIsAnAccessFaultOfTheWalk) {
  TableBuilder tables(PagingMode::kSv39, words_, kBase);
  const Gpa entry = tables.Map(0x5000, 0x90000000, 0, 0x0F);
  WalkContext context = {.root = tables.Root()};
  context.accessed_dirty = AccessedDirty::kUpdate;
  Open(kPmpR);
  EXPECT_EQ(Walk(context, Gva(0x5000), AccessKind::kWrite, checked_).cause, 7) << "A and D cannot be stored";
  pmp_.WriteAddress(0, entry.value >> 2);
  pmp_.WriteConfig(0, pmp_.ReadConfig(0) | kPmpNa4);
  EXPECT_EQ(Walk(context, Gva(0x5000), AccessKind::kExecute, checked_).cause, 1) << "its first half is forbidden";
}

TEST_F(PmpWords, KeptVerdictsAreThePmpsOwn) {
  std::mt19937_64 rng(5);
  for (int i = 0; i < 20000; ++i) {
    if (rng() % 100 == 0) {
      const unsigned entry = rng() % 8;
      pmp_.Reset();
      pmp_.WriteAddress(entry, rng() % 0x40000 >> rng() % 4);
      pmp_.WriteConfig(0, rng() & 0x1F1F1F1F1F1F1F1F);
    }
    const Gpa at(rng() % 0x100000 & ~uint64_t{7});
    const AccessKind kind = static_cast<AccessKind>(rng() % 3);
    ASSERT_EQ(pages_.Allows(at, 8, kind), pmp_.Allows(at, 8, kind, Privilege::kSupervisor));
    const PmpVerdict kept = pages_.PageOf(at);
    const PmpVerdict asked = pmp_.Over(Gpa(at.value & ~uint64_t{4095}), 4096, Privilege::kSupervisor);
    ASSERT_EQ(kept.uniform, asked.uniform);
    ASSERT_EQ(kept.allowed, asked.allowed);
  }
}

}  // namespace
}  // namespace emu::mmu::riscv
