#include "targets/riscv/lift/snippet.h"

#include <cstring>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "backends/interpreter/interpreter.h"
#include "backends/x86_64/backend.h"
#include "targets/riscv/interpret/interpret.h"
#include "targets/riscv/lift/assemble.h"
#include "targets/riscv/lift/lift.h"
#include "targets/riscv/lift/snippet_machine.h"
#include "translate/engine/fp_env.h"
#include "translate/ir/passes.h"
#include "translate/ir/printer.h"
#include "translate/ir/verifier.h"

namespace emu::riscv {
namespace {

constexpr absl::string_view kX[] = {"zero", "ra", "sp", "gp", "tp",  "t0",  "t1", "t2", "s0", "s1", "a0",
                                    "a1",   "a2", "a3", "a4", "a5",  "a6",  "a7", "s2", "s3", "s4", "s5",
                                    "s6",   "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6"};
constexpr absl::string_view kF[] = {"ft0", "ft1", "ft2", "ft3", "ft4",  "ft5",  "ft6", "ft7", "fs0",  "fs1", "fa0",
                                    "fa1", "fa2", "fa3", "fa4", "fa5",  "fa6",  "fa7", "fs2", "fs3",  "fs4", "fs5",
                                    "fs6", "fs7", "fs8", "fs9", "fs10", "fs11", "ft8", "ft9", "ft10", "ft11"};
const std::map<absl::string_view, uint32_t>& FlagNames() {
  using namespace translate;
  static const auto& names = *new std::map<absl::string_view, uint32_t>{
      {"nv", kFpInvalid}, {"dz", kFpDivByZero}, {"of", kFpOverflow}, {"uf", kFpUnderflow}, {"nx", kFpInexact}};
  return names;
}

// A state and what else a snippet's text says.
struct Words {
  SnippetState state;
  ir::Rounding rounding = ir::Rounding::kNearestEven;
  bool fence = false;
  std::string error;
};

uint64_t Number(absl::string_view text, Words* to) {
  const bool negative = absl::ConsumePrefix(&text, "-");
  uint64_t v = 0;
  const bool ok = absl::StartsWith(text, "0x") ? absl::SimpleHexAtoi(text, &v) : absl::SimpleAtoi(text, &v);
  if (!ok) to->error = absl::StrCat("not a number: ", text);
  return negative ? -v : v;
}

uint64_t FpNumber(absl::string_view text, Words* to) {
  double d = 0;
  float f = 0;
  uint64_t bits = 0;
  uint32_t single = 0;
  if (absl::ConsumePrefix(&text, "d") && absl::SimpleAtod(text, &d)) {
    std::memcpy(&bits, &d, 8);
    return text == "nan" ? 0x7ff8000000000000 : bits;
  }
  if (absl::ConsumePrefix(&text, "s") && absl::SimpleAtof(text, &f)) {
    std::memcpy(&single, &f, 4);
    return 0xffffffff00000000 | (text == "nan" ? 0x7fc00000 : single);
  }
  return Number(text, to);
}

bool Register(absl::string_view name, absl::string_view value, Words* to) {
  for (unsigned i = 0; i < 32; ++i) {
    if (name == kX[i]) return to->state.x[i] = Number(value, to), true;
    if (name == kF[i]) return to->state.f[i] = FpNumber(value, to), true;
  }
  return false;
}

bool Memory(absl::string_view name, absl::string_view value, Words* to) {
  if (name.size() < 3 || name[1] != '@') return false;
  const std::map<char, unsigned> sizes = {{'b', 1}, {'h', 2}, {'w', 4}, {'d', 8}};
  const auto size = sizes.find(name[0]);
  const uint64_t address = Number(name.substr(2), to) - kMemoryBase;
  if (size == sizes.end() || address > kMemorySize - 8) return false;
  const uint64_t v = Number(value, to);
  std::memcpy(to->state.memory.data() + address, &v, size->second);
  return true;
}

bool Reservation(absl::string_view value, Words* to) {
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(value, absl::MaxSplits(':', 1));
  to->state.reservation_address = parts.first == "none" ? kNoReservation : Number(parts.first, to);
  if (!parts.second.empty()) to->state.reservation_value = Number(parts.second, to);
  return true;
}

bool Rounding(absl::string_view value, Words* to) {
  static const auto& modes = *new std::map<absl::string_view, ir::Rounding>{{"rne", ir::Rounding::kNearestEven},
                                                                            {"rtz", ir::Rounding::kTowardZero},
                                                                            {"rdn", ir::Rounding::kDown},
                                                                            {"rup", ir::Rounding::kUp}};
  const auto mode = modes.find(value);
  if (mode == modes.end()) return false;
  to->rounding = mode->second;
  return true;
}

bool Word(absl::string_view name, absl::string_view value, Words* to) {
  SnippetState& s = to->state;
  if (name == "pc") return s.pc = Number(value, to), true;
  if (name == "insns") return s.executed = static_cast<int64_t>(Number(value, to)), true;
  if (name == "fault") return s.fault = Number(value, to), true;
  if (name == "call") return s.calls = std::string(value), true;
  if (name == "frm") return Rounding(value, to);
  if (name == "reserved") return Reservation(value, to);
  if (name == "dirty") return s.mstatus |= kStatusFs | kStatusSd, true;
  if (name == "fence") return to->fence = true;
  if (const auto flag = FlagNames().find(name); flag != FlagNames().end()) return s.fp_flags |= flag->second, true;
  return Register(name, value, to) || Memory(name, value, to);
}

void Apply(const char* text, Words* to) {
  for (absl::string_view word : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(word, absl::MaxSplits('=', 1));
    if (!Word(parts.first, parts.second, to) && to->error.empty()) to->error = absl::StrCat("what is ", word, "?");
  }
}

std::string Differences(const SnippetState& expected, const SnippetState& found) {
  std::string out;
  const auto compare = [&out](absl::string_view what, uint64_t e, uint64_t f) {
    if (e != f) absl::StrAppend(&out, "  ", what, ": expected 0x", absl::Hex(e), ", found 0x", absl::Hex(f), "\n");
  };
  for (unsigned i = 0; i < 32; ++i) {
    compare(kX[i], expected.x[i], found.x[i]);
    compare(kF[i], expected.f[i], found.f[i]);
  }
  compare("reservation_address", expected.reservation_address, found.reservation_address);
  compare("reservation_value", expected.reservation_value, found.reservation_value);
  compare("mstatus", expected.mstatus, found.mstatus);
  compare("pc", expected.pc, found.pc);
  compare("insns", static_cast<uint64_t>(expected.executed), static_cast<uint64_t>(found.executed));
  compare("fp flags", expected.fp_flags, found.fp_flags);
  compare("fault", expected.fault, found.fault);
  if (expected.calls != found.calls) {
    absl::StrAppend(&out, "  calls: expected ", expected.calls, ", found ", found.calls, "\n");
  }
  for (uint64_t i = 0; i < kMemorySize; ++i) {
    if (expected.memory[i] == found.memory[i]) continue;
    compare(absl::StrCat("@0x", absl::Hex(kMemoryBase + i)), expected.memory[i], found.memory[i]);
  }
  return out;
}

absl::StatusOr<Assembled> Code(const Snippet& snippet) {
  absl::string_view code = snippet.code;
  if (!absl::ConsumePrefix(&code, ".word ")) return Assemble(code, snippet.xlen);
  uint32_t word = 0;
  if (!absl::SimpleHexAtoi(code, &word)) return absl::InvalidArgumentError(code);
  Assembled a{std::vector<uint8_t>(InsnLength(word)), 1};
  std::memcpy(a.bytes.data(), &word, a.bytes.size());
  return a;
}

ir::Block Lift(const Assembled& code, const IsaConfig& isa, uint32_t key) {
  ir::Block block{.pc = kSnippetPc, .insn_count = 0, .label_count = 0, .code = {}};
  ir::Builder builder(&block);
  const translate::LiftRequest request{
      kSnippetPc, key, code.insn_count, code.bytes.data(), static_cast<uint32_t>(code.bytes.size()), [](uint64_t) {
        return nullptr;
      }};
  LiftBlock(request, isa, builder);
  builder.Finish();
  return block;
}

absl::Status VerifyBlock(const ir::Block& block) {
  std::vector<ir::Type> types;
  for (const translate::RegisterInfo& r : SnippetTarget().registers()) types.push_back(r.type);
  return ir::Verify(block, {types, static_cast<unsigned>(SnippetTarget().helpers().size())});
}

const std::vector<std::unique_ptr<translate::Backend>>& Backends() {
  static const auto& backends = *[] {
    auto* all = new std::vector<std::unique_ptr<translate::Backend>>;
    all->push_back(backends::interpreter::MakeInterpreter(SnippetTarget()));
    auto jit = backends::x86_64::MakeBackend(SnippetTarget(), {.code_bytes = 1 << 20});
    if (jit.ok()) all->push_back(*std::move(jit));
    return all;
  }();
  return backends;
}

bool HasFence(const ir::Block& block) {
  for (const ir::Instr& i : block.code) {
    if (i.op == ir::Op::kFence) return true;
  }
  return false;
}

// The start and, with what the snippet says, the end.
std::string ReadStates(const Snippet& snippet, const Assembled& code, Words* start, Words* end) {
  Apply(snippet.start, start);
  *end = *start;
  end->state.pc = kSnippetPc + code.bytes.size();
  end->state.executed = code.insn_count;
  Apply(snippet.end, end);
  return start->error + end->error;
}

std::string RunAll(const ir::Block& block, const Words& start, const Words& end) {
  std::string out;
  if (HasFence(block) != end.fence) absl::StrAppend(&out, "  fence: expected ", end.fence, "\n");
  for (const auto& backend : Backends()) {
    SnippetState state = start.state;
    std::string problem = RunBlock(*backend, block, start.rounding, &state);
    if (problem.empty()) problem = Differences(end.state, state);
    if (!problem.empty()) absl::StrAppend(&out, " by the ", backend->name(), ":\n", problem);
  }
  return out;
}

std::set<Insn> InsnsIn(const Assembled& code, uint8_t xlen) {
  std::set<Insn> found;
  for (size_t at = 0; at < code.bytes.size();) {
    uint32_t word = 0;
    std::memcpy(&word, code.bytes.data() + at, std::min<size_t>(4, code.bytes.size() - at));
    Decoded d;
    if (Decode(word, IsaConfig::Full(xlen), &d)) found.insert(d.id);
    at += d.length;
  }
  return found;
}

// CSRs that lifted code has as registers are asked of the helper.
bool IsForInterpreter(const Snippet& snippet, const Assembled& code, const Words& end) {
  const std::set<Insn> insns = InsnsIn(code, snippet.xlen);
  const bool is_csr =
      absl::c_any_of(insns, [](Insn insn) { return LineOf(insn).extensions == Bit(Extension::kZicsr); });
  return snippet.xlen == 64 && !insns.empty() && absl::c_all_of(insns, IsInterpreted) &&
         (!is_csr || !end.state.calls.empty());
}

std::string RunWithoutTranslation(const Assembled& code, const IsaConfig& isa, const Words& start, const Words& end) {
  SnippetState state = start.state;
  state.pc = kSnippetPc;
  std::string problem = RunInterpreted(code.bytes, code.insn_count, isa, &state);
  return problem.empty() ? Differences(end.state, state) : problem;
}

}  // namespace

std::string RunSnippet(const Snippet& snippet, const IsaConfig& isa) {
  const absl::StatusOr<Assembled> code = Code(snippet);
  if (!code.ok()) return code.status().ToString();
  Words start, end;
  if (std::string problem = ReadStates(snippet, *code, &start, &end); !problem.empty()) {
    return absl::StrCat(snippet.code, ": ", problem, "\n");
  }
  std::string out;
  if (isa.Has(Extension::kC) && IsForInterpreter(snippet, *code, end)) {
    const std::string problem = RunWithoutTranslation(*code, isa, start, end);
    if (!problem.empty()) absl::StrAppend(&out, snippet.code, " | ", snippet.start, " | ", snippet.end, "\n", problem);
  }
  ir::Block block = Lift(*code, isa, snippet.key);
  for (bool optimized : {false, true}) {
    if (optimized) ir::Optimize(&block);
    const absl::Status valid = VerifyBlock(block);
    std::string problem = valid.ok() ? RunAll(block, start, end) : valid.ToString();
    if (problem.empty()) continue;
    absl::StrAppend(&out, snippet.code, " | ", snippet.start, " | ", snippet.end, optimized ? " (optimized)" : "", "\n",
                    problem, ir::Print(block));
  }
  return out;
}

std::string RunSnippet(const Snippet& snippet) { return RunSnippet(snippet, IsaConfig::Full(snippet.xlen)); }

std::set<Insn> InsnsOf(const Snippet& snippet) {
  const absl::StatusOr<Assembled> code = Code(snippet);
  return code.ok() ? InsnsIn(*code, snippet.xlen) : std::set<Insn>();
}

}  // namespace emu::riscv
