// The emulator's own counters, asked for over its QMP socket while the guest waits at a mark.
#ifndef EMU_BENCH_RUNNER_COUNTERS_H_
#define EMU_BENCH_RUNNER_COUNTERS_H_

#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace emu::bench {

using Counters = std::map<std::string, double>;

// All "name": NUMBER in `json`, which may be a string inside of another JSON text (quotes with backslashes).
Counters ParseCounters(absl::string_view json);
// `after` less `before`, name by name.
Counters Difference(const Counters& after, const Counters& before);

class CounterSource {
 public:
  static absl::StatusOr<std::unique_ptr<CounterSource>> Connect(const std::string& socket_path);
  ~CounterSource();
  // What the monitor's `info jit` says.
  absl::StatusOr<Counters> Read();

 private:
  explicit CounterSource(int fd) : fd_(fd) {}
  absl::Status Send(absl::string_view line);
  // The next line with `word` in it; others are events.
  absl::StatusOr<std::string> Await(absl::string_view word);

  const int fd_;
  std::string rest_;
};

}  // namespace emu::bench

#endif  // EMU_BENCH_RUNNER_COUNTERS_H_
