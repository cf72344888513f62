// Runs random guests until it is stopped: fuzz_long [FIRST_SEED [COUNT [INSTRUCTIONS]]]. Prints each seed before it
// runs, so that one that hangs or crashes is known; status 1 at the first that does not end alike on both backends.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "targets/riscv/fuzz/fuzz_run.h"

int main(int argc, char** argv) {
  const uint64_t first = argc > 1 ? strtoull(argv[1], nullptr, 0) : 1;
  const uint64_t count = argc > 2 ? strtoull(argv[2], nullptr, 0) : ~uint64_t{0};
  const int64_t insns = argc > 3 ? strtoll(argv[3], nullptr, 0) : 100000;
  for (uint64_t seed = first; seed - first < count; ++seed) {
    fprintf(stderr, "\r%llu ", static_cast<unsigned long long>(seed));
    const std::string difference = emu::riscv::CompareFuzzGuest(seed, insns);
    if (difference.empty()) continue;
    puts(difference.c_str());
    return 1;
  }
  return 0;
}
