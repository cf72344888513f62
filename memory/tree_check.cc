#include "memory/tree_check.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace emu::memory {
namespace {

constexpr uint64_t kMaxPlaces = 1'000'000;
constexpr int kMaxDepth = 300;  // of regions in regions and aliases of aliases: trees are walked recursively

absl::Status Error(const RegionSpec& region, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(WhereInTree(region), what));
}

// The lines of two regions, for a message about both.
std::string Lines(const RegionSpec& a, const RegionSpec& b) {
  return a.line == 0 ? "" : absl::StrCat(" (lines ", a.line, " and ", b.line, ")");
}

class NameTable {
 public:
  explicit NameTable(const TreeSpec& spec) : spec_(spec) {
    for (size_t i = 0; i < spec.regions.size(); ++i) {
      places_[spec.regions[i].reference()].push_back(static_cast<int>(i));
    }
  }

  absl::StatusOr<int> Find(absl::string_view name) const {
    const auto found = places_.find(name);
    if (found == places_.end()) {
      return absl::InvalidArgumentError(absl::StrCat("there is no region \"", name, "\""));
    }
    const std::vector<int>& places = found->second;
    if (places.size() == 1) return places[0];
    return absl::InvalidArgumentError(absl::StrCat("\"", name, "\" is the name of ", places.size(), " regions",
                                                   Lines(spec_.regions[places[0]], spec_.regions[places[1]]),
                                                   "; give the one that is meant a label: as LABEL"));
  }

 private:
  const TreeSpec& spec_;
  absl::flat_hash_map<std::string, std::vector<int>> places_;
};

// Names are printed in the middle of lines.
bool IsPrintable(absl::string_view text) { return std::none_of(text.begin(), text.end(), absl::ascii_iscntrl); }

absl::Status CheckNames(const RegionSpec& region) {
  if (IsPrintable(region.name) && IsPrintable(region.label) && IsPrintable(region.owner)) return absl::OkStatus();
  return Error(region, "control characters in its name, label or owner; expected printable text");
}

absl::StatusOr<int> ResolveTarget(const RegionSpec& region, const NameTable& names) {
  if (absl::Status status = CheckNames(region); !status.ok()) return status;
  if (region.kind != RegionKind::kAlias) return -1;
  absl::StatusOr<int> target = names.Find(region.target);
  if (!target.ok()) return Error(region, absl::StrCat("of ", target.status().message()));
  return target;
}

absl::StatusOr<int> ResolveRoot(const SpaceSpec& space, const NameTable& names) {
  const std::string where = absl::StrCat(space.line == 0 ? "" : absl::StrCat("line ", space.line, ": "),
                                         "address space \"", space.name, "\": ");
  if (!IsPrintable(space.name)) {
    return absl::InvalidArgumentError(absl::StrCat(where, "control characters in its name; expected printable text"));
  }
  absl::StatusOr<int> root = names.Find(space.root);
  if (root.ok()) return root;
  return absl::InvalidArgumentError(absl::StrCat(where, "of ", root.status().message()));
}

// Walks from region to region the way that a view is made, each region once.
class ShapeChecker {
 public:
  ShapeChecker(const TreeSpec& spec, const TreeReferences& references)
      : spec_(spec), below_(spec.regions.size()), marks_(spec.regions.size()) {
    for (size_t i = 0; i < spec.regions.size(); ++i) {
      const int parent = spec.regions[i].parent, target = references.targets[i];
      if (parent >= 0) below_[parent].push_back(static_cast<int>(i));
      if (target >= 0) below_[i].push_back(target);
    }
  }

  absl::Status CheckAll() {
    for (size_t i = 0; i < marks_.size(); ++i) {
      if (absl::Status status = Visit(static_cast<int>(i), 0); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

 private:
  struct Mark {
    enum { kNew, kOpen, kDone } state = kNew;
    uint64_t places = 1;  // regions that are seen from here, once for each way to them
    int height = 0;
  };

  absl::Status Visit(int index, int depth) {
    Mark& mark = marks_[index];
    const RegionSpec& region = spec_.regions[index];
    if (mark.state == Mark::kDone) return CheckDepth(region, depth + mark.height);
    if (mark.state == Mark::kOpen) return Error(region, "it contains itself, through aliases");
    if (absl::Status status = CheckDepth(region, depth); !status.ok()) return status;
    mark.state = Mark::kOpen;
    for (int below : below_[index]) {
      if (absl::Status status = Visit(below, depth + 1); !status.ok()) return status;
      mark.places += marks_[below].places;
      mark.height = std::max(mark.height, marks_[below].height + 1);
    }
    mark.state = Mark::kDone;
    if (mark.places <= kMaxPlaces) return absl::OkStatus();
    return Error(region, absl::StrCat("aliases make more than ", kMaxPlaces, " regions of what is in it"));
  }

  static absl::Status CheckDepth(const RegionSpec& region, int depth) {
    if (depth <= kMaxDepth) return absl::OkStatus();
    return Error(region, absl::StrCat("more than ", kMaxDepth, " levels of regions and aliases"));
  }

  const TreeSpec& spec_;
  std::vector<std::vector<int>> below_;
  std::vector<Mark> marks_;
};

}  // namespace

std::string WhereInTree(const RegionSpec& region) {
  return absl::StrCat(region.line == 0 ? "" : absl::StrCat("line ", region.line, ": "), "region \"", region.name,
                      "\": ");
}

absl::StatusOr<TreeReferences> ResolveReferences(const TreeSpec& spec) {
  const NameTable names(spec);
  TreeReferences references;
  for (const RegionSpec& region : spec.regions) {
    absl::StatusOr<int> target = ResolveTarget(region, names);
    if (!target.ok()) return target.status();
    references.targets.push_back(*target);
  }
  for (const SpaceSpec& space : spec.spaces) {
    absl::StatusOr<int> root = ResolveRoot(space, names);
    if (!root.ok()) return root.status();
    references.roots.push_back(*root);
  }
  return references;
}

absl::Status CheckShape(const TreeSpec& spec, const TreeReferences& references) {
  return ShapeChecker(spec, references).CheckAll();
}

}  // namespace emu::memory
