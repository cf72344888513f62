// What an AccessWatch is told and what it can stop, on both backends.
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "translate/engine/testing/toy_machine.h"

namespace emu::translate::testing {
namespace {

using M = ToyMachine;

// Writes down the accesses to one range of addresses, and stops at one address.
class Recorder : public AccessWatch {
 public:
  AccessTypes TypesBeyondPages() const override { return types; }
  bool MayStop() const override { return may_stop; }
  bool WantsPage(memory::Gva page, memory::Gpa, const memory::FlatRange&, Access) override {
    return page.value <= last && page.value + 0xfff >= first;
  }
  bool WantsFetch(memory::Gva pc, memory::Gpa, const memory::FlatRange&) override { return fetches(pc.value); }
  bool Stops(const MemAccess& a) override { return a.gva.value == stop_at && a.type == stop_type; }
  void OnAccess(const MemAccess& a) override {
    const bool fetch = a.type == AccessType::kFetch;
    if (!fetch && (a.gva.value < first || a.gva.value > last)) return;
    absl::StrAppendFormat(&text, "%d@%x %c %x>%x +%d =%x", a.insn, a.pc, "rwaxRWdD"[static_cast<int>(a.type)],
                          a.gva.value, a.gpa.value, a.size, a.value);
    if (a.type == AccessType::kAtomic) absl::StrAppendFormat(&text, " was %x", a.old);
    if (a.crosses) absl::StrAppendFormat(&text, " and %x", a.gpa2.value);
    absl::StrAppend(&text, a.range == nullptr ? " nowhere\n" : a.host == nullptr ? " device\n" : "\n");
    host = a.host;
  }

  AccessTypes types = ~AccessTypes{0};
  bool may_stop = true;
  uint64_t first = 0, last = ~uint64_t{0};
  std::function<bool(uint64_t)> fetches = [](uint64_t) { return false; };
  uint64_t stop_at = ~uint64_t{0};
  AccessType stop_type = AccessType::kRead;
  std::string text;
  const uint8_t* host = nullptr;
};

class EngineWatchTest : public ::testing::TestWithParam<BackendKind> {
 protected:
  EngineWatchTest() : m_(GetParam()) {
    m_.system.on_sys = [this](int n) {
      if (n == 0) m_.engine.RequestStop();
    };
  }

  ToyMachine m_;
  Recorder seen_;
};

TEST_P(EngineWatchTest, EveryAccessOnce) {
  m_.Put(0x1000, {AddI(1, 0, 0x3000), Store(1, 1, 0), Load(2, 1, 0), Swap(3, 1), Load(4, 1, 0xffc), Store(2, 1, 0xffd),
                  Load(5, 6, 8), Sys(0)});
  m_.x(3) = 0x77;
  m_.x(6) = M::kIo;
  for (int again = 0; again < 2; ++again) m_.RunFrom(0x1000, 100);  // translated and cached before anybody looks
  m_.SetWord(0x3000, 0);
  m_.SetWord(0x3ffc, 0);
  m_.SetWord(0x4000, 0);
  m_.x(3) = 0x77;
  m_.cpu.SetWatch(&seen_, false);
  m_.RunFrom(0x1000, 100);
  EXPECT_EQ(seen_.text,
            "17@1004 w 3000>3000 +8 =3000\n"
            "18@1008 r 3000>3000 +8 =3000\n"
            "19@100c a 3000>3000 +8 =77 was 3000\n"
            "20@1010 r 3ffc>3ffc +8 =0 and 4000\n"
            "21@1014 w 3ffd>3ffd +8 =3000 and 4000\n"
            "22@1018 r 200008>200008 +8 =f0e0d0c0b0a0908 device\n");
}

TEST_P(EngineWatchTest, NothingIsSeenOutsideAndAfterwards) {
  m_.Put(0x1000, {AddI(1, 0, 0x3000), Store(1, 1, 0), Store(1, 1, 0x1000), Sys(0)});
  seen_.first = 0x4000, seen_.last = 0x4fff;
  m_.cpu.SetWatch(&seen_, false);
  for (int again = 0; again < 3; ++again) m_.RunFrom(0x1000, 100);
  EXPECT_EQ(seen_.text, "2@1008 w 4000>4000 +8 =3000\n6@1008 w 4000>4000 +8 =3000\n10@1008 w 4000>4000 +8 =3000\n");
  EXPECT_EQ(seen_.host, m_.ram->host() + 0x4000);
  seen_.text.clear();
  m_.cpu.SetWatch(nullptr, false);
  m_.RunFrom(0x1000, 100);
  EXPECT_EQ(seen_.text, "");
}

TEST_P(EngineWatchTest, InstructionsAreSeenAsTheyAreExecuted) {
  m_.Put(0x1000, {AddI(1, 0, 2), AddI(1, 1, -1), Bne(1, 0, -4), Sys(0)});
  m_.RunFrom(0x1000, 100);
  const uint64_t before = m_.cpu.InsnCount();
  seen_.fetches = [](uint64_t pc) { return pc == 0x1004; };
  m_.cpu.SetWatch(&seen_, true);
  m_.RunFrom(0x1000, 100);
  const std::string insn = absl::StrFormat("@1004 x 1004>1004 +4 =%x\n", AddI(1, 1, -1));
  EXPECT_EQ(seen_.text, absl::StrCat(before + 1, insn, before + 3, insn));
}

TEST_P(EngineWatchTest, OtherInstructionsAreWantedWithoutLosingTheRest) {
  m_.Put(0x1000, {AddI(1, 0, 2), AddI(1, 1, -1), Bne(1, 0, -4), Sys(0)});
  m_.cpu.SetWatch(&seen_, false);
  m_.RunFrom(0x1000, 100);
  EXPECT_EQ(seen_.text, "");
  const uint64_t pcs[] = {0x1004};
  const uint64_t blocks = m_.engine.counters().blocks;
  seen_.fetches = [](uint64_t pc) { return pc == 0x1004; };
  m_.cpu.RefreshFetches(pcs);
  const uint64_t before = m_.cpu.InsnCount();
  m_.RunFrom(0x1000, 100);
  const std::string insn = absl::StrFormat("@1004 x 1004>1004 +4 =%x\n", AddI(1, 1, -1));
  EXPECT_EQ(seen_.text, absl::StrCat(before + 1, insn, before + 3, insn));
  EXPECT_LE(m_.engine.counters().blocks, blocks + 2) << "the two that hold the instruction";
  seen_.fetches = [](uint64_t) { return false; };
  seen_.text.clear();
  m_.cpu.RefreshFetches(pcs);
  m_.RunFrom(0x1000, 100);
  EXPECT_EQ(seen_.text, "");
  EXPECT_EQ(m_.engine.counters().discards, 0u);
}

TEST_P(EngineWatchTest, WhatNoPageStandsForIsAskedForOnce) {
  m_.Put(0x1000, {Load(5, 6, 8), Store(5, 6, 16), Store(5, 0, 0x3000), Sys(0)});
  m_.x(6) = M::kIo;
  seen_.types = BitOf(AccessType::kWrite);
  seen_.may_stop = false;
  seen_.stop_at = 0x3000, seen_.stop_type = AccessType::kWrite;
  m_.cpu.SetWatch(&seen_, false);
  m_.RunFrom(0x1000, 100);
  EXPECT_EQ(seen_.text,
            "1@1004 w 200010>200010 +8 =f0e0d0c0b0a0908 device\n"
            "2@1008 w 3000>3000 +8 =f0e0d0c0b0a0908\n");
  EXPECT_FALSE(m_.cpu.Watches(AccessType::kWalkRead));
  EXPECT_TRUE(m_.cpu.Watches(AccessType::kWrite));
  seen_.text.clear();
  seen_.types = BitOf(AccessType::kRead) | BitOf(AccessType::kDmaRead);
  m_.cpu.SetWatch(&seen_, false);
  m_.RunFrom(0x1000, 100);
  MemAccess access;
  access.type = AccessType::kDmaWrite;
  m_.cpu.Report(access);
  access.type = AccessType::kDmaRead;
  m_.cpu.Report(access);
  EXPECT_EQ(seen_.text,
            "4@1000 r 200008>200008 +8 =f0e0d0c0b0a0908 device\n"
            "6@1008 w 3000>3000 +8 =f0e0d0c0b0a0908\n"
            "8@1010 d 0>0 +0 =0 device\n");
  m_.cpu.SetWatch(nullptr, false);
  EXPECT_FALSE(m_.cpu.Watches(AccessType::kRead));
}

TEST_P(EngineWatchTest, AStopComesBeforeTheInstruction) {
  m_.Put(0x1000, {AddI(2, 2, 1), AddI(2, 2, 1), Store(2, 0, 0x3000), AddI(2, 2, 1), Sys(0)});
  seen_.stop_at = 0x3000, seen_.stop_type = AccessType::kWrite;
  m_.cpu.SetWatch(&seen_, false);
  EXPECT_EQ(m_.RunFrom(0x1000, 100), Engine::Stop::kAttention);
  EXPECT_EQ(m_.pc(), 0x1008u);
  EXPECT_EQ(m_.x(2), 2u);
  EXPECT_EQ(m_.Word(0x3000), 0u);
  EXPECT_EQ(m_.cpu.InsnCount(), 2u);
  EXPECT_TRUE(m_.system.faults.empty());
  EXPECT_EQ(m_.Run(100), Engine::Stop::kAttention);  // again, until the stops are ignored
  EXPECT_EQ(m_.pc(), 0x1008u);
  m_.cpu.set_ignore_stops(Cpu::IgnoreStops::kAll);
  EXPECT_EQ(m_.Run(1), Engine::Stop::kBudget);
  m_.cpu.set_ignore_stops(Cpu::IgnoreStops::kNone);
  EXPECT_EQ(m_.pc(), 0x100cu);
  EXPECT_EQ(seen_.text, "2@1008 w 3000>3000 +8 =2\n");
  m_.Run(100);
  EXPECT_EQ(m_.x(2), 3u);
}

TEST_P(EngineWatchTest, AStopBeforeAnInstructionThatIsFetched) {
  m_.Put(0x1000, {AddI(2, 2, 1), AddI(2, 2, 1), Sys(0)});
  seen_.fetches = [](uint64_t pc) { return pc == 0x1004; };
  seen_.stop_at = 0x1004, seen_.stop_type = AccessType::kFetch;
  m_.cpu.SetWatch(&seen_, true);
  EXPECT_EQ(m_.RunFrom(0x1000, 100), Engine::Stop::kAttention);
  EXPECT_EQ(m_.pc(), 0x1004u);
  EXPECT_EQ(m_.x(2), 1u);
  EXPECT_EQ(m_.cpu.InsnCount(), 1u);
}

TEST_P(EngineWatchTest, AStepHoldsInterruptsBack) {
  m_.Put(0x1000, {AddI(2, 2, 1), AddI(2, 2, 1), Sys(0)});
  m_.Put(0x2000, {Sys(0)});
  m_.system.vector = 0x2000;
  m_.system.interrupt = true;
  m_.engine.set_single_step(true);
  m_.RunFrom(0x1000, 1);
  EXPECT_EQ(m_.pc(), 0x1004u);
  EXPECT_EQ(m_.system.interrupts, 0u);
  m_.engine.set_single_step(false);
  m_.Run(1);
  EXPECT_EQ(m_.system.interrupts, 1u);
}

INSTANTIATE_TEST_SUITE_P(Backends, EngineWatchTest, ::testing::Values(BackendKind::kInterpreter, BackendKind::kJit),
                         ::testing::PrintToStringParamName());

}  // namespace
}  // namespace emu::translate::testing
