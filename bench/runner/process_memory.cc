#include "bench/runner/process_memory.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "memory/ram_block.h"

namespace emu::bench {
namespace {

constexpr uint64_t kKilo = 1024;

// "Rss:   12 kB"; of other lines 0.
uint64_t Resident(absl::string_view line) {
  const std::vector<absl::string_view> words = absl::StrSplit(line, ' ', absl::SkipEmpty());
  uint64_t value = 0;
  return words.size() == 3 && words[0] == "Rss:" && absl::SimpleAtoi(words[1], &value) ? value * kKilo : 0;
}

}  // namespace

// RAM of which the engine shares some pages lies in several mappings without a gap between them: they are one here.
uint64_t ResidentBesideLargest(absl::string_view smaps) {
  uint64_t total = 0, largest = 0, in_a_row = 0;
  absl::string_view end;
  bool shared = false;
  for (absl::string_view line : absl::StrSplit(smaps, '\n')) {
    const std::vector<absl::string_view> range = absl::StrSplit(line.substr(0, line.find(' ')), '-');
    if (range.size() == 2) {
      const bool was_shared = std::exchange(shared, absl::StrContains(line, memory::RamBlock::kSharedName));
      if (std::exchange(end, range[1]) != range[0] || shared == was_shared) in_a_row = 0;
    }
    const uint64_t resident = Resident(line);
    total += resident;
    in_a_row += resident;
    largest = std::max(largest, in_a_row);
  }
  return total - largest;
}

uint64_t ResidentBesideRam(pid_t pid) {
  std::ifstream file(absl::StrCat("/proc/", pid, "/smaps"));
  return ResidentBesideLargest(std::string(std::istreambuf_iterator<char>(file), {}));
}

}  // namespace emu::bench
