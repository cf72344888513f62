// For tests: combinations of the switches, by number.
#ifndef EMU_TRANSLATE_OPTIONS_DRAW_JIT_OPTIONS_H_
#define EMU_TRANSLATE_OPTIONS_DRAW_JIT_OPTIONS_H_

#include <cstdint>

#include "translate/options/jit_options.h"

namespace emu::translate {

// The combination of a number. First everything, nothing, and each switch alone off; then random ones, of which some
// have few off and some have few on.
JitOptions DrawJitOptions(uint64_t number);
// The same with all passes over blocks off.
JitOptions WithoutPasses(JitOptions options);

}  // namespace emu::translate

#endif  // EMU_TRANSLATE_OPTIONS_DRAW_JIT_OPTIONS_H_
