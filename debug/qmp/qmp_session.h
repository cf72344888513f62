// One QMP client at a time on a byte stream: greeting, negotiation of capabilities, commands and their answers, events
// (QEMU's "QMP protocol specification"). A new client begins anew.
#ifndef EMU_DEBUG_QMP_QMP_SESSION_H_
#define EMU_DEBUG_QMP_QMP_SESSION_H_

#include <deque>
#include <functional>
#include <optional>

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

  struct Options {
    llvm::json::Object version = {};  // as query-version gives it
    bool pretty = false;              // several lines for each message
    // Whether a command has begun something that is not done yet. Its answer, and all further requests, wait until
    // Continue() is called. Empty: none does.
    std::function<bool()> under_way = nullptr;
  };

  // Backend and commands outlive the session.
  QmpSession(devices::CharBackend& backend, const QmpCommands& commands, Options options);
  ~QmpSession();
  QmpSession(const QmpSession&) = delete;
  QmpSession& operator=(const QmpSession&) = delete;

  // Only for clients that have negotiated.
  void SendEvent(const llvm::json::Object& event);
  // What was under way is done. Requests that wait may be executed at once.
  void Continue();
  // The answer that waits is due, and there will be no more.
  void SendHeld();

 private:
  void Greet();
  void OnEvent(devices::CharEvent event);
  void ServeWaiting();
  void OnInput(absl::StatusOr<llvm::json::Value> input);
  void OnRequest(llvm::json::Object request);
  absl::StatusOr<llvm::json::Value> Execute(const llvm::json::Object& request);
  absl::StatusOr<llvm::json::Value> Negotiate(const llvm::json::Object& arguments);
  void Send(const llvm::json::Value& message);

  devices::CharBackend& backend_;
  const QmpCommands& commands_;
  const Options options_;
  JsonSplitter splitter_;
  std::deque<absl::StatusOr<llvm::json::Value>> waiting_;
  std::optional<llvm::json::Value> held_;  // the answer to the last request
  bool negotiated_ = false;
};

}  // namespace emu::debug

#endif  // EMU_DEBUG_QMP_QMP_SESSION_H_
