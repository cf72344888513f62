#include "debug/monitor/state.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "debug/monitor/expression.h"

namespace emu::debug {

MonitorState::MonitorState(MonitorParts p)
    : parts(std::move(p)),
      view(parts.machine),
      watches(parts.machine, parts.hub, parts.symbols, [this](absl::string_view line) { Print(line); }) {}

absl::StatusOr<uint64_t> MonitorState::Eval(absl::string_view expression) const {
  return Evaluate(expression, {[this](absl::string_view name) { return Register(name); },
                               [this](absl::string_view name) { return SymbolAddress(name); },
                               [this](uint64_t address) { return Pointer(address); }});
}

absl::StatusOr<uint64_t> MonitorState::Register(absl::string_view name) const {
  const translate::Inspector& inspector = parts.machine.inspector();
  for (size_t i = 0; i < inspector.registers().size(); ++i) {
    if (inspector.registers()[i].name == name) return absl::Uint128Low64(inspector.Read(i));
  }
  return absl::NotFoundError(
      absl::StrCat("unknown register \"$", name, "\"; `json info registers` names those of this CPU"));
}

absl::StatusOr<uint64_t> MonitorState::SymbolAddress(absl::string_view name) const {
  const Symbol* symbol = parts.symbols.FindByName(name);
  if (symbol != nullptr) return symbol->address;
  return absl::NotFoundError(parts.symbols.empty()
                                 ? absl::StrCat("unknown name \"", name,
                                                "\": there are no symbols; -symbols FILE reads "
                                                "those of an ELF file, a System.map or a copy of /proc/kallsyms")
                                 : absl::StrCat("unknown symbol \"", name, "\""));
}

absl::StatusOr<uint64_t> MonitorState::Pointer(uint64_t address) const {
  uint8_t bytes[8];
  const translate::Inspector& inspector = parts.machine.inspector();
  const size_t size = inspector.address_bits() / 8;
  if (absl::Status status = view.Read(memory::Gva(address), absl::MakeSpan(bytes, size)); !status.ok()) return status;
  uint64_t value = 0;
  for (size_t i = 0; i < size; ++i) value = value << 8 | bytes[inspector.big_endian() ? i : size - 1 - i];
  return value;
}

std::string MonitorState::SymbolText(uint64_t address) const {
  const std::string symbol = parts.symbols.Describe(address);
  return symbol.empty() ? "" : absl::StrCat(" (", symbol, ")");
}

void MonitorState::Print(absl::string_view line) const {
  for (const auto& [id, sink] : sinks) sink(line);
}

}  // namespace emu::debug
