// QEMU's way of naming character backends on a command line: the argument of -serial, and that of -chardev.
#ifndef EMU_DEVICES_CHAR_SPEC_H_
#define EMU_DEVICES_CHAR_SPEC_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "devices/char_backend.h"
#include "devices/event_loop.h"
#include "devices/fd_backend.h"

namespace emu::devices {

struct CharSpec {
  enum class Kind { kNone, kNull, kStdio, kFile, kPty, kSocket, kChardev };

  Kind kind = Kind::kNull;
  std::string id;            // -chardev's id=, or the id that chardev:ID names
  bool mux = false;          // to be shared through a CharMux ("mon:" or mux=on)
  bool keep_signals = true;  // stdio: Ctrl-C ends the emulator; off for mux
  std::string path;          // file
  bool append = false;
  SocketAddress socket;
};

// stdio | mon:stdio | file:PATH | null | none | pty | chardev:ID | unix:PATH[,server[,nowait]] |
// tcp:[HOST]:PORT[,server[,nowait]]; each but none and chardev: may follow mon:.
absl::StatusOr<CharSpec> ParseSerialSpec(absl::string_view text);
// KIND,id=ID[,option=value...] with the kinds stdio, null, file, pty, socket.
absl::StatusOr<CharSpec> ParseChardevSpec(absl::string_view text);
// kNone and kChardev are the caller's to resolve and are refused.
absl::StatusOr<std::unique_ptr<CharBackend>> MakeCharBackend(const CharSpec& spec, EventLoop& loop);

}  // namespace emu::devices

#endif  // EMU_DEVICES_CHAR_SPEC_H_
