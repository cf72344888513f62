// Where gdb's server is to be found: the argument of -gdb, spelled as QEMU's.
#ifndef EMU_DEBUG_GDB_STREAM_SPEC_H_
#define EMU_DEBUG_GDB_STREAM_SPEC_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "devices/char_spec.h"

namespace emu::debug::gdb {

// tcp:[HOST]:PORT | unix:PATH | stdio | pty | chardev:ID | none. Sockets are the server's, and nobody waits for gdb to
// come. Without a host, only this one can connect: who reaches the port owns the guest.
absl::StatusOr<devices::CharSpec> ParseStreamSpec(absl::string_view text);

// What -s stands for.
inline constexpr char kDefaultStream[] = "tcp::1234";

}  // namespace emu::debug::gdb

#endif  // EMU_DEBUG_GDB_STREAM_SPEC_H_
