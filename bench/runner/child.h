// A command run by the shell whose input and output are ours.
#ifndef EMU_BENCH_RUNNER_CHILD_H_
#define EMU_BENCH_RUNNER_CHILD_H_

#include <sys/types.h>

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "bench/runner/cpu_meter.h"
#include "bench/runner/marks.h"

namespace emu::bench {

class Child {
 public:
  // Started, and its CPU time counted from its first instruction on.
  static absl::StatusOr<std::unique_ptr<Child>> Start(const std::string& command);
  ~Child();  // kills it if it still runs

  // The next line of its output; nothing at the end of it. An error after `seconds` without a line.
  absl::StatusOr<std::optional<std::string>> NextLine(int seconds);
  // Has it go on after a mark.
  void SendNewline();
  // What it has used, read when it has gone to sleep (or after a tenth of a second of waiting for that).
  CpuReading ReadSettled();
  // After the end of its output.
  absl::Status Finish();

  pid_t pid() const { return pid_; }
  const CpuMeter& meter() const { return *meter_; }

 private:
  Child(pid_t pid, int in, int out);

  pid_t pid_;
  const int in_, out_;
  std::unique_ptr<CpuMeter> meter_;
  LineCutter cutter_;
  std::deque<std::string> lines_;
};

}  // namespace emu::bench

#endif  // EMU_BENCH_RUNNER_CHILD_H_
