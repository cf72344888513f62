#include "bench/runner/statistics.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace emu::bench {

double Median(absl::Span<const double> values) {
  if (values.empty()) return NAN;
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  const size_t n = sorted.size();
  return n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}

double Spread(absl::Span<const double> values) {
  if (values.empty()) return NAN;
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  return (*high - *low) / Median(values);
}

double GeometricMean(absl::Span<const double> values) {
  double sum = 0;
  int count = 0;
  for (double value : values) {
    if (!(value > 0) || std::isinf(value)) continue;
    sum += std::log(value);
    ++count;
  }
  return count == 0 ? NAN : std::exp(sum / count);
}

}  // namespace emu::bench
