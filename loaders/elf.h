// Executables in ELF (System V ABI, chapters 4 and 5): 32 and 64 bits, either byte order. Everything in the file is
// checked before it is used.
#ifndef EMU_LOADERS_ELF_H_
#define EMU_LOADERS_ELF_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "loaders/bytes.h"

namespace emu::loaders {

inline constexpr uint16_t kElfMachineRiscv = 243;

struct ElfSegment {
  uint64_t physical = 0;  // where it goes
  uint64_t virtual_address = 0;
  uint64_t memory_size = 0;  // beyond data.size() zeros
  Bytes data;
};

// What a file is wanted for: to run it, or to look at the memory that it holds, for which a core will do.
enum class ElfUse { kRun, kLook };

class ElfFile {
 public:
  // `name` is for errors.
  static absl::StatusOr<ElfFile> Parse(Bytes file, absl::string_view name, ElfUse use = ElfUse::kRun);

  unsigned bits() const { return bits_; }
  bool big_endian() const { return big_endian_; }
  uint16_t machine() const { return machine_; }
  // Memory that was saved; where a segment is larger than its data, the rest was not.
  bool is_core() const { return core_; }
  // As in the header: a virtual address.
  uint64_t entry() const { return entry_; }
  // The physical address of the entry point, by the segment that holds it; entry() if none does.
  uint64_t physical_entry() const;
  // Of type LOAD and not empty, in the file's order.
  const std::vector<ElfSegment>& segments() const { return segments_; }
  // The address of a symbol, by the file's full symbol table.
  std::optional<uint64_t> FindSymbol(absl::string_view symbol) const;

 private:
  struct SymbolTable {
    uint64_t offset = 0, size = 0, entry_size = 0;
    Bytes names;
  };
  // Where fields lie in a header of the class of 32 or 64 bits.
  struct Field {
    unsigned offset32, size32, offset64, size64;
  };

  uint64_t Get(uint64_t header, const Field& field) const;
  bool Holds(uint64_t offset, uint64_t size) const { return offset <= file_.size() && size <= file_.size() - offset; }
  absl::Status ReadIdentity(ElfUse use);
  uint64_t SegmentCount() const;
  absl::Status ReadSegments();
  absl::Status ReadSymbolTable();

  Bytes file_;
  unsigned bits_ = 64;
  bool big_endian_ = false;
  uint16_t machine_ = 0;
  bool core_ = false;
  uint64_t entry_ = 0;
  std::vector<ElfSegment> segments_;
  std::optional<SymbolTable> symbols_;
};

bool IsElf(const Bytes& file);

}  // namespace emu::loaders

#endif  // EMU_LOADERS_ELF_H_
