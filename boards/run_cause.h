// Why a machine ended or was reset.
#ifndef EMU_BOARDS_RUN_CAUSE_H_
#define EMU_BOARDS_RUN_CAUSE_H_

#include "absl/strings/string_view.h"

namespace emu::boards {

enum class RunCause {
  kGuestShutdown,
  kGuestReset,
  kHostQuit,    // the user, at a monitor or the terminal
  kHostReset,   // the same
  kHostSignal,  // SIGTERM and the like
  kHostError,   // it cannot go on
};

inline bool ByGuest(RunCause cause) { return cause == RunCause::kGuestShutdown || cause == RunCause::kGuestReset; }

// As the type ShutdownCause of QEMU's QMP reference names them.
inline absl::string_view RunCauseName(RunCause cause) {
  static constexpr absl::string_view kNames[] = {"guest-shutdown",        "guest-reset", "host-qmp-quit",
                                                 "host-qmp-system-reset", "host-signal", "host-error"};
  return kNames[static_cast<int>(cause)];
}

}  // namespace emu::boards

#endif  // EMU_BOARDS_RUN_CAUSE_H_
