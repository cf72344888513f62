// Lines that were typed, and a place among them.
#ifndef EMU_DEBUG_TERMINAL_LINE_HISTORY_H_
#define EMU_DEBUG_TERMINAL_LINE_HISTORY_H_

#include <deque>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace emu::debug {

class LineHistory {
 public:
  static constexpr size_t kMost = 1000;

  // The place is behind the last line again. Blank lines, and the last one again, are not kept.
  void Add(absl::string_view line);
  // Moves to the next older (newer) line that begins with `prefix`; none: the place stays. `typed` is the line that
  // stands there now; what stood behind the last line comes back when the place does.
  std::optional<std::string> Older(absl::string_view typed, absl::string_view prefix = "");
  std::optional<std::string> Newer(absl::string_view prefix = "");

 private:
  std::deque<std::string> lines_;
  size_t place_ = 0;
  std::string unfinished_;
};

}  // namespace emu::debug

#endif  // EMU_DEBUG_TERMINAL_LINE_HISTORY_H_
