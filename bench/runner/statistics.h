// What is said of a handful of measurements of the same thing.
#ifndef EMU_BENCH_RUNNER_STATISTICS_H_
#define EMU_BENCH_RUNNER_STATISTICS_H_

#include "absl/types/span.h"

namespace emu::bench {

// Each is NaN for no values.
double Median(absl::Span<const double> values);
double Spread(absl::Span<const double> values);  // (largest - smallest) / median
// Over the values that are numbers above zero; others are left out.
double GeometricMean(absl::Span<const double> values);

}  // namespace emu::bench

#endif  // EMU_BENCH_RUNNER_STATISTICS_H_
