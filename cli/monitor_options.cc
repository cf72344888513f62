#include "cli/monitor_options.h"

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cli/values.h"

namespace emu::cli {
namespace {

using Kind = devices::CharSpec::Kind;

absl::Status BadMon(absl::string_view value, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("-mon \"", value, "\": ", why));
}

absl::Status Apply(absl::string_view value, const Property& p, MonitorOption& option) {
  if (p.first == "chardev") {
    option.stream.id = p.second;
  } else if (p.first == "mode" && (p.second == "readline" || p.second == "control")) {
    option.control = p.second == "control";
  } else if (p.first == "pretty" && (p.second == "on" || p.second == "off")) {
    option.pretty = p.second == "on";
  } else {
    return BadMon(
        value, absl::StrCat(p.first, "=", p.second, ": expected chardev=ID, mode=readline|control or pretty=on|off"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<MonitorOption> ParseMonitorStream(absl::string_view flag, absl::string_view value) {
  absl::StatusOr<devices::CharSpec> spec = devices::ParseSerialSpec(value);
  if (!spec.ok() || spec->mux) {
    return absl::InvalidArgumentError(absl::StrCat(
        "-", flag, " \"", value,
        "\": expected stdio, none, null, pty, file:PATH, chardev:ID, unix:PATH[,server=on|off][,wait=off] or "
        "tcp:[HOST]:PORT[,server=on|off][,wait=off]"));
  }
  MonitorOption option{*std::move(spec), flag != "monitor", flag == "qmp-pretty"};
  if (option.stream.kind != Kind::kSocket) return option;
  option.may_listen = !option.stream.socket.server && !absl::StrContains(value, ",server=off");
  // Who reaches the port owns the guest.
  if (option.stream.socket.path.empty() && option.stream.socket.host.empty()) option.stream.socket.host = "127.0.0.1";
  return option;
}

absl::StatusOr<MonitorOption> ParseMon(absl::string_view value) {
  MonitorOption option;
  option.stream.kind = Kind::kChardev;
  for (const Property& p : ParseProperties(value, "")) {
    // The name of the first one may be left out.
    const bool bare = p.second.empty() && option.stream.id.empty();
    if (absl::Status status = Apply(value, bare ? Property("chardev", p.first) : p, option); !status.ok()) {
      return status;
    }
  }
  if (option.stream.id.empty()) return BadMon(value, "chardev=ID is missing");
  return option;
}

}  // namespace emu::cli
