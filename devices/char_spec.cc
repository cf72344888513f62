#include "devices/char_spec.h"

#include <map>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace emu::devices {
namespace {

using Kind = CharSpec::Kind;

constexpr absl::string_view kSerialForms =
    "stdio, mon:stdio, file:PATH, null, none, pty, chardev:ID, unix:PATH[,server[,nowait]] or "
    "tcp:[HOST]:PORT[,server[,nowait]]";

absl::Status BadSerial(absl::string_view text) {
  return absl::InvalidArgumentError(absl::StrCat("-serial \"", text, "\": expected ", kSerialForms));
}

absl::Status BadChardev(absl::string_view text, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("-chardev \"", text, "\": ", why));
}

// "on" and "yes", or the bare name, are true.
absl::StatusOr<bool> ParseBool(absl::string_view name, absl::string_view value) {
  if (value == "on" || value == "yes" || value == "true" || value.empty()) return true;
  if (value == "off" || value == "no" || value == "false") return false;
  return absl::InvalidArgumentError(absl::StrCat(name, "=\"", value, "\": expected on or off"));
}

// The options after the address of a unix: or tcp: form.
bool ApplySocketFlag(absl::string_view flag, SocketAddress& socket) {
  if (flag == "server" || flag == "server=on") {
    socket.server = true;
  } else if (flag == "nowait" || flag == "wait=off") {
    socket.wait = false;
  } else if (flag != "server=off" && flag != "wait=on" && flag != "nodelay" && flag != "nodelay=on") {
    return false;
  }
  return true;
}

bool ParseSocket(absl::string_view text, CharSpec& spec) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, ',');
  absl::string_view where = parts[0];
  spec.kind = Kind::kSocket;
  if (absl::ConsumePrefix(&where, "unix:")) {
    spec.socket.path = std::string(where);
  } else if (absl::ConsumePrefix(&where, "tcp:") && where.rfind(':') != where.npos) {
    spec.socket.host = std::string(where.substr(0, where.rfind(':')));
    spec.socket.port = std::string(where.substr(where.rfind(':') + 1));
  }
  for (size_t i = 1; i < parts.size(); ++i) {
    if (!ApplySocketFlag(parts[i], spec.socket)) return false;
  }
  return !spec.socket.path.empty() || !spec.socket.port.empty();
}

using Options = std::map<std::string, std::string>;

absl::StatusOr<Options> SplitOptions(absl::string_view text, const std::vector<absl::string_view>& parts) {
  Options options;
  for (size_t i = 1; i < parts.size(); ++i) {
    const std::pair<std::string, std::string> item = absl::StrSplit(parts[i], absl::MaxSplits('=', 1));
    if (!options.insert(item).second) return BadChardev(text, absl::StrCat(item.first, " is given twice"));
  }
  return options;
}

// Takes option `name` out of `options` into `*value`, if it is there.
void Take(Options& options, const char* name, std::string* value) {
  auto it = options.find(name);
  if (it == options.end()) return;
  *value = it->second;
  options.erase(it);
}

absl::Status Take(Options& options, const char* name, bool* value) {
  auto it = options.find(name);
  if (it == options.end()) return absl::OkStatus();
  absl::StatusOr<bool> parsed = ParseBool(name, it->second);
  if (parsed.ok()) *value = *parsed;
  options.erase(it);
  return parsed.status();
}

absl::Status TakeAll(Options& options, CharSpec& spec) {
  absl::Status status = Take(options, "mux", &spec.mux);
  spec.keep_signals = !spec.mux;
  if (spec.kind == Kind::kStdio) status.Update(Take(options, "signal", &spec.keep_signals));
  if (spec.kind == Kind::kFile) {
    Take(options, "path", &spec.path);
    status.Update(Take(options, "append", &spec.append));
  }
  if (spec.kind == Kind::kSocket) {
    Take(options, "path", &spec.socket.path);
    Take(options, "host", &spec.socket.host);
    Take(options, "port", &spec.socket.port);
    status.Update(Take(options, "server", &spec.socket.server));
    status.Update(Take(options, "wait", &spec.socket.wait));
    bool ignored;
    status.Update(Take(options, "nodelay", &ignored));
  }
  return status;
}

absl::Status CheckComplete(absl::string_view text, const CharSpec& spec) {
  if (spec.id.empty()) return BadChardev(text, "id=ID is missing");
  if (spec.kind == Kind::kFile && spec.path.empty()) return BadChardev(text, "path=FILE is missing");
  if (spec.kind == Kind::kSocket && spec.socket.path.empty() && spec.socket.port.empty()) {
    return BadChardev(text, "path=FILE, or host=HOST,port=PORT, is missing");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<CharSpec> ParseSerialSpec(absl::string_view text) {
  CharSpec spec;
  absl::string_view rest = text;
  spec.mux = absl::ConsumePrefix(&rest, "mon:");
  spec.keep_signals = !spec.mux;
  if (rest == "stdio") {
    spec.kind = Kind::kStdio;
  } else if (rest == "null") {
    spec.kind = Kind::kNull;
  } else if (rest == "pty") {
    spec.kind = Kind::kPty;
  } else if (rest == "none" && !spec.mux) {
    spec.kind = Kind::kNone;
  } else if (absl::ConsumePrefix(&rest, "file:") && !rest.empty()) {
    spec.kind = Kind::kFile;
    spec.path = std::string(rest);
  } else if (absl::ConsumePrefix(&rest, "chardev:") && !rest.empty() && !spec.mux) {
    spec.kind = Kind::kChardev;
    spec.id = std::string(rest);
  } else if (!ParseSocket(rest, spec)) {
    return BadSerial(text);
  }
  return spec;
}

absl::StatusOr<CharSpec> ParseChardevSpec(absl::string_view text) {
  static const auto* kinds = new std::map<absl::string_view, Kind>{
      {"stdio", Kind::kStdio}, {"null", Kind::kNull},     {"file", Kind::kFile},
      {"pty", Kind::kPty},     {"socket", Kind::kSocket},
  };
  const std::vector<absl::string_view> parts = absl::StrSplit(text, ',');
  auto kind = kinds->find(parts[0]);
  if (kind == kinds->end()) return BadChardev(text, "the kind must be stdio, null, file, pty or socket");
  absl::StatusOr<Options> options = SplitOptions(text, parts);
  if (!options.ok()) return options.status();
  CharSpec spec;
  spec.kind = kind->second;
  Take(*options, "id", &spec.id);
  if (absl::Status status = TakeAll(*options, spec); !status.ok()) return BadChardev(text, status.message());
  if (!options->empty()) {
    return BadChardev(text, absl::StrCat("\"", options->begin()->first, "\" is no option of ", parts[0]));
  }
  if (absl::Status status = CheckComplete(text, spec); !status.ok()) return status;
  return spec;
}

absl::StatusOr<std::unique_ptr<CharBackend>> MakeCharBackend(const CharSpec& spec, EventLoop& loop) {
  switch (spec.kind) {
    case Kind::kNull:
      return std::make_unique<NullBackend>();
    case Kind::kStdio:
      return MakeStdioBackend(loop, spec.keep_signals);
    case Kind::kFile:
      return MakeFileBackend(loop, spec.path, spec.append);
    case Kind::kPty:
      return PtyBackend::Make(loop);
    case Kind::kSocket:
      return SocketBackend::Make(loop, spec.socket);
    case Kind::kNone:
    case Kind::kChardev:
      break;
  }
  return absl::InvalidArgumentError(absl::StrCat("character backend \"", spec.id, "\" is only a name"));
}

}  // namespace emu::devices
