#include "debug/trace/trace_spec.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace emu::debug {
namespace {

using absl::string_view;

absl::Status Bad(string_view key, string_view value, string_view expected) {
  return absl::InvalidArgumentError(absl::StrCat(key, " \"", value, "\": expected ", expected));
}

constexpr char kAddress[] = "A, A..B or A+SIZE, where A and B are 0x..., decimal, or names of symbols";

// Hexadecimal with 0x, decimal otherwise.
bool ParseNumber(string_view text, uint64_t* value) {
  if (absl::ConsumePrefix(&text, "0x") || absl::ConsumePrefix(&text, "0X")) {
    return !text.empty() && text.find_first_not_of("0123456789abcdefABCDEF") == string_view::npos &&
           absl::SimpleHexAtoi(text, value);
  }
  return !text.empty() && text.find_first_not_of("0123456789") == string_view::npos && absl::SimpleAtoi(text, value);
}

bool ParseAddress(string_view text, const SymbolTable& symbols, AddressRange* range) {
  if (ParseNumber(text, &range->first)) return range->last = range->first, true;
  const Symbol* const symbol = symbols.FindByName(text);
  if (symbol == nullptr) return false;
  *range = {symbol->address, symbol->address + (symbol->size - 1)};
  return true;
}

absl::Status SetKinds(string_view value, TraceFilter* filter) {
  filter->reads = filter->writes = filter->fetches = false;
  if (value == "none") return absl::OkStatus();
  for (const char letter : value) {
    if (letter != 'r' && letter != 'w' && letter != 'x') value = "";
    (letter == 'r' ? filter->reads : letter == 'w' ? filter->writes : filter->fetches) = true;
  }
  return value.empty() ? absl::InvalidArgumentError("") : absl::OkStatus();
}

absl::Status AddRange(string_view key, string_view value, const SymbolTable& symbols, std::optional<AddressSet>* set) {
  const absl::StatusOr<AddressRange> range = ParseAddressRange(value, symbols);
  if (!range.ok()) return absl::InvalidArgumentError(absl::StrCat(key, " ", range.status().message()));
  if (!set->has_value()) set->emplace();
  (*set)->Add(*range);
  return absl::OkStatus();
}

absl::Status SetExpression(string_view key, string_view value, std::shared_ptr<const RE2>* expression) {
  if (*expression != nullptr) return Bad(key, value, "to be given once; A|B matches both");
  RE2::Options options;
  options.set_log_errors(false);
  auto made = std::make_shared<const RE2>(std::string(value), options);
  if (!made->ok()) return Bad(key, value, absl::StrCat("a regular expression (RE2): ", made->error()));
  *expression = std::move(made);
  return absl::OkStatus();
}

absl::Status SetSymbol(string_view value, const SymbolTable& symbols, TraceFilter* filter) {
  if (symbols.empty()) return Bad("symbol", value, "symbols, but none are known: -symbols FILE");
  if (absl::Status status = SetExpression("symbol", value, &filter->symbol); !status.ok()) return status;
  for (const Symbol& symbol : symbols.symbols()) {
    if (RE2::PartialMatch(symbol.name, *filter->symbol)) return absl::OkStatus();
  }
  return Bad("symbol", value, absl::StrCat("part of the name of one of the ", symbols.symbols().size(), " symbols"));
}

absl::Status SetSwitch(string_view key, string_view value, bool* on) {
  if (value != "on" && value != "off") return Bad(key, value, "on or off");
  *on = value == "on";
  return absl::OkStatus();
}

absl::Status SetFormat(string_view value, TraceSpec* spec) {
  using Format = TraceSpec::Format;
  if (value == "text") return spec->format = Format::kText, absl::OkStatus();
  if (value == "json") return spec->format = Format::kJson, absl::OkStatus();
  if (value == "binary") return spec->format = Format::kBinary, absl::OkStatus();
  return Bad("format", value, "text, json or binary");
}

absl::Status SetKey(string_view key, string_view value, const SymbolTable& symbols, TraceSpec* spec) {
  if (key == "hva") return SetSwitch(key, value, &spec->show_hva);
  if (key == "file") {
    if (value.empty()) return Bad(key, value, "a path");
    return spec->file = std::string(value), absl::OkStatus();
  }
  if (key == "format") return SetFormat(value, spec);
  return SetFilterKey(key, value, symbols, &spec->filter);
}

absl::Status Check(const TraceSpec& spec) {
  const TraceFilter& f = spec.filter;
  if (!f.reads && !f.writes && !f.fetches && !f.walks && !f.dma) {
    return absl::InvalidArgumentError("nothing is traced: kind=none wants walks=on or dma=on");
  }
  if (f.dma && f.gva.has_value()) {
    return absl::InvalidArgumentError("dma=on with gva=: devices have no guest-virtual addresses; expected gpa=");
  }
  if (spec.format == TraceSpec::Format::kBinary && spec.file.empty()) {
    return absl::InvalidArgumentError("format=binary wants file=PATH");
  }
  return absl::OkStatus();
}

// Commas separate; two are one comma of a value.
std::vector<std::string> SplitKeys(string_view text) {
  std::vector<std::string> parts(1);
  for (size_t i = 0; i < text.size(); ++i) {
    const bool twice = text[i] == ',' && i + 1 < text.size() && text[i + 1] == ',';
    if (text[i] != ',' || twice) {
      parts.back() += text[i];
      i += twice;
    } else {
      parts.emplace_back();
    }
  }
  return parts;
}

absl::StatusOr<TraceSpec> Parse(string_view text, const SymbolTable& symbols) {
  TraceSpec spec;
  const std::vector<std::string> parts = SplitKeys(text);
  if (parts[0] != "mem") return Bad("trace", parts[0], "mem[,key=value...]");
  for (size_t i = 1; i < parts.size(); ++i) {
    const string_view part = parts[i];
    const size_t equals = part.find('=');
    const string_view key = part.substr(0, equals);
    const bool bare = equals == string_view::npos;
    if (bare && key != "hva" && key != "walks" && key != "dma") return Bad("trace", part, "key=value");
    const string_view value = bare ? "on" : part.substr(equals + 1);
    if (absl::Status status = SetKey(key, value, symbols, &spec); !status.ok()) return status;
  }
  if (absl::Status status = Check(spec); !status.ok()) return status;
  return spec;
}

}  // namespace

absl::StatusOr<AddressRange> ParseAddressRange(string_view text, const SymbolTable& symbols) {
  const size_t dots = text.find(".."), plus = text.find('+');
  AddressRange first, last;
  const bool ok = ParseAddress(text.substr(0, std::min(dots, plus)), symbols, &first);
  if (ok && dots != string_view::npos) {
    if (!ParseAddress(text.substr(dots + 2), symbols, &last)) return Bad("address", text, kAddress);
    if (last.first < first.first) return Bad("address", text, "the lower address first");
    return AddressRange{first.first, last.last};
  }
  if (!ok) return Bad("address", text, kAddress);
  if (plus == string_view::npos) return first;
  uint64_t size;
  if (!ParseNumber(text.substr(plus + 1), &size)) return Bad("address", text, kAddress);
  if (size == 0 || first.first + (size - 1) < first.first) return Bad("address", text, "1 to 2^64 bytes");
  return AddressRange{first.first, first.first + (size - 1)};
}

absl::Status SetFilterKey(string_view key, string_view value, const SymbolTable& symbols, TraceFilter* filter) {
  if (key == "kind") {
    if (SetKinds(value, filter).ok()) return absl::OkStatus();
    return Bad(key, value, "letters of rwx (read, write, execute), or none");
  }
  if (key == "gva") return AddRange(key, value, symbols, &filter->gva);
  if (key == "gpa") return AddRange(key, value, symbols, &filter->gpa);
  if (key == "pc") return AddRange(key, value, symbols, &filter->pc);
  if (key == "region") return SetExpression(key, value, &filter->region);
  if (key == "symbol") return SetSymbol(value, symbols, filter);
  if (key == "walks") return SetSwitch(key, value, &filter->walks);
  if (key == "dma") return SetSwitch(key, value, &filter->dma);
  if (key == "cpu") {
    uint64_t number;
    if (!ParseNumber(value, &number) || number > 0xffff) return Bad(key, value, "a CPU's number");
    return filter->cpu = static_cast<unsigned>(number), absl::OkStatus();
  }
  return Bad("key", key, "kind, gva, gpa, hva, region, symbol, pc, cpu, walks, dma, file or format");
}

absl::StatusOr<TraceSpec> ParseTraceSpec(string_view text, const SymbolTable& symbols) {
  absl::StatusOr<TraceSpec> spec = Parse(text, symbols);
  if (spec.ok()) return spec;
  return absl::InvalidArgumentError(absl::StrCat("trace \"", text, "\": ", spec.status().message()));
}

}  // namespace emu::debug
