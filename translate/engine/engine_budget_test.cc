// Instructions are counted exactly: in grants of every size, in helpers, in device callbacks, on both backends.
#include <gtest/gtest.h>

#include "translate/engine/testing/toy_machine.h"
#include "translate/ir/random_program.h"

namespace emu::translate::testing {
namespace {

using M = ToyMachine;

ToyOptions Exact(bool exact) {
  ToyOptions o;
  o.engine.exact = exact;
  return o;
}

// A program with loops within and across pages, faults, hooks, device accesses, patched code and indirect jumps, that
// runs forever. x6 and x7 are its own.
void PutProgram(ToyMachine& m) {
  m.Put(0x1ff0, {AddI(1, 1, 1), Load(2, 5, 0), Add(3, 2), AddI(4, 4, 3), Hook(1), Bne(4, 0, 4), Store(3, 5, 8),
                 AddI(6, 0, 0x3000), Jump(6)});
  m.Put(0x3000, {AddI(6, 0, 0x2f00), AddI(3, 3, 7), AddI(6, 6, 0x700), Load(2, 6, 0), AddI(2, 2, 1), Store(2, 6, 0),
                 Bne(2, 3, 8), Sys(2), Load(3, 7, 16), Sys(3), 0xff});
  m.Put(0x5000, {AddI(2, 2, 1), AddI(6, 0, 0x1ff0), Jump(6)});  // faults come here
  m.SetWord(0x3600, 11);
  m.system.vector = 0x5000;
  m.x(5) = ToyMachine::kIo;
  m.x(7) = ToyMachine::kHole;
}

struct Seen {
  uint64_t pc;
  std::vector<uint64_t> x;
  bool operator==(const Seen&) const = default;
};
Seen Look(ToyMachine& m) { return {m.pc(), {m.state.x, m.state.x + 8}}; }

class EngineBudgetTest : public ::testing::TestWithParam<BackendKind> {};

// Any grant ends after exactly so many instructions, in the state that single steps give.
TEST_P(EngineBudgetTest, GrantsEndExactly) {
  constexpr unsigned kInsns = 3000;
  ToyMachine single(BackendKind::kInterpreter, Exact(true));
  PutProgram(single);
  single.system.on_sys = [](int) {};
  single.pc() = 0x1ff0;
  std::vector<Seen> trace = {Look(single)};
  while (trace.size() <= kInsns) {
    ASSERT_EQ(single.Run(1), Engine::Stop::kBudget);
    ASSERT_EQ(single.cpu.InsnCount(), trace.size());
    trace.push_back(Look(single));
  }
  ASSERT_GT(single.system.faults.size(), 50u);
  for (const unsigned largest : {1, 3, 10, 64, 400}) {
    ToyMachine m(GetParam(), Exact(true));
    PutProgram(m);
    m.system.on_sys = [](int) {};
    m.pc() = 0x1ff0;
    ir::Random random(largest);
    for (uint64_t count = 0;;) {
      const unsigned grant = 1 + random.Below(largest);
      if ((count += grant) > kInsns) break;
      ASSERT_EQ(m.Run(grant), Engine::Stop::kBudget);
      ASSERT_EQ(m.cpu.InsnCount(), count);
      ASSERT_EQ(Look(m), trace[count]) << "after " << count;
    }
  }
}

TEST_P(EngineBudgetTest, InexactGrantsEndAtABlockNearby) {
  ToyMachine m(GetParam(), Exact(false));
  PutProgram(m);
  m.system.on_sys = [](int) {};
  m.pc() = 0x1ff0;
  for (const int64_t grant : {1, 2, 5, 100, 1000, 3, 1}) {
    const uint64_t before = m.cpu.InsnCount();
    ASSERT_EQ(m.Run(grant), Engine::Stop::kBudget);
    const uint64_t executed = m.cpu.InsnCount() - before;
    EXPECT_GT(executed, 0u) << "a grant gets the guest on";
    EXPECT_LE(executed, static_cast<uint64_t>(grant));
    EXPECT_GT(executed + 64, static_cast<uint64_t>(grant));
  }
}

TEST_P(EngineBudgetTest, CountsAreExactInCallbacks) {
  ToyMachine m(GetParam());
  std::vector<uint64_t> counts;
  m.system.on_sys = [&](int n) {
    counts.push_back(m.cpu.InsnCount());
    if (n == 0) m.engine.RequestStop();
  };
  m.device.on_access = [&](memory::RegionOffset) { counts.push_back(m.cpu.InsnCount()); };
  m.Put(0x1000, {AddI(1, 1, 1), Hook(1), Load(2, 5, 0), AddI(1, 1, 1), Store(2, 5, 8), Hook(1), AddI(1, 1, 1),
                 Swap(1, 5), Bne(1, 0, 4), Sys(0)});
  m.x(5) = M::kIo;
  m.RunFrom(0x1000, 1000);
  EXPECT_EQ(counts, (std::vector<uint64_t>{1, 2, 4, 5, 7, 7, 9}));
  EXPECT_EQ(m.cpu.InsnCount(), 10u);
}

TEST_P(EngineBudgetTest, CountsAreExactAfterARequestForAttention) {
  ToyMachine m(GetParam());
  std::vector<uint64_t> counts;
  m.system.on_sys = [&](int n) {
    m.cpu.RequestAttention();
    counts.push_back(m.cpu.InsnCount());
    if (n == 0) m.engine.RequestStop();
    counts.push_back(m.cpu.InsnCount());
  };
  m.Put(0x1000, {Hook(1), AddI(1, 1, 1), Hook(1), Sys(0)});
  m.RunFrom(0x1000, 1000);
  EXPECT_EQ(counts, (std::vector<uint64_t>{0, 0, 2, 2, 3, 3}));
  EXPECT_EQ(m.cpu.InsnCount(), 4u);
}

TEST_P(EngineBudgetTest, AFaultAfterARequestForAttentionIsExact) {
  ToyMachine m(GetParam());
  m.system.vector = 0x5000;
  m.system.on_sys = [&](int n) {
    if (n == 0) m.engine.RequestStop();
    m.cpu.RequestAttention();
  };
  m.Put(0x1000, {Hook(1), AddI(1, 1, 1), Load(1, 5, 0), AddI(1, 1, 1)});
  m.Put(0x5000, {AddI(2, 2, 1), Sys(0)});
  m.x(5) = M::kHole;
  m.RunFrom(0x1000, 1000);
  ASSERT_EQ(m.system.faults.size(), 1u);
  EXPECT_EQ(m.system.faults[0].insns, 2u);
  EXPECT_EQ(m.system.faults[0].pc, 0x1008u);
  EXPECT_EQ(m.x(1), 1u);
  EXPECT_EQ(m.cpu.InsnCount(), 4u);
}

// A helper that unwinds gives back what its block did not execute.
TEST_P(EngineBudgetTest, UnwindingHelpersGiveBack) {
  ToyMachine m(GetParam());
  m.system.on_sys = [&](int n) {
    if (n == 0) return m.engine.RequestStop();
    m.cpu.SyncPc();
    EXPECT_EQ(m.pc(), 0x1004u);
    EXPECT_EQ(m.cpu.InsnCount(), 1u);
    m.pc() = 0x5000;
    m.state.base.unwind = 1;
  };
  m.Put(0x1000, {AddI(1, 1, 1), Hook(1), AddI(1, 1, 1), AddI(1, 1, 1)});
  m.Put(0x5000, {Sys(0)});
  m.RunFrom(0x1000, 1000);
  EXPECT_EQ(m.x(1), 1u);
  EXPECT_EQ(m.cpu.InsnCount(), 2u);
}

TEST_P(EngineBudgetTest, WhatIsLeftOfAGrantIsTakenBack) {
  ToyMachine m(GetParam());
  m.system.on_sys = [&](int) { m.engine.RequestStop(); };
  m.Put(0x1000, {AddI(1, 1, 1), Sys(0)});
  m.RunFrom(0x1000, 1000);
  EXPECT_EQ(m.state.base.budget, 0);
  EXPECT_EQ(m.cpu.InsnCount(), 2u);
}

INSTANTIATE_TEST_SUITE_P(On, EngineBudgetTest, ::testing::Values(BackendKind::kInterpreter, BackendKind::kJit),
                         ::testing::PrintToStringParamName());

}  // namespace
}  // namespace emu::translate::testing
