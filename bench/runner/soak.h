// What stress-ng says on a guest's console, and what comes of it.
#ifndef EMU_BENCH_RUNNER_SOAK_H_
#define EMU_BENCH_RUNNER_SOAK_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace emu::bench {

class SoakRecord {
 public:
  struct Stressor {
    unsigned rounds = 0;
    uint64_t operations = 0;  // "bogo ops" of its metrics
    bool skipped = false;     // the guest's kernel does not have what it wants
  };

  // A line between the marks of `name`.
  void OnLine(absl::string_view name, absl::string_view line);
  // The mark at its end, with stress-ng's exit status.
  void OnEnd(absl::string_view name, absl::string_view status);

  const std::map<std::string, Stressor>& stressors() const { return stressors_; }
  // Lines that tell of a mismatch or a failure.
  const std::vector<std::string>& complaints() const { return complaints_; }

 private:
  std::map<std::string, Stressor> stressors_;
  std::vector<std::string> complaints_;
};

}  // namespace emu::bench

#endif  // EMU_BENCH_RUNNER_SOAK_H_
