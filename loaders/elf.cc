#include "loaders/elf.h"

#include <cstring>
#include <string>

#include "absl/strings/str_cat.h"

namespace emu::loaders {
namespace {

constexpr uint8_t kMagic[4] = {0x7f, 'E', 'L', 'F'};
constexpr unsigned kClassByte = 4, kDataByte = 5, kVersionByte = 6;
constexpr uint64_t kExecutable = 2, kShared = 3, kCore = 4;  // e_type
constexpr uint64_t kLoad = 1;                                // p_type
constexpr uint64_t kSymbolTable = 2;                         // sh_type

absl::Status Bad(absl::string_view why) { return absl::InvalidArgumentError(why); }

}  // namespace

bool IsElf(const Bytes& file) { return file.size() >= sizeof(kMagic) && memcmp(file.data(), kMagic, 4) == 0; }

absl::StatusOr<ElfFile> ElfFile::Parse(Bytes file, absl::string_view name, ElfUse use) {
  ElfFile elf;
  elf.file_ = std::move(file);
  absl::Status status = elf.ReadIdentity(use);
  if (status.ok()) status = elf.ReadSegments();
  if (status.ok()) status = elf.ReadSymbolTable();
  if (!status.ok()) return Bad(absl::StrCat("\"", name, "\": malformed ELF file: ", status.message()));
  return elf;
}

uint64_t ElfFile::Get(uint64_t header, const Field& field) const {
  const uint64_t offset = header + (bits_ == 64 ? field.offset64 : field.offset32);
  const unsigned size = bits_ == 64 ? field.size64 : field.size32;
  if (!Holds(offset, size)) return 0;
  uint64_t value = 0;
  for (unsigned i = 0; i < size; ++i) {
    value = value << 8 | file_.data()[offset + (big_endian_ ? i : size - 1 - i)];
  }
  return value;
}

absl::Status ElfFile::ReadIdentity(ElfUse use) {
  constexpr Field kType = {16, 2, 16, 2}, kMachine = {18, 2, 18, 2}, kEntry = {24, 4, 24, 8};
  if (!IsElf(file_)) return Bad("it does not begin with the ELF magic number");
  if (!Holds(0, 52)) return Bad("the header is cut off");
  const uint8_t* id = file_.data();
  if (id[kClassByte] != 1 && id[kClassByte] != 2) return Bad("its class is neither 32 nor 64 bits");
  if (id[kDataByte] != 1 && id[kDataByte] != 2) return Bad("its byte order is neither little nor big");
  if (id[kVersionByte] != 1) return Bad("its version is not 1");
  bits_ = id[kClassByte] == 2 ? 64 : 32;
  big_endian_ = id[kDataByte] == 2;
  if (!Holds(0, bits_ == 64 ? 64 : 52)) return Bad("the header is cut off");
  const uint64_t type = Get(0, kType);
  core_ = type == kCore && use == ElfUse::kLook;
  if (type != kExecutable && type != kShared && !core_)
    return Bad(absl::StrCat("type ", type, " is not that of an executable"));
  machine_ = static_cast<uint16_t>(Get(0, kMachine));
  entry_ = Get(0, kEntry);
  return absl::OkStatus();
}

// Files of 65535 segments and more, which cores may be, have the number in the first section header (PN_XNUM of the
// System V ABI).
uint64_t ElfFile::SegmentCount() const {
  constexpr Field kCount = {44, 2, 56, 2}, kSections = {32, 4, 40, 8}, kInfo = {28, 4, 44, 4};
  const uint64_t count = Get(0, kCount), sections = Get(0, kSections);
  return count == 0xFFFF && sections != 0 ? Get(sections, kInfo) : count;
}

absl::Status ElfFile::ReadSegments() {
  constexpr Field kTable = {28, 4, 32, 8}, kEntrySize = {42, 2, 54, 2};
  constexpr Field kType = {0, 4, 0, 4}, kOffset = {4, 4, 8, 8}, kVirtual = {8, 4, 16, 8}, kPhysical = {12, 4, 24, 8};
  constexpr Field kFileSize = {16, 4, 32, 8}, kMemorySize = {20, 4, 40, 8};
  const uint64_t table = Get(0, kTable), size = Get(0, kEntrySize), count = SegmentCount();
  if (count != 0 && size < (bits_ == 64 ? 56u : 32u)) return Bad(absl::StrCat("program headers of ", size, " bytes"));
  if (!Holds(table, count * size)) return Bad("the program headers lie outside of the file");
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t at = table + i * size;
    if (Get(at, kType) != kLoad) continue;
    const uint64_t offset = Get(at, kOffset), bytes = Get(at, kFileSize), memory = Get(at, kMemorySize);
    if (!Holds(offset, bytes)) return Bad(absl::StrCat("segment ", i, " lies outside of the file"));
    if (memory < bytes) return Bad(absl::StrCat("segment ", i, " is larger in the file than in memory"));
    if (memory == 0) continue;
    segments_.push_back({Get(at, kPhysical), Get(at, kVirtual), memory, file_.Part(offset, bytes)});
  }
  if (segments_.empty()) return Bad("it has nothing to load");
  return absl::OkStatus();
}

absl::Status ElfFile::ReadSymbolTable() {
  constexpr Field kTable = {32, 4, 40, 8}, kEntrySize = {46, 2, 58, 2}, kCount = {48, 2, 60, 2};
  constexpr Field kType = {4, 4, 4, 4}, kOffset = {16, 4, 24, 8}, kSize = {20, 4, 32, 8}, kLink = {24, 4, 40, 4};
  constexpr Field kItemSize = {36, 4, 56, 8};
  const uint64_t table = Get(0, kTable), size = Get(0, kEntrySize), count = Get(0, kCount);
  if (table == 0 || count == 0) return absl::OkStatus();
  if (size < (bits_ == 64 ? 64u : 40u)) return Bad(absl::StrCat("section headers of ", size, " bytes"));
  if (!Holds(table, count * size)) return Bad("the section headers lie outside of the file");
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t at = table + i * size;
    if (Get(at, kType) != kSymbolTable) continue;
    SymbolTable symbols{Get(at, kOffset), Get(at, kSize), Get(at, kItemSize), {}};
    const uint64_t link = Get(at, kLink);
    if (link >= count) return Bad("the symbol table has no names");
    const uint64_t names = table + link * size;
    if (!Holds(symbols.offset, symbols.size) || !Holds(Get(names, kOffset), Get(names, kSize))) {
      return Bad("the symbol table lies outside of the file");
    }
    if (symbols.entry_size < (bits_ == 64 ? 24u : 16u)) return Bad("the symbols are too small");
    symbols.names = file_.Part(Get(names, kOffset), Get(names, kSize));
    symbols_ = std::move(symbols);
    break;
  }
  return absl::OkStatus();
}

std::optional<uint64_t> ElfFile::FindSymbol(absl::string_view symbol) const {
  constexpr Field kName = {0, 4, 0, 4}, kValue = {4, 4, 8, 8}, kSection = {14, 2, 6, 2};
  if (!symbols_.has_value()) return std::nullopt;
  const absl::string_view names(reinterpret_cast<const char*>(symbols_->names.data()), symbols_->names.size());
  for (uint64_t i = 0; i < symbols_->size / symbols_->entry_size; ++i) {
    const uint64_t at = symbols_->offset + i * symbols_->entry_size;
    const uint64_t name = Get(at, kName);
    if (name >= names.size() || Get(at, kSection) == 0) continue;
    const absl::string_view rest = names.substr(name, symbol.size() + 1);
    if (rest.size() == symbol.size() + 1 && rest.back() == '\0' && rest.substr(0, symbol.size()) == symbol) {
      return Get(at, kValue);
    }
  }
  return std::nullopt;
}

uint64_t ElfFile::physical_entry() const {
  for (const ElfSegment& s : segments_) {
    if (entry_ - s.virtual_address < s.memory_size) return entry_ - s.virtual_address + s.physical;
  }
  return entry_;
}

}  // namespace emu::loaders
