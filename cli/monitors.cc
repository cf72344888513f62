#include "cli/monitors.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "boards/version.h"

namespace emu::cli {
namespace {

using devices::CharBackend;
using devices::CharSpec;
using Kind = CharSpec::Kind;

// What -chardev says of it, if that is where it comes from.
Kind KindOf(const CharSpec& stream, const boards::MachineConfig& config) {
  for (const CharSpec& named : config.chardevs) {
    if (stream.kind == Kind::kChardev && named.id == stream.id) return named.kind;
  }
  return stream.kind;
}

}  // namespace

Monitors::Monitors(boards::Machine& machine, debug::Monitor& monitor) : machine_(machine), monitor_(monitor) {
  sink_ = monitor_.AddSink([this](absl::string_view line) {
    for (const auto& console : consoles_) console->Print(line);
  });
}

Monitors::~Monitors() { monitor_.RemoveSink(sink_); }

absl::Status Monitors::Open(const DebugOptions& options) {
  for (const MonitorOption& option : options.monitors) {
    if (absl::Status status = OpenOne(option, options); !status.ok()) return status;
  }
  if (options.serial_monitors) OpenOnSerialPorts(options.prompt);
  return absl::OkStatus();
}

absl::StatusOr<CharBackend*> Monitors::OpenStream(const MonitorOption& option) {
  const std::string label = absl::StrCat("compat_monitor", opened_++);
  absl::StatusOr<CharBackend*> backend = machine_.chars().OpenStream(option.stream, label);
  if (backend.ok() || !option.may_listen) return backend;
  CharSpec listening = option.stream;
  listening.socket.server = true;
  listening.socket.wait = false;
  return machine_.chars().OpenStream(listening, label);
}

absl::Status Monitors::OpenOne(const MonitorOption& option, const DebugOptions& options) {
  const absl::StatusOr<CharBackend*> backend = OpenStream(option);
  if (!backend.ok()) {
    return absl::Status(backend.status().code(), absl::StrCat("monitor: ", backend.status().message()));
  }
  if (*backend == nullptr) return absl::OkStatus();
  if (option.control) {
    Qmp(options.name).Serve(**backend, option.pretty);
  } else {
    AddConsole(**backend, option.stream, options.prompt);
  }
  return absl::OkStatus();
}

void Monitors::OpenOnSerialPorts(const std::string& prompt) {
  std::vector<const CharSpec*> shared;
  for (const CharSpec& spec : machine_.config().serials) {
    if (spec.mux) shared.push_back(&spec);
  }
  const std::vector<CharBackend*> ports = machine_.chars().MonitorPorts();
  for (size_t i = 0; i < ports.size(); ++i) AddConsole(*ports[i], *shared[i], prompt);
}

void Monitors::AddConsole(CharBackend& backend, const CharSpec& stream, const std::string& prompt) {
  const Kind kind = KindOf(stream, machine_.config());
  debug::ConsoleParts parts{backend};
  parts.banner = absl::StrCat("emu ", boards::kVersion, " monitor - 'help' lists the commands");
  parts.prompt = prompt;
  parts.execute = [this](absl::string_view line) { return monitor_.Execute(line); };
  parts.complete = [this](absl::string_view line) { return monitor_.Complete(line); };
  parts.ended = [this] { return machine_.ending(); };
  parts.crlf = kind != Kind::kStdio && kind != Kind::kFile;
  consoles_.push_back(debug::MakeConsole(std::move(parts)));
}

debug::QmpServer& Monitors::Qmp(const std::string& name) {
  if (qmp_ != nullptr) return *qmp_;
  debug::QmpParts parts{machine_};
  parts.name = name;
  parts.monitor = [this](absl::string_view line) { return monitor_.Execute(line); };
  parts.monitor_json = [this](absl::string_view line) { return monitor_.RunJson(line); };
  qmp_ = std::make_unique<debug::QmpServer>(std::move(parts));
  return *qmp_;
}

}  // namespace emu::cli
