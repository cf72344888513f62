// Results as a drawing.
#ifndef EMU_BENCH_RUNNER_CHART_H_
#define EMU_BENCH_RUNNER_CHART_H_

#include <string>

#include "bench/runner/results.h"

namespace emu::bench {

// Bars, on a logarithmic scale: how many times as much each emulator needs as the machine itself; without that, as
// ours. One group a kernel, with the classes' geometric means.
std::string SvgChart(const Results& results);

}  // namespace emu::bench

#endif  // EMU_BENCH_RUNNER_CHART_H_
