#include "boards/processor.h"

#include <utility>

#include "backends/interpreter/interpreter.h"
#include "backends/x86_64/backend.h"

namespace emu::boards {
namespace {

absl::StatusOr<std::unique_ptr<translate::Backend>> MakeBackend(const translate::Target& target,
                                                                const ProcessorOptions& options) {
  if (options.accel == Accel::kInterp) return backends::interpreter::MakeInterpreter(target);
  backends::x86_64::Options x86;
  if (options.code_bytes != 0) x86.code_bytes = options.code_bytes;
  x86.jit = options.engine.jit;
  return backends::x86_64::MakeBackend(target, x86);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Processor>> Processor::Make(const translate::Target& target,
                                                           memory::AddressSpace& memory, translate::CpuState& state,
                                                           const ProcessorOptions& options) {
  absl::StatusOr<std::unique_ptr<translate::Backend>> backend = MakeBackend(target, options);
  if (!backend.ok()) return backend.status();
  return std::unique_ptr<Processor>(new Processor(target, memory, state, *std::move(backend), options.engine));
}

Processor::Processor(const translate::Target& target, memory::AddressSpace& memory, translate::CpuState& state,
                     std::unique_ptr<translate::Backend> backend, const translate::EngineOptions& options)
    : backend_(std::move(backend)), cpu_(0, target, memory, state), engine_(target, *backend_, options) {
  engine_.Attach(&cpu_);
}

}  // namespace emu::boards
