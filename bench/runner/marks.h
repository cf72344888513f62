// The lines by which a program under measurement tells where it is: "@begin NAME" and "@end NAME RESULT". After each it
// sleeps until a line is sent to it.
#ifndef EMU_BENCH_RUNNER_MARKS_H_
#define EMU_BENCH_RUNNER_MARKS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace emu::bench {

struct Mark {
  enum class Kind { kBegin, kEnd };
  Kind kind;
  std::string name;
  std::string result;  // of kEnd; may be empty
};

// Nothing if the line is no mark: a console has other lines too.
std::optional<Mark> ParseMark(absl::string_view line);

// Cuts what arrives in pieces into lines, without the newlines and carriage returns.
class LineCutter {
 public:
  // The lines that `bytes` completes.
  std::vector<std::string> Add(absl::string_view bytes);

 private:
  std::string rest_;
};

}  // namespace emu::bench

#endif  // EMU_BENCH_RUNNER_MARKS_H_
