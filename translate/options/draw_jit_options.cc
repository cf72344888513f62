#include "translate/options/draw_jit_options.h"

#include "translate/ir/random_program.h"

namespace emu::translate {

JitOptions DrawJitOptions(uint64_t number) {
  const absl::Span<const JitSwitch> switches = JitSwitches();
  if (number == 1) return JitOptions::None();
  JitOptions options;
  if (number >= 2 && number - 2 < switches.size()) options.*switches[number - 2].on = false;
  if (number < 2 + switches.size()) return options;
  ir::Random random(number);
  const unsigned off_of_eight = 1 + random.Below(7);
  for (const JitSwitch& s : switches) options.*s.on = random.Below(8) >= off_of_eight;
  return options;
}

JitOptions WithoutPasses(JitOptions options) {
  for (const ir::PassInfo& pass : ir::kPasses) options.*pass.on = false;
  return options;
}

}  // namespace emu::translate
