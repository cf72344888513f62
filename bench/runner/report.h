// Results as tables in Markdown and as JSON.
#ifndef EMU_BENCH_RUNNER_REPORT_H_
#define EMU_BENCH_RUNNER_REPORT_H_

#include <string>

#include "bench/runner/results.h"

namespace emu::bench {

// A row for each kernel and for each class' geometric mean: costs with their spread, slowdown of each emulator against
// the machine itself, and how much each other emulator costs over ours.
std::string MarkdownTable(const Results& results);
// What our emulator counted in each kernel; empty if it was not asked.
std::string CounterTable(const Results& results);
// The same numbers and every single measurement.
std::string Json(const Results& results);

}  // namespace emu::bench

#endif  // EMU_BENCH_RUNNER_REPORT_H_
