// The backend that compiles IR blocks to x86-64 host code.
#ifndef EMU_BACKENDS_X86_64_BACKEND_H_
#define EMU_BACKENDS_X86_64_BACKEND_H_

#include <cstddef>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "backends/x86_64/encoding/host_features.h"
#include "translate/engine/backend.h"
#include "translate/engine/target.h"
#include "translate/options/jit_options.h"

namespace emu::backends::x86_64 {

struct Options {
  size_t code_bytes = size_t{64} << 20;  // of generated code; when it is full everything is discarded
  HostFeatures features = Host();        // what generated code may use; never more than the host has
  translate::JitOptions jit = {};        // and of that, what it is to use
};

// A backend for CPUs of one target. Fails if the host gives no memory that can hold code.
absl::StatusOr<std::unique_ptr<translate::Backend>> MakeBackend(const translate::Target& target, Options options = {});
// The same for a target that is no more than its tables; the spans outlive the backend.
absl::StatusOr<std::unique_ptr<translate::Backend>> MakeBackend(absl::Span<const translate::RegisterInfo> registers,
                                                                absl::Span<const translate::HelperInfo> helpers,
                                                                Options options = {});

}  // namespace emu::backends::x86_64

#endif  // EMU_BACKENDS_X86_64_BACKEND_H_
