// Serves -d on a machine: joins those parts of the log to it that somebody wants to see.
#ifndef EMU_DEBUG_MACHINE_LOG_H_
#define EMU_DEBUG_MACHINE_LOG_H_

#include <cstdint>
#include <memory>
#include <optional>

#include "boards/machine.h"
#include "debug/address_names.h"
#include "debug/engine_log.h"
#include "debug/map_log.h"
#include "debug/mmu_log.h"

namespace emu::debug {

class MachineLog {
 public:
  // The items are those of the machine's configuration. The machine outlives the log.
  MachineLog(boards::Machine& machine, AddressNames names);

  uint32_t items() const { return machine_.config().log.items(); }
  // Other items from now on; between runs of the engine.
  void SetItems(uint32_t items);

 private:
  boards::Machine& machine_;
  const AddressNames names_;
  std::unique_ptr<EngineLog> engine_;
  std::optional<MmuLog> mmu_;
  std::optional<MapLog> map_;
};

}  // namespace emu::debug

#endif  // EMU_DEBUG_MACHINE_LOG_H_
