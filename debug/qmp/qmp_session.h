// One QMP client at a time on a byte stream: greeting, negotiation of capabilities, commands and their answers, events
// (QEMU's "QMP protocol specification"). A new client begins anew.
#ifndef EMU_DEBUG_QMP_QMP_SESSION_H_
#define EMU_DEBUG_QMP_QMP_SESSION_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "debug/qmp/json_splitter.h"
#include "debug/qmp/qmp_commands.h"
#include "devices/char_backend.h"
#include "llvm/Support/JSON.h"

namespace emu::debug {

class QmpSession {
 public:
  // A client that does not read its answers is not listened to, and gets no events, beyond so many bytes.
  static constexpr size_t kMaxQueued = 64 << 10;

  // `version` as query-version gives it. `pretty`: several lines for each message. All outlive the session.
  QmpSession(devices::CharBackend& backend, const QmpCommands& commands, llvm::json::Object version, bool pretty);
  ~QmpSession();
  QmpSession(const QmpSession&) = delete;
  QmpSession& operator=(const QmpSession&) = delete;

  // Only for clients that have negotiated.
  void SendEvent(const llvm::json::Object& event);

 private:
  void Greet();
  void OnEvent(devices::CharEvent event);
  void OnInput(absl::StatusOr<llvm::json::Value> input);
  void OnRequest(llvm::json::Object request);
  absl::StatusOr<llvm::json::Value> Execute(const llvm::json::Object& request);
  absl::StatusOr<llvm::json::Value> Negotiate(const llvm::json::Object& arguments);
  void Send(llvm::json::Value message);

  devices::CharBackend& backend_;
  const QmpCommands& commands_;
  const llvm::json::Object version_;
  const bool pretty_;
  JsonSplitter splitter_;
  bool negotiated_ = false;
};

}  // namespace emu::debug

#endif  // EMU_DEBUG_QMP_QMP_SESSION_H_
