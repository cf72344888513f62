#include "backends/testing/random_test_lib.h"

#include "absl/strings/str_cat.h"
#include "translate/ir/printer.h"
#include "translate/ir/random_program.h"

namespace emu::backends::testing {
namespace {

std::string Describe(const Start& start) {
  std::string out = absl::StrCat("rm=", ir::RoundingName(start.rounding));
  for (unsigned n = 0; n < kRegPc; ++n) {
    absl::StrAppend(&out, " ", Registers()[n].name, "=0x", absl::Hex(start.registers[n]));
  }
  return out;
}

}  // namespace

ir::Block RandomBlock(uint64_t seed) {
  static constexpr unsigned kCallable[] = {kMix, kTrap};
  ir::RandomOptions options{.registers = GeneralRegisters(), .helpers = kCallable};
  options.memory_base = kMemoryBase;
  options.memory_size = kMemorySize;
  options.floating_point = seed % 4 != 0;
  options.insns = 4 + seed % 24;
  return ir::RandomProgram(seed, options);
}

std::string CompareRuns(Machine& reference, const ir::Block& reference_block, Machine& actual, const ir::Block& block,
                        uint64_t seed) {
  const Start start = RandomStart(seed ^ 0x5eed);
  const std::string differences = Differences(reference.Run(reference_block, start), actual.Run(block, start));
  if (differences.empty()) return "";
  return absl::StrCat("seed ", seed, "\n", Print(reference_block, RegisterNames()), "ran as\n",
                      Print(block, RegisterNames()), "from ", Describe(start), "\n", differences);
}

}  // namespace emu::backends::testing
