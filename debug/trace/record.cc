#include "debug/trace/record.h"

namespace emu::debug {

absl::string_view AccessTypeName(translate::AccessType type) {
  constexpr absl::string_view kNames[kAccessTypes] = {"read",      "write",      "atomic",   "fetch",
                                                      "walk-read", "walk-write", "dma-read", "dma-write"};
  return kNames[static_cast<int>(type)];
}

}  // namespace emu::debug
