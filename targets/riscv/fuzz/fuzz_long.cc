// Runs random guests, or random programs, until it is stopped: fuzz_long guests|programs [FIRST_SEED [COUNT
// [INSTRUCTIONS]]]. Prints seeds as it goes, so that one that hangs or crashes is known; status 1 at the first that
// does not end alike on both backends.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "targets/riscv/fuzz/fuzz_run.h"
#include "targets/riscv/fuzz/program_run.h"

int main(int argc, char** argv) {
  const std::string kind = argc > 1 ? argv[1] : "";
  const bool guests = kind == "guests";
  if (!guests && kind != "programs") {
    return fputs("usage: fuzz_long guests|programs [FIRST_SEED [COUNT [INSTRUCTIONS]]]\n", stderr), 2;
  }
  const uint64_t first = argc > 2 ? strtoull(argv[2], nullptr, 0) : 0;
  const uint64_t count = argc > 3 ? strtoull(argv[3], nullptr, 0) : ~uint64_t{0};
  const int64_t insns = argc > 4 ? strtoll(argv[4], nullptr, 0) : guests ? 100000 : 3000;
  for (uint64_t seed = first; seed - first < count; ++seed) {
    if (guests || seed % 256 == 0) fprintf(stderr, "\r%llu ", static_cast<unsigned long long>(seed));
    const std::string difference =
        guests ? emu::riscv::CompareFuzzGuest(seed, insns) : emu::riscv::CompareFuzzProgram(seed, insns);
    if (difference.empty()) continue;
    puts(difference.c_str());
    return 1;
  }
  return 0;
}
