#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "bench/runner/report.h"

namespace emu::bench {
namespace {

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

std::string Json(const Results& results) {
  std::vector<std::string> kernels, systems;
  for (const Kernel& k : results.kernels)
    kernels.push_back(absl::StrCat("{\"name\": ", Quoted(k.name), ", \"class\": ", Quoted(k.kind), "}"));
  for (const System& s : results.systems) systems.push_back(JsonSystem(s));
  std::vector<std::string> counted;
  for (const auto& [kernel, counters] : results.counters) {
    counted.push_back(absl::StrCat(Quoted(kernel), ": {",
                                   absl::StrJoin(counters, ", ",
                                                 [](std::string* out, const auto& c) {
                                                   absl::StrAppendFormat(out, "%s: %.12g", Quoted(c.first), c.second);
                                                 }),
                                   "}"));
  }
  return absl::StrCat("{\"unit\": ", Quoted(results.unit), ", \"source\": ", Quoted(results.source),
                      ",\n \"native\": ", results.native, ", \"ours\": ", results.ours, ",\n \"kernels\": [",
                      absl::StrJoin(kernels, ", "), "],\n \"counters\": {", absl::StrJoin(counted, ",\n  "),
                      "},\n \"systems\": [\n", absl::StrJoin(systems, ",\n"), "]}\n");
}

}  // namespace emu::bench
