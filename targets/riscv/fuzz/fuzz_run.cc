#include "targets/riscv/fuzz/fuzz_run.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "targets/riscv/fuzz/draw_engine.h"
#include "targets/riscv/fuzz/guest_image.h"
#include "targets/riscv/fuzz/guest_state.h"

namespace emu::riscv {
namespace {

using memory::MemStatus;
using memory::RegionOffset;
using translate::Engine;

constexpr uint64_t kExtraRam = 0x90000000, kExtraSize = 0x4000;
constexpr int64_t kSlice = 1000;  // instructions between the world's doings, on average
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

class Run {
 public:
  Run(uint64_t seed, const TestMachineOptions& options)
      : world_(~seed), extra_(*memory::RamBlock::Anonymous("extra", kExtraSize)), machine_(options, &device_) {
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
      if (done > next_) next_ = done + 1;  // exceptions that the world raised count too
      const int64_t slice = std::min(next_ - done, insns - done);
      const Engine::Stop stop = machine_.engine().Run(slice);
      if (!machine_.engine().status().ok()) {
        end.error = machine_.engine().status().ToString();
        break;
      }
      if (stop == Engine::Stop::kHalted) {
        WakeUp();
      } else if (static_cast<int64_t>(machine_.cpu().InsnCount()) == next_) {
        World();
      }
    }
    end.insns = machine_.cpu().InsnCount();
    end.traps = machine_.traps.size();
    for (const auto& trap : machine_.traps) ++end.causes[trap.first];
    end.state = GuestStateText(machine_);
    end.hash = GuestStateHash(machine_);
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
    const int64_t slice = next_ - before_;
    traps_before_ = machine_.traps.size();
    before_ = next_;
    next_ += 1 + static_cast<int64_t>(world_.Below(2 * kSlice));
    if (traps == 0 && slice > kSlice / 2) machine_.hart().Raise(kBreakpoint, 0);
    if (slice > kSlice && static_cast<int64_t>(traps) > slice * 9 / 10) Restart();
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
  int64_t before_ = 0, next_ = kSlice;  // when the world did something last, and does again
};

// Guests that change page tables or code and do not fence see how far translations are kept, so that what the engine
// keeps must be the same; the passes need not be.
TestMachineOptions Reference(TestMachineOptions options) {
  options.accel = TestAccel::kInterpreter;
  options.jit = translate::WithoutPasses(options.jit);
  return options;
}

}  // namespace

FuzzEnd RunFuzzGuest(uint64_t seed, int64_t insns, const TestMachineOptions& options) {
  return Run(seed, options).Until(insns);
}

std::string CompareFuzzGuest(uint64_t seed, int64_t insns) {
  const TestMachineOptions jit = DrawEngine(seed);
  const TestMachineOptions reference = Reference(jit);
  const FuzzEnd a = RunFuzzGuest(seed, insns, reference), b = RunFuzzGuest(seed, insns, jit);
  if (a.error.empty() && b.error.empty() && a.hash == b.hash) return "";
  const std::string what = absl::StrCat("guest ", seed, ", -jit-opt ", JitOptionsText(jit.jit),
                                        " (again: fuzz_long guests ", seed, " 1 ", insns, ")");
  if (!a.error.empty() || !b.error.empty()) return absl::StrCat(what, ": ", a.error, b.error);
  const int64_t first = FirstDifference(
      insns, [&](int64_t n) { return RunFuzzGuest(seed, n, reference).hash == RunFuzzGuest(seed, n, jit).hash; });
  const std::string before = RunFuzzGuest(seed, first - 1, reference).state;
  const std::string x = RunFuzzGuest(seed, first, reference).state, y = RunFuzzGuest(seed, first, jit).state;
  return absl::StrCat(what, " parts after ", first, " instructions\n-- before\n", before, "-- before | interpreter\n",
                      DifferingLines(before, x), "-- interpreter | jit\n", DifferingLines(x, y));
}

}  // namespace emu::riscv
