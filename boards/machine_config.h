// What a user asks of a machine, whatever board it is.
#ifndef EMU_BOARDS_MACHINE_CONFIG_H_
#define EMU_BOARDS_MACHINE_CONFIG_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "boards/guest_log.h"
#include "boards/processor.h"
#include "devices/char_spec.h"
#include "translate/options/jit_options.h"

namespace emu::boards {

// "-device NAME,property=value,...".
struct DeviceRequest {
  std::string driver;
  std::vector<std::pair<std::string, std::string>> properties;
};

struct MachineConfig {
  std::string cpu;         // "NAME,extension=on,..."; empty: the board's own
  uint64_t ram_bytes = 0;  // 0: the board's own
  Accel accel = Accel::kJit;
  translate::JitOptions jit;     // -jit-opt
  uint64_t jit_cache_bytes = 0;  // -jit-cache; 0: the backend's own

  std::string kernel, initrd, append, dtb;  // paths, and the kernel's command line
  std::string bios = "default";             // default, none, or a path
  std::string dump_dtb;                     // write the device tree here and do not run

  bool deterministic = false;            // time follows the instruction count, seeds are fixed
  std::optional<uint64_t> insn_limit;    // end after so many instructions; needs `deterministic`
  std::optional<int64_t> epoch_seconds;  // time of day at the start; else the host's, or a fixed one
  bool exit_on_reset = false;            // -no-reboot
  bool start_paused = false;             // -S

  std::vector<devices::CharSpec> serials;  // of the first port, the second, ...; kNone: nobody
  std::vector<devices::CharSpec> chardevs;
  std::vector<DeviceRequest> devices;
  bool modern_virtio_mmio = false;  // version 2 of the transport, not the legacy one
  std::map<std::string, std::string> board_options;
  GuestLog log;
};

}  // namespace emu::boards

#endif  // EMU_BOARDS_MACHINE_CONFIG_H_
