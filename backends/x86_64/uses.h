// What is asked of a block's values.
#ifndef EMU_BACKENDS_X86_64_USES_H_
#define EMU_BACKENDS_X86_64_USES_H_

#include <cstdint>
#include <vector>

#include "translate/ir/ir.h"

namespace emu::backends::x86_64 {

// By value.
inline std::vector<uint32_t> CountUses(const ir::Block& block) {
  std::vector<uint32_t> uses(block.code.size());
  for (const ir::Instr& i : block.code) {
    for (ir::Value v : i.args) {
      if (v != ir::kNoValue) ++uses[v];
    }
  }
  return uses;
}

// Guest memory, or anything at all.
inline bool MayWrite(const ir::Instr& i) {
  return i.op != ir::Op::kLoad && (ir::HasEffect(i.op, 'm') || ir::HasEffect(i.op, 'l'));
}

}  // namespace emu::backends::x86_64

#endif  // EMU_BACKENDS_X86_64_USES_H_
