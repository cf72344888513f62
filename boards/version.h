// The version that programs and monitors tell.
#ifndef EMU_BOARDS_VERSION_H_
#define EMU_BOARDS_VERSION_H_

#include "absl/strings/string_view.h"

namespace emu::boards {

inline constexpr absl::string_view kVersion = "0.1";

}  // namespace emu::boards

#endif  // EMU_BOARDS_VERSION_H_
