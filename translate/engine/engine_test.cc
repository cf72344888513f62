// Blocks found, joined and left: control flow, mappings, faults and interrupts, on both backends.
#include "translate/engine/engine.h"

#include <gtest/gtest.h>

#include "translate/engine/testing/toy_machine.h"

namespace emu::translate::testing {
namespace {

using M = ToyMachine;

class EngineTest : public ::testing::TestWithParam<BackendKind> {
 protected:
  explicit EngineTest(const ToyOptions& options = {}) : m_(GetParam(), options) {
    m_.system.on_sys = [this](int n) {
      if (n == 0) m_.engine.RequestStop();
    };
  }
  // Counts x1 down in a loop at `at`, adding `n` to x2 each time around, then stops.
  void PutLoop(uint64_t at, int n) { m_.Put(at, {AddI(2, 2, n), AddI(1, 1, -1), Bne(1, 0, -8), Sys(0)}); }
  const EngineCounters& counters() { return m_.engine.counters(); }

  ToyMachine m_;
};

TEST_P(EngineTest, ALoopRunsJoined) {
  PutLoop(0x1000, 3);
  m_.x(1) = 1000;
  EXPECT_EQ(m_.RunFrom(0x1000, 1000000), Engine::Stop::kAttention);
  EXPECT_EQ(m_.x(2), 3000u);
  EXPECT_EQ(m_.cpu.InsnCount(), 3001u);
  EXPECT_EQ(m_.pc(), 0x1010u);
  EXPECT_GE(counters().links, 1u);
  EXPECT_LE(counters().lookups, 2u);
}

TEST_P(EngineTest, JoinsCrossPages) {
  m_.Put(0x1000, {AddI(2, 2, 1), Bne(1, 0, 0x2000), Sys(0)});
  m_.Put(0x3004, {AddI(1, 1, -1), AddI(3, 0, 0x1000), Bne(3, 0, -0x200c)});
  m_.x(1) = 500;
  m_.RunFrom(0x1000, 1000000);
  EXPECT_EQ(m_.x(2), 501u);
  EXPECT_EQ(m_.cpu.InsnCount(), 500u * 5 + 3);
  EXPECT_LE(counters().links, 6u);
}

TEST_P(EngineTest, IndirectJumpsHitTheJumpCache) {
  m_.Put(0x1000, {AddI(1, 1, -1), AddI(2, 2, 1), Bne(1, 0, 8), Sys(0), Jump(3)});
  m_.x(1) = 500;
  m_.x(3) = 0x1000;
  m_.RunFrom(0x1000, 1000000);
  EXPECT_EQ(m_.x(2), 500u);
  EXPECT_LE(counters().lookups, 3u);
}

// One page of code in two address spaces goes on to pages that differ.
TEST_P(EngineTest, JoinedExitsFollowTheMapping) {
  ToySystem::PageTable a = {{0x1000, {0x1000}}, {0x2000, {0x2000}}}, b = {{0x1000, {0x1000}}, {0x2000, {0x3000}}};
  m_.Put(0x1000, {AddI(2, 2, 1), Bne(2, 0, 0xffc)});
  m_.Put(0x2000, {AddI(3, 3, 1), Sys(0)});
  m_.Put(0x3000, {AddI(4, 4, 1), Sys(0)});
  for (int n = 0; n < 5; ++n) {
    m_.UsePages(&a, 1);
    m_.RunFrom(0x1000, 100);
    m_.UsePages(&b, 2);
    m_.RunFrom(0x1000, 100);
  }
  EXPECT_EQ(m_.x(2), 10u);
  EXPECT_EQ(m_.x(3), 5u);
  EXPECT_EQ(m_.x(4), 5u);
}

TEST_P(EngineTest, JumpCacheLinesBelongToTheirAddressSpace) {
  ToySystem::PageTable a = {{0x1000, {0x1000}}, {0x2000, {0x2000}}}, b = {{0x1000, {0x1000}}, {0x2000, {0x3000}}};
  m_.Put(0x1000, {AddI(2, 2, 1), Jump(5)});
  m_.Put(0x2000, {AddI(3, 3, 1), Sys(0)});
  m_.Put(0x3000, {AddI(4, 4, 1), Sys(0)});
  m_.x(5) = 0x2000;
  for (int n = 0; n < 5; ++n) {
    m_.UsePages(&a, 1);
    m_.RunFrom(0x1000, 100);
    m_.UsePages(&b, 2);
    m_.RunFrom(0x1000, 100);
  }
  EXPECT_EQ(m_.x(3), 5u);
  EXPECT_EQ(m_.x(4), 5u);
}

// A helper maps the page of the joined exit, and of the indirect jump, to another place.
TEST_P(EngineTest, AFlushedMappingIsLookedUpAgain) {
  ToySystem::PageTable pages = {{0x1000, {0x1000}}, {0x2000, {0x2000}}};
  m_.UsePages(&pages, 1);
  m_.Put(0x1000, {Sys(1), AddI(1, 1, -1), Bne(1, 0, 8), Sys(0), Bne(2, 1, 0xff0), Jump(5)});
  m_.Put(0x2000, {AddI(3, 3, 1), Jump(6)});
  m_.Put(0x3000, {AddI(4, 4, 1), Jump(6)});
  m_.system.on_sys = [this, &pages](int n) {
    if (n == 0) return m_.engine.RequestStop();
    pages[0x2000].gpa ^= 0x1000;
    m_.cpu.FlushPage(0x2000, [](const ContextKey&) { return true; });
  };
  m_.x(1) = 101;
  m_.x(5) = 0x2000;
  m_.x(6) = 0x1000;
  for (const uint64_t way : {~uint64_t{0}, uint64_t{0}}) {  // joined, indirect
    m_.x(1) = 101;
    m_.x(2) = way;
    m_.x(3) = m_.x(4) = 0;
    m_.RunFrom(0x1000, 10000);
    EXPECT_EQ(m_.x(3), 50u);
    EXPECT_EQ(m_.x(4), 50u);
  }
}

TEST_P(EngineTest, AnInstructionAcrossPagesFollowsTheSecond) {
  ToySystem::PageTable pages = {{0x1000, {0x1000}}, {0x2000, {0x2000}}};
  m_.UsePages(&pages, 1);
  m_.Put(0x1ffa, {AddI(2, 2, 1), AddI(3, 3, 5), Sys(0)});
  m_.Put(0x2ffc, {Sys(0)});
  std::memcpy(m_.ram->host() + 0x3000, m_.ram->host() + 0x2000, 16);
  m_.ram->host()[0x3000] = 9;  // of the second instruction's number, the low half: 5 becomes 9
  for (int n = 0; n < 3; ++n) m_.RunFrom(0x1ffa, 100);
  EXPECT_EQ(m_.x(3), 15u);
  pages[0x2000].gpa = 0x3000;
  m_.cpu.FlushPage(0x2000, [](const ContextKey&) { return true; });
  for (int n = 0; n < 3; ++n) m_.RunFrom(0x1ffa, 100);
  EXPECT_EQ(m_.x(3), 15u + 27u);
  EXPECT_EQ(m_.x(2), 6u);
}

TEST_P(EngineTest, AnInstructionIntoAMissingPageFaultsAlone) {
  ToySystem::PageTable pages = {{0x1000, {0x1000}}, {0x4000, {0x4000}}};
  m_.UsePages(&pages, 1);
  m_.Put(0x1ffa, {AddI(2, 2, 1), AddI(3, 3, 5)});
  m_.Put(0x4000, {Sys(0)});
  m_.system.vector = 0x4000;
  m_.RunFrom(0x1ffa, 100);
  ASSERT_EQ(m_.system.faults.size(), 1u);
  EXPECT_EQ(m_.system.faults[0].pc, 0x1ffeu);
  EXPECT_EQ(m_.system.faults[0].fault.gva.value, 0x2000u);
  EXPECT_EQ(m_.system.faults[0].fault.access, Access::kExecute);
  EXPECT_EQ(m_.x(2), 1u);
  pages[0x2000] = {0x2000};
  m_.Put(0x2002, {Sys(0)});
  m_.RunFrom(0x1ffa, 100);
  EXPECT_EQ(m_.system.faults.size(), 1u);
  EXPECT_EQ(m_.x(3), 5u);
}

// The MMU's verdict does not hold for the page: every instruction is fetched, and the page is asked about each time.
TEST_P(EngineTest, UncacheablePages) {
  ToySystem::PageTable pages = {{0x1000, {.gpa = 0x1000, .cacheable = false}}, {0x2000, {0x2000}}};
  m_.UsePages(&pages, 1);
  PutLoop(0x1000, 2);
  m_.x(1) = 20;
  m_.RunFrom(0x1000, 1000);
  EXPECT_EQ(m_.x(2), 40u);
  EXPECT_EQ(counters().links, 0u);
  EXPECT_GT(m_.system.walks, 60u);
}

TEST_P(EngineTest, AnInstructionIntoAnUncacheablePage) {
  ToySystem::PageTable pages = {{0x1000, {0x1000}}, {0x2000, {.gpa = 0x2000, .cacheable = false}}};
  m_.UsePages(&pages, 1);
  m_.Put(0x1fee, {AddI(2, 2, 1), AddI(2, 2, 1), AddI(1, 1, -1), Bne(1, 0, 12), AddI(3, 3, 5), Sys(0), Jump(4)});
  m_.x(1) = 5;
  m_.x(4) = 0x1fee;
  m_.RunFrom(0x1fee, 1000);
  EXPECT_EQ(m_.x(2), 10u);
  EXPECT_EQ(m_.x(3), 5u);
  EXPECT_EQ(m_.cpu.InsnCount(), 4u * 5 + 6u);
  pages[0x2000].gpa = 0x3000;  // nobody flushes
  std::memcpy(m_.ram->host() + 0x3000, m_.ram->host() + 0x2000, 32);
  m_.ram->host()[0x3000] = 9;
  m_.x(1) = 1;
  m_.RunFrom(0x1fee, 1000);
  EXPECT_EQ(m_.x(3), 14u);
}

TEST_P(EngineTest, FaultsLeaveTheStateBeforeTheInstruction) {
  m_.Put(0x1000, {AddI(1, 1, 1), AddI(2, 2, 1), Load(2, 3, 8), AddI(2, 2, 100)});
  m_.Put(0x5000, {Sys(0)});
  m_.system.vector = 0x5000;
  m_.x(3) = M::kHole;
  m_.RunFrom(0x1000, 1000);
  ASSERT_EQ(m_.system.faults.size(), 1u);
  EXPECT_EQ(m_.system.faults[0].pc, 0x1008u);
  EXPECT_EQ(m_.system.faults[0].insns, 2u);
  EXPECT_EQ(m_.system.faults[0].fault.gva.value, M::kHole + 8);
  EXPECT_EQ(m_.x(1), 1u);
  EXPECT_EQ(m_.x(2), 1u);
  EXPECT_EQ(m_.cpu.InsnCount(), 3u);
  EXPECT_EQ(counters().faults, 1u);
}

TEST_P(EngineTest, UnknownInstructionsRaise) {
  m_.Put(0x1000, {AddI(1, 1, 1), 0xff, AddI(1, 1, 1)});
  m_.Put(0x5000, {Sys(0)});
  m_.system.vector = 0x5000;
  m_.RunFrom(0x1000, 1000);
  ASSERT_EQ(m_.system.faults.size(), 1u);
  EXPECT_EQ(m_.system.faults[0].fault.code, kUnknownInstruction);
  EXPECT_EQ(m_.system.faults[0].pc, 0x1004u);
  EXPECT_EQ(m_.system.faults[0].insns, 1u);
  EXPECT_EQ(m_.x(1), 1u);
}

TEST_P(EngineTest, CodeMustBeInMemory) {
  m_.Put(0x5000, {Sys(0)});
  m_.system.vector = 0x5000;
  for (const uint64_t at : {M::kIo, M::kHole}) {
    m_.RunFrom(at, 100);
    ASSERT_FALSE(m_.system.faults.empty());
    EXPECT_EQ(m_.system.faults.back().fault.kind, MemFault::Kind::kBus);
    EXPECT_EQ(m_.system.faults.back().fault.access, Access::kExecute);
    EXPECT_EQ(m_.system.faults.back().pc, at);
  }
}

TEST_P(EngineTest, RomRuns) {
  const uint32_t code[] = {AddI(1, 1, 1), Sys(0)};
  std::memcpy(m_.rom->host(), code, sizeof(code));
  m_.RunFrom(M::kRom, 100);
  EXPECT_EQ(m_.x(1), 1u);
}

TEST_P(EngineTest, InterruptsComeAtTheNextBlock) {
  m_.Put(0x1000, {AddI(1, 1, 1), Store(0, 2, 0), AddI(1, 1, 1), Bne(1, 0, -12)});
  m_.Put(0x5000, {Sys(0)});
  m_.x(2) = M::kIo;
  m_.system.vector = 0x5000;
  m_.device.on_access = [this](memory::RegionOffset) {
    if (m_.device.accesses.size() != 10) return;
    m_.system.interrupt = true;
    m_.cpu.RequestAttention();
  };
  EXPECT_EQ(m_.RunFrom(0x1000, 100000), Engine::Stop::kAttention);
  EXPECT_EQ(m_.system.interrupts, 1u);
  EXPECT_EQ(m_.x(1), 22u);
  EXPECT_EQ(m_.x(7), 0x1000u);
  EXPECT_EQ(m_.cpu.InsnCount(), 45u);
}

TEST_P(EngineTest, AHaltedCpuWaitsForWork) {
  m_.Put(0x1000, {AddI(1, 1, 1), Sys(1), AddI(1, 1, 1), Sys(0)});
  m_.system.on_sys = [this](int n) { n == 1 ? m_.cpu.Halt() : m_.engine.RequestStop(); };
  EXPECT_EQ(m_.RunFrom(0x1000, 1000), Engine::Stop::kHalted);
  EXPECT_EQ(m_.pc(), 0x1008u);
  EXPECT_EQ(m_.cpu.InsnCount(), 2u);
  EXPECT_EQ(m_.Run(1000), Engine::Stop::kHalted);
  EXPECT_EQ(m_.cpu.InsnCount(), 2u);
  m_.system.work = true;
  EXPECT_EQ(m_.Run(1000), Engine::Stop::kAttention);
  EXPECT_FALSE(m_.cpu.halted());
  EXPECT_EQ(m_.x(1), 2u);
  EXPECT_EQ(m_.cpu.InsnCount(), 4u);
}

TEST_P(EngineTest, AStopRequestedBeforehandIsKept) {
  PutLoop(0x1000, 1);
  m_.x(1) = 5;
  m_.engine.RequestStop();
  EXPECT_EQ(m_.RunFrom(0x1000, 1000), Engine::Stop::kAttention);
  EXPECT_EQ(m_.cpu.InsnCount(), 0u);
  m_.Run(1000);
  EXPECT_EQ(m_.x(2), 5u);
}

// The block key is part of what a block is found by, and of what the jump cache and joins know.
TEST_P(EngineTest, AChangedKeyMakesOtherBlocks) {
  m_.Put(0x1000, {Sys(1), AddI(1, 1, -1), Bne(1, 0, 8), Sys(0), Jump(3)});
  m_.system.on_sys = [this](int n) {
    if (n == 0) return m_.engine.RequestStop();
    m_.state.base.key ^= 1;
    m_.cpu.SwitchContext(m_.cpu.context().key);
  };
  m_.x(1) = 50;
  m_.x(3) = 0x1000;
  m_.RunFrom(0x1000, 10000);
  EXPECT_EQ(m_.x(1), 0u);
  const uint64_t blocks = counters().blocks;
  m_.x(1) = 50;
  m_.RunFrom(0x1000, 10000);
  EXPECT_EQ(m_.cpu.InsnCount(), 2u * 4 * 50);
  EXPECT_EQ(counters().blocks, blocks);
}

// A device maps other memory under the running code and takes that back: joins made between must not survive.
TEST_P(EngineTest, JoinsDoNotOutliveARemappedPage) {
  auto other = memory::Region::Ram("other", *memory::RamBlock::Anonymous("other", 0x1000));
  m_.Put(0x1000, {Store(0, 2, 0), Bne(2, 0, 0x7c)});
  m_.Put(0x1080, {AddI(3, 3, 1), Sys(0)});
  const uint32_t code[] = {AddI(4, 4, 1), Sys(0)};
  std::memcpy(other->block()->host() + 0x80, code, sizeof(code));
  m_.x(2) = M::kIo;
  m_.device.on_access = [&](memory::RegionOffset) {
    ASSERT_TRUE(m_.root->Map(other, memory::RegionOffset(0x1000), 1).ok());
  };
  m_.RunFrom(0x1000, 100);
  EXPECT_EQ(m_.x(4), 1u);
  ASSERT_TRUE(m_.root->Unmap(other).ok());
  m_.device.on_access = nullptr;
  m_.RunFrom(0x1000, 100);
  EXPECT_EQ(m_.x(3), 1u);
  EXPECT_EQ(m_.x(4), 1u);
}

class UnjoinedTest : public EngineTest {
 protected:
  static ToyOptions Options() {
    ToyOptions o;
    o.engine.chain = false;
    o.engine.jit = JitOptions::None();
    o.engine.max_block_insns = 2;
    return o;
  }
  UnjoinedTest() : EngineTest(Options()) {}
};

TEST_P(UnjoinedTest, GivesTheSame) {
  PutLoop(0x1000, 3);
  m_.x(1) = 100;
  m_.RunFrom(0x1000, 1000000);
  EXPECT_EQ(m_.x(2), 300u);
  EXPECT_EQ(m_.cpu.InsnCount(), 301u);
  EXPECT_EQ(counters().links, 0u);
}

const auto kBoth = ::testing::Values(BackendKind::kInterpreter, BackendKind::kJit);
INSTANTIATE_TEST_SUITE_P(On, EngineTest, kBoth, ::testing::PrintToStringParamName());
INSTANTIATE_TEST_SUITE_P(On, UnjoinedTest, kBoth, ::testing::PrintToStringParamName());

}  // namespace
}  // namespace emu::translate::testing
