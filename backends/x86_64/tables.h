// Looks into tables: loads and stores at a base plus an index that cannot be large. Off one base they share a check of
// all bytes that they may be of.
#ifndef EMU_BACKENDS_X86_64_TABLES_H_
#define EMU_BACKENDS_X86_64_TABLES_H_

#include "translate/ir/ir.h"

namespace emu::backends::x86_64 {

// Gives such accesses their index by itself, so that nothing else need add it; false: there are none. Values keep their
// numbers.
bool IndexTables(ir::Block* block);

}  // namespace emu::backends::x86_64

#endif  // EMU_BACKENDS_X86_64_TABLES_H_
