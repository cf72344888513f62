// Where random bytes come from: the host, or a seed when a run must repeat exactly.
#ifndef EMU_DEVICES_ENTROPY_H_
#define EMU_DEVICES_ENTROPY_H_

#include <cstdint>
#include <functional>

#include "absl/types/span.h"

namespace emu::devices {

using EntropySource = std::function<void(absl::Span<uint8_t> bytes)>;

// The host's own generator.
EntropySource HostEntropy();
// The same bytes for the same seed and the same requests. No secret.
EntropySource SeededEntropy(uint64_t seed);

}  // namespace emu::devices

#endif  // EMU_DEVICES_ENTROPY_H_
