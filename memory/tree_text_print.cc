#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "memory/tree_text.h"

namespace emu::memory {
namespace {

// A word as it must be written to be read back.
std::string Quoted(absl::string_view text) {
  if (!text.empty() && text.find_first_of(" \t\r\"\\") == absl::string_view::npos && text[0] != '#') {
    return std::string(text);
  }
  std::string quoted = "\"";
  for (char c : text) absl::StrAppend(&quoted, c == '"' || c == '\\' ? "\\" : "", absl::string_view(&c, 1));
  return quoted + "\"";
}

// The last address where there is one, else (nothing, or past the end of the space) the size.
std::string Extent(const RegionSpec& region) {
  if (region.size.whole() && region.at == 0) return "16E";
  if (region.size.empty() || region.size.last() > ~region.at) {
    return absl::StrFormat("0x%x+%s", region.at, FormatTreeSize(region.size));
  }
  return absl::StrFormat("0x%x-0x%x", region.at, region.at + region.size.last());
}

std::string Properties(const RegionSpec& region) {
  std::string text;
  if (region.kind == RegionKind::kAlias) absl::StrAppend(&text, " of ", Quoted(region.target));
  if (region.target_offset != 0) absl::StrAppendFormat(&text, " at 0x%x", region.target_offset);
  if (region.priority != 0) absl::StrAppend(&text, " prio ", region.priority);
  if (!region.enabled) absl::StrAppend(&text, " disabled");
  if (region.readonly) absl::StrAppend(&text, " readonly");
  if (region.nonvolatile) absl::StrAppend(&text, " nonvolatile");
  if (!region.direct_reads) absl::StrAppend(&text, " device-reads");
  if (!region.label.empty()) absl::StrAppend(&text, " as ", Quoted(region.label));
  if (!region.owner.empty()) absl::StrAppend(&text, " owner ", Quoted(region.owner));
  return text;
}

}  // namespace

std::string FormatTreeText(const TreeSpec& spec) {
  std::string text;
  for (const SpaceSpec& space : spec.spaces) {
    absl::StrAppend(&text, "space ", Quoted(space.name), " of ", Quoted(space.root), space.big_endian ? " big" : "",
                    "\n");
  }
  if (!spec.spaces.empty()) absl::StrAppend(&text, "\n");
  std::vector<int> depths;
  for (const RegionSpec& region : spec.regions) {
    depths.push_back(region.parent < 0 ? 0 : depths[region.parent] + 1);
    absl::StrAppend(&text, std::string(2 * depths.back(), ' '), KindWord(region.kind), " ", Quoted(region.name), " ",
                    Extent(region), Properties(region), "\n");
  }
  return text;
}

}  // namespace emu::memory
