#include "debug/qmp/qmp_server.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <utility>

namespace emu::debug {
namespace {

namespace json = llvm::json;

timeval HostNow() {
  timeval now;
  gettimeofday(&now, nullptr);
  return now;
}

}  // namespace

QmpServer::QmpServer(QmpParts parts, Now now)
    : machine_(parts.machine),
      now_(now ? std::move(now) : HostNow),
      wake_fd_(eventfd(1, EFD_CLOEXEC)),
      never_ran_(machine_.control().paused()),
      stopped_(never_ran_) {
  parts.power_button_pressed = [this] { Send("POWERDOWN"); };
  AddMachineCommands(commands_, parts, [this] { return never_ran_; });
  AddMemoryCommands(commands_, parts);
  machine_.control().AddListener(this);
  watch_ = machine_.events().Watch(wake_fd_, 0, [this](short) {
    machine_.events().SetEvents(watch_, 0);
    for (const auto& session : sessions_) session->Continue();
  });
}

QmpServer::~QmpServer() {
  machine_.events().Unwatch(watch_);
  close(wake_fd_);
  machine_.control().RemoveListener(this);
}

void QmpServer::Serve(devices::CharBackend& backend, bool pretty) {
  sessions_.push_back(std::make_unique<QmpSession>(
      backend, commands_, QmpSession::Options{QmpVersion(), pretty, [this] { return UnderWay(); }}));
}

// Answers come after the events that commands cause, and the next request finds what the last one wanted.
bool QmpServer::UnderWay() const {
  return (machine_.control().paused() && !stopped_) || (machine_.resetting() && !machine_.ending());
}

// Not from within a listener's call: others have yet to hear of the same thing.
void QmpServer::ContinueSoon() { machine_.events().SetEvents(watch_, POLLIN); }

void QmpServer::OnPause(boards::PauseReason) {
  if (!std::exchange(stopped_, true)) Send("STOP");
  ContinueSoon();
}

// A pause that is taken back before the guest has come to it was one for those who asked.
void QmpServer::OnResume() {
  if (!stopped_) Send("STOP");
  never_ran_ = stopped_ = false;
  Send("RESUME");
  ContinueSoon();
}

void QmpServer::OnReset() {
  Send("RESET", Cause());
  ContinueSoon();
}

void QmpServer::OnShutdown(bool) {
  for (const auto& session : sessions_) session->SendHeld();
  Send("SHUTDOWN", Cause());
}

json::Object QmpServer::Cause() const {
  const boards::RunCause cause = machine_.cause();
  return json::Object{{"guest", boards::ByGuest(cause)}, {"reason", std::string(boards::RunCauseName(cause))}};
}

void QmpServer::Send(absl::string_view name, std::optional<json::Object> data) {
  const timeval now = now_();
  json::Object event{{"event", std::string(name)},
                     {"timestamp", json::Object{{"seconds", static_cast<int64_t>(now.tv_sec)},
                                                {"microseconds", static_cast<int64_t>(now.tv_usec)}}}};
  if (data.has_value()) event["data"] = *std::move(data);
  for (const auto& session : sessions_) session->SendEvent(event);
}

}  // namespace emu::debug
