#include "debug/symbols.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "llvm/Object/ELFObjectFile.h"
#include "loaders/bytes.h"

namespace emu::debug {
namespace {

namespace elf = llvm::ELF;
using llvm::object::ELFObjectFileBase;

constexpr uint64_t kLongestUnsized = uint64_t{1} << 20;

absl::Status Malformed(absl::string_view name, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("\"", name, "\": no table of symbols: ", why));
}

// Compilers mark pieces of functions by local labels and code among data by "$x".
bool IsLabel(absl::string_view name) {
  return name.empty() || absl::StartsWith(name, ".L") || absl::StartsWith(name, "$");
}

bool NamesAnAddress(const llvm::object::ELFSymbolRef& symbol) {
  const unsigned type = symbol.getELFType();
  if (type != elf::STT_NOTYPE && type != elf::STT_OBJECT && type != elf::STT_FUNC) return false;
  llvm::Expected<uint32_t> flags = symbol.getFlags();
  if (!flags) return llvm::consumeError(flags.takeError()), false;
  return (*flags & (llvm::object::SymbolRef::SF_Undefined | llvm::object::SymbolRef::SF_Absolute)) == 0;
}

// Of several names for an address a function's or variable's is better than a label, a global one than a local one.
int Rank(const llvm::object::ELFSymbolRef& symbol) {
  return (symbol.getELFType() != elf::STT_NOTYPE ? 2 : 0) + (symbol.getBinding() != elf::STB_LOCAL ? 1 : 0);
}

// One line of a map: "ADDRESS TYPE NAME". Absolute symbols are no addresses.
bool ParseMapLine(absl::string_view line, Symbol* symbol, bool* wanted) {
  const std::vector<absl::string_view> words = absl::StrSplit(line, absl::ByAnyChar(" \t\r"), absl::SkipEmpty());
  if (words.size() < 3 || words[1].size() != 1 || !absl::SimpleHexAtoi(words[0], &symbol->address)) return false;
  symbol->name = std::string(words[2]);
  *wanted = words[1] != "a" && words[1] != "A" && words[1] != "U" && !IsLabel(symbol->name);
  return true;
}

}  // namespace

absl::StatusOr<SymbolTable> SymbolTable::Load(const std::string& path) {
  const absl::StatusOr<loaders::Bytes> bytes = loaders::MapFile(path);
  if (!bytes.ok()) return bytes.status();
  const absl::string_view file(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  return absl::StartsWith(file,
                          "\x7f"
                          "ELF")
             ? FromElf(file, path)
             : FromMap(file, path);
}

absl::StatusOr<SymbolTable> SymbolTable::FromElf(absl::string_view file, absl::string_view name) {
  auto object = ELFObjectFileBase::createELFObjectFile(
      llvm::MemoryBufferRef(llvm::StringRef(file.data(), file.size()), "symbols"));
  if (!object) return Malformed(name, llvm::toString(object.takeError()));
  std::vector<std::pair<int, Symbol>> found;
  for (const llvm::object::ELFSymbolRef symbol : llvm::cast<ELFObjectFileBase>(**object).symbols()) {
    llvm::Expected<llvm::StringRef> text = symbol.getName();
    if (!text) return Malformed(name, llvm::toString(text.takeError()));
    llvm::Expected<uint64_t> address = symbol.getAddress();
    if (!address) return Malformed(name, llvm::toString(address.takeError()));
    const absl::string_view view(text->data(), text->size());
    if (!IsLabel(view) && NamesAnAddress(symbol)) {
      found.push_back({Rank(symbol), {*address, symbol.getSize(), std::string(view)}});
    }
  }
  if (found.empty()) return Malformed(name, "the ELF file has no symbols; it was stripped");
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<Symbol> symbols;
  for (auto& [rank, symbol] : found) symbols.push_back(std::move(symbol));
  return FromSymbols(std::move(symbols));
}

absl::StatusOr<SymbolTable> SymbolTable::FromMap(absl::string_view text, absl::string_view name) {
  std::vector<Symbol> symbols;
  int number = 0;
  uint64_t highest = 0;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    if (absl::StripAsciiWhitespace(line).empty()) continue;
    Symbol symbol;
    bool wanted;
    if (!ParseMapLine(line, &symbol, &wanted)) {
      return Malformed(name, absl::StrCat("line ", number, " is neither ELF nor \"ADDRESS TYPE NAME\""));
    }
    highest = std::max(highest, symbol.address);
    if (wanted) symbols.push_back(std::move(symbol));
  }
  if (symbols.empty()) return Malformed(name, "it names no address");
  if (highest == 0) return Malformed(name, "all addresses are 0: /proc/kallsyms shows them to root only");
  return FromSymbols(std::move(symbols));
}

SymbolTable SymbolTable::FromSymbols(std::vector<Symbol> symbols) {
  SymbolTable table;
  table.symbols_ = std::move(symbols);
  std::vector<Symbol>& all = table.symbols_;
  const auto before = [](const Symbol& a, const Symbol& b) { return a.address < b.address; };
  const auto same = [](const Symbol& a, const Symbol& b) { return a.address == b.address; };
  std::stable_sort(all.begin(), all.end(), before);
  all.erase(std::unique(all.begin(), all.end(), same), all.end());
  for (size_t i = 0; i < all.size(); ++i) {
    if (all[i].size != 0) continue;
    const uint64_t room = i + 1 < all.size() ? all[i + 1].address - all[i].address : kLongestUnsized;
    all[i].size = std::min({room, kLongestUnsized, ~uint64_t{0} - all[i].address});
  }
  table.by_name_.resize(all.size());
  std::iota(table.by_name_.begin(), table.by_name_.end(), 0);
  std::stable_sort(table.by_name_.begin(), table.by_name_.end(),
                   [&](uint32_t a, uint32_t b) { return all[a].name < all[b].name; });
  return table;
}

void SymbolTable::Merge(const SymbolTable& other) {
  std::vector<Symbol> all = std::move(symbols_);
  all.insert(all.end(), other.symbols_.begin(), other.symbols_.end());
  *this = FromSymbols(std::move(all));
}

const Symbol* SymbolTable::Find(uint64_t address) const {
  const auto after = std::upper_bound(symbols_.begin(), symbols_.end(), address,
                                      [](uint64_t value, const Symbol& s) { return value < s.address; });
  if (after == symbols_.begin()) return nullptr;
  const Symbol& symbol = *std::prev(after);
  return address - symbol.address < symbol.size ? &symbol : nullptr;
}

const Symbol* SymbolTable::FindByName(absl::string_view name) const {
  const auto at = std::lower_bound(by_name_.begin(), by_name_.end(), name,
                                   [&](uint32_t i, absl::string_view n) { return symbols_[i].name < n; });
  return at != by_name_.end() && symbols_[*at].name == name ? &symbols_[*at] : nullptr;
}

std::string SymbolTable::Describe(uint64_t address) const {
  const Symbol* const symbol = Find(address);
  if (symbol == nullptr) return "";
  const uint64_t offset = address - symbol->address;
  return offset == 0 ? symbol->name : absl::StrCat(symbol->name, "+0x", absl::Hex(offset));
}

}  // namespace emu::debug
