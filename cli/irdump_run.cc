#include "cli/irdump_run.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cli/irdump_options.h"
#include "debug/assembler.h"
#include "debug/explorer/ir_explorer.h"
#include "debug/explorer/ir_report.h"
#include "debug/symbols.h"
#include "loaders/elf.h"

namespace emu::cli {
namespace {

using absl::string_view;
using Code = std::vector<uint8_t>;

constexpr uint64_t kDefaultPc = 0x1000;

absl::Status Prefixed(string_view what, const absl::Status& status) {
  return status.ok() ? status : absl::InvalidArgumentError(absl::StrCat(what, ": ", status.message()));
}

absl::StatusOr<Code> FromHex(string_view text) {
  std::string digits;
  for (const char c : text) {
    if (!absl::ascii_isspace(static_cast<unsigned char>(c))) digits += c;
  }
  if (absl::StartsWith(digits, "0x")) digits.erase(0, 2);
  for (const char c : digits) {
    if (absl::ascii_isxdigit(static_cast<unsigned char>(c))) continue;
    return absl::InvalidArgumentError(absl::StrCat("--bytes: '", absl::CHexEscape(string_view(&c, 1)), "' in \"",
                                                   absl::CHexEscape(text), "\" is no hexadecimal digit"));
  }
  if (digits.size() % 2 != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("--bytes: \"", text, "\" has ", digits.size(), " digits; expected two for each byte"));
  }
  const std::string bytes = absl::HexStringToBytes(digits);
  return Code(bytes.begin(), bytes.end());
}

// The bytes from `first` to `last` of the segment that holds them all.
absl::StatusOr<Code> FromSegments(const loaders::ElfFile& file, uint64_t first, uint64_t last) {
  for (const loaders::ElfSegment& s : file.segments()) {
    if (first - s.virtual_address >= s.data.size() || last - s.virtual_address >= s.data.size()) continue;
    const auto bytes = s.data.span().subspan(first - s.virtual_address, last - first + 1);
    return Code(bytes.begin(), bytes.end());
  }
  return absl::InvalidArgumentError(absl::StrFormat("nothing of the file is loaded at 0x%x..0x%x", first, last));
}

class Run {
 public:
  explicit Run(const IrdumpOptions& options) : options_(options) {}

  absl::StatusOr<IrdumpOutcome> Do() {
    const string_view isa = options_.isa.empty() ? options_.architecture->isa : options_.isa;
    absl::StatusOr<std::unique_ptr<debug::IrGuest>> guest = options_.architecture->make(isa);
    if (!guest.ok()) return Prefixed("--isa", guest.status());
    guest_ = *std::move(guest);
    const absl::StatusOr<uint32_t> key = guest_->ParseKey(options_.key);
    if (!key.ok()) return Prefixed("--key", key.status());
    pc_ = options_.pc.value_or(kDefaultPc);
    const absl::StatusOr<Code> code = FindCode();
    if (!code.ok()) return code.status();
    const auto all = debug::Explore(*guest_, *code, {pc_, *key, options_.optimize, options_.features});
    if (!all.ok()) return all.status();
    return Report(*all, code->size());
  }

 private:
  absl::StatusOr<Code> FindCode() {
    if (options_.text.has_value()) return debug::Assemble(*options_.text, guest_->mc());
    if (options_.bytes.has_value()) return FromHex(*options_.bytes);
    const absl::StatusOr<Code> code = FromElf();
    if (!code.ok()) return Prefixed(absl::StrCat("--elf \"", options_.elf, "\""), code.status());
    return code;
  }

  absl::StatusOr<Code> FromElf() {
    const absl::StatusOr<loaders::Bytes> bytes = loaders::ReadFile(options_.elf);
    if (!bytes.ok()) return bytes.status();
    const absl::StatusOr<loaders::ElfFile> file = loaders::ElfFile::Parse(*bytes, options_.elf, loaders::ElfUse::kLook);
    if (!file.ok()) return file.status();
    if (!guest_->Runs(*file)) {
      return absl::InvalidArgumentError(absl::StrCat("is for another CPU than ", options_.architecture->name));
    }
    std::pair<uint64_t, uint64_t> range = options_.range.value_or(std::make_pair(0, 0));
    if (!options_.symbol.empty()) {
      if (absl::Status status = FindSymbol(*bytes, &range); !status.ok()) return status;
    }
    if (range.second - range.first >= debug::kMaxExploredBytes) {
      return absl::InvalidArgumentError(absl::StrFormat("0x%x..0x%x is too much code; expected up to %d bytes",
                                                        range.first, range.second, debug::kMaxExploredBytes));
    }
    pc_ = range.first;
    return FromSegments(*file, range.first, range.second);
  }

  absl::Status FindSymbol(const loaders::Bytes& bytes, std::pair<uint64_t, uint64_t>* range) const {
    const string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const absl::StatusOr<debug::SymbolTable> symbols = debug::SymbolTable::FromElf(text, options_.elf);
    if (!symbols.ok()) return symbols.status();
    const debug::Symbol* const symbol = symbols->FindByName(options_.symbol);
    if (symbol == nullptr) return absl::NotFoundError(absl::StrCat("has no symbol \"", options_.symbol, "\""));
    if (symbol->size == 0) return absl::InvalidArgumentError(absl::StrCat("\"", options_.symbol, "\" has no size"));
    *range = {symbol->address, symbol->address + symbol->size - 1};
    return absl::OkStatus();
  }

  IrdumpOutcome Report(const debug::Exploration& all, size_t code_size) const {
    const translate::Target& target = guest_->target();
    IrdumpOutcome outcome;
    outcome.output = options_.json ? debug::IrReportJson(all, target, options_.stages)
                                   : debug::IrReportText(all, target, options_.stages);
    const uint64_t left = pc_ + code_size - all.end;
    if (left == 0) return outcome;
    outcome.status = 2;
    outcome.error = absl::StrFormat("the last %d bytes, at 0x%x, are no whole instruction", left, all.end);
    return outcome;
  }

  const IrdumpOptions& options_;
  std::unique_ptr<debug::IrGuest> guest_;
  uint64_t pc_ = 0;
};

}  // namespace

IrdumpOutcome RunIrdump(absl::Span<const std::string> arguments) {
  const absl::StatusOr<IrdumpOptions> options = ParseIrdumpOptions(arguments);
  if (!options.ok()) return {1, "", std::string(options.status().message())};
  if (options->help) return {0, IrdumpHelp(), ""};
  absl::StatusOr<IrdumpOutcome> outcome = Run(*options).Do();
  if (!outcome.ok()) return {1, "", std::string(outcome.status().message())};
  return *std::move(outcome);
}

}  // namespace emu::cli
