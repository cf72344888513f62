// Region trees: making the flat view, and finding who answers at an address.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "memory/address_space.h"
#include "memory/flat_view.h"
#include "memory/region.h"

namespace emu::memory {
namespace {

constexpr uint64_t kRamBytes = 1 << 20, kStride = 0x1000, kDeviceBytes = 0x100, kFirstDevice = 1 << 24;

class Register final : public MmioDevice {
 public:
  MemValue Read(RegionOffset, unsigned, MemAttrs) override { return {MemStatus::kOk, value_}; }
  MemStatus Write(RegionOffset, unsigned, uint64_t value, MemAttrs) override {
    value_ = value;
    return MemStatus::kOk;
  }

 private:
  uint64_t value_ = 0;
};

// A board: RAM, `devices` windows, and one of every four below another.
struct Board {
  explicit Board(int64_t devices) {
    system->Map(Region::Ram("ram", *RamBlock::Anonymous("ram", kRamBytes)), RegionOffset(0)).IgnoreError();
    for (int64_t i = 0; i < devices; ++i) {
      const RegionPtr window = Region::Io(absl::StrCat("device", i), Size(kDeviceBytes), &device);
      const uint64_t at = kFirstDevice + static_cast<uint64_t>(i) * kStride;
      system->Map(window, RegionOffset(at), static_cast<int>(i % 4)).IgnoreError();
    }
  }

  Register device;
  RegionPtr system = Region::Container("system", Size::Whole());
};

void Flatten(benchmark::State& state) {
  Board board(state.range(0));
  const RegionPtr toggled = Region::Io("toggled", Size(kDeviceBytes), &board.device);
  if (!board.system->Map(toggled, RegionOffset(kFirstDevice + 0x80), 9).ok()) state.SkipWithError("error: not mapped");
  bool on = true;
  for (auto _ : state) {
    toggled->SetEnabled(on = !on);
    benchmark::DoNotOptimize(FlatView::Of(board.system));
  }
}
BENCHMARK(Flatten)->Arg(16)->Arg(128)->Arg(1024);

void LoadRam(benchmark::State& state) {
  Board board(state.range(0));
  AddressSpace space("memory", board.system);
  uint64_t at = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(space.Load(Gpa(at), 8));
    at = (at + 4104) % (kRamBytes - 8) & ~uint64_t{7};
  }
}
BENCHMARK(LoadRam)->Arg(16)->Arg(1024);

void DispatchMmio(benchmark::State& state) {
  Board board(state.range(0));
  AddressSpace space("memory", board.system);
  uint64_t i = 0;
  for (auto _ : state) {
    const MemValue v = space.Load(Gpa(kFirstDevice + i * kStride), 4);
    if (v.status != MemStatus::kOk) state.SkipWithError("error: nobody answered");
    i = (i + 7) % static_cast<uint64_t>(state.range(0));
  }
}
BENCHMARK(DispatchMmio)->Arg(16)->Arg(1024);

}  // namespace
}  // namespace emu::memory

BENCHMARK_MAIN();
