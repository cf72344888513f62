// What an address space maps, as a compact list: neighbours that map alike are one range, and a table that is met again
// is told as such instead of being listed again, so that the list stays short whatever the tables hold.
#ifndef EMU_MMU_MAPPING_LIST_H_
#define EMU_MMU_MAPPING_LIST_H_

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "memory/address.h"
#include "memory/range.h"
#include "mmu/page_walk.h"

namespace emu::mmu {

// What a mapping has besides permissions, in words that fit all architectures.
struct MappingAttributes {
  bool user = false;
  bool global = false;
  bool accessed = false;
  bool dirty = false;
  absl::string_view memory_type = {};  // the architecture's word for it, static storage; empty: ordinary memory

  bool operator==(const MappingAttributes&) const = default;
};

enum class MappedKind : uint8_t {
  kMapped,
  kHole,   // nothing; only in what WithHoles gives
  kAgain,  // tables that were listed already, once or several times in a row
  kFault,  // entries that are there and cannot be followed
};

struct MappedRange {
  memory::Range gva = {};
  MappedKind kind = MappedKind::kMapped;
  memory::Gpa gpa = {};  // where the range begins; kAgain: the table; kFault: the first such entry
  // Of kMapped. Permissions are those of the tables, whoever makes the access.
  Permissions permissions = {};
  uint8_t page_shift = 0;  // log2 of the page size
  MappingAttributes attributes = {};
  // Of kAgain: where the tables stand in the list, and what they span (log2), which divides the range's size.
  memory::Gva first = {};
  uint8_t span_shift = 0;
  // Of kFault, in words; static storage.
  absl::string_view reason = {};

  bool operator==(const MappedRange&) const = default;
};

// How many bytes are mapped by pages of a size (log2).
using MappedBytes = std::map<uint8_t, uint64_t>;

// A byte of the list: a range of it, kMapped or kFault, and which address there.
struct MappingHit {
  const MappedRange* range;
  memory::Gva at;

  memory::Gpa gpa() const { return range->gpa + (at.value - range->gva.first); }
  bool operator==(const MappingHit&) const = default;
};

struct MappingList {
  std::vector<memory::Range> spaces;      // the addresses that there can be, ascending
  std::vector<MappedRange> ranges;        // ascending, disjoint, within `spaces`
  MappedBytes bytes;                      // tables that are there again count again
  uint64_t tables = 0;                    // that were read
  std::optional<memory::Gva> stopped_at;  // set when a limit was reached: all below is listed, nothing from here on

  // Adds a range behind all others, as a part of the last one where it goes on in the same way.
  void Append(const MappedRange& range);
  // What lies at `gva`, looked up where the tables were listed first; nothing for a hole.
  std::optional<MappingHit> Find(memory::Gva gva) const;
  // The ranges and the holes between them.
  std::vector<MappedRange> WithHoles() const;
  uint64_t TotalBytes() const;
};

}  // namespace emu::mmu

#endif  // EMU_MMU_MAPPING_LIST_H_
