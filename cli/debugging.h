// What the user wants to see of the machine, joined to it: traces, monitors, gdb.
#ifndef EMU_CLI_DEBUGGING_H_
#define EMU_CLI_DEBUGGING_H_

#include <memory>

#include "absl/status/statusor.h"
#include "boards/machine.h"
#include "cli/options.h"

namespace emu::cli {

class Debugging {
 public:
  // Both outlive the result.
  static absl::StatusOr<std::unique_ptr<Debugging>> Attach(const DebugOptions& options, boards::Machine& machine);
  virtual ~Debugging() = default;
};

}  // namespace emu::cli

#endif  // EMU_CLI_DEBUGGING_H_
