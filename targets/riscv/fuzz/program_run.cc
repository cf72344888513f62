#include "targets/riscv/fuzz/program_run.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "targets/riscv/csr.h"
#include "targets/riscv/fuzz/draw_engine.h"
#include "targets/riscv/fuzz/guest_image.h"
#include "targets/riscv/fuzz/guest_state.h"
#include "targets/riscv/fuzz/program_image.h"

namespace emu::riscv {
namespace {

using Layout = ProgramLayout;

constexpr Interrupt kLines[] = {kSupervisorSoftware, kMachineSoftware,    kSupervisorTimer,
                                kMachineTimer,       kSupervisorExternal, kMachineExternal};
constexpr unsigned kMstatus = 0x300, kMie = 0x304, kMtvec = 0x305, kMcounteren = 0x306, kMscratch = 0x340;
constexpr unsigned kScounteren = 0x106, kSatp = 0x180;

// Reads tell how many instructions were executed; a write to its start lowers all interrupt lines.
class Teller final : public memory::MmioDevice {
 public:
  TestMachine* machine = nullptr;
  uint64_t written = 0;

  memory::MemValue Read(memory::RegionOffset at, unsigned, memory::MemAttrs) override {
    return {memory::MemStatus::kOk, FuzzRandom(at.value ^ machine->cpu().InsnCount()).Next()};
  }
  memory::MemStatus Write(memory::RegionOffset at, unsigned, uint64_t value, memory::MemAttrs) override {
    written = FuzzRandom(written ^ value ^ machine->cpu().InsnCount()).Next();
    if (at.value >= 0x100) return memory::MemStatus::kOk;
    for (Interrupt line : kLines) machine->hart().SetInterrupt(line, false);
    return memory::MemStatus::kOk;
  }
};

class ProgramRun {
 public:
  ProgramRun(uint64_t seed, const TestMachineOptions& setup)
      : program_(MakeFuzzProgram(seed)), world_(~seed), machine_(setup, &device_) {
    device_.machine = &machine_;
    machine_.WriteBytes(kFuzzRam, program_.image);
    machine_.OpenPmp();
    machine_.Poke(kMtvec, kFuzzRam + Layout::kHandler);
    machine_.Poke(kMscratch, kFuzzRam + Layout::kHandler + 0x800);
    machine_.Poke(kMie, ~uint64_t{0});
    machine_.Poke(kMcounteren, 7);
    machine_.Poke(kScounteren, 7);
    machine_.Poke(kMstatus, kStatusFs | (world_.OneIn(2) ? kStatusMie : 0));
    machine_.Poke(kSatp, program_.satp);
    machine_.SetPrivilege(program_.privilege);
    machine_.state().base.pc = program_.entry;
  }

  ProgramEnd Until(int64_t insns) {
    ProgramEnd end;
    while (Left(insns) > 0 && machine_.state().base.pc != program_.end && end.error.empty()) {
      machine_.engine().Run(std::min(Left(insns), Slice()));
      if (!machine_.engine().status().ok()) end.error = machine_.engine().status().ToString();
      World();
    }
    Describe(&end);
    return end;
  }

 private:
  int64_t Left(int64_t insns) { return insns - static_cast<int64_t>(machine_.cpu().InsnCount()); }
  int64_t Slice() { return 1 + static_cast<int64_t>(world_.Below(world_.OneIn(3) ? 12 : 300)); }
  // An interrupt, time, or a device that writes over code.
  void World() {
    machine_.time += world_.Below(64);
    if (world_.OneIn(2)) machine_.hart().SetInterrupt(world_.Pick(kLines), true);
    if (!world_.OneIn(8)) return;
    const uint64_t at = program_.patched[world_.Below(program_.patched.size())];
    const uint8_t* const insn =
        &program_.image[Layout::kTables + Layout::kPatches + 8 * world_.Below(Layout::kTableSlots)];
    machine_.WriteBytes(at, {insn, 4});
  }
  void Describe(ProgramEnd* end) {
    end->finished = machine_.state().base.pc == program_.end;
    end->insns = machine_.cpu().InsnCount();
    end->traps = machine_.traps.size();
    for (const auto& trap : machine_.traps) end->interrupts += trap.first >> 31 & 1;
    end->discards = machine_.engine().counters().discards;
    end->invalidated = machine_.engine().counters().invalidated;
    end->state = GuestStateText(machine_);
    end->hash = GuestStateHash(machine_, Layout::kEnd) ^ device_.written;
  }

  const FuzzProgram program_;
  FuzzRandom world_;
  Teller device_;
  TestMachine machine_;
};

}  // namespace

TestMachineOptions DrawSetup(uint64_t seed) {
  static constexpr size_t kRoom[] = {size_t{8} << 20, size_t{256} << 10, size_t{64} << 10};
  TestMachineOptions setup = DrawEngine(seed);
  setup.code_bytes = FuzzRandom(seed).Pick(kRoom);
  return setup;
}

TestMachineOptions PlainSetup() {
  TestMachineOptions setup;
  setup.jit = translate::JitOptions::None();
  return setup;
}

ProgramEnd RunFuzzProgram(uint64_t seed, int64_t insns, const TestMachineOptions& setup) {
  return ProgramRun(seed, setup).Until(insns);
}

std::string CompareFuzzProgram(uint64_t seed, int64_t insns) {
  const TestMachineOptions plain = PlainSetup(), drawn = DrawSetup(seed);
  const ProgramEnd a = RunFuzzProgram(seed, insns, plain), b = RunFuzzProgram(seed, insns, drawn);
  if (a.error.empty() && b.error.empty() && a.hash == b.hash) return "";
  const std::string what =
      absl::StrCat("program ", seed, ", -jit-opt ", JitOptionsText(drawn.jit), ", ", drawn.code_bytes,
                   " bytes of code (again: fuzz_long programs ", seed, " 1 ", insns, ")");
  if (!a.error.empty() || !b.error.empty()) return absl::StrCat(what, ": ", a.error, b.error);
  const int64_t first = FirstDifference(
      insns, [&](int64_t n) { return RunFuzzProgram(seed, n, plain).hash == RunFuzzProgram(seed, n, drawn).hash; });
  const std::string before = RunFuzzProgram(seed, first - 1, plain).state;
  const std::string x = RunFuzzProgram(seed, first, plain).state, y = RunFuzzProgram(seed, first, drawn).state;
  return absl::StrCat(what, "\npart at instruction ", first, "\n-- it did (before | after)\n",
                      DifferingLines(before, x), "-- interpreter | jit\n", DifferingLines(x, y));
}

}  // namespace emu::riscv
