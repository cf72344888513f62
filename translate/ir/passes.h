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

// propagate_registers: a `get` of a known value goes, and so does a `set` of what is there already.
// fold: fold.h. drop_dead_sets: a `set` overwritten before anything can observe it. drop_dead_values: values without
// effects that nothing uses, and what only changes bits of a value that nothing asks for.
struct OptimizeOptions {
#define EMU_JIT_PASS(field, name, what) bool field = true;
#include "translate/options/switches.def"
};

// The passes, for listings, in an order in which each makes work for the next.
struct PassInfo {
  absl::string_view name;
  bool OptimizeOptions::* on;
  absl::string_view what;
};
inline constexpr PassInfo kPasses[] = {
#define EMU_JIT_PASS(field, name, what) {#field, &OptimizeOptions::field, what},
#include "translate/options/switches.def"
};

// The guest may look at its registers there, or the block is left.
bool Observes(const Instr& i);
// Has a result, and does nothing else but read registers.
bool MayDrop(Op op);

// The block is valid (verifier.h), guest registers do not overlap in storage; it is valid afterwards.
void Optimize(Block* block, const OptimizeOptions& options = {});
// The backward walk alone: sets and values are only left out, or renamed with all that use them.
void DropWhatIsDead(Block* block, const OptimizeOptions& options = {});

}  // namespace emu::ir

#endif  // EMU_TRANSLATE_IR_PASSES_H_
