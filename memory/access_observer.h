// Is told of every access that goes through an AddressSpace: for traces of what bus masters do.
#ifndef EMU_MEMORY_ACCESS_OBSERVER_H_
#define EMU_MEMORY_ACCESS_OBSERVER_H_

#include <cstdint>

#include "absl/types/span.h"
#include "memory/access.h"
#include "memory/address.h"
#include "memory/flat_view.h"

namespace emu::memory {

// Called on the thread of the access, after it. Bytes are in the order of their addresses. An access that a device
// makes from within another, or that an IOMMU sends on, is told of where it goes through an observed space. `view` is
// the one in which the access found what answers it, and stays during the call.
class AccessObserver {
 public:
  virtual ~AccessObserver() = default;
  virtual void OnRead(const FlatView& view, Gpa at, absl::Span<const uint8_t> bytes, MemAttrs attrs,
                      MemStatus status) = 0;
  // Also a compare-exchange that stored.
  virtual void OnWrite(const FlatView& view, Gpa at, absl::Span<const uint8_t> bytes, MemAttrs attrs,
                       MemStatus status) = 0;
  // Memory was handed out for direct access, which nobody sees.
  virtual void OnMap(const FlatView& view, Gpa at, uint64_t length, bool write, MemAttrs attrs) = 0;
};

}  // namespace emu::memory

#endif  // EMU_MEMORY_ACCESS_OBSERVER_H_
