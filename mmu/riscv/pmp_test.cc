// The PMP's write rules, and its verdicts against an oracle that looks at one byte at a time.
#include "mmu/riscv/pmp.h"

#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace emu::mmu::riscv {
namespace {

using memory::Gpa;

constexpr AccessKind kKinds[] = {AccessKind::kRead, AccessKind::kWrite, AccessKind::kExecute};
constexpr Privilege kPrivileges[] = {Privilege::kUser, Privilege::kSupervisor, Privilege::kMachine};
constexpr uint8_t kRwx = kPmpR | kPmpW | kPmpX;

// Sets one entry through the registers.
void SetEntry(Pmp& pmp, unsigned entry, uint8_t config, uint64_t address) {
  pmp.WriteAddress(entry, address);
  const unsigned number = entry / 8 * 2, shift = entry % 8 * 8;
  const uint64_t others = pmp.ReadConfig(number) & ~(uint64_t{0xFF} << shift);
  pmp.WriteConfig(number, others | uint64_t{config} << shift);
}

TEST(Pmp, WithoutAMatchMachineModeMayAndOthersMayNot) {
  const Pmp pmp(16);
  const Pmp none(0);
  for (const AccessKind kind : kKinds) {
    EXPECT_TRUE(pmp.Allows(Gpa(0), 8, kind, Privilege::kMachine));
    EXPECT_FALSE(pmp.Allows(Gpa(0), 8, kind, Privilege::kSupervisor));
    EXPECT_FALSE(pmp.Allows(Gpa(0), 8, kind, Privilege::kUser));
    EXPECT_TRUE(none.Allows(Gpa(0), 8, kind, Privilege::kUser));
  }
}

TEST(Pmp, FullRangeNapotOpensEverything) {
  Pmp pmp;
  SetEntry(pmp, 15, kPmpNapot | kRwx, ~uint64_t{0});
  EXPECT_EQ(pmp.ReadAddress(15), (uint64_t{1} << 54) - 1);
  EXPECT_TRUE(pmp.Allows(Gpa(0), 8, AccessKind::kWrite, Privilege::kUser));
  EXPECT_TRUE(pmp.Allows(Gpa((uint64_t{1} << 56) - 8), 8, AccessKind::kExecute, Privilege::kUser));
}

TEST(Pmp, AnAccessThatOnlyPartlyMatchesFailsEvenInMachineMode) {
  Pmp pmp;
  SetEntry(pmp, 0, kPmpNa4 | kRwx, 0x1004 >> 2);
  EXPECT_TRUE(pmp.Allows(Gpa(0x1004), 4, AccessKind::kRead, Privilege::kMachine));
  EXPECT_FALSE(pmp.Allows(Gpa(0x1000), 8, AccessKind::kRead, Privilege::kMachine));
  EXPECT_FALSE(pmp.Allows(Gpa(0x1006), 4, AccessKind::kRead, Privilege::kMachine));
}

TEST(Pmp, LockedEntriesBindMachineMode) {
  Pmp pmp;
  SetEntry(pmp, 0, kPmpNa4 | kPmpL | kPmpR, 0x1000 >> 2);
  EXPECT_TRUE(pmp.Allows(Gpa(0x1000), 4, AccessKind::kRead, Privilege::kMachine));
  EXPECT_FALSE(pmp.Allows(Gpa(0x1000), 4, AccessKind::kWrite, Privilege::kMachine));
}

TEST(Pmp, LockedRegistersStayUntilReset) {
  Pmp pmp;
  SetEntry(pmp, 2, kPmpTor | kPmpL | kPmpR, 0x2000);
  pmp.WriteAddress(1, 0x1111);  // lower bound of a locked TOR entry
  pmp.WriteAddress(2, 0x2222);
  pmp.WriteAddress(3, 0x3333);
  pmp.WriteConfig(0, 0x0F0F0F0F0F0F0F0F);
  EXPECT_EQ(pmp.ReadAddress(1), 0u);
  EXPECT_EQ(pmp.ReadAddress(2), 0x2000u);
  EXPECT_EQ(pmp.ReadAddress(3), 0x3333u);
  EXPECT_EQ(pmp.ReadConfig(0), 0x0F0F0F0F0F890F0F);
  pmp.Reset();
  EXPECT_EQ(pmp.ReadConfig(0), 0u);
  pmp.WriteAddress(1, 0x1111);
  EXPECT_EQ(pmp.ReadAddress(1), 0x1111u);
}

TEST(Pmp, ALockedEntryThatIsNotTorLeavesTheAddressBelowFree) {
  Pmp pmp;
  SetEntry(pmp, 2, kPmpNapot | kPmpL, 0x2000);
  pmp.WriteAddress(1, 0x1111);
  EXPECT_EQ(pmp.ReadAddress(1), 0x1111u);
}

TEST(Pmp, EveryConfigByteIsMadeLegal) {
  for (unsigned value = 0; value < 256; ++value) {
    Pmp pmp;
    pmp.WriteConfig(0, value);
    unsigned expected = value & 0x9F;
    if ((value & kPmpR) == 0) expected &= ~unsigned{kPmpW};
    EXPECT_EQ(pmp.ReadConfig(0), expected) << value;
  }
}

TEST(Pmp, RegistersOf64BitsHoldEightEntries) {
  Pmp pmp(16);
  pmp.WriteConfig(0, 0x0101010101010101);
  pmp.WriteConfig(1, ~uint64_t{0});  // does not exist
  pmp.WriteConfig(2, 0x0404040404040404);
  pmp.WriteConfig(4, 0x0404040404040404);  // not implemented
  EXPECT_EQ(pmp.ReadConfig(0), 0x0101010101010101u);
  EXPECT_EQ(pmp.ReadConfig(1), 0u);
  EXPECT_EQ(pmp.ReadConfig(2), 0x0404040404040404u);
  EXPECT_EQ(pmp.ReadConfig(4), 0u);
  pmp.WriteAddress(16, 5);
  EXPECT_EQ(pmp.ReadAddress(16), 0u);
}

TEST(Pmp, RegistersOf32BitsHoldFour) {
  Pmp pmp(64, 32);
  pmp.WriteConfig(15, 0x0F0B0908);
  EXPECT_EQ(pmp.ReadConfig(15), 0x0F0B0908u);
  EXPECT_EQ(pmp.ReadConfig(14), 0u);
  pmp.WriteAddress(63, ~uint64_t{0});
  EXPECT_EQ(pmp.ReadAddress(63), 0xFFFFFFFFu);
}

TEST(Pmp, EveryWriteThatCountsMakesANewGeneration) {
  Pmp pmp;
  const uint64_t before = pmp.generation();
  pmp.WriteAddress(0, 1);
  const uint64_t between = pmp.generation();
  pmp.WriteConfig(0, kPmpNa4);
  EXPECT_LT(before, between);
  EXPECT_LT(between, pmp.generation());
}

// The entry's rule on one byte, from the text of section 3.7.1.
bool Matches(const Pmp& pmp, unsigned entry, uint8_t config, uint64_t byte) {
  const uint64_t address = pmp.ReadAddress(entry);
  switch (config >> 3 & 3) {
    case 0:
      return false;
    case 1:
      return byte >= (entry == 0 ? 0 : pmp.ReadAddress(entry - 1) * 4) && byte < address * 4;
    case 2:
      return byte / 4 == address;
    default:
      break;
  }
  uint64_t size = 8;
  for (uint64_t rest = address; (rest & 1) != 0; rest >>= 1) size *= 2;
  return byte / size == address * 4 / size;
}

bool Oracle(const Pmp& pmp, uint64_t first, unsigned size, AccessKind kind, Privilege privilege) {
  for (unsigned entry = 0; entry < 16; ++entry) {
    const uint8_t config = static_cast<uint8_t>(pmp.ReadConfig(entry / 8 * 2) >> entry % 8 * 8);
    unsigned matching = 0;
    for (unsigned i = 0; i < size; ++i) matching += Matches(pmp, entry, config, first + i);
    if (matching == 0) continue;
    if (matching < size) return false;
    if (privilege == Privilege::kMachine && (config & 0x80) == 0) return true;
    return (config >> static_cast<unsigned>(kind) & 1) != 0;  // R, W, X in this order
  }
  return privilege == Privilege::kMachine;
}

Pmp RandomPmp(std::mt19937_64& rng, uint64_t span) {
  Pmp pmp;
  const unsigned entries = rng() % 5;
  for (unsigned i = 0; i < entries; ++i) {
    const unsigned entry = rng() % 16;
    uint64_t address = rng() % span / 4;
    if (rng() % 2 == 0) address |= (uint64_t{1} << rng() % 8) - 1;
    SetEntry(pmp, entry, static_cast<uint8_t>(rng()), address);
  }
  return pmp;
}

TEST(Pmp, AgreesWithTheOracleByteByByte) {
  std::mt19937_64 rng(3);
  int allowed = 0;
  for (int round = 0; round < 2000; ++round) {
    const Pmp pmp = RandomPmp(rng, 256);
    for (int i = 0; i < 100; ++i) {
      const uint64_t at = rng() % 300;
      const unsigned size = 1u << rng() % 4;
      const AccessKind kind = kKinds[rng() % 3];
      const Privilege privilege = kPrivileges[rng() % 3];
      const bool expected = Oracle(pmp, at, size, kind, privilege);
      ASSERT_EQ(pmp.Allows(Gpa(at), size, kind, privilege), expected) << round << " at " << at << " size " << size;
      allowed += expected;
    }
  }
  EXPECT_GT(allowed, 20000);
}

// A verdict over a stretch holds for every access inside it; one that is not uniform says nothing.
TEST(Pmp, UniformVerdictsHoldForEveryAccessInside) {
  std::mt19937_64 rng(4);
  int uniform = 0;
  for (int round = 0; round < 2000; ++round) {
    const Pmp pmp = RandomPmp(rng, 512);
    const uint64_t page = rng() % 16 * 32;
    const Privilege privilege = kPrivileges[rng() % 3];
    const PmpVerdict verdict = pmp.Over(Gpa(page), 32, privilege);
    if (!verdict.uniform) {
      EXPECT_EQ(verdict.allowed, Permissions{});
      continue;
    }
    ++uniform;
    for (uint64_t at = page; at < page + 32; at += 4) {
      for (const AccessKind kind : kKinds) {
        ASSERT_EQ(verdict.allowed.Allows(kind), Oracle(pmp, at, 4, kind, privilege)) << round << " at " << at;
      }
    }
  }
  EXPECT_GT(uniform, 500);
  EXPECT_LT(uniform, 2000);
}

TEST(Pmp, APageWithABorderInsideIsNotUniform) {
  Pmp pmp;
  SetEntry(pmp, 0, kPmpTor | kRwx, 0x1800 >> 2);
  EXPECT_TRUE(pmp.Over(Gpa(0), 4096, Privilege::kUser).uniform);
  EXPECT_FALSE(pmp.Over(Gpa(0x1000), 4096, Privilege::kUser).uniform);
  EXPECT_TRUE(pmp.Over(Gpa(0x2000), 4096, Privilege::kUser).uniform);
}

}  // namespace
}  // namespace emu::mmu::riscv
