// How the engine runs a seed's guest or program on the compiler.
#ifndef EMU_TARGETS_RISCV_FUZZ_DRAW_ENGINE_H_
#define EMU_TARGETS_RISCV_FUZZ_DRAW_ENGINE_H_

#include <cstdint>

#include "targets/riscv/test_machine.h"
#include "translate/options/draw_jit_options.h"

namespace emu::riscv {

// What is done for speed, by the switches and what has none.
inline TestMachineOptions DrawEngine(uint64_t seed) {
  TestMachineOptions setup;
  setup.accel = TestAccel::kJit;
  setup.jit = translate::DrawJitOptions(seed);
  setup.windows_at_once = seed % 2 != 0;
  setup.settled_samples = 1 + seed % 3;
  setup.hot_exits = 1 + seed % 4;
  setup.interpret_all = seed % 5 == 0;
  return setup;
}

}  // namespace emu::riscv

#endif  // EMU_TARGETS_RISCV_FUZZ_DRAW_ENGINE_H_
