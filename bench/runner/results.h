// What was measured: kernels under several systems (the machine itself, our emulator, others), several times.
#ifndef EMU_BENCH_RUNNER_RESULTS_H_
#define EMU_BENCH_RUNNER_RESULTS_H_

#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "bench/runner/counters.h"

namespace emu::bench {

struct Kernel {
  std::string name;
  std::string kind;  // its class: int, fp, ...
};

// Lines "NAME KIND ITERATIONS", as the kernels' program lists itself.
std::vector<Kernel> ParseKernelList(absl::string_view text);

struct System {
  std::string name;
  std::string command;
  std::map<std::string, std::vector<double>> costs;         // by kernel; one each run
  std::map<std::string, std::vector<double>> instructions;  // of the host; empty where they are not counted
  std::map<std::string, std::string> checksums;
  std::vector<double> memory;  // bytes beside the guest's RAM at the first mark

  double Cost(const std::string& kernel) const;  // the median; NaN if it was not measured
};

struct Results {
  std::vector<Kernel> kernels;
  std::vector<System> systems;               // in the order in which they were run
  std::string unit;                          // "G cycles" or "s"
  std::string source;                        // how it was measured
  std::map<std::string, Counters> counters;  // of ours, by kernel: what changed while it ran; may be empty
  int native = -1;                           // which of the systems is the machine itself
  int ours = -1;                             // and which is the one that the others are held against

  // Costs of `system` over those of `base`; NaN without either.
  double Ratio(int system, int base, const std::string& kernel) const;
  // Over the kernels of a class that both have; of all classes if `kind` is empty.
  double GeometricRatio(int system, int base, absl::string_view kind) const;
  // Classes in the order in which they first appear.
  std::vector<std::string> Kinds() const;
  // A line for each checksum that differs from that of the first system that has the kernel.
  std::vector<std::string> Disagreements() const;
};

}  // namespace emu::bench

#endif  // EMU_BENCH_RUNNER_RESULTS_H_
