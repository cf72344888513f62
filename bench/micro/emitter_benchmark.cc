// One host instruction at a time into a buffer.
#include <benchmark/benchmark.h>

#include <array>

#include "backends/x86_64/encoding/emitter.h"

namespace emu::backends::x86_64 {
namespace {

void Emit(benchmark::State& state) {
  std::array<uint8_t, 4096> buffer;
  Emitter e(buffer.data(), buffer.data() + buffer.size());
  int32_t n = 0;
  for (auto _ : state) {
    e.rm(Op::kMOV64rm, Reg::rax, Mem::Base(Reg::rdi, n));
    e.rr(Op::kADD64rr, Reg::rax, Reg::rsi);
    e.mr(Op::kMOV64mr, Mem::Base(Reg::rdi, 8), Reg::rax);
    n = (n + 8) & 0xff8;
    if (e.overflow() || e.size() > buffer.size() - 128) e.Seek(buffer.data());
  }
  state.SetItemsProcessed(state.iterations() * 3);
  benchmark::DoNotOptimize(buffer.data());
}
BENCHMARK(Emit);

}  // namespace
}  // namespace emu::backends::x86_64
