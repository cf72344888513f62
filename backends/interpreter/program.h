// A block as the interpreter runs it: the IR with everything looked up that does not change from run to run.
#ifndef EMU_BACKENDS_INTERPRETER_PROGRAM_H_
#define EMU_BACKENDS_INTERPRETER_PROGRAM_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "translate/engine/backend.h"
#include "translate/engine/target.h"
#include "translate/ir/ir.h"

namespace emu::backends::interpreter {

struct Step {
  ir::Op op;
  ir::Type type;
  ir::Type arg_type;  // of the first argument
  uint16_t aux;
  ir::Value args[3];
  uint32_t extra;
  uint32_t id = 0;      // exit, site, or step to branch to
  uint32_t offset = 0;  // of the register in the CpuState
  uint64_t imm;
  translate::HelperFn helper = nullptr;
};

struct Program {
  uint64_t pc = 0;
  uint32_t index = 0;  // in the order of compilation, from 1
  bool retired = false;
  std::vector<Step> steps;
};

// What a Program is made with.
struct Tables {
  absl::Span<const translate::RegisterInfo> registers;
  absl::Span<const translate::HelperInfo> helpers;
};

Program MakeProgram(const ir::Block& block, const Tables& tables, translate::CompileSink& sink);

}  // namespace emu::backends::interpreter

#endif  // EMU_BACKENDS_INTERPRETER_PROGRAM_H_
