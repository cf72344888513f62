// Code that changes, and room for translated code that ends: on both backends.
#include <gtest/gtest.h>

#include "translate/engine/testing/toy_machine.h"

namespace emu::translate::testing {
namespace {

using M = ToyMachine;

class EngineCodeTest : public ::testing::TestWithParam<BackendKind> {
 protected:
  explicit EngineCodeTest(const ToyOptions& options = {}) : m_(GetParam(), options) {
    m_.system.on_sys = [this](int) { m_.engine.RequestStop(); };
  }
  const EngineCounters& counters() { return m_.engine.counters(); }
  uint64_t Pair(uint32_t low, uint32_t high) { return low | static_cast<uint64_t>(high) << 32; }
  // A routine at 0x2000 that adds `n` to x2 and returns to x7.
  void PutRoutine(int n) { m_.Put(0x2000, {AddI(2, 2, n), Jump(7)}); }
  void DeviceWrites(uint64_t gpa, uint64_t value) {
    uint8_t bytes[8];
    std::memcpy(bytes, &value, 8);
    EXPECT_EQ(m_.memory.Write(memory::Gpa(gpa), bytes), memory::MemStatus::kOk);
  }

  ToyMachine m_;
};

// Each time around, the routine is called and then patched with the number one higher.
TEST_P(EngineCodeTest, StoresOverCodeAreSeen) {
  PutRoutine(1);
  m_.Put(0x1000, {AddI(7, 6, 8), Jump(5), Add(3, 4), Store(3, 5, 0), AddI(1, 1, -1), Bne(1, 0, -20), Sys(0)});
  m_.x(1) = 100;
  m_.x(3) = m_.Word(0x2000);
  m_.x(4) = uint64_t{1} << 16;
  m_.x(5) = 0x2000;
  m_.x(6) = 0x1000;
  m_.RunFrom(0x1000, 100000);
  EXPECT_EQ(m_.x(2), 5050u);
  EXPECT_EQ(counters().invalidated, 100u);
}

// The same numbers come again: nothing is translated for them.
TEST_P(EngineCodeTest, CodeThatComesBackIsNotTranslatedAgain) {
  m_.Put(0x1000, {Jump(5), AddI(1, 1, -1), Bne(1, 0, -8), Sys(0)});
  m_.x(5) = 0x2000;
  m_.x(7) = 0x1004;
  uint64_t blocks = 0;
  for (int n = 0; n < 40; ++n) {
    DeviceWrites(0x2000, Pair(AddI(2, 2, n % 4), Jump(7)));
    if (n == 4) blocks = counters().blocks;
    m_.x(1) = 3;
    m_.RunFrom(0x1000, 1000);
  }
  EXPECT_EQ(m_.x(2), 40u / 4 * (0 + 1 + 2 + 3) * 3);
  EXPECT_EQ(counters().blocks, blocks);
  EXPECT_EQ(counters().revived, 36u);
}

// In all positions and by every width of overlap, aligned or not, in the TLB or not.
TEST_P(EngineCodeTest, MisalignedStoresOverCodeAreSeen) {
  for (const uint64_t where : {0x1ff9, 0x1ffa, 0x1ffb, 0x1ffc, 0x1ffd, 0x1ffe, 0x1fff, 0x2000, 0x2001}) {
    DeviceWrites(0x1ff8, 0);
    DeviceWrites(0x2000, Pair(AddI(2, 2, 1), Jump(7)));
    m_.Put(0x1000, {Jump(5), Store(3, 4, 0), Store(3, 4, 0), Sys(0)});
    m_.x(2) = 0;
    m_.x(4) = where;
    m_.x(5) = 0x2000;
    m_.x(7) = 0x100c;
    m_.RunFrom(0x1000, 100);
    ASSERT_EQ(m_.x(2), 1u);
    std::memcpy(&m_.x(3), m_.ram->host() + where, 8);
    // The low byte of the number, at 0x2002, becomes 7 if the store reaches it.
    const bool reaches = where + 8 > 0x2002;
    if (reaches) reinterpret_cast<uint8_t*>(&m_.x(3))[0x2002 - where] = 7;
    m_.RunFrom(0x1004, 100);
    m_.RunFrom(0x1000, 100);
    EXPECT_EQ(m_.x(2), reaches ? 8u : 2u) << std::hex << where;
  }
}

TEST_P(EngineCodeTest, DataBesideCodeInvalidatesNothing) {
  m_.Put(0x1000, {Store(1, 5, 0), Load(2, 5, 0), AddI(1, 1, -1), Bne(1, 0, -12), Sys(0)});
  m_.x(1) = 100;
  m_.x(5) = 0x1100;
  m_.RunFrom(0x1000, 10000);
  EXPECT_EQ(m_.x(2), 1u);
  EXPECT_EQ(counters().invalidated, 0u);
}

TEST_P(EngineCodeTest, DataInTheLineOfCodeInvalidatesNothing) {
  m_.Put(0x1000, {Store(1, 5, 0), Load(2, 5, 0), AddI(1, 1, -1), Bne(1, 0, -12), Sys(0)});
  m_.x(1) = 100;
  m_.x(5) = 0x1018;
  m_.RunFrom(0x1000, 10000);
  EXPECT_EQ(m_.x(2), 1u);
  EXPECT_EQ(counters().invalidated, 0u);
}

// The block itself is written over behind the store: the run goes on in what was translated, the next finds the new.
TEST_P(EngineCodeTest, ABlockMayWriteOverItself) {
  m_.Put(0x1000, {AddI(1, 1, 1), Store(3, 4, 0), AddI(2, 2, 1), Bne(1, 6, -12), Sys(0)});
  m_.x(3) = Pair(AddI(2, 2, 50), Bne(1, 6, -12));
  m_.x(4) = 0x1008;
  m_.x(6) = 10;
  m_.RunFrom(0x1000, 1000);
  EXPECT_EQ(m_.x(1), 10u);
  EXPECT_EQ(m_.x(2), 1u + 9 * 50u);
}

TEST_P(EngineCodeTest, DevicesWritingOverCodeAreSeen) {
  PutRoutine(1);
  m_.Put(0x1000, {Jump(5), AddI(1, 1, -1), Bne(1, 0, -8), Sys(0)});
  m_.x(1) = 1;
  m_.x(5) = 0x2000;
  m_.x(7) = 0x1004;
  m_.RunFrom(0x1000, 1000);
  DeviceWrites(0x2000, Pair(AddI(2, 2, 10), Jump(7)));
  m_.x(1) = 1;
  m_.RunFrom(0x1000, 1000);
  DeviceWrites(0x2000, Pair(AddI(2, 2, 100), Jump(7)));  // again: the page is still watched
  m_.x(1) = 2;
  m_.RunFrom(0x1000, 1000);
  EXPECT_EQ(m_.x(2), 211u);
}

// By direct memory access, from a register's write, into the block that runs and those joined to it.
TEST_P(EngineCodeTest, DevicesWritingOverRunningCodeAreSeen) {
  m_.Put(0x1000, {AddI(1, 1, 1), Store(0, 4, 0), AddI(2, 2, 1), Bne(1, 6, -12), Sys(0)});
  m_.x(4) = M::kIo;
  m_.x(6) = 10;
  m_.device.on_access = [this](memory::RegionOffset) {
    if (m_.x(1) == 5 || m_.device.accesses.size() == 4) DeviceWrites(0x1008, Pair(AddI(2, 2, 50), Bne(1, 6, -12)));
  };
  m_.RunFrom(0x1000, 1000);
  EXPECT_EQ(m_.x(2), 5u + 5 * 50u);
}

TEST_P(EngineCodeTest, RomIsWatchedToo) {
  const uint32_t before[] = {AddI(1, 1, 1), Sys(0)}, after[] = {AddI(1, 1, 20), Sys(0)};
  std::memcpy(m_.rom->host(), before, 8);
  m_.RunFrom(M::kRom, 100);
  const auto* bytes = reinterpret_cast<const uint8_t*>(after);
  ASSERT_EQ(m_.memory.WriteRom(memory::Gpa(M::kRom), {bytes, 8}), memory::MemStatus::kOk);
  m_.RunFrom(M::kRom, 100);
  EXPECT_EQ(m_.x(1), 21u);
}

TEST_P(EngineCodeTest, UncacheableCodeIsWatchedToo) {
  ToySystem::PageTable pages = {{0x1000, {.gpa = 0x1000, .cacheable = false}}};
  m_.UsePages(&pages, 1);
  m_.Put(0x1000, {AddI(1, 1, 1), Sys(0)});
  m_.RunFrom(0x1000, 100);
  DeviceWrites(0x1000, Pair(AddI(1, 1, 20), Sys(0)));
  m_.RunFrom(0x1000, 100);
  EXPECT_EQ(m_.x(1), 21u);
}

// The same memory under two addresses: a store through one reaches code run through the other.
TEST_P(EngineCodeTest, StoresThroughAnotherAddressAreSeen) {
  ToySystem::PageTable pages = {{0x1000, {0x1000}}, {0x2000, {0x2000}}, {0x9000, {0x2000}}};
  m_.UsePages(&pages, 1);
  PutRoutine(1);
  m_.Put(0x1000, {Jump(5), Store(3, 4, 0), AddI(1, 1, -1), Bne(1, 0, -12), Sys(0)});
  m_.x(1) = 3;
  m_.x(3) = Pair(AddI(2, 2, 10), Jump(7));
  m_.x(4) = 0x9000;
  m_.x(5) = 0x2000;
  m_.x(7) = 0x1004;
  m_.RunFrom(0x1000, 1000);
  EXPECT_EQ(m_.x(2), 21u);
}

// Only one context's TLB is the current one; the page is protected in all of them.
TEST_P(EngineCodeTest, StoresFromAnotherAddressSpaceAreSeen) {
  ToySystem::PageTable a = {{0x1000, {0x1000}}, {0x5000, {0x2000}}}, b = {{0x2000, {0x2000}}};
  PutRoutine(1);
  m_.Put(0x1000, {Store(3, 4, 0), Sys(0)});
  m_.UsePages(&a, 1);
  m_.x(3) = m_.Word(0x2000);
  m_.x(4) = 0x5000;
  m_.RunFrom(0x1000, 100);  // its TLB knows the page before code is there
  m_.UsePages(&b, 2);
  m_.x(7) = 0x2008;
  m_.Put(0x2008, {Sys(0)});
  m_.RunFrom(0x2000, 100);
  m_.UsePages(&a, 1);
  m_.x(3) = Pair(AddI(2, 2, 10), Jump(7));
  m_.RunFrom(0x1000, 100);
  m_.UsePages(&b, 2);
  m_.RunFrom(0x2000, 100);
  EXPECT_EQ(m_.x(2), 11u);
}

TEST_P(EngineCodeTest, AtomicsOverCodeAreSeen) {
  PutRoutine(1);
  m_.Put(0x1000, {Jump(5), Swap(3, 5), AddI(1, 1, -1), Bne(1, 0, -12), Sys(0)});
  m_.x(1) = 4;
  m_.x(3) = Pair(AddI(2, 2, 10), Jump(7));
  m_.x(5) = 0x2000;
  m_.x(7) = 0x1004;
  m_.RunFrom(0x1000, 1000);
  EXPECT_EQ(m_.x(2), 22u);
}

TEST_P(EngineCodeTest, CodeInACallersBufferOfAnyAlignment) {
  alignas(4096) static uint8_t buffer[0x4000];
  std::memset(buffer, 0, sizeof(buffer));
  auto region = memory::Region::Ram("buffer", *memory::RamBlock::HostPointer("buffer", buffer + 0xff8, 0x2000));
  ASSERT_TRUE(m_.root->Map(region, memory::RegionOffset(0x400000)).ok());
  const uint32_t code[] = {AddI(1, 1, 1), AddI(2, 2, 1), AddI(3, 3, 1), Sys(0)};  // the host's page ends in its middle
  std::memcpy(buffer + 0xff8, code, sizeof(code));
  m_.RunFrom(0x400000, 100);
  DeviceWrites(0x400008, Pair(AddI(3, 3, 20), Sys(0)));
  m_.RunFrom(0x400000, 100);
  EXPECT_EQ(m_.x(1), 2u);
  EXPECT_EQ(m_.x(3), 21u);
  ASSERT_TRUE(m_.root->Unmap(region).ok());
}

// Memory that left the machine keeps its host addresses, so that code translated from it is never taken for other code.
TEST_P(EngineCodeTest, UnpluggedMemoryIsKept) {
  for (int n = 1; n <= 3; ++n) {
    auto region = memory::Region::Ram("extra", *memory::RamBlock::Anonymous("extra", 0x1000));
    const uint32_t code[] = {AddI(1, 1, n), Sys(0)};
    std::memcpy(region->block()->host(), code, sizeof(code));
    ASSERT_TRUE(m_.root->Map(region, memory::RegionOffset(0x400000)).ok());
    m_.RunFrom(0x400000, 100);
    ASSERT_TRUE(m_.root->Unmap(region).ok());
  }
  EXPECT_EQ(m_.x(1), 6u);
}

class SmallCacheTest : public EngineCodeTest {
 protected:
  static ToyOptions Options() {
    ToyOptions o;
    o.small_cache = true;
    return o;
  }
  SmallCacheTest() : EngineCodeTest(Options()) {}
};

// A chain of blocks, more than there is room for, run around and around; every one is joined or jumped to.
TEST_P(SmallCacheTest, EverythingIsDiscardedInTheMiddleOfRunning) {
  constexpr unsigned kBlocks = 120;
  for (unsigned n = 0; n < kBlocks; ++n) {
    const uint64_t at = 0x1000 + 0x200 * n;
    m_.Put(at, {AddI(2, 2, 1), AddI(7, 7, 0x200), n % 2 != 0 ? Jump(7) : Bne(7, 0, 0x1f8)});
  }
  m_.Put(0x1000 + 0x200 * kBlocks, {AddI(7, 6, 0), AddI(1, 1, -1), Bne(1, 0, 8), Sys(0), Jump(6)});
  m_.x(1) = 20;
  m_.x(6) = m_.x(7) = 0x1000;
  EXPECT_EQ(m_.RunFrom(0x1000, 100000), Engine::Stop::kAttention);
  EXPECT_TRUE(m_.engine.status().ok()) << m_.engine.status();
  EXPECT_EQ(m_.x(2), 20u * kBlocks);
  EXPECT_GE(counters().discards, 20u);
}

TEST_P(SmallCacheTest, BlocksAcrossPagesSurviveADiscard) {
  constexpr unsigned kPages = 28;
  for (unsigned n = 1; n <= kPages; ++n) {
    const uint64_t at = 0x1000 * n + 0xffe;  // across the page's end
    m_.Put(at, {AddI(2, 2, 1), AddI(7, 7, 0x1000), n == kPages ? AddI(7, 6, 0) : Jump(7)});
  }
  m_.Put(0x1000 * kPages + 0xffe + 12, {AddI(1, 1, -1), Bne(1, 0, 8), Sys(0), Jump(6)});
  m_.x(1) = 30;
  m_.x(6) = m_.x(7) = 0x1ffe;
  EXPECT_EQ(m_.RunFrom(0x1ffe, 100000), Engine::Stop::kAttention);
  EXPECT_EQ(m_.x(2), 30u * kPages);
  EXPECT_GE(counters().discards, 1u);
}

TEST_P(SmallCacheTest, ABlockThatNeverFitsIsMadeOfSingleInstructions) {
  std::vector<uint32_t> code(64, Store(1, 2, 0));
  code.push_back(Sys(0));
  m_.Put(0x1000, code);
  m_.x(2) = 0x8000;
  // 64 stores are some 130 operations, or 6 KiB of host code: more than either cache holds.
  EXPECT_EQ(m_.RunFrom(0x1000, 1000), Engine::Stop::kAttention);
  EXPECT_TRUE(m_.engine.status().ok()) << m_.engine.status();
  EXPECT_EQ(m_.cpu.InsnCount(), 65u);
  EXPECT_GE(counters().refused, 1u);
}

TEST_P(SmallCacheTest, DiscardAllBetweenRuns) {
  m_.Put(0x1000, {AddI(1, 1, -1), AddI(2, 2, 1), Bne(1, 0, 8), Sys(0), Jump(6)});
  m_.x(6) = 0x1000;
  for (int n = 0; n < 5; ++n) {
    m_.x(1) = 10;
    m_.RunFrom(0x1000, 1000);
    m_.engine.DiscardAll();
  }
  EXPECT_EQ(m_.x(2), 50u);
  EXPECT_GE(counters().blocks, 10u);
}

const auto kBoth = ::testing::Values(BackendKind::kInterpreter, BackendKind::kJit);
INSTANTIATE_TEST_SUITE_P(On, EngineCodeTest, kBoth, ::testing::PrintToStringParamName());
INSTANTIATE_TEST_SUITE_P(On, SmallCacheTest, kBoth, ::testing::PrintToStringParamName());

}  // namespace
}  // namespace emu::translate::testing
