// Which addresses a log is about: -dfilter.
#ifndef EMU_BOARDS_LOG_FILTER_H_
#define EMU_BOARDS_LOG_FILTER_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace emu::boards {

class LogFilter {
 public:
  // Everything.
  LogFilter() = default;
  // Ranges with commas between them, spelled as QEMU's "-dfilter": START+SIZE, START-SIZE (the bytes before START),
  // START..END (END included).
  static absl::StatusOr<LogFilter> Parse(absl::string_view text);

  bool Wants(uint64_t address) const {
    if (ranges_.empty()) return true;
    for (const Range& r : ranges_) {
      if (address >= r.first && address <= r.last) return true;
    }
    return false;
  }

 private:
  struct Range {
    uint64_t first, last;
  };
  static absl::StatusOr<Range> ParseRange(absl::string_view text);

  std::vector<Range> ranges_;
};

}  // namespace emu::boards

#endif  // EMU_BOARDS_LOG_FILTER_H_
