// Translation through real page tables, what is remembered of it and when that is forgotten, and protection.
#include <optional>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "targets/riscv/hart.h"
#include "targets/riscv/test_machine.h"

namespace emu::riscv {
namespace {

using translate::Access;
using translate::MemFault;
using translate::PageMapping;

constexpr uint64_t kRam = TestMachine::kRam, kTables = TestMachine::kTables, kCode = TestMachine::kCode;
constexpr uint64_t kData = kRam + 0x80000;  // physical pages for the tests
constexpr uint64_t kV = 1, kR = 2, kW = 4, kX = 8, kU = 16, kA = 64, kD = 128;
constexpr uint64_t kRw = kV | kR | kW | kA | kD, kRwx = kRw | kX;
constexpr uint64_t kVa = 0x40001000;  // where the tests map their page

// Page tables of Sv39, Sv48 or Sv57, the RAM itself in one superpage of them for the supervisor.
class Tables {
 public:
  Tables(TestMachine& m, uint64_t at, unsigned levels = 3) : m_(m), root_(at), next_(at + 4096), levels_(levels) {
    for (uint64_t i = 0; i < 16 * 4096; i += 8) m.Write64(at + i, 0);
    Map(kRam, kRam, kRwx, 2);
  }
  uint64_t Satp(uint64_t asid = 0) const { return uint64_t{levels_ + 5} << 60 | asid << 44 | root_ >> 12; }
  // The address of the leaf.
  uint64_t Map(uint64_t va, uint64_t pa, uint64_t flags, unsigned level = 0) {
    uint64_t table = root_;
    for (unsigned l = levels_ - 1; l > level; --l) {
      const uint64_t entry = table + (va >> (12 + 9 * l) & 511) * 8;
      if (m_.Read64(entry) == 0) {
        m_.Write64(entry, next_ >> 12 << 10 | kV);
        next_ += 4096;
      }
      table = m_.Read64(entry) >> 10 << 12;
    }
    const uint64_t leaf = table + (va >> (12 + 9 * level) & 511) * 8;
    m_.Write64(leaf, pa >> 12 << 10 | flags);
    return leaf;
  }

 private:
  TestMachine& m_;
  const uint64_t root_;
  uint64_t next_;
  const unsigned levels_;
};

class MmuTest : public ::testing::TestWithParam<TestAccel> {
 protected:
  MmuTest() {
    m_.OpenPmp();
    for (unsigned page = 0; page < 4; ++page) m_.Write64(kData + page * 4096, 0x1000 + page);
  }
  void Use(const Tables& tables, uint64_t asid = 0) {
    m_.Poke(0x180, tables.Satp(asid));
    m_.SetPrivilege(kSupervisor);
  }
  // The cause of the exception that an instruction gives, or -1.
  int64_t CauseOf(const std::string& code, uint64_t address = kVa) {
    m_.SetPrivilege(m_.state().privilege);
    const Privilege before = m_.state().privilege;
    m_.traps.clear();
    m_.state().x[10] = address;
    m_.RunCode(code);
    m_.SetPrivilege(before);
    return m_.traps.empty() ? -1 : static_cast<int64_t>(m_.traps.back().first);
  }
  // What is read at an address, or nothing if that faults.
  std::optional<uint64_t> Load(uint64_t address = kVa) {
    if (CauseOf("ld a1, 0(a0)", address) != -1) return std::nullopt;
    return m_.state().x[11];
  }

  TestMachine m_{{.accel = GetParam()}};
};

TEST_P(MmuTest, EveryModeTranslates) {
  for (unsigned levels : {3u, 4u, 5u}) {
    Tables t(m_, kTables, levels);
    t.Map(kVa, kData, kRw);
    const uint64_t top = uint64_t{0} - (uint64_t{1} << (levels * 9 + 11));  // the lowest address of the upper half
    t.Map(top, kData + 4096, kRw);
    m_.hart().FlushMappings(std::nullopt, std::nullopt);
    Use(t);
    EXPECT_EQ(Load(), 0x1000u);
    EXPECT_EQ(Load(top), 0x1001u);
    EXPECT_EQ(CauseOf("ld a1, 0(a0)", top - 8), kLoadPage) << "not sign-extended";
    EXPECT_EQ(m_.csr().mtval, top - 8);
  }
}

TEST_P(MmuTest, MachineModeIsBareAndSupervisorIsNot) {
  Tables t(m_, kTables);
  t.Map(kVa, kData, kRw);
  m_.Poke(0x180, t.Satp());
  EXPECT_EQ(CauseOf("ld a1, 0(a0)"), kLoadAccess);
  EXPECT_EQ(Load(kData), 0x1000u);
  m_.SetPrivilege(kSupervisor);
  EXPECT_EQ(Load(), 0x1000u);
}

TEST_P(MmuTest, FaultsSayWhatAndWhere) {
  Tables t(m_, kTables);
  t.Map(kVa, kData, kV | kX | kA);
  Use(t);
  EXPECT_EQ(CauseOf("lb a1, 3(a0)"), kLoadPage);
  EXPECT_EQ(m_.csr().mtval, kVa + 3);
  EXPECT_EQ(m_.csr().mepc, kCode);
  EXPECT_EQ(CauseOf("nop; sb a1, 5(a0)"), kStorePage);
  EXPECT_EQ(m_.csr().mtval, kVa + 5);
  EXPECT_EQ(m_.csr().mepc, kCode + 4);
  EXPECT_EQ(CauseOf("amoadd.d a1, a1, (a0)"), kStorePage);
  EXPECT_EQ(CauseOf("lr.d a1, (a0)"), kLoadPage);
  EXPECT_EQ(CauseOf("amoadd.d a1, a1, (a0)", kVa + 4), kStoreMisaligned);
  EXPECT_EQ(CauseOf("lr.w a1, (a0)", kVa + 2), kLoadMisaligned);
  EXPECT_EQ(CauseOf("jr a0; nop", kVa + 0x1000), kInstructionPage);
  EXPECT_EQ(m_.csr().mepc, kVa + 0x1000);
  EXPECT_EQ(m_.csr().mtval, kVa + 0x1000);
}

TEST_P(MmuTest, TablesOutsideRamAreAccessFaults) {
  Tables t(m_, kTables);
  t.Map(kVa, 0, kV, 1);  // a pointer to address 0
  Use(t);
  EXPECT_EQ(CauseOf("ld a1, 0(a0)"), kLoadAccess);
  EXPECT_EQ(CauseOf("sd a1, 0(a0)"), kStoreAccess);
  EXPECT_EQ(CauseOf("jr a0; nop"), kInstructionAccess);
}

TEST_P(MmuTest, AccessedAndDirtyFaultOrUpdate) {
  for (bool update : {false, true}) {
    Tables t(m_, kTables);
    const uint64_t leaf = t.Map(kVa, kData, kV | kR | kW);
    m_.Poke(0x30a, update ? kEnvAdue : 0);
    m_.hart().FlushMappings(std::nullopt, std::nullopt);
    Use(t);
    EXPECT_EQ(CauseOf("ld a1, 0(a0)"), update ? -1 : int64_t{kLoadPage});
    EXPECT_EQ(m_.Read64(leaf) & (kA | kD), update ? kA : 0);
    m_.Write64(leaf, m_.Read64(leaf) | kA);
    EXPECT_EQ(CauseOf("ld a1, 0(a0)"), -1);
    EXPECT_EQ(CauseOf("sd a1, 0(a0)"), update ? -1 : int64_t{kStorePage});
    EXPECT_EQ(m_.Read64(leaf) & (kA | kD), update ? kA | kD : kA);
  }
}

TEST_P(MmuTest, SumAndMxr) {
  Tables t(m_, kTables);
  t.Map(kVa, kData, kRw | kU);
  t.Map(kVa + 0x1000, kData + 0x1000, kV | kX | kA);
  Use(t);
  EXPECT_EQ(Load(), std::nullopt);
  EXPECT_EQ(Load(kVa + 0x1000), std::nullopt);
  m_.Poke(0x100, kStatusSum);
  EXPECT_EQ(Load(), 0x1000u);
  EXPECT_EQ(CauseOf("jr a0; nop"), kInstructionPage) << "SUM is not for code";
  m_.Poke(0x100, kStatusMxr);
  EXPECT_EQ(Load(), std::nullopt);
  EXPECT_EQ(Load(kVa + 0x1000), 0x1001u);
  m_.Poke(0x100, 0);
  EXPECT_EQ(Load(kVa + 0x1000), std::nullopt);
}

TEST_P(MmuTest, MprvLendsTheDataAnotherMode) {
  Tables t(m_, kTables);
  t.Map(kVa, kData, kRw);
  t.Map(kVa + 0x1000, kData + 0x1000, kRw | kU);
  m_.Poke(0x180, t.Satp());
  m_.Poke(0x300, kStatusMprv | uint64_t{kSupervisor} << kStatusMppShift);
  EXPECT_EQ(Load(), 0x1000u);
  EXPECT_EQ(Load(kVa + 0x1000), std::nullopt);
  m_.Poke(0x300, kStatusMprv | uint64_t{kUser} << kStatusMppShift);
  EXPECT_EQ(Load(), std::nullopt);
  m_.Poke(0x300, kStatusMprv | uint64_t{kUser} << kStatusMppShift);
  EXPECT_EQ(Load(kVa + 0x1000), 0x1001u);
  m_.Poke(0x300, kStatusMprv | kStatusMpp);
  EXPECT_EQ(CauseOf("ld a1, 0(a0)"), kLoadAccess) << "machine mode itself";
}

TEST_P(MmuTest, MappingsAreKeptUntilTheFence) {
  Tables t(m_, kTables);
  const uint64_t leaf = t.Map(kVa, kData, kRw);
  Use(t);
  EXPECT_EQ(Load(), 0x1000u);
  m_.Write64(leaf, (kData + 4096) >> 12 << 10 | kRw);
  EXPECT_EQ(CauseOf("sfence.vma a0, zero; ld a1, 0(a0)"), -1);
  EXPECT_EQ(m_.state().x[11], 0x1001u);
  m_.Write64(leaf, (kData + 2 * 4096) >> 12 << 10 | kRw);
  EXPECT_EQ(CauseOf("sfence.vma; ld a1, 0(a0)"), -1);
  EXPECT_EQ(m_.state().x[11], 0x1002u);
  m_.Write64(leaf, 0);
  EXPECT_EQ(CauseOf("sfence.vma zero, zero; ld a1, 0(a0)"), kLoadPage);
}

TEST_P(MmuTest, ANewTableNeedsAFenceOfItsAddressOnly) {
  Tables t(m_, kTables);
  t.Map(kVa, kData, kRw);
  Use(t);
  EXPECT_EQ(Load(), 0x1000u);
  const uint64_t other = kTables + 0x20000;  // another last table
  m_.Write64(other + (kVa >> 12 & 511) * 8, (kData + 4096) >> 12 << 10 | kRw);
  t.Map(kVa, other, kV, 1);
  EXPECT_EQ(CauseOf("sfence.vma a0, zero; ld a1, 0(a0)"), -1);
  EXPECT_EQ(m_.state().x[11], 0x1001u);
}

TEST_P(MmuTest, FencesByAddressSpace) {
  Tables one(m_, kTables), two(m_, kTables + 0x10000);
  const uint64_t leaf = one.Map(kVa, kData, kRw);
  two.Map(kVa, kData + 4096, kRw);
  Use(one, 1);
  EXPECT_EQ(Load(), 0x1000u);
  Use(two, 2);
  EXPECT_EQ(Load(), 0x1001u);
  Use(one, 1);
  EXPECT_EQ(Load(), 0x1000u);
  m_.Write64(leaf, (kData + 3 * 4096) >> 12 << 10 | kRw);
  m_.state().x[12] = 1;
  EXPECT_EQ(CauseOf("sfence.vma zero, a2; ld a1, 0(a0)"), -1);
  EXPECT_EQ(m_.state().x[11], 0x1003u);
  m_.Write64(leaf, (kData + 2 * 4096) >> 12 << 10 | kRw);
  Use(two, 2);
  m_.state().x[12] = 1;
  EXPECT_EQ(CauseOf("sfence.vma a0, a2; ld a1, 0(a0)"), -1) << "from another address space";
  EXPECT_EQ(m_.state().x[11], 0x1001u);
  Use(one, 1);
  EXPECT_EQ(Load(), 0x1002u);
}

TEST_P(MmuTest, AFenceOfOneAddressDropsItsSuperpage) {
  Tables t(m_, kTables);
  const uint64_t leaf = t.Map(0x40000000, kRam, kRw, 1);  // 2 MiB
  Use(t);
  m_.Write64(kRam + 0x81000, 0xaaaa);
  EXPECT_EQ(Load(0x40000000 + 0x81000), 0xaaaau);
  EXPECT_EQ(Load(0x40000000 + 0x80000), 0x1000u);
  m_.Write64(leaf, 0);
  EXPECT_EQ(CauseOf("sfence.vma a0, zero; nop", 0x40000000 + 0x1000), -1);
  EXPECT_EQ(Load(0x40000000 + 0x81000), std::nullopt);
  EXPECT_EQ(Load(0x40000000 + 0x80000), std::nullopt);
}

TEST_P(MmuTest, Napot) {
  Tables t(m_, kTables);
  for (uint64_t page = 0; page < 16; ++page) {
    t.Map(0x40010000 + page * 4096, kData + 0x8000, kRw | uint64_t{1} << 63);
    m_.Write64(kData + page * 4096, 0x2000 + page);
  }
  Use(t);
  for (uint64_t page = 0; page < 16; ++page) EXPECT_EQ(Load(0x40010000 + page * 4096), 0x2000 + page);
}

TEST_P(MmuTest, CodeFollowsItsMapping) {
  Tables t(m_, kTables);
  m_.Assemble("li a1, 1; j 0", kData);
  m_.Assemble("li a1, 2; j 0", kData + 4096);
  const uint64_t leaf = t.Map(kVa, kData, kRwx);
  Use(t);
  EXPECT_EQ(CauseOf("jr a0; nop"), -1);
  EXPECT_EQ(m_.state().x[11], 1u);
  m_.Write64(leaf, (kData + 4096) >> 12 << 10 | kRwx);
  EXPECT_EQ(CauseOf("sfence.vma a0, zero; jr a0; nop"), -1);
  EXPECT_EQ(m_.state().x[11], 2u);
}

// An instruction whose halves lie on two pages: the second page's absence is its fault, with the second page's address.
TEST_P(MmuTest, InstructionsAcrossPages) {
  Tables t(m_, kTables);
  t.Map(kVa, kData, kRwx);
  m_.Assemble("li a1, 0x55", kData + 0xffe);
  Use(t);
  EXPECT_EQ(CauseOf("jr a0; nop", kVa + 0xffe), kInstructionPage);
  EXPECT_EQ(m_.csr().mepc, kVa + 0xffe);
  EXPECT_EQ(m_.csr().mtval, kVa + 0x1000);
  t.Map(kVa + 0x1000, kData + 0x1000, kRwx);
  m_.hart().FlushMappings(std::nullopt, std::nullopt);
  EXPECT_EQ(CauseOf("jr a0; nop", kVa + 0xffe), -1);
  EXPECT_EQ(m_.state().x[11], 0x55u);
  // Another second page: another instruction.
  m_.Assemble("li a1, 0x66", kData + 0x1ffe);
  m_.Write64(kData + 0x3000, m_.Read64(kData + 0x2000));
  t.Map(kVa + 0x1000, kData + 0x3000, kRwx);
  m_.hart().FlushMappings(kVa + 0x1000, std::nullopt);
  m_.Write64(kData + 0x3000, (m_.Read64(kData + 0x1000) & ~uint64_t{0xffff}) | 0x0660);
  EXPECT_EQ(CauseOf("jr a0; nop", kVa + 0xffe), -1);
  EXPECT_EQ(m_.state().x[11], 0x66u);
}

TEST_P(MmuTest, DataAcrossPages) {
  Tables t(m_, kTables);
  t.Map(kVa, kData, kRw);
  t.Map(kVa + 0x1000, kData + 0x3000, kRw);
  Use(t);
  m_.state().x[12] = 0x1122334455667788;
  EXPECT_EQ(CauseOf("sd a2, 0(a0); ld a1, 0(a0)", kVa + 0xffd), -1);
  EXPECT_EQ(m_.state().x[11], 0x1122334455667788u);
  EXPECT_EQ(m_.Read64(kData + 0x3000) & 0xffffffffff, 0x1122334455u);
  const uint64_t before = m_.Read64(kData + 0x3ff8);
  EXPECT_EQ(CauseOf("sd a2, 0(a0)", kVa + 0x1ffc), kStorePage);
  EXPECT_EQ(m_.csr().mtval, kVa + 0x2000);
  EXPECT_EQ(m_.Read64(kData + 0x3ff8), before) << "nothing of it was stored";
}

// --- Protection.

TEST_P(MmuTest, WithoutEntriesOnlyMachineModeMayAnything) {
  m_.Poke(0x3a0, 0);
  EXPECT_EQ(CauseOf("ld a1, 0(a0)", kData), -1);
  m_.SetPrivilege(kSupervisor);
  EXPECT_EQ(CauseOf("nop"), kInstructionAccess);
  EXPECT_EQ(m_.csr().mepc, kCode);
}

TEST_P(MmuTest, PmpPermissions) {
  for (uint64_t rwx = 0; rwx < 8; ++rwx) {
    if ((rwx & 3) == 2) continue;  // reserved
    m_.SetPrivilege(kMachine);
    m_.Poke(0x3b0, kData >> 2 | 0x1ff);  // NAPOT: 4 KiB
    m_.Poke(0x3b1, ~uint64_t{0});
    m_.Poke(0x3a0, 0x1f00 | 0x18 | rwx);
    m_.SetPrivilege(kSupervisor);
    m_.Assemble("j 0", kData + 8);
    EXPECT_EQ(CauseOf("ld a1, 0(a0)", kData), (rwx & 1) != 0 ? -1 : int64_t{kLoadAccess});
    EXPECT_EQ(CauseOf("sd a1, 0(a0)", kData), (rwx & 2) != 0 ? -1 : int64_t{kStoreAccess});
    EXPECT_EQ(CauseOf("jr a0; nop", kData + 8), (rwx & 4) != 0 ? -1 : int64_t{kInstructionAccess});
    EXPECT_EQ(CauseOf("ld a1, 0(a0)", kData + 4096), -1);
    m_.SetPrivilege(kMachine);
    EXPECT_EQ(CauseOf("sd a1, 0(a0)", kData), -1) << "not locked";
  }
}

TEST_P(MmuTest, LockedEntriesBindMachineMode) {
  m_.Poke(0x3b0, kData >> 2 | 0x1ff);
  EXPECT_EQ(CauseOf("sd a1, 0(a0)", kData), -1);
  m_.Poke(0x3a0, 0x1f00 | 0x99);
  EXPECT_EQ(CauseOf("sd a1, 0(a0)", kData), kStoreAccess);
  EXPECT_EQ(CauseOf("ld a1, 0(a0)", kData), -1);
}

// A verdict on part of a page must not be kept for all of it.
TEST_P(MmuTest, ProtectionFinerThanPages) {
  m_.Poke(0x3b0, (kData + 0x10) >> 2);  // NA4
  m_.Poke(0x3b1, ~uint64_t{0});
  m_.Poke(0x3a0, 0x1f00 | 0x10);
  m_.SetPrivilege(kSupervisor);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(CauseOf("lw a1, 0xc(a0)", kData), -1);
    EXPECT_EQ(CauseOf("lw a1, 0x10(a0)", kData), kLoadAccess);
    EXPECT_EQ(CauseOf("lw a1, 0x14(a0)", kData), -1);
    EXPECT_EQ(CauseOf("sw a1, 0x14(a0)", kData), -1);
    EXPECT_EQ(CauseOf("sw a1, 0x10(a0)", kData), kStoreAccess);
    EXPECT_EQ(CauseOf("ld a1, 0xc(a0)", kData), kLoadAccess) << "partly";
    EXPECT_EQ(CauseOf("ld a1, 0x10(a0)", kData), kLoadAccess) << "more than the entry";
  }
  m_.Assemble("li a1, 7; li a1, 8; li a1, 9; li a1, 10; li a1, 11", kData);
  EXPECT_EQ(CauseOf("jr a0; nop; nop; nop; nop", kData), -1);
  EXPECT_EQ(CauseOf("jr a0; nop; nop; nop; nop; nop", kData), kInstructionAccess);
  EXPECT_EQ(m_.csr().mepc, kData + 0x10);
  EXPECT_EQ(m_.state().x[11], 10u);
}

// The second half of the instruction lies on a page of which no verdict can be kept.
TEST_P(MmuTest, InstructionsIntoAPageWithFinerProtection) {
  m_.Poke(0x3b0, (kData + 0x1010) >> 2);
  m_.Poke(0x3b1, ~uint64_t{0});
  m_.Poke(0x3a0, 0x1f00 | 0x10);
  m_.SetPrivilege(kSupervisor);
  m_.Assemble("li a1, 5; li a1, 6; li a1, 7; li a1, 8; li a1, 9; li a1, 10", kData + 0xffe);
  EXPECT_EQ(CauseOf("jr a0; nop; nop", kData + 0xffe), -1);
  EXPECT_EQ(m_.state().x[11], 6u);
  m_.Poke(0x3b0, (kData + 0x1000) >> 2);  // the second half itself
  m_.SetPrivilege(kSupervisor);
  EXPECT_EQ(CauseOf("jr a0; nop; nop", kData + 0xffe), kInstructionAccess);
  EXPECT_EQ(m_.csr().mepc, kData + 0xffe);
  EXPECT_EQ(m_.csr().mtval, kData + 0x1000);
}

TEST_P(MmuTest, PmpGuardsPageTables) {
  Tables t(m_, kTables);
  const uint64_t leaf = t.Map(kVa, kData, kV | kR | kW | kA);
  m_.Poke(0x30a, kEnvAdue);
  Use(t);
  EXPECT_EQ(Load(), 0x1000u);
  m_.Poke(0x3b0, leaf >> 12 << 10 | 0x1ff);
  m_.Poke(0x3b1, ~uint64_t{0});
  m_.Poke(0x3a0, 0x1f00 | 0x19);  // read only
  EXPECT_EQ(Load(), 0x1000u);
  EXPECT_EQ(CauseOf("sd a1, 0(a0)"), kStoreAccess) << "D cannot be written";
  m_.Poke(0x3a0, 0x1f00 | 0x18);
  EXPECT_EQ(CauseOf("ld a1, 0(a0)"), kLoadAccess) << "and now not even read";
}

// Verdicts of before a reset must not come back when the registers are written as often as then.
TEST_P(MmuTest, AResetForgetsVerdicts) {
  m_.SetPrivilege(kSupervisor);
  EXPECT_EQ(Load(kData), 0x1000u);
  for (int writes = 0; writes < 8; ++writes) {
    m_.Reset();
    m_.Poke(0x3b0, kData >> 2);
    m_.Poke(0x3a0, 0x0f);  // TOR: all below kData
    for (int i = 0; i < writes; ++i) m_.Poke(0x3b1, static_cast<uint64_t>(i));
    m_.SetPrivilege(kSupervisor);
    EXPECT_EQ(CauseOf("ld a1, 0(a0)", kData), kLoadAccess) << writes;
  }
}

TEST_P(MmuTest, ProbesLeaveNoTrace) {
  Tables t(m_, kTables);
  const uint64_t leaf = t.Map(kVa, kData, kV | kR | kW);
  m_.Poke(0x30a, kEnvAdue);
  Use(t);
  PageMapping mapping;
  MemFault fault;
  EXPECT_TRUE(m_.hart().Translate(memory::Gva(kVa + 8), 1, Access::kWrite, /*probe=*/true, &mapping, &fault));
  EXPECT_EQ(mapping.gpa.value, kData + 8);
  EXPECT_EQ(m_.Read64(leaf) & (kA | kD), 0u);
}

TEST_P(MmuTest, SuperpagesSayTheirSize) {
  Tables t(m_, kTables);
  Use(t);
  PageMapping mapping;
  MemFault fault;
  ASSERT_TRUE(m_.hart().Translate(memory::Gva(kRam), 1, Access::kRead, false, &mapping, &fault));
  EXPECT_EQ(mapping.log2_size, 30);
  EXPECT_FALSE(m_.hart().Translate(memory::Gva(kVa), 1, Access::kRead, false, &mapping, &fault));
  EXPECT_EQ(fault.code, kLoadPage);
}

INSTANTIATE_TEST_SUITE_P(Backends, MmuTest, ::testing::Values(TestAccel::kInterpreter, TestAccel::kJit),
                         [](const auto& accel) { return TestAccelName(accel.param); });

}  // namespace
}  // namespace emu::riscv
