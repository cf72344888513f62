// Lists everything that a tree of page tables maps, for any architecture whose tables are arrays of entries that point
// to smaller tables. Every table is read once per level, so it ends soon whatever the tables hold: shared ones, tables
// that point to themselves, random words.
#ifndef EMU_MMU_TABLE_SCAN_H_
#define EMU_MMU_TABLE_SCAN_H_

#include <concepts>
#include <cstdint>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "memory/access.h"
#include "memory/address.h"
#include "memory/range.h"
#include "mmu/mapping_list.h"
#include "mmu/page_walk.h"

namespace emu::mmu {

// Far above what real address spaces need; a scan that reaches one of them stops and says where.
struct ScanLimits {
  uint64_t ranges = uint64_t{1} << 20;
  uint64_t tables = uint64_t{1} << 18;
};

// What the entry of a table is to a scan.
struct ScanEntry {
  enum class Kind : uint8_t { kNone, kTable, kLeaf, kFault };
  Kind kind = Kind::kNone;
  memory::Gpa target = {};  // kTable: the table; kLeaf: where the entry's first byte is mapped to
  uint32_t inherited = 0;   // kTable: what the architecture hands down (permissions, global, ...)
  Permissions permissions = {};
  uint8_t page_shift = 0;
  MappingAttributes attributes = {};
  absl::string_view reason = {};  // kFault; static storage
};

// The shape of an architecture's tables. Levels count down to 0, whose entries map the smallest pages.
template <typename T>
concept ScanFormat = requires(const T& format, int level, uint64_t value, uint32_t inherited) {
  { format.TopLevel() } -> std::same_as<int>;
  { format.IndexBits(level) } -> std::same_as<unsigned>;
  { format.Shift(level) } -> std::same_as<unsigned>;  // log2 of what an entry spans
  { format.EntrySize() } -> std::same_as<unsigned>;
  { format.Extend(value) } -> std::same_as<memory::Gva>;  // the full address for these index bits
  { format.Spaces() } -> std::same_as<std::vector<memory::Range>>;
  { format.Decode(value, level, value, inherited) } -> std::same_as<ScanEntry>;  // entry, level, address, inherited
};

template <PhysicalWords Words, ScanFormat Format>
class TableScan {
 public:
  TableScan(const Format& format, Words& words, const ScanLimits& limits)
      : format_(format), words_(words), limits_(limits) {}

  MappingList Run(memory::Gpa root, uint32_t inherited) && {
    list_.spaces = format_.Spaces();
    Table({root.value, format_.TopLevel(), inherited}, 0, list_.bytes);
    return std::move(list_);
  }

 private:
  using Key = std::tuple<uint64_t, int, uint32_t>;  // table, level, what was handed down to it
  struct Seen {
    memory::Gva first;
    bool empty;
    MappedBytes bytes;
  };

  bool Stopped() const { return list_.stopped_at.has_value(); }

  // Adds to `bytes` what the table maps.
  void Table(const Key& key, uint64_t va, MappedBytes& bytes) {
    const auto [table, level, inherited] = key;
    const size_t entries = size_t{1} << format_.IndexBits(level);
    ++list_.tables;
    for (size_t i = 0; i < entries && !Stopped(); ++i) {
      const uint64_t at = va | static_cast<uint64_t>(i) << format_.Shift(level);
      Entry(memory::Gpa(table + i * format_.EntrySize()), level, at, inherited, bytes);
    }
  }

  void Entry(memory::Gpa at, int level, uint64_t va, uint32_t inherited, MappedBytes& bytes) {
    if (list_.ranges.size() >= limits_.ranges) return Stop(va);
    const memory::MemValue word = words_.Read(at, format_.EntrySize());
    if (word.status != memory::MemStatus::kOk) return Fault(at, level, va, "the entry cannot be read");
    const ScanEntry entry = format_.Decode(word.value, level, va, inherited);
    switch (entry.kind) {
      case ScanEntry::Kind::kTable:
        return Descend({entry.target.value, level - 1, entry.inherited}, va, bytes);
      case ScanEntry::Kind::kLeaf:
        return Leaf(entry, level, va, bytes);
      case ScanEntry::Kind::kFault:
        return Fault(at, level, va, entry.reason);
      case ScanEntry::Kind::kNone:
        break;
    }
  }

  void Descend(const Key& key, uint64_t va, MappedBytes& bytes) {
    const auto known = seen_.find(key);
    if (known != seen_.end()) return Again(key, known->second, va, bytes);
    if (list_.tables >= limits_.tables) return Stop(va);
    const uint64_t before = appended_;
    Seen seen = {format_.Extend(va), false, {}};
    Table(key, va, seen.bytes);
    seen.empty = appended_ == before;
    Add(seen.bytes, bytes);
    seen_.emplace(key, std::move(seen));
  }

  void Again(const Key& key, const Seen& seen, uint64_t va, MappedBytes& bytes) {
    if (seen.empty) return;
    const unsigned shift = format_.Shift(std::get<1>(key) + 1);
    Append({.gva = RangeAt(va, shift),
            .kind = MappedKind::kAgain,
            .gpa = memory::Gpa(std::get<0>(key)),
            .first = seen.first,
            .span_shift = static_cast<uint8_t>(shift)});
    Add(seen.bytes, bytes);
  }

  void Leaf(const ScanEntry& entry, int level, uint64_t va, MappedBytes& bytes) {
    Append({.gva = RangeAt(va, format_.Shift(level)),
            .gpa = entry.target,
            .permissions = entry.permissions,
            .page_shift = entry.page_shift,
            .attributes = entry.attributes});
    bytes[entry.page_shift] += uint64_t{1} << format_.Shift(level);
  }

  void Fault(memory::Gpa at, int level, uint64_t va, absl::string_view reason) {
    Append({.gva = RangeAt(va, format_.Shift(level)), .kind = MappedKind::kFault, .gpa = at, .reason = reason});
  }

  void Stop(uint64_t va) { list_.stopped_at = format_.Extend(va); }

  static void Add(const MappedBytes& from, MappedBytes& to) {
    for (const auto& [shift, some] : from) to[shift] += some;
  }

  memory::Range RangeAt(uint64_t va, unsigned shift) const {
    const uint64_t first = format_.Extend(va).value;
    return {first, first + ((uint64_t{1} << shift) - 1)};
  }

  void Append(const MappedRange& range) {
    list_.Append(range);
    ++appended_;
  }

  const Format& format_;
  Words& words_;
  const ScanLimits limits_;
  uint64_t appended_ = 0;
  absl::flat_hash_map<Key, Seen> seen_;
  MappingList list_;
};

// Everything below the table at `root`, to which `inherited` is handed down.
template <PhysicalWords Words, ScanFormat Format>
MappingList ScanTables(const Format& format, memory::Gpa root, uint32_t inherited, Words& words,
                       const ScanLimits& limits) {
  return TableScan<Words, Format>(format, words, limits).Run(root, inherited);
}

}  // namespace emu::mmu

#endif  // EMU_MMU_TABLE_SCAN_H_
