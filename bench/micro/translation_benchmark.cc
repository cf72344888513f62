// From guest code to host code, step by step: one loop of 24 instructions. "per_insn" is the time of one of them.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <utility>

#include "backends/x86_64/backend.h"
#include "targets/riscv/target.h"
#include "translate/ir/builder.h"
#include "translate/ir/passes.h"

namespace emu {
namespace {

// Loads, stores, arithmetic of both widths, shifts, comparisons, and a branch back to the start.
constexpr uint32_t kCode[] = {
    0x0005b783,  // ld a5, 0(a1)
    0x0085b803,  // ld a6, 8(a1)
    0x00f50533,  // add a0, a0, a5
    0x01054533,  // xor a0, a0, a6
    0x00351893,  // slli a7, a0, 3
    0x01d55513,  // srli a0, a0, 29
    0x01156533,  // or a0, a0, a7
    0x00a63023,  // sd a0, 0(a2)
    0x0007a303,  // lw t1, 0(a5)
    0x0067839b,  // addiw t2, a5, 6
    0x02730333,  // mul t1, t1, t2
    0x4063833b,  // subw t1, t2, t1
    0x00b33e33,  // sltu t3, t1, a1
    0x01c70733,  // add a4, a4, t3
    0x00672423,  // sw t1, 8(a4)
    0x0ff77e93,  // andi t4, a4, 255
    0x002e9e93,  // slli t4, t4, 2
    0x01d60eb3,  // add t4, a2, t4
    0x000eaf03,  // lw t5, 0(t4)
    0x01e54533,  // xor a0, a0, t5
    0x01058593,  // addi a1, a1, 16
    0x00860613,  // addi a2, a2, 8
    0xfff68693,  // addi a3, a3, -1
    0xfa0692e3,  // bne a3, zero, -92
};
constexpr size_t kInsns = std::size(kCode);

// Numbers what the compiler reports and forgets it.
class Sink final : public translate::CompileSink {
 public:
  uint32_t AddExit(uint64_t) override { return next_++; }
  uint32_t AddSite(uint64_t, uint32_t) override { return next_++; }

 private:
  uint32_t next_ = 0;
};

const riscv::RiscvTarget& Target() {
  static const riscv::RiscvTarget target(riscv::IsaConfig::Full(64));
  return target;
}

void Lift(ir::Block* block) {
  *block = ir::Block{.pc = 0x1000, .code = std::move(block->code)};  // as the engine, which keeps the room
  block->code.clear();
  ir::Builder builder(block);
  const auto* bytes = reinterpret_cast<const uint8_t*>(kCode);
  Target().Lift({block->pc, 0, kInsns, bytes, sizeof kCode, [](uint64_t) { return nullptr; }}, builder);
  builder.Finish();
}

void PerInsn(benchmark::State& state) {
  state.counters["per_insn"] = benchmark::Counter(static_cast<double>(state.iterations()) * kInsns,
                                                  benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void Lift(benchmark::State& state) {
  ir::Block block;
  for (auto _ : state) Lift(&block);
  if (block.insn_count != kInsns) state.SkipWithError("error: the loop was not lifted whole");
  PerInsn(state);
}
BENCHMARK(Lift);

void LiftAndOptimize(benchmark::State& state) {
  ir::Block block;
  for (auto _ : state) {
    Lift(&block);
    ir::Optimize(&block);
  }
  PerInsn(state);
}
BENCHMARK(LiftAndOptimize);

void Compile(benchmark::State& state) {
  auto backend = backends::x86_64::MakeBackend(Target());
  if (!backend.ok()) return state.SkipWithError("error: no memory for code");
  ir::Block block;
  Lift(&block);
  ir::Optimize(&block);
  Sink sink;
  for (auto _ : state) {
    if (!(*backend)->Compile(block, sink).ok()) (*backend)->Reset();
  }
  PerInsn(state);
}
BENCHMARK(Compile);

}  // namespace
}  // namespace emu
