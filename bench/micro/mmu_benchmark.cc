// The soft TLB and the page-table walker behind it.
#include <benchmark/benchmark.h>

#include <vector>

#include "mmu/riscv/walker.h"
#include "mmu/soft_tlb.h"

namespace emu::mmu {
namespace {

using riscv::AddressSpaceRoot;
using riscv::PagingMode;
using riscv::WalkContext;

void TlbFill(benchmark::State& state) {
  TlbTable table;
  uint64_t page = 0;
  for (auto _ : state) {
    table.Fill(page, 0x7f0000000000 + page, page, 0);
    page += kPageSize;
  }
  benchmark::DoNotOptimize(table.table());
}
BENCHMARK(TlbFill);

void TlbClear(benchmark::State& state) {
  TlbTable table;
  for (auto _ : state) {
    for (int64_t i = 0; i < state.range(0); ++i) table.Fill(static_cast<uint64_t>(i) * kPageSize, 0, 0, 0);
    table.Clear();
  }
}
BENCHMARK(TlbClear)->Arg(8)->Arg(512);

// Sv39 tables that map pages 0 to 511 of 0x40000000 on: one table a level.
class Tables {
 public:
  Tables() : words_(3 * 512) {
    words_[1] = PointerTo(1);
    words_[512] = PointerTo(2);
    for (uint64_t i = 0; i < 512; ++i) words_[1024 + i] = (kFirstPage + i) << riscv::kPtePpnShift | kLeaf;
  }

  memory::MemValue Read(memory::Gpa gpa, unsigned) {
    const uint64_t word = (gpa.value - kBase) / 8;
    if (word >= words_.size()) return {memory::MemStatus::kDecodeError, 0};
    return {memory::MemStatus::kOk, words_[word]};
  }
  memory::MemValue CompareExchange(memory::Gpa gpa, unsigned, uint64_t, uint64_t) { return Read(gpa, 8); }

  static AddressSpaceRoot Root() { return {PagingMode::kSv39, 0, memory::Gpa(kBase)}; }
  static constexpr uint64_t kMapped = 0x40000000;

 private:
  static constexpr uint64_t kBase = 0x80000000, kFirstPage = 0x90000;
  static constexpr uint64_t kLeaf = riscv::kPteV | riscv::kPteR | riscv::kPteW | riscv::kPteA | riscv::kPteD;
  static uint64_t PointerTo(uint64_t table) {
    return (kBase / kPageSize + table) << riscv::kPtePpnShift | riscv::kPteV;
  }

  std::vector<uint64_t> words_;
};

// range(0): whether the tables above the last are remembered from walk to walk.
void WalkSv39(benchmark::State& state) {
  Tables tables;
  riscv::WalkCache cache;
  WalkContext context;
  context.root = Tables::Root();
  uint64_t page = 0;
  for (auto _ : state) {
    if (state.range(0) == 0) cache.FlushAll();
    const auto result =
        Walk(context, memory::Gva(Tables::kMapped + page * kPageSize), AccessKind::kRead, tables, cache);
    if (!result.ok()) state.SkipWithError("error: the walk faults");
    page = (page + 37) % 512;
  }
}
BENCHMARK(WalkSv39)->ArgName("cached")->Arg(0)->Arg(1);

}  // namespace
}  // namespace emu::mmu
