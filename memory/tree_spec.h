// A region tree as data: what a description says, before it is built and after a live tree was written down. Text
// (memory/tree_text.h) and JSON (memory/tree_json.h) are two spellings of it.
#ifndef EMU_MEMORY_TREE_SPEC_H_
#define EMU_MEMORY_TREE_SPEC_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "memory/range.h"
#include "memory/region.h"

namespace emu::memory {

struct RegionSpec {
  RegionKind kind = RegionKind::kContainer;
  std::string name;
  std::string label;  // by what aliases and address spaces refer to the region; empty: by its name
  int parent = -1;    // index in TreeSpec::regions, lower than the region's own; -1: it lies in none
  uint64_t at = 0;    // offset in the parent
  Size size = 0;
  int priority = 0;
  bool enabled = true;
  bool readonly = false;
  bool nonvolatile = false;
  bool direct_reads = true;    // ROM devices
  std::string target;          // aliases
  uint64_t target_offset = 0;  // aliases
  std::string owner;
  int line = 0;  // in the file, for messages; 0: unknown

  const std::string& reference() const { return label.empty() ? name : label; }
  bool operator==(const RegionSpec&) const = default;
};

struct SpaceSpec {
  std::string name;
  std::string root;  // a region's name or label
  bool big_endian = false;
  int line = 0;
  bool operator==(const SpaceSpec&) const = default;
};

struct TreeSpec {
  // Each followed by those that lie in it, in the order in which these are mapped: of equal priority, the last is seen.
  std::vector<RegionSpec> regions;
  std::vector<SpaceSpec> spaces;  // none: one, "memory", of the first region
  bool operator==(const TreeSpec&) const = default;
};

// "container", "terminated", "ram", "rom", "romd", "io", "alias", "iommu".
absl::string_view KindWord(RegionKind kind);
std::optional<RegionKind> KindOfWord(absl::string_view word);
// "container, terminated, ...", for messages.
std::string KindWords();

// "0x1000", sixteen hexadecimal digits as `info mtree` prints them, or decimal with K, M, G, T, P or E (powers of
// 1024).
absl::StatusOr<uint64_t> ParseTreeNumber(absl::string_view text);
// The same, and "16E" for all 2^64 bytes.
absl::StatusOr<Size> ParseTreeSize(absl::string_view text);
// The shortest way to write it that reads back: "64K", "16E", "0x123".
std::string FormatTreeSize(Size size);

}  // namespace emu::memory

#endif  // EMU_MEMORY_TREE_SPEC_H_
