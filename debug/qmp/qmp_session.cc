#include "debug/qmp/qmp_session.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "debug/qmp/ascii_json.h"

namespace emu::debug {
namespace {

namespace json = llvm::json;
using devices::CharEvent;

// The two classes of errors that are left in the protocol are told apart by the status code.
json::Object ErrorOf(const absl::Status& status) {
  const bool not_found = status.code() == absl::StatusCode::kNotFound;
  return json::Object{{"class", not_found ? "CommandNotFound" : "GenericError"},
                      {"desc", json::fixUTF8(std::string(status.message()))}};
}

absl::Status CheckMembers(const json::Object& request) {
  for (const auto& [name, value] : request) {
    const llvm::StringRef key = name;
    if (key == "exec-oob") {
      return absl::InvalidArgumentError(
          "\"exec-oob\": out-of-band execution is not among the capabilities of the greeting; use \"execute\"");
    }
    if (key != "execute" && key != "arguments" && key != "id") {
      return absl::InvalidArgumentError(
          absl::StrCat("member \"", key.str(), "\" is unknown; known are execute, arguments, id"));
    }
  }
  if (!request.getString("execute")) return absl::InvalidArgumentError("member \"execute\" (string) is missing");
  const json::Value* arguments = request.get("arguments");
  if (arguments != nullptr && arguments->getAsObject() == nullptr) {
    return absl::InvalidArgumentError("member \"arguments\": expected an object");
  }
  return absl::OkStatus();
}

}  // namespace

QmpSession::QmpSession(devices::CharBackend& backend, const QmpCommands& commands, Options options)
    : backend_(backend), commands_(commands), options_(std::move(options)) {
  Greet();
  devices::CharFrontend frontend;
  frontend.can_receive = [this]() -> size_t { return !held_ && backend_.queued() < kMaxQueued ? 4096 : 0; };
  frontend.receive = [this](absl::string_view bytes) {
    splitter_.Feed(bytes, [this](absl::StatusOr<json::Value> input) { waiting_.push_back(std::move(input)); });
    ServeWaiting();
  };
  frontend.event = [this](CharEvent event) { OnEvent(event); };
  backend_.SetFrontend(std::move(frontend));
}

QmpSession::~QmpSession() { backend_.SetFrontend({}); }

void QmpSession::Greet() {
  Send(json::Object{
      {"QMP", json::Object{{"version", json::Object(options_.version)}, {"capabilities", json::Array()}}}});
}

void QmpSession::OnEvent(CharEvent event) {
  if (event != CharEvent::kOpened && event != CharEvent::kClosed) return;
  splitter_.Reset();
  waiting_.clear();
  held_.reset();
  negotiated_ = false;
  if (event == CharEvent::kOpened) Greet();
}

void QmpSession::SendEvent(const json::Object& event) {
  if (negotiated_ && backend_.queued() < kMaxQueued) Send(json::Object(event));
}

void QmpSession::ServeWaiting() {
  while (!waiting_.empty() && !held_) {
    absl::StatusOr<json::Value> input = std::move(waiting_.front());
    waiting_.pop_front();
    OnInput(std::move(input));
  }
}

void QmpSession::SendHeld() {
  if (held_) Send(*std::exchange(held_, std::nullopt));
}

void QmpSession::Continue() {
  if (!held_ || options_.under_way()) return;
  SendHeld();
  ServeWaiting();
  backend_.AcceptInput();
}

void QmpSession::OnInput(absl::StatusOr<json::Value> input) {
  if (!input.ok()) return Send(json::Object{{"error", ErrorOf(input.status())}});
  json::Object* const request = input->getAsObject();
  if (request != nullptr) return OnRequest(std::move(*request));
  Send(json::Object{{"error", ErrorOf(absl::InvalidArgumentError("a request must be a JSON object"))}});
}

void QmpSession::OnRequest(json::Object request) {
  const bool before = options_.under_way && options_.under_way();
  absl::Status status = CheckMembers(request);
  absl::StatusOr<json::Value> result = status.ok() ? Execute(request) : absl::StatusOr<json::Value>(status);
  json::Object answer;
  if (result.ok()) {
    answer["return"] = *std::move(result);
  } else {
    answer["error"] = ErrorOf(result.status());
  }
  if (json::Value* const id = request.get("id")) answer["id"] = std::move(*id);
  if (!before && options_.under_way && options_.under_way()) {
    held_ = std::move(answer);
  } else {
    Send(std::move(answer));
  }
}

absl::StatusOr<json::Value> QmpSession::Execute(const json::Object& request) {
  const std::string name = request.getString("execute")->str();
  const bool capabilities = name == "qmp_capabilities";
  if (capabilities == negotiated_) {
    return absl::NotFoundError(negotiated_ ? "capabilities have been negotiated already"
                                           : absl::StrCat("command \"", name, "\" comes after qmp_capabilities"));
  }
  const QmpCommand* const command = commands_.Find(name);
  if (command == nullptr) {
    return absl::NotFoundError(absl::StrCat("command \"", name, "\" is unknown; query-commands lists all"));
  }
  const json::Object none;
  const json::Object* const given = request.getObject("arguments");
  const json::Object& arguments = given == nullptr ? none : *given;
  if (absl::Status status = QmpCommands::CheckArguments(*command, arguments); !status.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(name, ": ", status.message()));
  }
  if (capabilities) return Negotiate(arguments);
  absl::StatusOr<json::Value> result = command->run(arguments);
  if (result.ok()) return result;
  return absl::InvalidArgumentError(absl::StrCat(name, ": ", result.status().message()));
}

absl::StatusOr<json::Value> QmpSession::Negotiate(const json::Object& arguments) {
  const json::Array* const wanted = arguments.getArray("enable");
  if (wanted != nullptr && !wanted->empty()) {
    return absl::InvalidArgumentError("qmp_capabilities: the greeting offers no capabilities to enable");
  }
  negotiated_ = true;
  return json::Object();
}

void QmpSession::Send(const json::Value& message) { backend_.Write(AsciiJson(message, options_.pretty)); }

}  // namespace emu::debug
