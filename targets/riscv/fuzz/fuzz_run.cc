#include "targets/riscv/fuzz/fuzz_run.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "targets/riscv/csr.h"
#include "targets/riscv/fuzz/guest_image.h"

namespace emu::riscv {
namespace {

using memory::MemStatus;
using memory::RegionOffset;
using translate::Engine;

constexpr uint64_t kExtraRam = 0x90000000, kExtraSize = 0x4000;
constexpr int64_t kSlice = 1000;  // instructions between the world's doings
constexpr Interrupt kLines[] = {kSupervisorSoftware, kMachineSoftware,    kSupervisorTimer,
                                kMachineTimer,       kSupervisorExternal, kMachineExternal};

uint64_t Mix(uint64_t hash, uint64_t word) { return FuzzRandom(hash ^ word).Next(); }

class Chaos final : public memory::MmioDevice {
 public:
  void Attach(TestMachine* machine, memory::RegionPtr extra) { machine_ = machine, extra_ = std::move(extra); }

  memory::MemValue Read(RegionOffset at, unsigned, memory::MemAttrs) override {
    if (at.value >= 0xf00) return {MemStatus::kDeviceError, 0};
    return {MemStatus::kOk, Mix(at.value, ++accesses_)};
  }
  MemStatus Write(RegionOffset at, unsigned, uint64_t value, memory::MemAttrs) override {
    switch (at.value >> 6) {
      case 0:
        machine_->hart().SetInterrupt(kLines[at.value / 8 % 6], (value & 1) != 0);
        break;
      case 1:
        machine_->Write64(TestMachine::kRam + (value % (TestMachine::kRamSize / 8)) * 8, Mix(value, ++accesses_));
        break;
      case 2:
        extra_->SetEnabled((value & 1) != 0);
        break;
      case 3:
        machine_->time += value & 0xffff;
        break;
      case 4:
        machine_->engine().RequestStop();
        break;
      case 5:
        return MemStatus::kDeviceError;
      default:
        break;
    }
    return MemStatus::kOk;
  }

 private:
  TestMachine* machine_ = nullptr;
  memory::RegionPtr extra_;
  uint64_t accesses_ = 0;
};

// The four bytes at the PC, without leaving a trace; 0 if they cannot be fetched.
uint32_t NextInsn(TestMachine& m) {
  translate::PageMapping mapping;
  translate::MemFault fault;
  const memory::Gva pc(m.state().base.pc);
  if (!m.hart().Translate(pc, 2, translate::Access::kExecute, /*probe=*/true, &mapping, &fault)) return 0;
  return static_cast<uint32_t>(m.memory().Load(mapping.gpa, 4, {.debug = true}).value);
}

std::string StateText(TestMachine& m) {
  std::string text = absl::StrFormat("insns %d\npc %x\ncode %08x\nprivilege %d\n", m.cpu().InsnCount(),
                                     m.state().base.pc, NextInsn(m), m.state().privilege);
  for (int i = 1; i < 32; ++i) absl::StrAppendFormat(&text, "x%d %x\n", i, m.state().x[i]);
  for (int i = 0; i < 32; ++i) absl::StrAppendFormat(&text, "f%d %x\n", i, m.state().f[i]);
  absl::StrAppendFormat(&text, "reservation %x %x\n", m.state().reservation_address, m.state().reservation_value);
  for (const CsrName& csr : CsrNames()) absl::StrAppendFormat(&text, "%s %x\n", csr.name, m.Peek(csr.number));
  return text;
}

uint64_t RamHash(TestMachine& m) {
  uint64_t hash = 0;
  for (uint64_t at = 0; at < TestMachine::kRamSize; at += 8) {
    uint64_t word;
    std::memcpy(&word, m.ram().host() + at, 8);
    if (word != 0) hash += Mix(at, word);
  }
  return hash;
}

class Run {
 public:
  Run(uint64_t seed, TestAccel accel)
      : world_(~seed), extra_(*memory::RamBlock::Anonymous("extra", kExtraSize)), machine_({.accel = accel}, &device_) {
    auto region = memory::Region::Ram("extra", extra_);
    machine_.root().Map(region, RegionOffset(kExtraRam)).IgnoreError();
    device_.Attach(&machine_, region);
    machine_.WriteBytes(kFuzzRam, MakeFuzzGuest(seed, {TestMachine::kDevice, kExtraRam, 0x20000000}));
    Restart();
  }

  FuzzEnd Until(int64_t insns) {
    FuzzEnd end;
    while (static_cast<int64_t>(machine_.cpu().InsnCount()) < insns) {
      const int64_t done = static_cast<int64_t>(machine_.cpu().InsnCount());
      const int64_t slice = std::min(kSlice - done % kSlice, insns - done);
      const Engine::Stop stop = machine_.engine().Run(slice);
      if (!machine_.engine().status().ok()) {
        end.error = machine_.engine().status().ToString();
        break;
      }
      if (stop == Engine::Stop::kHalted) {
        WakeUp();
      } else if (machine_.cpu().InsnCount() % kSlice == 0) {
        World();
      }
    }
    end.insns = machine_.cpu().InsnCount();
    end.traps = machine_.traps.size();
    for (const auto& trap : machine_.traps) ++end.causes[trap.first];
    end.state = StateText(machine_);
    end.hash = RamHash(machine_);
    for (unsigned char c : end.state) end.hash = end.hash * 31 + c;
    return end;
  }

 private:
  // Time passes and lines change. Guests that go round in circles are moved on, those that do nothing but trap start
  // again.
  void World() {
    machine_.time += 50;
    if (machine_.time >= machine_.deadline) machine_.hart().SetInterrupt(kSupervisorTimer, true);
    if (world_.OneIn(2)) machine_.hart().SetInterrupt(world_.Pick(kLines), world_.OneIn(2));
    const size_t traps = machine_.traps.size() - traps_before_;
    traps_before_ = machine_.traps.size();
    if (traps == 0) machine_.hart().Raise(kBreakpoint, 0);
    if (traps > kSlice * 9 / 10) Restart();
  }
  // All lines rise; if that is not enough, so be it.
  void WakeUp() {
    for (Interrupt line : kLines) machine_.hart().SetInterrupt(line, true);
    if (machine_.hart().InterruptWaits()) return;
    machine_.cpu().Wake();
    machine_.hart().Raise(kBreakpoint, 0);
  }
  void Restart() {
    machine_.hart().Reset();
    machine_.state().base.pc = kFuzzRam;
  }

  FuzzRandom world_;
  Chaos device_;
  memory::RamBlock::Ptr extra_;
  TestMachine machine_;
  size_t traps_before_ = 0;
};

// The least number of instructions after which the backends differ.
int64_t FirstDifference(uint64_t seed, int64_t insns) {
  int64_t same = 0;
  while (insns - same > 1) {
    const int64_t middle = (same + insns) / 2;
    const bool equal =
        RunFuzzGuest(seed, middle, TestAccel::kInterpreter).hash == RunFuzzGuest(seed, middle, TestAccel::kJit).hash;
    (equal ? same : insns) = middle;
  }
  return insns;
}

}  // namespace

FuzzEnd RunFuzzGuest(uint64_t seed, int64_t insns, TestAccel accel) { return Run(seed, accel).Until(insns); }

std::string CompareFuzzGuest(uint64_t seed, int64_t insns) {
  const FuzzEnd a = RunFuzzGuest(seed, insns, TestAccel::kInterpreter), b = RunFuzzGuest(seed, insns, TestAccel::kJit);
  if (!a.error.empty() || !b.error.empty()) return absl::StrCat("seed ", seed, ": ", a.error, b.error);
  if (a.hash == b.hash) return "";
  const int64_t first = FirstDifference(seed, insns);
  const FuzzEnd before = RunFuzzGuest(seed, first - 1, TestAccel::kInterpreter);
  return absl::StrCat("seed ", seed, " differs after ", first, " instructions\n-- before\n", before.state,
                      "-- interpreter\n", RunFuzzGuest(seed, first, TestAccel::kInterpreter).state, "-- jit\n",
                      RunFuzzGuest(seed, first, TestAccel::kJit).state);
}

}  // namespace emu::riscv
