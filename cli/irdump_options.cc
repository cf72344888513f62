#include "cli/irdump_options.h"

#include <functional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "cli/tool_flags.h"
#include "cli/values.h"

namespace emu::cli {
namespace {

using absl::string_view;
using backends::x86_64::HostFeatures;

absl::Status Expected(string_view value, string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("\"", value, "\": expected ", what));
}

struct FeatureName {
  string_view name;
  bool HostFeatures::* on;
};
// Those that host code may differ by.
constexpr FeatureName kFeatures[] = {
    {"sse41", &HostFeatures::sse41},     {"sse42", &HostFeatures::sse42}, {"bmi1", &HostFeatures::bmi1},
    {"bmi2", &HostFeatures::bmi2},       {"lzcnt", &HostFeatures::lzcnt}, {"popcnt", &HostFeatures::popcnt},
    {"avx", &HostFeatures::avx},         {"avx2", &HostFeatures::avx2},   {"fma", &HostFeatures::fma},
    {"avx512f", &HostFeatures::avx512f}, {"movbe", &HostFeatures::movbe}, {"erms", &HostFeatures::erms},
    {"cx16", &HostFeatures::cx16},       {"adx", &HostFeatures::adx},     {"aes", &HostFeatures::aes},
    {"pclmul", &HostFeatures::pclmul},
};

// The code is only looked at, so that the host need not have what it uses.
absl::Status SetFeatures(string_view value, IrdumpOptions* o) {
  if (value == "host") return o->features = backends::x86_64::Host(), absl::OkStatus();
  o->features = {};
  if (value == "none") return absl::OkStatus();
  const std::vector<string_view> words = absl::StrSplit(value, ',');
  for (string_view word : words) {
    bool known = false;
    std::string all = "host, none, all";
    for (const FeatureName& f : kFeatures) {
      if (word == f.name || word == "all") o->features.*f.on = known = true;
      absl::StrAppend(&all, ", ", f.name);
    }
    if (!known) return Expected(word, absl::StrCat("some of ", all));
  }
  return absl::OkStatus();
}

absl::Status SetArchitecture(string_view value, IrdumpOptions* o) {
  const auto found = debug::FindIrArchitecture(value);
  if (found.ok()) o->architecture = *found;
  return found.status();
}

absl::Status SetPc(string_view value, IrdumpOptions* o) {
  const absl::StatusOr<uint64_t> pc = ParseNumber(value);
  if (!pc.ok()) return Expected(value, "an address such as 0x80000000");
  o->pc = *pc;
  return absl::OkStatus();
}

absl::Status SetStages(string_view value, IrdumpOptions* o) {
  const absl::StatusOr<uint32_t> stages = debug::ParseIrStages(value);
  if (stages.ok()) o->stages = *stages;
  return stages.status();
}

absl::Status SetRange(string_view value, IrdumpOptions* o) {
  const std::pair<string_view, string_view> ends = absl::StrSplit(value, absl::MaxSplits("..", 1));
  const absl::StatusOr<uint64_t> first = ParseNumber(ends.first), last = ParseNumber(ends.second);
  if (!absl::StrContains(value, "..") || !first.ok() || !last.ok() || *first > *last) {
    return Expected(value, "FIRST..LAST, two addresses such as 0x80000000..0x8000000f");
  }
  o->range = {*first, *last};
  return absl::OkStatus();
}

template <typename T>
std::function<absl::Status(string_view)> Store(T* to) {
  return [to](string_view value) { return *to = std::string(value), absl::OkStatus(); };
}
std::function<absl::Status(string_view)> Switch(bool* to, bool value) {
  return [=](string_view) { return *to = value, absl::OkStatus(); };
}
template <typename Fn>
std::function<absl::Status(string_view)> Call(Fn set, IrdumpOptions* o) {
  return [=](string_view value) { return set(value, o); };
}

std::vector<ToolFlag> Flags(IrdumpOptions* o) {
  return {
      {"arch", "NAME", "the guest's architecture; riscv64 if not given", Call(SetArchitecture, o)},
      {"isa", "TEXT", "its extensions, such as rv64gc_zba", Store(&o->isa)},
      {"key", "WORDS", "what else code is translated for: privilege, FP on or off", Store(&o->key)},
      {"pc", "ADDR", "the address of the first instruction; 0x1000 if not given", Call(SetPc, o)},
      {"bytes", "HEX", "code as bytes in the order of memory, in place of text", Store(&o->bytes)},
      {"elf", "FILE", "code from a file, with --range or --symbol", Store(&o->elf)},
      {"range", "A..B", "its bytes from A to B, both included", Call(SetRange, o)},
      {"symbol", "NAME", "those of a function", Store(&o->symbol)},
      {"stage", "LIST", "what to show: guest, ir, opt, host; all if not given", Call(SetStages, o)},
      {"no-opt", "", "leave the passes out", Switch(&o->optimize, false)},
      {"host-features", "LIST", "what host code may use: host, none, all, or names", Call(SetFeatures, o)},
      {"json", "", "print JSON", Switch(&o->json, true)},
      {"help", "", "print this", Switch(&o->help, true)},
  };
}

// Exactly one source of code, with what belongs to it.
absl::Status Check(const IrdumpOptions& o) {
  const int sources = o.text.has_value() + o.bytes.has_value() + !o.elf.empty();
  if (sources == 0) {
    return absl::InvalidArgumentError("there is no code: give assembler text, --bytes HEX or --elf FILE; see --help");
  }
  if (sources > 1) return absl::InvalidArgumentError("code is given twice: expected one of text, --bytes, --elf");
  const int parts = o.range.has_value() + !o.symbol.empty();
  if (o.elf.empty() && parts != 0) return absl::InvalidArgumentError("--range and --symbol need --elf FILE");
  if (o.elf.empty()) return absl::OkStatus();
  if (parts != 1) return absl::InvalidArgumentError("--elf: expected --range A..B or --symbol NAME, one of them");
  if (o.pc.has_value()) return absl::InvalidArgumentError("--pc: code of an ELF file has its address");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<IrdumpOptions> ParseIrdumpOptions(absl::Span<const std::string> arguments) {
  IrdumpOptions options;
  options.architecture = &debug::IrArchitectures()[0];
  const absl::StatusOr<std::vector<std::string>> rest = ParseToolFlags(arguments, Flags(&options));
  if (!rest.ok()) return rest.status();
  if (!rest->empty()) options.text = absl::StrJoin(*rest, "\n");
  if (options.help) return options;
  if (absl::Status status = Check(options); !status.ok()) return status;
  return options;
}

std::string IrdumpHelp() {
  IrdumpOptions scratch;
  std::string text = absl::StrCat(
      "usage: irdump [FLAG...] TEXT...                        TEXT: 'addi a0,a0,1; ld a1,8(a0)', for the assembler\n"
      "       irdump [FLAG...] --bytes HEX\n"
      "       irdump [FLAG...] --elf FILE --range A..B|--symbol NAME\n"
      "What becomes of guest code: intermediate code, the same after each pass, host code.\n",
      ToolFlagsHelp(Flags(&scratch)), "Architectures:\n");
  for (const debug::IrArchitecture& a : debug::IrArchitectures()) {
    absl::StrAppendFormat(&text, "  %-22s  isa %s; key %s\n", a.name, a.isa, a.key_words);
  }
  return text;
}

}  // namespace emu::cli
