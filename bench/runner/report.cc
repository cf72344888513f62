#include "bench/runner/report.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "bench/runner/statistics.h"

namespace emu::bench {
namespace {

constexpr double kMega = 1024 * 1024;

std::string Number(const char* format, double value) {
  return std::isfinite(value) ? absl::StrFormat(*absl::ParsedFormat<'f'>::New(format), value) : "-";
}
std::string Factor(double value) { return Number(value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value); }

std::string CostCell(const System& system, const std::string& kernel) {
  const auto it = system.costs.find(kernel);
  if (it == system.costs.end()) return "-";
  std::string cell = Number("%.4f", Median(it->second));
  if (it->second.size() > 1) absl::StrAppendFormat(&cell, " (%.0f %%)", 100 * Spread(it->second));
  return cell;
}

class Table {
 public:
  explicit Table(const Results& results) : results_(results), count_(static_cast<int>(results.systems.size())) {}

  std::string Text() {
    Header();
    for (const std::string& kind : results_.Kinds()) {
      for (const Kernel& kernel : results_.kernels) {
        if (kernel.kind == kind) KernelRow(kernel.name);
      }
      MeanRow(absl::StrCat("**", kind, "**"), kind);
    }
    if (results_.Kinds().size() > 1) MeanRow("**all**", "");
    return absl::StrCat(text_, Memory());
  }

 private:
  void Header() {
    std::vector<std::string> cells = {"kernel"};
    for (const System& s : results_.systems) cells.push_back(absl::StrCat(s.name, ", ", results_.unit));
    const std::string base = results_.native < 0 ? "" : results_.systems[results_.native].name;
    EachSlowdown([&](int i) { cells.push_back(absl::StrCat(results_.systems[i].name, " / ", base)); });
    EachRival([&](int i) {
      cells.push_back(absl::StrCat(results_.systems[i].name, " / ", results_.systems[results_.ours].name));
    });
    Row(cells);
    Row(std::vector<std::string>(cells.size(), "---"));
  }

  void KernelRow(const std::string& kernel) {
    std::vector<std::string> cells = {kernel};
    for (const System& s : results_.systems) cells.push_back(CostCell(s, kernel));
    EachSlowdown([&](int i) { cells.push_back(Factor(results_.Ratio(i, results_.native, kernel))); });
    EachRival([&](int i) { cells.push_back(Factor(results_.Ratio(i, results_.ours, kernel))); });
    Row(cells);
  }

  void MeanRow(const std::string& title, absl::string_view kind) {
    std::vector<std::string> cells = {title};
    for (int i = 0; i < count_; ++i) cells.push_back("");
    EachSlowdown([&](int i) { cells.push_back(Factor(results_.GeometricRatio(i, results_.native, kind))); });
    EachRival([&](int i) { cells.push_back(Factor(results_.GeometricRatio(i, results_.ours, kind))); });
    Row(cells);
  }

  std::string Memory() const {
    std::vector<std::string> parts;
    for (int i = 0; i < count_; ++i) {
      const System& s = results_.systems[i];
      if (i != results_.native && !s.memory.empty())
        parts.push_back(absl::StrFormat("%s %.1f MiB", s.name, Median(s.memory) / kMega));
    }
    return parts.empty()
               ? ""
               : absl::StrCat("\nMemory beside the guest's RAM after boot: ", absl::StrJoin(parts, ", "), "\n");
  }

  template <typename Do>
  void EachSlowdown(Do what) const {
    for (int i = 0; i < count_ && results_.native >= 0; ++i) {
      if (i != results_.native) what(i);
    }
  }
  template <typename Do>
  void EachRival(Do what) const {
    for (int i = 0; i < count_ && results_.ours >= 0; ++i) {
      if (i != results_.native && i != results_.ours) what(i);
    }
  }
  void Row(const std::vector<std::string>& cells) {
    absl::StrAppend(&text_, "| ", absl::StrJoin(cells, " | "), " |\n");
  }

  const Results& results_;
  const int count_;
  std::string text_;
};

double Of(const Counters& counters, const std::string& name) {
  const auto it = counters.find(name);
  return it == counters.end() ? NAN : it->second;
}

// A row of the table of counters. `cost`: of the kernel, in the results' unit.
std::string CounterRow(const std::string& kernel, const Counters& c, double cost, double host_insns) {
  const double executed = Of(c, "executed_insns"), per_million = 1e6 / executed;
  return absl::StrCat(
      "| ",
      absl::StrJoin({kernel, Number("%.1f", executed / 1e6), Number("%.3f", cost * 1e9 / executed),
                     Number("%.2f", host_insns * 1e9 / executed), Number("%.0f", Of(c, "translated_blocks")),
                     Number("%.0f", Of(c, "translated_insns")), Number("%.0f", Of(c, "links")),
                     Number("%.1f", Of(c, "lookups") * per_million), Number("%.1f", Of(c, "tlb_misses") * per_million),
                     Number("%.1f", Of(c, "tlb_slow_hits") * per_million), Number("%.0f", Of(c, "invalidated")),
                     Number("%.0f", Of(c, "code_used") / 1024)},
                    " | "),
      " |\n");
}

}  // namespace

std::string MarkdownTable(const Results& results) { return Table(results).Text(); }

std::string CounterTable(const Results& results) {
  if (results.counters.empty() || results.ours < 0) return "";
  const System& ours = results.systems[results.ours];
  std::string text = absl::StrCat(
      "| kernel | M guest insns | ", results.unit == "s" ? "ns" : "cycles", " a guest insn | host insns a guest insn",
      " | blocks translated | insns translated | exits joined | lookups a M insns | TLB misses a M insns",
      " | slow hits a M insns | blocks invalidated | code, KiB |\n|---|---|---|---|---|---|---|---|---|---|---|---|\n");
  for (const Kernel& kernel : results.kernels) {
    const auto counters = results.counters.find(kernel.name);
    if (counters == results.counters.end()) continue;
    const auto insns = ours.instructions.find(kernel.name);
    const double host_insns = insns == ours.instructions.end() ? NAN : Median(insns->second);
    absl::StrAppend(&text, CounterRow(kernel.name, counters->second, ours.Cost(kernel.name), host_insns));
  }
  return text;
}

}  // namespace emu::bench
