// Nanoseconds per instruction written.
#include "backends/x86_64/encoding/emitter.h"
#include "benchmark/benchmark.h"

namespace emu::backends::x86_64 {
namespace {

uint8_t buffer[1 << 16];

// Instructions as a block's lowering writes them, registers unknown to the compiler.
void EmitBlock(Emitter* e, Reg a, Reg b, Xmm x, int32_t disp) {
  e->rm(Op::kMOV64rm, a, Mem::Base(b, disp));
  e->rr(Op::kADD64rr, a, b);
  e->ri(Op::kAND32ri8, b, 15);
  e->rrr(Op::kSHLX64rr, a, b, a);
  e->mr(Op::kMOV32mr, Mem::BaseIndex(a, b, 4, disp), b);
  e->rm(Op::kADDSDrm, x, Mem::Base(a, 16));
  e->rr(Op::kUCOMISDrr, x, x);
  e->jcc(Cond::p, disp);
}

void BM_Block(benchmark::State& state) {
  Emitter e(buffer, buffer + sizeof(buffer));
  uint8_t n = 0;
  for (auto _ : state) {
    if (e.size() > sizeof(buffer) / 2) e.Seek(buffer);
    ++n;
    EmitBlock(&e, static_cast<Reg>(n & 15), static_cast<Reg>(n * 7 & 15 & ~4), static_cast<Xmm>(n * 3 & 15), n * 5);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * 8);
}
BENCHMARK(BM_Block);

void BM_OneRegisterForm(benchmark::State& state) {
  Emitter e(buffer, buffer + sizeof(buffer));
  uint8_t n = 0;
  for (auto _ : state) {
    if (e.size() > sizeof(buffer) / 2) e.Seek(buffer);
    ++n;
    e.rr(Op::kADD64rr, static_cast<Reg>(n & 15), static_cast<Reg>(n >> 4));
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_OneRegisterForm);

// The operation too is unknown to the compiler.
void BM_AnyRegisterForm(benchmark::State& state) {
  constexpr Op kOps[] = {Op::kADD64rr, Op::kMOV32rr, Op::kXOR64rr, Op::kIMUL64rr, Op::kMOVZX32rr8, Op::kBLSR64rr};
  Emitter e(buffer, buffer + sizeof(buffer));
  uint8_t n = 0;
  for (auto _ : state) {
    if (e.size() > sizeof(buffer) / 2) e.Seek(buffer);
    ++n;
    e.rr(kOps[n % 6], static_cast<Reg>(n & 15), static_cast<Reg>(n >> 4));
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_AnyRegisterForm);

}  // namespace
}  // namespace emu::backends::x86_64

BENCHMARK_MAIN();
