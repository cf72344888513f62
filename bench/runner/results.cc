#include "bench/runner/results.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "bench/runner/statistics.h"

namespace emu::bench {

std::vector<Kernel> ParseKernelList(absl::string_view text) {
  std::vector<Kernel> kernels;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ', absl::SkipEmpty());
    if (words.size() == 3) kernels.push_back({words[0], words[1]});
  }
  return kernels;
}

double System::Cost(const std::string& kernel) const {
  const auto it = costs.find(kernel);
  return it == costs.end() ? NAN : Median(it->second);
}

double Results::Ratio(int system, int base, const std::string& kernel) const {
  if (system < 0 || base < 0) return NAN;
  return systems[system].Cost(kernel) / systems[base].Cost(kernel);
}

double Results::GeometricRatio(int system, int base, absl::string_view kind) const {
  std::vector<double> ratios;
  for (const Kernel& kernel : kernels) {
    if (kind.empty() || kernel.kind == kind) ratios.push_back(Ratio(system, base, kernel.name));
  }
  return GeometricMean(ratios);
}

std::vector<std::string> Results::Kinds() const {
  std::vector<std::string> kinds;
  for (const Kernel& kernel : kernels) {
    if (std::find(kinds.begin(), kinds.end(), kernel.kind) == kinds.end()) kinds.push_back(kernel.kind);
  }
  return kinds;
}

std::vector<std::string> Results::Disagreements() const {
  std::vector<std::string> lines;
  std::map<std::string, const System*> first;
  for (const System& system : systems) {
    for (const auto& [kernel, checksum] : system.checksums) {
      const System* other = first.emplace(kernel, &system).first->second;
      if (const std::string& expected = other->checksums.at(kernel); expected != checksum)
        lines.push_back(absl::StrCat(kernel, ": ", system.name, " gives ", checksum, ", ", other->name, " ", expected));
    }
  }
  return lines;
}

}  // namespace emu::bench
