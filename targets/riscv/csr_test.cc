// Every CSR: whether it is there, who may touch it, and which bits stay.
#include "targets/riscv/csr.h"

#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "targets/riscv/test_machine.h"

namespace emu::riscv {
namespace {

constexpr uint64_t kAll = ~uint64_t{0};

IsaConfig Without(std::initializer_list<Extension> off) {
  IsaConfig isa = IsaConfig::Full(64);
  for (Extension e : off) isa.Enable(e, false);
  return isa;
}

class CsrTest : public ::testing::Test {
 protected:
  Hart& hart() { return m_.hart(); }
  bool MayRead(unsigned number) {
    uint64_t value = 0;
    return ReadCsr(hart(), number, &value);
  }
  bool MayWrite(unsigned number) {
    uint64_t value = 0;
    return AccessCsr(hart(), number, CsrOp::kSet, /*read=*/true, /*write=*/true, &value);
  }
  // What stays of `value` when it is written in machine mode.
  uint64_t Kept(unsigned number, uint64_t value) {
    m_.Poke(number, value);
    return m_.Peek(number);
  }
  uint64_t Access(unsigned number, CsrOp op, uint64_t operand) {
    uint64_t value = operand;
    EXPECT_TRUE(AccessCsr(hart(), number, op, true, true, &value)) << std::hex << number;
    return value;
  }

  TestMachine m_;
};

TEST_F(CsrTest, NamesAndNumbersAreUniqueAndInOrderOfTheTable) {
  std::set<unsigned> numbers;
  std::set<std::string> names;
  for (const CsrName& csr : CsrNames()) {
    EXPECT_TRUE(numbers.insert(csr.number).second) << csr.name;
    EXPECT_TRUE(names.insert(csr.name).second) << csr.name;
  }
  const std::map<std::string, unsigned> kSome = {
      {"fflags", 1},        {"hpmcounter3", 0xc03},  {"hpmcounter31", 0xc1f}, {"sstatus", 0x100},
      {"satp", 0x180},      {"mstatus", 0x300},      {"pmpcfg0", 0x3a0},      {"pmpcfg14", 0x3ae},
      {"pmpaddr63", 0x3ef}, {"mhpmcounter3", 0xb03}, {"tdata1", 0x7a1},       {"stimecmp", 0x14d}};
  for (const CsrName& csr : CsrNames()) {
    const auto it = kSome.find(csr.name);
    if (it == kSome.end()) continue;
    EXPECT_EQ(csr.number, it->second) << csr.name;
  }
  for (const auto& [name, number] : kSome) EXPECT_EQ(names.count(name), 1u) << name;
}

// Bits 9:8 of the number are the least privilege, 11:10 all set mean read-only (section 2.1).
TEST_F(CsrTest, PrivilegeAndReadOnlyComeFromTheNumber) {
  std::set<unsigned> known;
  for (const CsrName& csr : CsrNames()) known.insert(csr.number);
  m_.Poke(0x300, 0x6000);
  for (unsigned csr : {0x306u, 0x106u}) m_.Poke(csr, kAll);
  m_.Poke(0x30a, kAll);
  for (unsigned privilege : {0u, 1u, 3u}) {
    m_.SetPrivilege(static_cast<Privilege>(privilege));
    for (unsigned number = 0; number < 4096; ++number) {
      const bool odd_pmpcfg = number >= 0x3a0 && number < 0x3b0 && number % 2 != 0;
      const bool there = known.count(number) != 0 && privilege >= (number >> 8 & 3) && !odd_pmpcfg;
      EXPECT_EQ(MayRead(number), there) << std::hex << number << " from " << privilege;
      EXPECT_EQ(MayWrite(number), there && number >> 10 != 3) << std::hex << number;
    }
  }
}

TEST_F(CsrTest, WritableWhereNotReadOnly) {
  m_.Poke(0x300, 0x6000);
  for (const CsrName& csr : CsrNames()) {
    if (csr.number >= 0x3a0 && csr.number < 0x3b0 && csr.number % 2 != 0) continue;
    EXPECT_EQ(MayWrite(csr.number), csr.number >> 10 != 3) << csr.name;
  }
}

TEST_F(CsrTest, AReadOfAReadOnlyRegisterBySetOrClearOfNothing) {
  for (CsrOp op : {CsrOp::kSet, CsrOp::kClear}) {
    uint64_t value = 0;
    EXPECT_TRUE(AccessCsr(hart(), 0xf14, op, /*read=*/true, /*write=*/false, &value));
  }
  uint64_t value = 0;
  EXPECT_FALSE(AccessCsr(hart(), 0xf14, CsrOp::kWrite, /*read=*/false, /*write=*/true, &value));
}

TEST_F(CsrTest, ReadSetClearWrite) {
  m_.Poke(0x340, 0xf0);
  EXPECT_EQ(Access(0x340, CsrOp::kSet, 0x0f), 0xf0u);
  EXPECT_EQ(Access(0x340, CsrOp::kClear, 0x3c), 0xffu);
  EXPECT_EQ(Access(0x340, CsrOp::kWrite, 0x1234), 0xc3u);
  EXPECT_EQ(m_.Peek(0x340), 0x1234u);
}

// What is left of all ones and of all zeros; WARL fields take what they can.
TEST_F(CsrTest, WritableBits) {
  const std::map<unsigned, uint64_t> kMasks = {{0x105, ~uint64_t{2}},
                                               {0x106, 0xffffffff},
                                               {0x10a, 0xf1},
                                               {0x140, kAll},
                                               {0x141, ~uint64_t{1}},
                                               {0x142, kAll},
                                               {0x143, kAll},
                                               {0x14d, kAll},
                                               {0x302, 0xb3ff},
                                               {0x303, 0x222},
                                               {0x304, 0xaaa},
                                               {0x305, ~uint64_t{2}},
                                               {0x306, 0xffffffff},
                                               {0x30a, kEnvAdue | kEnvStce | 0xf1},
                                               {0x320, 5},
                                               {0x340, kAll},
                                               {0x341, ~uint64_t{1}},
                                               {0x342, kAll},
                                               {0x343, kAll},
                                               {0x3b0, (uint64_t{1} << 54) - 1},
                                               {0x3bf, (uint64_t{1} << 54) - 1},
                                               {0x3c0, 0},
                                               {0x3ef, 0},
                                               {0xf11, 0},
                                               {0xf12, 0},
                                               {0xf13, 0},
                                               {0xf15, 0},
                                               {0x323, 0},
                                               {0x33f, 0},
                                               {0xb03, 0},
                                               {0xb1f, 0},
                                               {0xc03, 0},
                                               {0x7a0, 0},
                                               {0x7a1, 0},
                                               {0x7a3, 0},
                                               {0x001, 0x1f},
                                               {0x002, 7},
                                               {0x003, 0xff}};
  for (const auto& [number, mask] : kMasks) {
    EXPECT_EQ(Kept(number, kAll), mask) << std::hex << number;
    EXPECT_EQ(Kept(number, 0), 0u) << std::hex << number;
  }
}

TEST_F(CsrTest, WithoutCompressedInstructionsPcsAreMultiplesOfFour) {
  TestMachine m({.isa = Without({Extension::kC})});
  for (unsigned number : {0x141u, 0x341u}) {
    m.Poke(number, kAll);
    EXPECT_EQ(m.Peek(number), ~uint64_t{3});
  }
}

TEST_F(CsrTest, HartId) { EXPECT_EQ(m_.Peek(0xf14), 0u); }

TEST_F(CsrTest, MisaNamesTheLettersAndIgnoresWrites) {
  const auto letters = [](const char* text) {
    uint64_t bits = uint64_t{2} << 62;
    for (; *text != 0; ++text) bits |= uint64_t{1} << (*text - 'A');
    return bits;
  };
  EXPECT_EQ(m_.Peek(0x301), letters("IMAFDCSU"));
  EXPECT_EQ(Kept(0x301, 0), letters("IMAFDCSU"));
  TestMachine small({.isa = Without({Extension::kD, Extension::kC, Extension::kM})});
  EXPECT_EQ(small.Peek(0x301), letters("IAFSU"));
}

// --- mstatus and its view.

TEST_F(CsrTest, MstatusFields) {
  constexpr uint64_t kXl = uint64_t{0xa} << 32;
  EXPECT_EQ(m_.Peek(0x300), kXl);
  EXPECT_EQ(Kept(0x300, kAll), kXl | kStatusSd | 0x7e79aa);
  EXPECT_EQ(Kept(0x300, 0), kXl);
}

TEST_F(CsrTest, SdFollowsFs) {
  for (uint64_t fs = 0; fs < 4; ++fs) EXPECT_EQ(Kept(0x300, fs << 13) >> 63, fs == 3) << fs;
}

TEST_F(CsrTest, MppHasNoHypervisor) {
  for (uint64_t before : {0u, 1u, 3u}) {
    m_.Poke(0x300, before << 11);
    EXPECT_EQ(Kept(0x300, uint64_t{2} << 11) >> 11 & 3, before);
  }
  m_.Poke(0x300, uint64_t{1} << 11);
  Access(0x300, CsrOp::kSet, uint64_t{2} << 11);
  EXPECT_EQ(m_.Peek(0x300) >> 11 & 3, 3u);
}

TEST_F(CsrTest, SstatusIsAView) {
  m_.Poke(0x300, kAll);
  EXPECT_EQ(m_.Peek(0x100), kStatusSd | uint64_t{2} << 32 | 0xc6122);
  m_.Poke(0x100, 0);
  EXPECT_EQ(m_.Peek(0x300), (uint64_t{0xa} << 32) | (0x7e79aa & ~uint64_t{0xc6122}));
  m_.Poke(0x300, 0);
  m_.Poke(0x100, kAll);
  EXPECT_EQ(m_.Peek(0x300), kStatusSd | uint64_t{0xa} << 32 | 0xc6122);
}

TEST_F(CsrTest, WithoutFloatFsIsZeroAndFcsrIsNotThere) {
  TestMachine m({.isa = Without({Extension::kF, Extension::kD})});
  m.Poke(0x300, kAll);
  EXPECT_EQ(m.Peek(0x300) & (kStatusFs | kStatusSd), 0u);
  uint64_t value;
  for (unsigned number : {1u, 2u, 3u}) EXPECT_FALSE(ReadCsr(m.hart(), number, &value));
}

// --- Floating point.

TEST_F(CsrTest, FcsrNeedsFs) {
  for (unsigned number : {1u, 2u, 3u}) EXPECT_FALSE(MayRead(number)) << number;
  m_.Poke(0x300, 0x2000);
  for (unsigned number : {1u, 2u, 3u}) EXPECT_TRUE(MayRead(number)) << number;
}

TEST_F(CsrTest, FcsrIsFlagsAndRounding) {
  m_.Poke(0x300, 0x2000);
  m_.Poke(3, 0xb5);
  EXPECT_EQ(m_.Peek(1), 0x15u);
  EXPECT_EQ(m_.Peek(2), 5u);
  m_.Poke(1, 0x0a);
  m_.Poke(2, 1);
  EXPECT_EQ(m_.Peek(3), 0x2au);
  EXPECT_EQ(m_.state().mstatus & (kStatusFs | kStatusSd), kStatusFs | kStatusSd) << "a write makes it dirty";
}

TEST_F(CsrTest, FlagsThatTheHostHoldsShow) {
  m_.Poke(0x300, 0x6000);
  const std::pair<uint32_t, uint64_t> kFlags[] = {{1, 16}, {4, 8}, {8, 4}, {16, 2}, {32, 1}, {2, 0}};
  for (const auto& [host, guest] : kFlags) {
    m_.Poke(1, 0);
    m_.state().base.mxcsr |= host;
    EXPECT_EQ(m_.Peek(1), guest) << host;
  }
  m_.Poke(1, 0);
  EXPECT_EQ(m_.state().base.mxcsr & 0x3f, 0u);
}

TEST_F(CsrTest, RoundingReachesTheHost) {
  m_.Poke(0x300, 0x6000);
  constexpr uint32_t kHost[] = {0, 3, 1, 2, 0};  // RNE, RTZ, RDN, RUP, RMM
  for (unsigned frm = 0; frm < 5; ++frm) {
    m_.Poke(2, frm);
    EXPECT_EQ(m_.state().base.mxcsr >> 13 & 3, kHost[frm]) << frm;
    EXPECT_EQ(m_.state().base.key & (kKeyFrmMaxMag | kKeyFrmReserved), frm == 4 ? kKeyFrmMaxMag : 0u);
  }
  for (unsigned frm = 5; frm < 8; ++frm) {
    m_.Poke(2, frm);
    EXPECT_NE(m_.state().base.key & kKeyFrmReserved, 0u);
  }
}

// --- Counters.

TEST_F(CsrTest, CountersAreOpenedByMcounterenAndScounteren) {
  for (unsigned number : {0xc00u, 0xc01u, 0xc02u, 0xc03u, 0xc1fu}) {
    const uint64_t bit = uint64_t{1} << (number & 31);
    for (int open = 0; open < 4; ++open) {
      m_.Poke(0x306, (open & 1) != 0 ? bit : ~bit);
      m_.Poke(0x106, (open & 2) != 0 ? bit : ~bit);
      m_.SetPrivilege(kMachine);
      EXPECT_TRUE(MayRead(number));
      m_.SetPrivilege(kSupervisor);
      EXPECT_EQ(MayRead(number), (open & 1) != 0) << number << " " << open;
      m_.SetPrivilege(kUser);
      EXPECT_EQ(MayRead(number), open == 3) << number << " " << open;
    }
  }
}

TEST_F(CsrTest, WithoutZicntrOnlyTheMachineCounts) {
  TestMachine m({.isa = Without({Extension::kZicntr})});
  uint64_t value;
  for (unsigned number : {0xc00u, 0xc01u, 0xc02u}) EXPECT_FALSE(ReadCsr(m.hart(), number, &value));
  EXPECT_TRUE(ReadCsr(m.hart(), 0xb00, &value));
}

TEST_F(CsrTest, TimeIsThePlatforms) {
  m_.time = 0x123456789;
  EXPECT_EQ(m_.Peek(0xc01), 0x123456789u);
}

TEST_F(CsrTest, CountersCountAndCanBeSet) {
  const uint64_t cycle = m_.Peek(0xb00), instret = m_.Peek(0xb02);
  m_.RunCode("nop; nop; nop");
  EXPECT_EQ(m_.Peek(0xb00), cycle + 3);
  EXPECT_EQ(m_.Peek(0xb02), instret + 3);
  m_.Poke(0xb00, 1000);
  m_.Poke(0xb02, kAll);
  EXPECT_EQ(m_.Peek(0xb02), kAll);
  m_.RunCode("nop; nop");
  EXPECT_EQ(m_.Peek(0xc00), 1002u);
  EXPECT_EQ(m_.Peek(0xc02), 1u);
}

TEST_F(CsrTest, InhibitedCountersStandStillAndKeepWhatIsWritten) {
  m_.Poke(0xb00, 100);
  m_.Poke(0xb02, 200);
  m_.Poke(0x320, 1);
  m_.RunCode("nop; nop");
  EXPECT_EQ(m_.Peek(0xb00), 100u);
  EXPECT_EQ(m_.Peek(0xb02), 202u);
  m_.Poke(0x320, 4);
  m_.RunCode("nop; nop");
  EXPECT_EQ(m_.Peek(0xb00), 102u);
  EXPECT_EQ(m_.Peek(0xb02), 202u);
  m_.RunCode("li a0, 7; csrw minstret, a0; csrr a1, minstret; nop");
  EXPECT_EQ(m_.state().x[11], 7u);
  m_.Poke(0x320, 0);
  m_.RunCode("nop");
  EXPECT_EQ(m_.Peek(0xb02), 8u);
}

// --- Interrupt registers.

TEST_F(CsrTest, SieAndSipShowWhatIsDelegated) {
  m_.Poke(0x304, kAll);
  EXPECT_EQ(m_.Peek(0x104), 0u);
  m_.Poke(0x303, 0x22);
  EXPECT_EQ(m_.Peek(0x104), 0x22u);
  m_.Poke(0x104, 0);
  EXPECT_EQ(m_.Peek(0x304), 0xa88u);
  m_.Poke(0x104, kAll);
  EXPECT_EQ(m_.Peek(0x304), 0xaaau);
  m_.Poke(0x344, 0x222);
  EXPECT_EQ(m_.Peek(0x144), 0x22u);
  m_.Poke(0x144, 0);
  EXPECT_EQ(m_.Peek(0x344), 0x220u) << "only SSIP is the supervisor's";
  m_.Poke(0x303, 0);
  m_.Poke(0x144, kAll);
  EXPECT_EQ(m_.Peek(0x344), 0x220u);
}

TEST_F(CsrTest, MachineBitsOfMipAreTheDevices) {
  m_.Poke(0x344, kAll);
  EXPECT_EQ(m_.Peek(0x344), 0x222u);
  m_.hart().SetInterrupt(kMachineTimer, true);
  m_.hart().SetInterrupt(kMachineSoftware, true);
  m_.hart().SetInterrupt(kMachineExternal, true);
  m_.Poke(0x344, 0);
  EXPECT_EQ(m_.Peek(0x344), 0x888u);
}

// Section 3.1.9: SEIP reads as the OR of both, but CSRRS and CSRRC work on software's bit alone.
TEST_F(CsrTest, SeipOfTheLineIsNotCaughtBySetAndClear) {
  m_.hart().SetInterrupt(kSupervisorExternal, true);
  EXPECT_EQ(Access(0x344, CsrOp::kSet, 2), 0x200u);
  m_.hart().SetInterrupt(kSupervisorExternal, false);
  EXPECT_EQ(m_.Peek(0x344), 2u);
  Access(0x344, CsrOp::kSet, 0x200);
  m_.hart().SetInterrupt(kSupervisorExternal, true);
  m_.hart().SetInterrupt(kSupervisorExternal, false);
  EXPECT_EQ(m_.Peek(0x344), 0x202u);
}

// --- Extensions' registers.

TEST_F(CsrTest, StimecmpNeedsSstcAndItsPermissions) {
  TestMachine without({.isa = Without({Extension::kSstc})});
  uint64_t value;
  EXPECT_FALSE(ReadCsr(without.hart(), 0x14d, &value));
  without.Poke(0x30a, kAll);
  EXPECT_EQ(without.Peek(0x30a) & kEnvStce, 0u);
  EXPECT_TRUE(MayRead(0x14d)) << "machine mode always may";
  for (int open = 0; open < 4; ++open) {
    m_.SetPrivilege(kMachine);
    m_.Poke(0x30a, (open & 1) != 0 ? kEnvStce : 0);
    m_.Poke(0x306, (open & 2) != 0 ? 2 : 0);
    m_.SetPrivilege(kSupervisor);
    EXPECT_EQ(MayRead(0x14d), open == 3) << open;
  }
}

TEST_F(CsrTest, EnvironmentFieldsFollowTheExtensions) {
  TestMachine m({.isa = Without({Extension::kZicbom, Extension::kZicboz, Extension::kSvadu, Extension::kSstc})});
  for (unsigned number : {0x30au, 0x10au}) {
    m.Poke(number, kAll);
    EXPECT_EQ(m.Peek(number), kEnvFiom) << std::hex << number;
  }
}

TEST_F(CsrTest, CbieHasNoEncodingTwo) {
  for (unsigned number : {0x30au, 0x10au}) {
    EXPECT_EQ(Kept(number, 1u << 4), 1u << 4);
    EXPECT_EQ(Kept(number, 2u << 4), 1u << 4);
    EXPECT_EQ(Kept(number, 3u << 4), 3u << 4);
  }
}

TEST_F(CsrTest, EnvironmentsReachTheKey) {
  const auto allowed = [&] { return m_.state().base.key & (kKeyCboZero | kKeyCboClean | kKeyCboInval); };
  constexpr uint64_t kOn[] = {kEnvCbze, kEnvCbcfe, kEnvCbie, uint64_t{1} << 4};
  constexpr uint32_t kKeys[] = {kKeyCboZero, kKeyCboClean, kKeyCboInval, kKeyCboInval};
  for (int i = 0; i < 4; ++i) {
    for (int open = 0; open < 4; ++open) {
      m_.Poke(0x30a, (open & 1) != 0 ? kOn[i] : 0);
      m_.Poke(0x10a, (open & 2) != 0 ? kOn[i] : 0);
      m_.SetPrivilege(kMachine);
      EXPECT_EQ(allowed(), kKeyCboZero | kKeyCboClean | kKeyCboInval);
      m_.SetPrivilege(kSupervisor);
      EXPECT_EQ(allowed(), (open & 1) != 0 ? kKeys[i] : 0u);
      m_.SetPrivilege(kUser);
      EXPECT_EQ(allowed(), open == 3 ? kKeys[i] : 0u);
    }
  }
}

// --- Address translation and protection.

TEST_F(CsrTest, SatpTakesTheModesThatThereAre) {
  using mmu::riscv::PagingMode;
  const std::pair<PagingMode, unsigned> kWidest[] = {
      {PagingMode::kBare, 0}, {PagingMode::kSv39, 8}, {PagingMode::kSv48, 9}, {PagingMode::kSv57, 10}};
  for (const auto& [widest, last] : kWidest) {
    TestMachine m({.widest_paging = widest});
    for (uint64_t mode = 0; mode < 16; ++mode) {
      m.Poke(0x180, 0);
      const uint64_t value = mode << 60 | uint64_t{0x1234} << 44 | 0x80100;
      m.Poke(0x180, value);
      const bool taken = mode == 0 || (mode >= 8 && mode <= last);
      EXPECT_EQ(m.Peek(0x180), taken ? value : 0) << mode << " of " << last;
    }
  }
}

TEST_F(CsrTest, TvmKeepsSatpFromTheSupervisor) {
  m_.Poke(0x300, kStatusTvm);
  EXPECT_TRUE(MayRead(0x180));
  m_.SetPrivilege(kSupervisor);
  EXPECT_FALSE(MayRead(0x180));
  EXPECT_FALSE(MayWrite(0x180));
  m_.state().mstatus &= ~kStatusTvm;
  EXPECT_TRUE(MayWrite(0x180));
}

TEST_F(CsrTest, PmpConfigBytes) {
  EXPECT_EQ(Kept(0x3a0, 0x1f1e1d1c1b1a1918), 0x1f1c1d1c1b181918u) << "W without R gives neither";
  EXPECT_EQ(Kept(0x3a2, 0x7f), 0x1fu) << "bits 5 and 6 are zero";
  EXPECT_EQ(Kept(0x3a4, kAll), 0u) << "16 entries";
}

TEST_F(CsrTest, LockedPmpEntriesStay) {
  m_.Poke(0x3b0, 0x100);
  m_.Poke(0x3b1, 0x200);
  m_.Poke(0x3a0, 0x8f00);  // entry 1: locked, TOR
  m_.Poke(0x3a0, 0x0f0f);
  EXPECT_EQ(m_.Peek(0x3a0), 0x8f0fu);
  m_.Poke(0x3b0, 7);
  m_.Poke(0x3b1, 7);
  EXPECT_EQ(m_.Peek(0x3b0), 0x100u) << "the lower bound of a locked range";
  EXPECT_EQ(m_.Peek(0x3b1), 0x200u);
  m_.Reset();
  EXPECT_EQ(m_.Peek(0x3a0), 0u);
  EXPECT_EQ(m_.Peek(0x3b1), 0u);
}

// --- As instructions, on both backends.

class CsrCode : public ::testing::TestWithParam<TestAccel> {
 protected:
  TestMachine m_{{.accel = GetParam()}};
};

TEST_P(CsrCode, AllSixForms) {
  m_.Poke(0x340, 0x10);
  m_.RunCode(
      "li a0, 3; csrrw a1, mscratch, a0; csrrs a2, mscratch, a0; csrrc a3, mscratch, a0; csrrwi a4, mscratch, 9; "
      "csrrsi a5, mscratch, 6; csrrci a6, mscratch, 1; csrr a7, mscratch");
  EXPECT_EQ(m_.state().x[11], 0x10u);
  EXPECT_EQ(m_.state().x[12], 3u);
  EXPECT_EQ(m_.state().x[13], 3u);
  EXPECT_EQ(m_.state().x[14], 0u);
  EXPECT_EQ(m_.state().x[15], 9u);
  EXPECT_EQ(m_.state().x[16], 15u);
  EXPECT_EQ(m_.state().x[17], 14u);
}

TEST_P(CsrCode, IllegalAccessesTrapWithTheInstruction) {
  m_.RunCode("csrw mhartid, a0; nop; nop");
  EXPECT_EQ(m_.csr().mcause, kIllegalInstruction);
  EXPECT_EQ(m_.csr().mepc, TestMachine::kCode);
  EXPECT_EQ(m_.csr().mtval, 0xf1451073u);
  EXPECT_EQ(m_.state().base.pc, TestMachine::kMachineHandler);
}

TEST_P(CsrCode, CountersAreExactInTheMiddleOfABlock) {
  m_.RunCode("csrr a0, minstret; csrr a1, minstret; nop; csrr a2, mcycle; csrr a3, cycle");
  EXPECT_EQ(m_.state().x[11], m_.state().x[10] + 1);
  EXPECT_EQ(m_.state().x[13], m_.state().x[12] + 1);
  m_.RunCode("li a0, 1000; csrw minstret, a0; csrr a1, minstret; csrr a2, minstret");
  EXPECT_EQ(m_.state().x[11], 1000u);
  EXPECT_EQ(m_.state().x[12], 1001u);
}

TEST_P(CsrCode, TrapsDoNotRetire) {
  m_.Poke(0xb02, 0);
  m_.RunCode("nop; ecall; nop; nop");  // the handler's loop runs twice
  EXPECT_EQ(m_.Peek(0xb02), 3u);
}

TEST_P(CsrCode, FlagsAndRoundingFollowAtOnce) {
  m_.Poke(0x300, 0x6000);
  m_.state().f[10] = 0x3ff0000000000000;  // 1
  m_.state().f[11] = 0x4008000000000000;  // 3
  m_.RunCode(
      "csrwi frm, 3; fdiv.d fa2, fa0, fa1, dyn; csrwi frm, 2; fdiv.d fa3, fa0, fa1, dyn; csrr a0, fflags; "
      "csrwi fflags, 0; csrr a1, fflags; fdiv.d fa4, fa0, fa1, dyn; csrr a2, fcsr");
  EXPECT_EQ(m_.state().f[12], 0x3fd5555555555556u);
  EXPECT_EQ(m_.state().f[13], 0x3fd5555555555555u);
  EXPECT_EQ(m_.state().x[10], 1u);
  EXPECT_EQ(m_.state().x[11], 0u);
  EXPECT_EQ(m_.state().x[12], 0x41u);
}

INSTANTIATE_TEST_SUITE_P(Backends, CsrCode, ::testing::Values(TestAccel::kInterpreter, TestAccel::kJit),
                         [](const auto& accel) { return TestAccelName(accel.param); });

}  // namespace
}  // namespace emu::riscv
