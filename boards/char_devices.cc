#include "boards/char_devices.h"

#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "devices/fd_backend.h"

namespace emu::boards {

using devices::CharBackend;
using devices::CharMux;
using devices::CharSpec;

absl::Status CharDevices::Open(absl::Span<const CharSpec> chardevs, absl::Span<const CharSpec> serials) {
  for (const CharSpec& spec : chardevs) {
    if (named_.count(spec.id) != 0) {
      return absl::InvalidArgumentError(absl::StrCat("-chardev: id \"", spec.id, "\" is used twice"));
    }
    absl::StatusOr<Named> made = Make(spec);
    if (!made.ok()) return made.status();
    named_[spec.id] = *made;
  }
  for (const CharSpec& spec : serials) {
    absl::StatusOr<CharBackend*> serial = MakeSerial(spec);
    if (!serial.ok()) return serial.status();
    serials_.push_back(*serial);
  }
  return absl::OkStatus();
}

absl::StatusOr<CharBackend*> CharDevices::MakeSerial(const CharSpec& spec) {
  if (spec.kind == CharSpec::Kind::kNone) return nullptr;
  if (spec.kind == CharSpec::Kind::kChardev) return Take(spec.id);
  absl::StatusOr<Named> made = Make(spec);
  if (!made.ok()) return made.status();
  return made->backend;
}

absl::StatusOr<CharDevices::Named> CharDevices::Make(const CharSpec& spec) {
  if (spec.kind == CharSpec::Kind::kStdio && std::exchange(stdio_taken_, true)) {
    return absl::InvalidArgumentError(
        "standard input and output can serve one -serial or -chardev only; "
        "-chardev stdio,id=ID,mux=on can be shared");
  }
  absl::StatusOr<std::unique_ptr<CharBackend>> backend = devices::MakeCharBackend(spec, loop_);
  if (!backend.ok()) return backend.status();
  if (auto* pty = dynamic_cast<devices::PtyBackend*>(backend->get()); pty != nullptr) {
    fprintf(stderr, "char device redirected to %s (label %s)\n", pty->path().c_str(),
            spec.id.empty() ? "serial0" : spec.id.c_str());
  }
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
