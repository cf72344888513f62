// The slow path of memory accesses, called as generated code calls it.
#include <gtest/gtest.h>

#include "translate/engine/testing/toy_machine.h"

namespace emu::translate::testing {
namespace {

using M = ToyMachine;
constexpr ir::MemOp kBytes[] = {{0}, {1}, {2}, {3}};

class CpuMemoryTest : public ::testing::Test {
 protected:
  uint64_t Load(uint64_t gva, ir::MemOp op = {3}) {
    const MemResult r = m_.cpu.Load(gva, op);
    raised_ = r.raised != 0;
    return r.value;
  }
  bool Store(uint64_t gva, uint64_t value, ir::MemOp op = {3}) {
    raised_ = m_.cpu.Store(gva, op, value).raised != 0;
    return !raised_;
  }
  const MemFault& Fault() { return m_.cpu.pending_fault(); }
  bool Hits(const uint64_t* table, uint64_t gva) { return mmu::ProbeTlb(table, gva, 1, false) != 0; }
  bool ReadHits(uint64_t gva) { return Hits(m_.state.base.tlb_read, gva); }
  bool WriteHits(uint64_t gva) { return Hits(m_.state.base.tlb_write, gva); }

  ToyMachine m_{BackendKind::kInterpreter};
  bool raised_ = false;
};

TEST_F(CpuMemoryTest, LoadsExtendAndSwap) {
  m_.SetWord(0x100, 0x8182838485868788);
  EXPECT_EQ(Load(0x100, {0}), 0x88u);
  EXPECT_EQ(Load(0x100, {.log2_size = 1, .is_signed = true}), 0xffffffffffff8788u);
  EXPECT_EQ(Load(0x100, {.log2_size = 2, .big_endian = true}), 0x88878685u);
  EXPECT_EQ(Load(0x101, {2}), 0x84858687u);
  EXPECT_EQ(Load(0x100), 0x8182838485868788u);
}

TEST_F(CpuMemoryTest, RamFillsTheTlb) {
  EXPECT_FALSE(ReadHits(0x1234));
  Load(0x1234, {0});
  EXPECT_TRUE(ReadHits(0x1234));
  const unsigned walks = m_.system.walks;
  Load(0x1ff0);
  EXPECT_EQ(m_.system.walks, walks);
}

// A copy between places that share an entry: neither the loads nor the stores throw the others' page out.
TEST_F(CpuMemoryTest, LoadsAndStoresKeepTheirOwnTables) {
  constexpr uint64_t kFrom = 0x1000, kTo = kFrom + (uint64_t{mmu::kTlbEntries} << mmu::kPageBits);
  ToySystem::PageTable pages = {{kFrom, {0x1000}}, {kTo, {0x2000}}};
  m_.UsePages(&pages, 1);
  Load(kFrom);
  EXPECT_TRUE(WriteHits(kFrom)) << "what is free is filled too";
  Store(kTo, 1);
  EXPECT_TRUE(ReadHits(kFrom) && WriteHits(kTo));
  const unsigned walks = m_.system.walks;
  for (unsigned i = 0; i < 8; ++i) Store(kTo + 8 * i, Load(kFrom + 8 * i));
  EXPECT_EQ(m_.system.walks, walks);
}

TEST_F(CpuMemoryTest, AHitGivesTheHostAddress) {
  Store(0x3008, 42);
  const mmu::TlbEntry e = m_.cpu.context().write.entry(0x3008);
  EXPECT_EQ(0x3008 + e.addend, reinterpret_cast<uint64_t>(m_.ram->host() + 0x3008));
}

TEST_F(CpuMemoryTest, NothingIsWalkedForAnAccessThatIsNotKnown) {
  const auto find = [&](uint8_t size) {
    return SlowFind(&m_.state.base, 0x3100, {.slot = kNoSlot, .size = size, .write = false, .before = 0, .span = 64});
  };
  EXPECT_EQ(find(0), 0u);
  EXPECT_FALSE(ReadHits(0x3100));
  const uint64_t addend = find(8);
  EXPECT_EQ(0x3100 + addend, reinterpret_cast<uint64_t>(m_.ram->host() + 0x3100));
  EXPECT_EQ(find(0), addend);
}

TEST_F(CpuMemoryTest, SplitAccessesTouchBothPages) {
  for (const ir::MemOp op : {kBytes[1], kBytes[2], kBytes[3]}) {
    for (unsigned before = 1; before < op.size(); ++before) {
      ir::MemOp big = op;
      big.big_endian = true;
      const uint64_t at = 0x5000 - before, value = 0x1122334455667788;
      ASSERT_TRUE(Store(at, value, op));
      const uint64_t low = op.size() == 8 ? value : value & ((uint64_t{1} << 8 * op.size()) - 1);
      EXPECT_EQ(Load(at, op), low);
      EXPECT_EQ(Load(at, big), __builtin_bswap64(low) >> (64 - 8 * op.size()));
      ASSERT_TRUE(Store(at, value, big));
      EXPECT_EQ(Load(at, big), low);
    }
  }
}

TEST_F(CpuMemoryTest, ASplitStoreChangesNothingUnlessBothPagesAllow) {
  ToySystem::PageTable pages = {{0x1000, {0x1000}}, {0x2000, {.gpa = 0x2000, .write = false}}};
  m_.UsePages(&pages, 1);
  m_.SetWord(0x1ff8, 0);
  EXPECT_FALSE(Store(0x1ffc, ~uint64_t{0}));
  EXPECT_EQ(m_.Word(0x1ff8), 0u);
  EXPECT_EQ(Fault().gva.value, 0x2000u);
  EXPECT_EQ(Fault().code, kNotAllowed);
  EXPECT_EQ(Fault().access, Access::kWrite);
}

TEST_F(CpuMemoryTest, FaultsSayWhy) {
  Load(M::kHole);
  EXPECT_TRUE(raised_);
  EXPECT_EQ(Fault().kind, MemFault::Kind::kBus);
  EXPECT_EQ(Fault().gva.value, M::kHole);
  EXPECT_FALSE(Store(0x101, 1, {.log2_size = 1, .must_align = true}));
  EXPECT_EQ(Fault().kind, MemFault::Kind::kMisaligned);
  ToySystem::PageTable none;
  m_.UsePages(&none, 1);
  Load(0x1000);
  EXPECT_EQ(Fault().kind, MemFault::Kind::kPaging);
  EXPECT_EQ(Fault().code, kNoPage);
}

TEST_F(CpuMemoryTest, DevicesSeeEachAccessOnce) {
  EXPECT_EQ(Load(M::kIo + 4, {2}), 0x07060504u);
  EXPECT_TRUE(Store(M::kIo + 8, 0xaabb, {1}));
  EXPECT_EQ(Load(M::kIo + 16, {.log2_size = 1, .big_endian = true}), 0x1011u);
  const std::vector<memory::FakeDevice::Access> expected = {
      {false, 4, 4, 0x07060504}, {true, 8, 2, 0xaabb}, {false, 16, 2, 0x1110}};
  EXPECT_EQ(m_.device.accesses, expected);
  EXPECT_FALSE(ReadHits(M::kIo));
  m_.device.status = memory::MemStatus::kDeviceError;
  Load(M::kIo, {2});
  EXPECT_TRUE(raised_);
  EXPECT_EQ(Fault().kind, MemFault::Kind::kBus);
}

TEST_F(CpuMemoryTest, RomIsReadDirectlyAndNotWritten) {
  m_.rom->host()[8] = 5;
  EXPECT_EQ(Load(M::kRom + 8, {0}), 5u);
  EXPECT_TRUE(ReadHits(M::kRom));
  EXPECT_TRUE(Store(M::kRom + 8, 9, {0}));
  EXPECT_FALSE(WriteHits(M::kRom));
  EXPECT_EQ(m_.rom->host()[8], 5);
}

TEST_F(CpuMemoryTest, DirtyLoggingSeesEveryWrite) {
  Store(0x4000, 1);
  EXPECT_TRUE(WriteHits(0x4000));
  m_.ram_region->SetDirtyLogging(2, true);
  EXPECT_FALSE(WriteHits(0x4000)) << "hits would go unseen";
  Store(0x4008, 1);
  Store(0x6ffc, 1);
  EXPECT_FALSE(WriteHits(0x4000));
  for (uint64_t page : {0x4000, 0x6000, 0x7000}) EXPECT_TRUE(m_.ram->IsDirty(2, page, 0x1000)) << page;
  EXPECT_FALSE(m_.ram->IsDirty(2, 0x5000, 0x1000));
  m_.ram_region->SetDirtyLogging(2, false);
  Store(0x4000, 1);
  EXPECT_TRUE(WriteHits(0x4000));
}

TEST_F(CpuMemoryTest, ReadOnlyAndUncacheablePagesStayOut) {
  ToySystem::PageTable pages = {{0x1000, {.gpa = 0x1000, .write = false}},
                                {0x2000, {.gpa = 0x2000, .cacheable = false}}};
  m_.UsePages(&pages, 1);
  Load(0x1000);
  EXPECT_TRUE(ReadHits(0x1000));
  EXPECT_FALSE(WriteHits(0x1000));
  EXPECT_FALSE(Store(0x1000, 1));
  Load(0x2000);
  EXPECT_TRUE(Store(0x2000, 1));
  EXPECT_FALSE(ReadHits(0x2000));
  EXPECT_FALSE(WriteHits(0x2000));
}

TEST_F(CpuMemoryTest, AChangeOfTheMemoryMapIsSeenAtOnce) {
  Load(0x1000);
  EXPECT_TRUE(ReadHits(0x1000));
  auto over = memory::Region::Io("over", memory::Size(0x1000), &m_.device);
  ASSERT_TRUE(m_.root->Map(over, memory::RegionOffset(0x1000), 1).ok());
  EXPECT_FALSE(ReadHits(0x1000));
  EXPECT_EQ(Load(0x1002, {0}), 2u);
  ASSERT_TRUE(m_.root->Unmap(over).ok());
}

TEST_F(CpuMemoryTest, SubPageRegionsAreNotCached) {
  auto part = memory::Region::Io("part", memory::Size(0x10), &m_.device);
  ASSERT_TRUE(m_.root->Map(part, memory::RegionOffset(0x1800), 1).ok());
  m_.SetWord(0x1000, 77);
  EXPECT_EQ(Load(0x1000), 77u);
  EXPECT_FALSE(ReadHits(0x1000));
  EXPECT_EQ(Load(0x1802, {0}), 2u);
  ASSERT_TRUE(m_.root->Unmap(part).ok());
}

TEST_F(CpuMemoryTest, ContextsAreApart) {
  ToySystem::PageTable a = {{0x1000, {0x3000}}}, b = {{0x1000, {0x4000}}};
  m_.SetWord(0x3000, 3);
  m_.SetWord(0x4000, 4);
  m_.UsePages(&a, 1);
  EXPECT_EQ(Load(0x1000), 3u);
  m_.UsePages(&b, 2);
  EXPECT_EQ(Load(0x1000), 4u);
  const unsigned walks = m_.system.walks;
  m_.UsePages(&a, 1);
  EXPECT_EQ(Load(0x1000), 3u);
  EXPECT_EQ(m_.system.walks, walks) << "a switch flushes nothing";
  a[0x1000].gpa = 0x4000;
  m_.cpu.FlushPage(0x1000, [](const ContextKey& k) { return k.space == 1; });
  EXPECT_EQ(Load(0x1000), 4u);
}

TEST_F(CpuMemoryTest, AtomicsInRamAndOnDevices) {
  for (const uint64_t at : {uint64_t{0x1000}, M::kIo}) {
    ASSERT_TRUE(Store(at, 0xfffffff0, {2}));
    const ir::MemOp w{.log2_size = 2, .is_signed = true};
    EXPECT_EQ(m_.cpu.Rmw(at, w, ir::AtomicKind::kAdd, 0x20).value, 0xfffffffffffffff0u);
    EXPECT_EQ(Load(at, {2}), 0x10u);
    EXPECT_EQ(m_.cpu.Rmw(at, w, ir::AtomicKind::kMin, ~uint64_t{0}).value, 0x10u);
    EXPECT_EQ(Load(at, {2}), 0xffffffffu);
    EXPECT_EQ(m_.cpu.Rmw(at, w, ir::AtomicKind::kMinU, 5).value, ~uint64_t{0});
    EXPECT_EQ(m_.cpu.Cas(at, w, 6, 9).value, 5u);
    EXPECT_EQ(Load(at, {2}), 5u);
    EXPECT_EQ(m_.cpu.Cas(at, w, 0xabcdef00000005, 9).value, 5u) << "four bytes are compared";
    EXPECT_EQ(Load(at, {2}), 9u);
    const ir::MemOp big{.log2_size = 2, .big_endian = true};
    EXPECT_EQ(m_.cpu.Rmw(at, big, ir::AtomicKind::kAdd, 1).value, 0x09000000u);
    EXPECT_EQ(m_.cpu.Cas(at, big, 0x09000001, 2).value, 0x09000001u);
    EXPECT_EQ(Load(at, big), 2u);
  }
  EXPECT_EQ(m_.cpu.Rmw(0x1001, {2}, ir::AtomicKind::kAdd, 1).raised, 1u);
  EXPECT_EQ(Fault().kind, MemFault::Kind::kMisaligned);
  EXPECT_EQ(m_.cpu.Cas(M::kHole, {2}, 1, 1).raised, 1u);
  EXPECT_EQ(Fault().access, Access::kWrite);
}

TEST_F(CpuMemoryTest, HostMemoryNeedNotBeAligned) {
  alignas(4096) static uint8_t buffer[0x3000];
  auto block = memory::RamBlock::HostPointer("buffer", buffer + 8, 0x2000);
  ASSERT_TRUE(block.ok());
  auto region = memory::Region::Ram("buffer", *block);
  ASSERT_TRUE(m_.root->Map(region, memory::RegionOffset(0x400000)).ok());
  EXPECT_TRUE(Store(0x400ffc, 0x1122334455667788));
  EXPECT_EQ(buffer[8 + 0x1000], 0x44);
  EXPECT_EQ(Load(0x400ffc), 0x1122334455667788u);
  ASSERT_TRUE(m_.root->Unmap(region).ok());
}

TEST_F(CpuMemoryTest, AFlushLeavesNoJumps) {
  m_.cpu.jumps().Put(10, 99);
  EXPECT_EQ(m_.state.base.jump_cache[5].code, 99u);
  m_.FlushAll();
  EXPECT_EQ(m_.state.base.jump_cache[5].code, 0u);
}

// A cache moves when it grows and when it is cleared.
TEST_F(CpuMemoryTest, GeneratedCodeFindsTheJumpsOfAFullCache) {
  constexpr uint64_t kCount = 3 * kJumpCacheEntries, kLast = 2 * (kCount - 1);
  for (uint64_t n = 0; n < kCount; ++n) m_.cpu.PutJump(2 * n, n + 1);
  ASSERT_EQ(m_.state.base.jump_cache, m_.cpu.jumps().lines());
  EXPECT_EQ(JumpLine(m_.state.base.jump_cache, kLast).code, kCount);
  m_.FlushAll();
  ASSERT_EQ(m_.state.base.jump_cache, m_.cpu.jumps().lines());
  EXPECT_EQ(JumpLine(m_.state.base.jump_cache, kLast).code, 0u);
}

}  // namespace
}  // namespace emu::translate::testing
