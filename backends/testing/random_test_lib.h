// Random programs on backends: what differs, with the listing and the state it began in.
#ifndef EMU_BACKENDS_TESTING_RANDOM_TEST_LIB_H_
#define EMU_BACKENDS_TESTING_RANDOM_TEST_LIB_H_

#include <cstdint>
#include <string>

#include "backends/testing/machine.h"
#include "translate/ir/ir.h"

namespace emu::backends::testing {

// The block of a seed, over the Machine's registers, memory and helpers. Every fourth seed does without floating point.
ir::Block RandomBlock(uint64_t seed);

// One that is hard on the allocation of host registers: dozens of values alive at once, read from guest registers that
// are set while the values are still needed, kept over calls, divisions and memory accesses. A block may be left before
// any of the accesses.
ir::Block CrowdedBlock(uint64_t seed);

// Runs `block` on `actual` and `reference_block` on `reference` from one random state. Empty, or a report for a person.
std::string CompareRuns(Machine& reference, const ir::Block& reference_block, Machine& actual, const ir::Block& block,
                        uint64_t seed);

}  // namespace emu::backends::testing

#endif  // EMU_BACKENDS_TESTING_RANDOM_TEST_LIB_H_
