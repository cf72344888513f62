#include "backends/testing/ir_file.h"

#include <cstring>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "translate/engine/fp_env.h"
#include "translate/ir/eval.h"
#include "translate/ir/parser.h"
#include "translate/ir/passes.h"
#include "translate/ir/verifier.h"

namespace emu::backends::testing {
namespace {

struct Item {
  absl::string_view name;
  absl::string_view value;
};
using Items = std::vector<Item>;

struct Case {
  std::string name;
  std::vector<std::pair<Items, Items>> runs;  // in, out
  std::string block;
};

Items ParseItems(absl::string_view text) {
  Items items;
  for (absl::string_view word : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> p = absl::StrSplit(word, absl::MaxSplits('=', 1));
    items.push_back({p.first, p.second});
  }
  return items;
}

std::vector<Case> ParseFile(absl::string_view text) {
  std::vector<Case> cases;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    absl::string_view rest = line;
    if (absl::ConsumePrefix(&rest, "; test: ")) {
      cases.push_back({std::string(rest), {}, ""});
    } else if (cases.empty()) {
      continue;
    } else if (absl::ConsumePrefix(&rest, "; in:")) {
      cases.back().runs.push_back({ParseItems(rest), {}});
    } else if (absl::ConsumePrefix(&rest, "; out:") && !cases.back().runs.empty()) {
      const Items items = ParseItems(rest);
      Items& out = cases.back().runs.back().second;
      out.insert(out.end(), items.begin(), items.end());
    } else {
      absl::StrAppend(&cases.back().block, line, "\n");
    }
  }
  return cases;
}

bool ParseNumber(absl::string_view text, uint64_t* v) {
  const bool negative = absl::ConsumePrefix(&text, "-");
  const bool ok = text.substr(0, 2) == "0x" ? absl::SimpleHexAtoi(text, v) : absl::SimpleAtoi(text, v);
  if (negative) *v = -*v;
  return ok;
}

int FindRegister(absl::string_view name) {
  for (unsigned n = 0; n < kRegisterCount; ++n) {
    if (Registers()[n].name == name) return static_cast<int>(n);
  }
  return -1;
}

// The offset in memory of "@address", or -1.
int64_t FindMemory(absl::string_view name) {
  uint64_t address = 0;
  if (!absl::ConsumePrefix(&name, "@") || !ParseNumber(name, &address)) return -1;
  if (address < kMemoryBase || address > kMemoryBase + kMemorySize - 8) return -1;
  return static_cast<int64_t>(address - kMemoryBase);
}

bool SetRounding(absl::string_view value, Start* start) {
  for (unsigned n = 1; n < 5; ++n) {
    start->rounding = static_cast<ir::Rounding>(n);
    if (ir::RoundingName(start->rounding) == value) return true;
  }
  return false;
}

bool Apply(const Item& item, Start* start) {
  if (item.name == "rm") return SetRounding(item.value, start);
  uint64_t v = 0;
  if (!ParseNumber(item.value, &v)) return false;
  if (item.name == "budget") return start->budget = static_cast<int64_t>(v), true;
  const int reg = FindRegister(item.name);
  if (reg >= 0) start->registers[static_cast<size_t>(reg)] = v;
  const int64_t at = FindMemory(item.name);
  if (at >= 0) std::memcpy(&start->memory[static_cast<size_t>(at)], &v, 8);
  return reg >= 0 || at >= 0;
}

std::string FlagNames(uint32_t flags) {
  constexpr std::pair<uint32_t, const char*> kNames[] = {{translate::kFpInvalid, "nv"},
                                                         {translate::kFpDivByZero, "dz"},
                                                         {translate::kFpOverflow, "of"},
                                                         {translate::kFpUnderflow, "uf"},
                                                         {translate::kFpInexact, "nx"}};
  std::string out;
  for (const auto& [bit, name] : kNames) {
    if ((flags & bit) != 0) absl::StrAppend(&out, out.empty() ? "" : "+", name);
  }
  return out.empty() ? "none" : out;
}

// What the outcome has under a numeric name; false if there is no such name.
bool Observed(absl::string_view name, const Outcome& o, uint64_t* v) {
  if (name == "pc") return *v = o.pc, true;
  if (name == "budget") return *v = static_cast<uint64_t>(o.budget), true;
  if (name == "unexecuted") return *v = o.unexecuted, true;
  if (name == "helper_pc") return *v = o.helper_pc, true;
  const int reg = FindRegister(name);
  if (reg >= 0) *v = o.registers[static_cast<size_t>(reg)];
  const int64_t at = FindMemory(name);
  if (at >= 0) std::memcpy(v, &o.memory[static_cast<size_t>(at)], 8);
  return reg >= 0 || at >= 0;
}

// Empty if the outcome is as the item says.
std::string Check(const Item& item, const Outcome& o) {
  std::string found;
  if (item.name == "exit") found = o.exit;
  if (item.name == "flags") found = FlagNames(o.flags);
  if (!found.empty()) return found == item.value ? "" : absl::StrCat(item.name, "=", item.value, ", found ", found);
  uint64_t expected = 0, v = 0;
  if (!ParseNumber(item.value, &expected) || !Observed(item.name, o, &v)) {
    return absl::StrCat("cannot read ", item.name, "=", item.value);
  }
  const int reg = FindRegister(item.name);
  if (reg >= 0) expected = ir::Truncate(Registers()[static_cast<size_t>(reg)].type, expected);
  return v == expected ? "" : absl::StrCat(item.name, "=", item.value, ", found 0x", absl::Hex(v));
}

void RunBlock(Machine& machine, const Case& test, const ir::Block& block, absl::string_view how, IrFileResult* result) {
  for (size_t n = 0; n < test.runs.size(); ++n) {
    const std::string where = absl::StrCat(test.name, ", run ", n + 1, ", ", how, ": ");
    Start start;
    for (const Item& item : test.runs[n].first) {
      if (!Apply(item, &start))
        result->failures.push_back(absl::StrCat(where, "cannot set ", item.name, "=", item.value));
    }
    const Outcome outcome = machine.Run(block, start);
    ++result->runs;
    if (outcome.registers.empty()) {
      result->failures.push_back(absl::StrCat(where, outcome.exit));
      continue;
    }
    for (const Item& item : test.runs[n].second) {
      const std::string failure = Check(item, outcome);
      if (!failure.empty()) result->failures.push_back(absl::StrCat(where, "expected ", failure));
    }
  }
}

}  // namespace

IrFileResult RunIrFile(Machine& machine, absl::string_view text) {
  IrFileResult result;
  for (const Case& test : ParseFile(text)) {
    absl::StatusOr<ir::Block> block = ir::Parse(test.block, RegisterNames());
    const absl::Status status = block.ok() ? ir::Verify(*block, VerifyTable()) : block.status();
    if (!status.ok()) {
      result.failures.push_back(absl::StrCat(test.name, ": ", status.message()));
      continue;
    }
    RunBlock(machine, test, *block, "as written", &result);
    ir::Optimize(&*block);
    RunBlock(machine, test, *block, "optimised", &result);
  }
  return result;
}

}  // namespace emu::backends::testing
