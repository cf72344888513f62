#include "cli/debugging.h"

#include <unistd.h>

#include <optional>

#include "absl/strings/str_cat.h"
#include "cli/monitors.h"
#include "debug/gdb/server.h"
#include "debug/gdb/stream_spec.h"
#include "debug/machine_log.h"
#include "debug/monitor/monitor.h"
#include "debug/perf_map.h"
#include "debug/symbols.h"
#include "debug/trace/session.h"
#include "debug/watch_hub.h"

namespace emu::cli {
namespace {

// Members in the order in which they depend on each other.
class Attached final : public Debugging {
 public:
  Attached(const DebugOptions& options, boards::Machine& machine)
      : machine_(machine),
        hub_(machine.processor().cpu(), machine.memory()),
        traces_(machine.processor().cpu(), hub_, symbols_, {.keep_last_writers = !options.monitors.empty()}) {}

  absl::Status Open(const DebugOptions& options) {
    if (absl::Status status = LoadSymbols(options.symbols); !status.ok()) return status;
    log_ = std::make_unique<debug::MachineLog>(machine_, Names());
    if (options.perf_map) {
      auto map = debug::PerfMap::Create(debug::PerfMap::PathFor(getpid()), machine_.processor().engine(), Names());
      if (!map.ok()) return map.status();
      perf_map_ = *std::move(map);
    }
    for (const std::string& spec : options.traces) {
      const absl::StatusOr<int> id = traces_.Start(spec);
      if (!id.ok()) return absl::Status(id.status().code(), absl::StrCat("-", id.status().message()));
    }
    monitor_.emplace(debug::MonitorParts{machine_, hub_, symbols_, &traces_, log_.get(), options.name});
    if (absl::Status status = OpenGdb(options.gdb); !status.ok()) return status;
    return monitors_.emplace(machine_, *monitor_).Open(options);
  }

 private:
  absl::Status OpenGdb(const std::vector<std::string>& streams) {
    for (const std::string& stream : streams) {
      const absl::StatusOr<devices::CharSpec> spec = debug::gdb::ParseStreamSpec(stream);
      if (!spec.ok()) return spec.status();
      const auto backend = machine_.chars().OpenStream(*spec, "gdb");
      if (!backend.ok())
        return absl::Status(backend.status().code(), absl::StrCat("-gdb ", backend.status().message()));
      gdb_.push_back(std::make_unique<debug::gdb::Server>(debug::gdb::ServerParts{
          machine_, hub_, **backend, [this](absl::string_view line) { return monitor_->Execute(line); }}));
    }
    return absl::OkStatus();
  }

  absl::Status LoadSymbols(const std::vector<std::string>& paths) {
    for (const std::string& path : paths) {
      const absl::StatusOr<debug::SymbolTable> more = debug::SymbolTable::Load(path);
      if (!more.ok()) return absl::Status(more.status().code(), absl::StrCat("-symbols ", more.status().message()));
      symbols_.Merge(*more);
    }
    return absl::OkStatus();
  }

  debug::AddressNames Names() const {
    if (symbols_.empty()) return nullptr;
    return [this](uint64_t address) { return symbols_.Describe(address); };
  }

  boards::Machine& machine_;
  debug::WatchHub hub_;
  debug::SymbolTable symbols_;
  debug::TraceSession traces_;
  std::unique_ptr<debug::MachineLog> log_;
  std::unique_ptr<debug::PerfMap> perf_map_;
  std::optional<debug::Monitor> monitor_;
  std::vector<std::unique_ptr<debug::gdb::Server>> gdb_;
  std::optional<Monitors> monitors_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Debugging>> Debugging::Attach(const DebugOptions& options, boards::Machine& machine) {
  auto attached = std::make_unique<Attached>(options, machine);
  if (absl::Status status = attached->Open(options); !status.ok()) return status;
  return attached;
}

}  // namespace emu::cli
