// Runs the same kernels on several systems in turn, several times, and compares what each costs. See options.h.
#include <cstdio>
#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "bench/runner/chart.h"
#include "bench/runner/options.h"
#include "bench/runner/report.h"
#include "bench/runner/run.h"

namespace emu::bench {
namespace {

int Fail(absl::string_view message) {
  fprintf(stderr, "bench: %s\n", std::string(message).c_str());
  return 1;
}

Results Prepare(const Options& options) {
  Results results;
  results.native = options.native;
  results.ours = options.ours;
  for (const Options::System& s : options.systems) results.systems.push_back({s.name, s.command, {}, {}, {}, {}});
  std::ifstream list(options.kernel_list);
  results.kernels = ParseKernelList(std::string(std::istreambuf_iterator<char>(list), {}));
  return results;
}

// Only what was run is worth a row.
void DropWhatWasNotRun(Results* results) {
  std::erase_if(results->kernels, [&](const Kernel& k) {
    for (const System& s : results->systems) {
      if (s.costs.count(k.name) > 0) return false;
    }
    return true;
  });
}

absl::Status RunAll(const Options& options, Results* results) {
  for (int run = 0; run < options.runs; ++run) {
    for (System& system : results->systems) {
      fprintf(stderr, "bench: run %d of %d: %s\n", run + 1, options.runs, system.name.c_str());
      if (const absl::Status status = RunOnce(options.timeout_s, &system, results); !status.ok()) return status;
    }
  }
  if (results->native >= 0) results->systems[results->native].costs.erase(kBoot);
  DropWhatWasNotRun(results);
  if (options.counted_command.empty()) return absl::OkStatus();
  fprintf(stderr, "bench: once more, for the counters\n");
  return CountOnce(options.timeout_s, options.counted_command, options.counted_socket, results);
}

bool Write(const std::string& path, const std::string& text) {
  if (path.empty()) return true;
  std::ofstream file(path);
  file << text;
  return static_cast<bool>(file.flush());
}

int Main(absl::Span<const std::string> arguments) {
  const absl::StatusOr<Options> options = ParseOptions(arguments);
  if (!options.ok()) return Fail(options.status().message());
  Results results = Prepare(*options);
  const absl::Status status = RunAll(*options, &results);
  if (!status.ok()) return Fail(status.message());
  printf("%s\nMeasured: %s; medians of %d runs (spread).\n", MarkdownTable(results).c_str(), results.source.c_str(),
         options->runs);
  if (!results.counters.empty()) printf("\n%s", CounterTable(results).c_str());
  if (!Write(options->svg, SvgChart(results))) return Fail(absl::StrCat("cannot write ", options->svg));
  if (!Write(options->json, Json(results))) return Fail(absl::StrCat("cannot write ", options->json));
  const std::vector<std::string> disagreements = results.Disagreements();
  for (const std::string& line : disagreements) Fail(absl::StrCat("checksums differ: ", line));
  return disagreements.empty() ? 0 : 1;
}

}  // namespace
}  // namespace emu::bench

int main(int argc, char** argv) { return emu::bench::Main(std::vector<std::string>(argv + 1, argv + argc)); }
