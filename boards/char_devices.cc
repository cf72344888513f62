#include "boards/char_devices.h"

#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "devices/fd_backend.h"

namespace emu::boards {

using devices::CharBackend;
using devices::CharMux;
using devices::CharSpec;

namespace {

std::string SocketName(const devices::SocketAddress& socket) {
  return absl::StrCat(
      socket.path.empty() ? absl::StrCat("tcp:", socket.host, ":", socket.port) : absl::StrCat("unix:", socket.path),
      socket.server ? ",server=on" : "");
}

// As `info chardev` and query-chardev name it.
std::string FilenameOf(const CharSpec& spec, const CharBackend& backend) {
  switch (spec.kind) {
    case CharSpec::Kind::kStdio:
      return "stdio";
    case CharSpec::Kind::kFile:
      return "file";
    case CharSpec::Kind::kPty:
      return absl::StrCat("pty:", dynamic_cast<const devices::PtyBackend&>(backend).path());
    case CharSpec::Kind::kSocket:
      return SocketName(spec.socket);
    default:
      return "null";
  }
}

}  // namespace

absl::Status CharDevices::Open(absl::Span<const CharSpec> chardevs, absl::Span<const CharSpec> serials) {
  for (const CharSpec& spec : chardevs) {
    if (named_.count(spec.id) != 0) {
      return absl::InvalidArgumentError(absl::StrCat("-chardev: id \"", spec.id, "\" is used twice"));
    }
    absl::StatusOr<Named> made = Make(spec, spec.id);
    if (!made.ok()) return made.status();
    named_[spec.id] = *made;
  }
  for (const CharSpec& spec : serials) {
    absl::StatusOr<CharBackend*> serial = MakeSerial(spec, serials_.size());
    if (!serial.ok()) return serial.status();
    serials_.push_back(*serial);
  }
  return absl::OkStatus();
}

absl::StatusOr<CharBackend*> CharDevices::MakeSerial(const CharSpec& spec, size_t port) {
  if (spec.kind == CharSpec::Kind::kNone) return nullptr;
  if (spec.kind == CharSpec::Kind::kChardev) return Take(spec.id);
  absl::StatusOr<Named> made = Make(spec, absl::StrCat("serial", port));
  if (!made.ok()) return made.status();
  if (made->mux != nullptr) serial_muxes_.push_back(made->mux);
  return made->backend;
}

absl::StatusOr<CharBackend*> CharDevices::OpenStream(const CharSpec& spec, absl::string_view label) {
  if (spec.kind == CharSpec::Kind::kNone) return nullptr;
  if (spec.kind == CharSpec::Kind::kChardev) return Take(spec.id);
  absl::StatusOr<Named> made = Make(spec, label);
  if (!made.ok()) return made.status();
  return made->backend;
}

std::vector<CharBackend*> CharDevices::MonitorPorts() {
  std::vector<CharBackend*> ports;
  for (CharMux* mux : serial_muxes_) ports.push_back(mux->AddPort());
  return ports;
}

absl::StatusOr<CharDevices::Named> CharDevices::Make(const CharSpec& spec, absl::string_view label) {
  if (spec.kind == CharSpec::Kind::kStdio && std::exchange(stdio_taken_, true)) {
    return absl::InvalidArgumentError(
        "standard input and output can serve one -serial, -monitor, -qmp or -chardev only; "
        "-chardev stdio,id=ID,mux=on can be shared");
  }
  if (spec.kind == CharSpec::Kind::kSocket && spec.socket.server && spec.socket.wait) {
    fprintf(stderr, "waiting for a connection to %s (label %s); wait=off goes on without\n",
            SocketName(spec.socket).c_str(), std::string(label).c_str());
  }
  absl::StatusOr<std::unique_ptr<CharBackend>> backend = devices::MakeCharBackend(spec, loop_);
  if (!backend.ok()) return backend.status();
  if (auto* pty = dynamic_cast<devices::PtyBackend*>(backend->get()); pty != nullptr) {
    fprintf(stderr, "char device redirected to %s (label %s)\n", pty->path().c_str(), std::string(label).c_str());
  }
  descriptions_.push_back({std::string(label), FilenameOf(spec, **backend), backend->get()});
  if (!spec.mux) {
    backends_.push_back(*std::move(backend));
    return Named{backends_.back().get(), nullptr, false};
  }
  muxes_.push_back(std::make_unique<CharMux>(*std::move(backend)));
  muxes_.back()->SetQuit(quit_);
  return Named{muxes_.back()->AddPort(), muxes_.back().get(), false};
}

absl::StatusOr<CharBackend*> CharDevices::Take(const std::string& id) {
  const auto it = named_.find(id);
  if (it == named_.end()) {
    return absl::InvalidArgumentError(
        absl::StrCat("chardev \"", id, "\" does not exist; -chardev KIND,id=", id, " makes it"));
  }
  Named& named = it->second;
  if (!std::exchange(named.taken, true)) return named.backend;
  if (named.mux != nullptr) return named.mux->AddPort();
  return absl::InvalidArgumentError(
      absl::StrCat("chardev \"", id, "\" is in use already; mux=on lets several share it"));
}

}  // namespace emu::boards
