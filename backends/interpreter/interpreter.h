// The reference backend: executes a block's IR as the table and translate/ir/eval.h say, one operation at a time.
#ifndef EMU_BACKENDS_INTERPRETER_INTERPRETER_H_
#define EMU_BACKENDS_INTERPRETER_INTERPRETER_H_

#include <cstddef>
#include <memory>

#include "absl/types/span.h"
#include "translate/engine/backend.h"
#include "translate/engine/target.h"

namespace emu::backends::interpreter {

// How many operations all blocks together may have before everything is discarded.
inline constexpr size_t kDefaultMaxSteps = size_t{4} << 20;

// The spans outlive the backend.
std::unique_ptr<translate::Backend> MakeInterpreter(absl::Span<const translate::RegisterInfo> registers,
                                                    absl::Span<const translate::HelperInfo> helpers,
                                                    size_t max_steps = kDefaultMaxSteps);
inline std::unique_ptr<translate::Backend> MakeInterpreter(const translate::Target& target) {
  return MakeInterpreter(target.registers(), target.helpers());
}

}  // namespace emu::backends::interpreter

#endif  // EMU_BACKENDS_INTERPRETER_INTERPRETER_H_
