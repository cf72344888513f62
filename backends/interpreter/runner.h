// Runs a Program: one function for each operation.
#ifndef EMU_BACKENDS_INTERPRETER_RUNNER_H_
#define EMU_BACKENDS_INTERPRETER_RUNNER_H_

#include <cstdint>

#include "backends/interpreter/program.h"
#include "translate/engine/backend.h"
#include "translate/engine/cpu_state.h"

namespace emu::backends::interpreter {

// Runs `program` to where it leaves. kJump: `id` is the exit, its PC is in state.pc. kLookup: state.pc says where to.
// `values` has room for each step's.
translate::Exit RunProgram(const Program& program, translate::CpuState& state, uint64_t* values);

}  // namespace emu::backends::interpreter

#endif  // EMU_BACKENDS_INTERPRETER_RUNNER_H_
