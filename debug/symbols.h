// Names of guest addresses: from the symbol table of an ELF file, a System.map, or a copy of /proc/kallsyms.
#ifndef EMU_DEBUG_SYMBOLS_H_
#define EMU_DEBUG_SYMBOLS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace emu::debug {

struct Symbol {
  uint64_t address = 0;
  uint64_t size = 0;  // known, or up to the next symbol
  std::string name;
};

class SymbolTable {
 public:
  // An empty one.
  SymbolTable() = default;
  // Any of the forms.
  static absl::StatusOr<SymbolTable> Load(const std::string& path);
  // `name` is for errors.
  static absl::StatusOr<SymbolTable> FromElf(absl::string_view file, absl::string_view name);
  // "ffffffff80000000 T _start", perhaps with a module behind: a line each.
  static absl::StatusOr<SymbolTable> FromMap(absl::string_view text, absl::string_view name);
  // In any order. A size of 0 stands for "up to the next", but not more than 1 MiB.
  static SymbolTable FromSymbols(std::vector<Symbol> symbols);

  // All of both. Where both have an address, this table's name stays.
  void Merge(const SymbolTable& other);

  // The symbol that holds `address`, or null.
  const Symbol* Find(uint64_t address) const;
  const Symbol* FindByName(absl::string_view name) const;
  // "main", "main+0x12", or "" where no symbol is.
  std::string Describe(uint64_t address) const;
  // By address; no two have the same.
  absl::Span<const Symbol> symbols() const { return symbols_; }
  bool empty() const { return symbols_.empty(); }

 private:
  std::vector<Symbol> symbols_;
  std::vector<uint32_t> by_name_;  // numbers in symbols_, by name
};

}  // namespace emu::debug

#endif  // EMU_DEBUG_SYMBOLS_H_
