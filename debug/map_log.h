// Writes the memory map and its changes to the log: -d page.
#ifndef EMU_DEBUG_MAP_LOG_H_
#define EMU_DEBUG_MAP_LOG_H_

#include "boards/guest_log.h"
#include "memory/address_space.h"
#include "memory/listener.h"

namespace emu::debug {

// The flat view at the beginning, then ranges that come and go.
class MapLog final : private memory::Listener {
 public:
  // The address space outlives the log.
  MapLog(boards::GuestLog log, memory::AddressSpace& space);
  ~MapLog() override;

 private:
  void OnAdd(memory::AddressSpace& space, const memory::FlatRange& range) override;
  void OnRemove(memory::AddressSpace& space, const memory::FlatRange& range) override;
  void Print(char sign, const memory::FlatRange& range) const;

  const boards::GuestLog log_;
  memory::AddressSpace& space_;
  bool leaving_ = false;
};

}  // namespace emu::debug

#endif  // EMU_DEBUG_MAP_LOG_H_
