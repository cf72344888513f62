// What observers are told, on both backends.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "translate/engine/engine.h"
#include "translate/engine/testing/toy_machine.h"

namespace emu::translate::testing {
namespace {

class Notes final : public EngineObserver, public MmuObserver {
 public:
  void OnLifted(const ir::Block& block, absl::Span<const GuestCode> guest_code) override {
    lifted.push_back(block.pc);
    guest_bytes = guest_code[0].bytes.size();
  }
  void OnOptimized(const ir::Block&) override { ++optimized; }
  void OnCompiled(const ir::Block& block, absl::Span<const uint8_t> host_code,
                  absl::Span<const CodeMark> code_marks) override {
    last = block;
    host_bytes = host_code.size();
    marks.assign(code_marks.begin(), code_marks.end());
  }
  void OnExecute(const Cpu& cpu, uint32_t) override { executed.push_back(cpu.CurrentPc()); }
  void OnTranslate(memory::Gva gva, Access access, const PageMapping&) override {
    if (access == Access::kRead) reads.push_back(gva.value);
  }
  void OnRefuse(const MemFault& fault) override { refused.push_back(fault.gva.value); }
  void OnFlush() override { ++flushes; }
  void OnFlushPage(memory::Gva gva) override { flushed.push_back(gva.value); }

  std::vector<uint64_t> lifted, executed, reads, refused, flushed;
  std::vector<CodeMark> marks;
  ir::Block last;
  size_t guest_bytes = 0, host_bytes = 0;
  int optimized = 0, flushes = 0;
};

class EngineObserverTest : public ::testing::TestWithParam<BackendKind> {
 protected:
  EngineObserverTest() : m_(GetParam()) {
    m_.system.on_sys = [this](int) { m_.engine.RequestStop(); };
    // Counts x1 down, then stops.
    m_.Put(0x1000, {AddI(1, 1, -1), Bne(1, 0, -4), Sys(0)});
    m_.x(1) = 10;
  }
  ToyMachine m_;
  Notes notes_;
};
INSTANTIATE_TEST_SUITE_P(Engine, EngineObserverTest, ::testing::Values(BackendKind::kInterpreter, BackendKind::kJit));

TEST_P(EngineObserverTest, EachStepOfEachBlock) {
  m_.engine.AddObserver(&notes_);
  m_.RunFrom(0x1000, 1000);
  EXPECT_EQ(notes_.lifted, (std::vector<uint64_t>{0x1000}));
  EXPECT_EQ(notes_.optimized, 1);
  EXPECT_GE(notes_.guest_bytes, 12u);
  EXPECT_EQ(notes_.last.pc, 0x1000u);
  EXPECT_EQ(notes_.executed.front(), 0x1000u);
  EXPECT_LT(notes_.executed.size(), 10u);  // joined
}

// Marks begin at the start, rise, and name instructions of the block; the last is for none.
TEST_P(EngineObserverTest, Marks) {
  m_.engine.AddObserver(&notes_);
  m_.RunFrom(0x1000, 1000);
  if (GetParam() == BackendKind::kInterpreter) {
    EXPECT_EQ(notes_.host_bytes, 0u);
    EXPECT_TRUE(notes_.marks.empty());
    return;
  }
  ASSERT_FALSE(notes_.marks.empty());
  EXPECT_EQ(notes_.marks.front().offset, 0u);
  EXPECT_EQ(notes_.marks.back().instr, kNoInstr);
  for (size_t i = 0; i + 1 < notes_.marks.size(); ++i) {
    EXPECT_LT(notes_.marks[i].offset, notes_.marks[i + 1].offset);
    EXPECT_LT(notes_.marks[i].instr, notes_.last.code.size());
  }
  EXPECT_LT(notes_.marks.back().offset, notes_.host_bytes);
}

TEST_P(EngineObserverTest, SeveralComeAndGo) {
  Notes other;
  m_.engine.AddObserver(&other);
  m_.engine.AddObserver(&notes_);
  m_.RunFrom(0x1000, 2);
  m_.engine.RemoveObserver(&other);
  const size_t seen = other.executed.size();
  EXPECT_EQ(notes_.executed, other.executed);
  m_.Run(1000);
  EXPECT_EQ(other.executed.size(), seen);
  EXPECT_GT(notes_.executed.size(), seen);
}

// The result is the same; only who is told is not.
TEST_P(EngineObserverTest, BlocksByThemselves) {
  m_.engine.AddObserver(&notes_);
  m_.RunFrom(0x1000, 8);  // joined now
  m_.engine.set_chain(false);
  notes_.executed.clear();
  m_.Run(1000);
  EXPECT_EQ(m_.x(1), 0u);
  EXPECT_EQ(notes_.executed.size(), 7u);  // three of ten times around are behind
  m_.engine.set_chain(true);
  m_.x(1) = 1000;
  notes_.executed.clear();
  m_.RunFrom(0x1000, 3000);
  EXPECT_LT(notes_.executed.size(), 10u);
}

TEST_P(EngineObserverTest, Translations) {
  m_.cpu.set_mmu_observer(&notes_);
  m_.FlushAll();
  EXPECT_EQ(notes_.flushes, 1);
  m_.cpu.FlushPage(0x5000, [](const ContextKey&) { return true; });
  EXPECT_EQ(notes_.flushed, (std::vector<uint64_t>{0x5000}));
  const ir::MemOp op;
  m_.cpu.Load(0x2008, op);
  m_.cpu.Load(0x2010, op);  // known already
  EXPECT_EQ(notes_.reads, (std::vector<uint64_t>{0x2008}));
  ToySystem::PageTable pages = {{0x1000, {0x1000}}};
  m_.UsePages(&pages, 1);
  EXPECT_EQ(m_.cpu.Load(0x7000, op).raised, 1u);
  EXPECT_EQ(notes_.refused, (std::vector<uint64_t>{0x7000}));
  m_.cpu.set_mmu_observer(nullptr);
  m_.FlushAll();
  EXPECT_EQ(notes_.flushes, 1);
}

}  // namespace
}  // namespace emu::translate::testing
