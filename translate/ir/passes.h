// Makes a block cheaper before a backend sees it. Two linear walks, one forwards (registers and folding) and one
// backwards (what nobody needs); the buffers are kept from block to block, so that nothing is allocated.
//
// Kept: guest registers and memory, sticky floating-point flags, order and number of everything that may fault or
// leave, instruction counts, and the guest registers' values at each operation that may observe them (effects m, x, e,
// l).
#ifndef EMU_TRANSLATE_IR_PASSES_H_
#define EMU_TRANSLATE_IR_PASSES_H_

#include "absl/strings/string_view.h"
#include "translate/ir/ir.h"

namespace emu::ir {

struct OptimizeOptions {
  bool fold = true;                 // constants, identities, displacements (fold.h)
  bool propagate_registers = true;  // a `get` of a known value goes, and so does a `set` of what is there already
  bool drop_dead_sets = true;       // a `set` overwritten before anything can observe it
  bool drop_dead_values = true;     // values without effects that nothing uses
};

// The names of the passes, for listings, in an order in which each makes work for the next.
struct PassInfo {
  absl::string_view name;
  bool OptimizeOptions::* on;
  absl::string_view what;
};
inline constexpr PassInfo kPasses[] = {
    {"propagate_registers", &OptimizeOptions::propagate_registers, "guest registers whose value is known"},
    {"fold", &OptimizeOptions::fold, "constants, identities, displacements"},
    {"drop_dead_sets", &OptimizeOptions::drop_dead_sets, "writes to registers that nothing can see"},
    {"drop_dead_values", &OptimizeOptions::drop_dead_values, "values that nothing uses"},
};

// The block is valid (verifier.h), guest registers do not overlap in storage; it is valid afterwards.
void Optimize(Block* block, const OptimizeOptions& options = {});

}  // namespace emu::ir

#endif  // EMU_TRANSLATE_IR_PASSES_H_
