#include "debug/gdb/stream_spec.h"

#include "absl/strings/str_cat.h"

namespace emu::debug::gdb {

absl::StatusOr<devices::CharSpec> ParseStreamSpec(absl::string_view text) {
  using Kind = devices::CharSpec::Kind;
  absl::StatusOr<devices::CharSpec> spec = devices::ParseSerialSpec(text);
  if (!spec.ok() || spec->mux || spec->kind == Kind::kNull || spec->kind == Kind::kFile) {
    return absl::InvalidArgumentError(
        absl::StrCat("-gdb \"", text, "\": expected tcp:[HOST]:PORT, unix:PATH, stdio, pty, chardev:ID or none"));
  }
  if (spec->kind != Kind::kSocket) return spec;
  spec->socket.server = true;
  spec->socket.wait = false;
  if (spec->socket.path.empty() && spec->socket.host.empty()) spec->socket.host = "127.0.0.1";
  return spec;
}

}  // namespace emu::debug::gdb
