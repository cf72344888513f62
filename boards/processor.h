// A guest CPU with all that runs it: backend, engine, and the engine's side of the CPU.
#ifndef EMU_BOARDS_PROCESSOR_H_
#define EMU_BOARDS_PROCESSOR_H_

#include <cstddef>
#include <memory>

#include "absl/status/statusor.h"
#include "memory/address_space.h"
#include "translate/engine/backend.h"
#include "translate/engine/cpu.h"
#include "translate/engine/engine.h"
#include "translate/engine/target.h"

namespace emu::boards {

enum class Accel { kJit, kInterp };

// How guest code is run.
struct ProcessorOptions {
  Accel accel = Accel::kJit;
  translate::EngineOptions engine;
  size_t code_bytes = 0;  // for generated code; 0: the backend's own
};

class Processor {
 public:
  // All arguments outlive the processor.
  static absl::StatusOr<std::unique_ptr<Processor>> Make(const translate::Target& target, memory::AddressSpace& memory,
                                                         translate::CpuState& state, const ProcessorOptions& options);

  translate::Cpu& cpu() { return cpu_; }
  const translate::Cpu& cpu() const { return cpu_; }
  translate::Engine& engine() { return engine_; }
  translate::Backend& backend() { return *backend_; }

 private:
  Processor(const translate::Target& target, memory::AddressSpace& memory, translate::CpuState& state,
            std::unique_ptr<translate::Backend> backend, const translate::EngineOptions& options);

  std::unique_ptr<translate::Backend> backend_;
  translate::Cpu cpu_;
  translate::Engine engine_;
};

}  // namespace emu::boards

#endif  // EMU_BOARDS_PROCESSOR_H_
