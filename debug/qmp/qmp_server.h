// QMP for a machine: its commands, and events for all clients.
#ifndef EMU_DEBUG_QMP_QMP_SERVER_H_
#define EMU_DEBUG_QMP_QMP_SERVER_H_

#include <sys/time.h>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "boards/run_control.h"
#include "debug/qmp/machine_commands.h"
#include "debug/qmp/qmp_commands.h"
#include "debug/qmp/qmp_session.h"
#include "devices/char_backend.h"
#include "devices/event_loop.h"
#include "llvm/Support/JSON.h"

namespace emu::debug {

class QmpServer final : private boards::RunStateListener {
 public:
  using Now = std::function<timeval()>;

  // `now`, if given, replaces the host's clock in events.
  explicit QmpServer(QmpParts parts, Now now = nullptr);
  ~QmpServer() override;

  // Serves whoever is at the other end of `backend`, which outlives the server.
  void Serve(devices::CharBackend& backend, bool pretty = false);
  QmpCommands& commands() { return commands_; }

 private:
  bool UnderWay() const;
  void ContinueSoon();
  void OnPause(boards::PauseReason reason) override;
  void OnResume() override;
  void OnReset() override;
  void OnShutdown(bool guest) override;
  void Send(absl::string_view name, std::optional<llvm::json::Object> data = std::nullopt);
  llvm::json::Object Cause() const;

  boards::Machine& machine_;
  const Now now_;
  QmpCommands commands_;
  std::vector<std::unique_ptr<QmpSession>> sessions_;
  int wake_fd_;  // always readable
  devices::EventLoop::WatchId watch_;
  bool never_ran_;
  bool stopped_;  // as clients know
};

}  // namespace emu::debug

#endif  // EMU_DEBUG_QMP_QMP_SERVER_H_
