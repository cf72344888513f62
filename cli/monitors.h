// Monitors of a machine on the streams that a user named, for people and for programs.
#ifndef EMU_CLI_MONITORS_H_
#define EMU_CLI_MONITORS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "boards/machine.h"
#include "cli/monitor_options.h"
#include "cli/options.h"
#include "debug/monitor/monitor.h"
#include "debug/qmp/qmp_server.h"
#include "debug/terminal/console.h"

namespace emu::cli {

class Monitors {
 public:
  // Both outlive the result.
  Monitors(boards::Machine& machine, debug::Monitor& monitor);
  ~Monitors();

  absl::Status Open(const DebugOptions& options);

 private:
  absl::StatusOr<devices::CharBackend*> OpenStream(const MonitorOption& option);
  absl::Status OpenOne(const MonitorOption& option, const DebugOptions& options);
  void OpenOnSerialPorts(const std::string& prompt);
  void AddConsole(devices::CharBackend& backend, const devices::CharSpec& stream, const std::string& prompt);
  debug::QmpServer& Qmp(const std::string& name);

  boards::Machine& machine_;
  debug::Monitor& monitor_;
  std::vector<std::unique_ptr<debug::Console>> consoles_;
  std::unique_ptr<debug::QmpServer> qmp_;
  int sink_;
  int opened_ = 0;
};

}  // namespace emu::cli

#endif  // EMU_CLI_MONITORS_H_
