// What a pass did to a block, in the form of a diff. A value keeps the name that it had when the block was lifted, so
// that lines which mean the same look the same.
#ifndef EMU_DEBUG_EXPLORER_IR_DIFF_H_
#define EMU_DEBUG_EXPLORER_IR_DIFF_H_

#include <cstdint>
#include <string>
#include <vector>

#include "translate/ir/ir.h"
#include "translate/ir/printer.h"

namespace emu::debug {

// A block whose values have names other than the numbers of their instructions.
struct NamedBlock {
  ir::Block block;
  std::vector<uint32_t> names;  // by instruction
  uint32_t next_name = 0;       // beyond all that were given so far
};
// Values are named by their numbers.
NamedBlock NameValues(const ir::Block& block);

struct IrDiffLine {
  enum class Kind : char { kSame = ' ', kGone = '-', kNew = '+', kChanged = '~' };
  Kind kind;
  std::string text;  // kChanged: as it is now; the operation is the same, what it works on is not
};

// Finds `before`'s instructions again in `after`, whose values get their names.
NamedBlock FollowNames(const NamedBlock& before, const ir::Block& after);
// Of two blocks, the later one by FollowNames.
std::vector<IrDiffLine> Diff(const NamedBlock& before, const NamedBlock& after, const ir::Names& names);

// One instruction as the names say.
std::string PrintNamed(const NamedBlock& block, size_t index, const ir::Names& names);

}  // namespace emu::debug

#endif  // EMU_DEBUG_EXPLORER_IR_DIFF_H_
