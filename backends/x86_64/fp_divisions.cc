#include "backends/x86_64/fp_divisions.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "translate/ir/division.h"

namespace emu::backends::x86_64 {
namespace {

using ir::Instr;
using ir::Op;

// Sets of divisions, a bit each.
using Divisions = uint64_t;
constexpr size_t kMostDivisions = 64;

// A block's own results come back to it through registers only; so many rounds of steps are enough for most.
constexpr int kRounds = 8;

// Cycles from one division to the next, measured on Zen 5.
struct Costs {
  unsigned integer, fp;
};
constexpr Costs kCosts32 = {7, 5}, kCosts64 = {8, 6};

bool DividesByUnknown(const ir::Block& block, const Instr& i) {
  return ir::IsDivision(i.op) && block.code[i.args[1]].op != Op::kConst;
}

bool Loops(const ir::Block& block) {
  return std::ranges::any_of(
      block.code, [&](const Instr& i) { return (i.op == Op::kGoto || i.op == Op::kExitIf) && i.imm == block.pc; });
}

// Which divisions each value follows from, in this round or in those before it.
class Origins {
 public:
  Origins(const ir::Block& block, const std::vector<uint32_t>& divisions) : block_(block), divisions_(divisions) {
    of_.resize(block.code.size());
    for (int round = 0; round < kRounds && Round(); ++round) {
    }
  }
  Divisions OfArguments(const Instr& i) const {
    Divisions all = 0;
    for (ir::Value v : i.args) all |= v == ir::kNoValue ? 0 : of_[v];
    return all;
  }

 private:
  // False: nothing is new.
  bool Round() {
    bool changed = false;
    size_t division = 0;
    for (uint32_t n = 0; n < block_.code.size(); ++n) {
      const Instr& i = block_.code[n];
      Divisions from = i.op == Op::kGet ? registers_[i.imm] : OfArguments(i);
      if (division < divisions_.size() && divisions_[division] == n) from |= Divisions{1} << division++;
      if (i.op == Op::kSet) registers_[i.imm] = from;
      changed |= from != of_[n];
      of_[n] = from;
    }
    return changed;
  }

  const ir::Block& block_;
  const std::vector<uint32_t>& divisions_;
  std::vector<Divisions> of_;  // by value
  absl::flat_hash_map<uint64_t, Divisions> registers_;
};

}  // namespace

void FpDivisions::Find(const ir::Block& block) {
  Clear();
  std::vector<uint32_t> divisions;
  for (uint32_t n = 0; n < block.code.size(); ++n) {
    if (DividesByUnknown(block, block.code[n])) divisions.push_back(n);
  }
  if (divisions.empty() || divisions.size() > kMostDivisions || !Loops(block)) return;
  taken_.resize(block.code.size());
  const Origins origins(block, divisions);
  unsigned integer = 0, fp = 0;  // how long each divider is busy
  for (size_t d = 0; d < divisions.size(); ++d) {
    const Instr& i = block.code[divisions[d]];
    const Costs& costs = ir::TypeBits(i.type) == 64 ? kCosts64 : kCosts32;
    const bool waits = (origins.OfArguments(i) >> d & 1) != 0;
    const bool takes = !waits && fp + costs.fp <= integer + costs.integer;
    taken_[divisions[d]] = takes;
    (takes ? fp : integer) += takes ? costs.fp : costs.integer;
  }
}

}  // namespace emu::backends::x86_64
