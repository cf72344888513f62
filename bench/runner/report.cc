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

std::string Quoted(absl::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      absl::StrAppend(&out, "\\", absl::string_view(&c, 1));
    } else if (static_cast<unsigned char>(c) < 0x20) {
      absl::StrAppendFormat(&out, "\\u%04x", c);
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string List(const std::vector<double>& values) {
  return absl::StrCat(
      "[", absl::StrJoin(values, ", ", [](std::string* s, double v) { absl::StrAppendFormat(s, "%.9g", v); }), "]");
}

std::string JsonKernel(const System& system, const std::string& kernel) {
  std::string out = absl::StrCat("{\"costs\": ", List(system.costs.at(kernel)));
  const auto insns = system.instructions.find(kernel);
  if (insns != system.instructions.end()) absl::StrAppend(&out, ", \"host_instructions_g\": ", List(insns->second));
  const auto sum = system.checksums.find(kernel);
  if (sum != system.checksums.end()) absl::StrAppend(&out, ", \"checksum\": ", Quoted(sum->second));
  return out + "}";
}

std::string JsonSystem(const System& system) {
  std::vector<std::string> kernels;
  for (const auto& [kernel, costs] : system.costs)
    kernels.push_back(absl::StrCat("      ", Quoted(kernel), ": ", JsonKernel(system, kernel)));
  return absl::StrCat("    {\"name\": ", Quoted(system.name), ", \"command\": ", Quoted(system.command),
                      ", \"memory_bytes\": ", List(system.memory), ",\n     \"kernels\": {\n",
                      absl::StrJoin(kernels, ",\n"), "}}");
}

}  // namespace

std::string MarkdownTable(const Results& results) { return Table(results).Text(); }

std::string Json(const Results& results) {
  std::vector<std::string> kernels, systems;
  for (const Kernel& k : results.kernels)
    kernels.push_back(absl::StrCat("{\"name\": ", Quoted(k.name), ", \"class\": ", Quoted(k.kind), "}"));
  for (const System& s : results.systems) systems.push_back(JsonSystem(s));
  return absl::StrCat("{\"unit\": ", Quoted(results.unit), ", \"source\": ", Quoted(results.source),
                      ",\n \"native\": ", results.native, ", \"ours\": ", results.ours, ",\n \"kernels\": [",
                      absl::StrJoin(kernels, ", "), "],\n \"systems\": [\n", absl::StrJoin(systems, ",\n"), "]}\n");
}

}  // namespace emu::bench
