#include "bench/runner/process_memory.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

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

uint64_t ResidentBesideLargest(absl::string_view smaps) {
  uint64_t total = 0, largest = 0;
  for (absl::string_view line : absl::StrSplit(smaps, '\n')) {
    const uint64_t resident = Resident(line);
    total += resident;
    largest = std::max(largest, resident);
  }
  return total - largest;
}

uint64_t ResidentBesideRam(pid_t pid) {
  std::ifstream file(absl::StrCat("/proc/", pid, "/smaps"));
  return ResidentBesideLargest(std::string(std::istreambuf_iterator<char>(file), {}));
}

}  // namespace emu::bench
