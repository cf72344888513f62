// Where monitors are to be found: the arguments of -monitor, -qmp and -mon.
#ifndef EMU_CLI_MONITOR_OPTIONS_H_
#define EMU_CLI_MONITOR_OPTIONS_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "devices/char_spec.h"

namespace emu::cli {

struct MonitorOption {
  devices::CharSpec stream;
  bool control = false;     // QMP, not lines for people
  bool pretty = false;      // QMP in several lines
  bool may_listen = false;  // nothing was said of who listens: if nobody does, we do
};

// `flag`: as the user gave it, without its dash.
absl::StatusOr<MonitorOption> ParseMonitorStream(absl::string_view flag, absl::string_view value);
// chardev=ID[,mode=readline|control][,pretty=on|off]
absl::StatusOr<MonitorOption> ParseMon(absl::string_view value);

}  // namespace emu::cli

#endif  // EMU_CLI_MONITOR_OPTIONS_H_
