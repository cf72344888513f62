#include "cli/debugging.h"

#include "debug/watch_hub.h"

namespace emu::cli {
namespace {

// Members in the order in which they depend on each other.
class Attached final : public Debugging {
 public:
  explicit Attached(boards::Machine& machine) : hub_(machine.processor().cpu(), machine.memory()) {}

  absl::Status Open(const DebugOptions& options) {
    (void)options;
    return absl::OkStatus();
  }

 private:
  debug::WatchHub hub_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Debugging>> Debugging::Attach(const DebugOptions& options, boards::Machine& machine) {
  auto attached = std::make_unique<Attached>(machine);
  if (absl::Status status = attached->Open(options); !status.ok()) return status;
  return attached;
}

}  // namespace emu::cli
