// Loops that are in their block several times, and end when two sums that differ by another constant each round are
// equal, or when one has reached the other: whether all rounds of the block are to be run is asked once, before the
// first.
#ifndef EMU_TRANSLATE_IR_ROUNDS_H_
#define EMU_TRANSLATE_IR_ROUNDS_H_

#include "translate/ir/ir.h"

namespace emu::ir {

// Puts `leaveif` in place of the `exitif` of such rounds, for each pair of sums of which there are enough of them;
// gives how many were left out. It stands before the charge, so that there is nothing to give back. The block must have
// been optimized (passes.h), and should be so again afterwards.
unsigned AskForRounds(Block* block);

}  // namespace emu::ir

#endif  // EMU_TRANSLATE_IR_ROUNDS_H_
