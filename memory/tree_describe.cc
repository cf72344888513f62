#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "memory/transaction.h"
#include "memory/tree_build.h"

namespace emu::memory {
namespace {

class Describer {
 public:
  TreeSpec Describe(absl::Span<AddressSpace* const> spaces) {
    for (AddressSpace* space : spaces) AddWhole(space->root().get());
    for (size_t i = 0; i < regions_.size(); ++i) {  // adding one may find more
      if (regions_[i]->target() != nullptr) AddWhole(regions_[i]->target().get());
    }
    for (const Region* region : regions_) {
      if (region->target() != nullptr) spec_.regions[indices_[region]].target = Reference(region->target().get());
    }
    for (AddressSpace* space : spaces) {
      spec_.spaces.push_back(
          {space->name(), Reference(space->root().get()), space->native() == Endian::kBig, /*line=*/0});
    }
    return std::move(spec_);
  }

 private:
  // With all that it lies in: its address and its neighbours are there.
  void AddWhole(const Region* region) {
    while (region->parent() != nullptr) region = region->parent();
    if (!indices_.contains(region)) Add(*region, -1);
  }

  void Add(const Region& region, int parent) {
    const int index = static_cast<int>(regions_.size());
    indices_[&region] = index;
    regions_.push_back(&region);
    spec_.regions.push_back(SpecOf(region, parent));
    ++names_[region.name()];
    // children() begins with the one mapped last.
    const std::vector<RegionPtr>& children = region.children();
    for (auto child = children.rbegin(); child != children.rend(); ++child) Add(**child, index);
  }

  static RegionSpec SpecOf(const Region& region, int parent) {
    RegionSpec spec;
    spec.kind = region.kind();
    spec.name = region.name();
    spec.parent = parent;
    spec.at = region.address().value;
    spec.size = region.size();
    spec.priority = region.priority();
    spec.enabled = region.enabled();
    spec.readonly = region.readonly();
    spec.nonvolatile = region.nonvolatile();
    // Any region can be told these, and some ignore them.
    if (region.kind() == RegionKind::kRomDevice) spec.direct_reads = region.direct_reads();
    if (region.kind() == RegionKind::kAlias) spec.target_offset = region.target_offset().value;
    spec.owner = region.owner();
    return spec;
  }

  // The name, or where several have it a label that nothing else is called.
  std::string Reference(const Region* region) {
    RegionSpec& spec = spec_.regions[indices_[region]];
    if (names_[spec.name] > 1 && spec.label.empty()) {
      for (int n = 1; spec.label.empty(); ++n) {
        std::string label = absl::StrCat(spec.name, ".", n);
        if (names_.contains(label)) continue;
        names_[label] = 1;
        spec.label = std::move(label);
      }
    }
    return spec.reference();
  }

  TreeSpec spec_;
  std::vector<const Region*> regions_;
  absl::flat_hash_map<const Region*, int> indices_;
  absl::flat_hash_map<std::string, int> names_;
};

}  // namespace

TreeSpec DescribeTree(absl::Span<AddressSpace* const> spaces) {
  TreeLock lock;
  return Describer().Describe(spaces);
}

}  // namespace emu::memory
