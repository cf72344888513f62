#include "memory/tree_build.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "memory/tree_check.h"

namespace emu::memory {
namespace {

// What stands for every device and IOMMU of a description.
class DescribedDevice : public MmioDevice {
 public:
  MemValue Read(RegionOffset, unsigned, MemAttrs) override { return {}; }
  MemStatus Write(RegionOffset, unsigned, uint64_t, MemAttrs) override { return MemStatus::kOk; }
};

class DescribedIommu : public IommuTranslator {
 public:
  IommuEntry Translate(RegionOffset, bool, MemAttrs) override { return {}; }
};

DescribedDevice described_device;
DescribedIommu described_iommu;

absl::StatusOr<RegionPtr> MakeMemory(const RegionSpec& spec) {
  const absl::StatusOr<RamBlock::Ptr> block = RamBlock::Anonymous(spec.name, spec.size.empty() ? 1 : spec.size.bytes());
  if (!block.ok()) return block.status();
  RegionPtr region;
  if (spec.kind == RegionKind::kRam) region = Region::Ram(spec.name, *block);
  if (spec.kind == RegionKind::kRom) region = Region::Rom(spec.name, *block);
  if (spec.kind == RegionKind::kRomDevice) region = Region::RomDevice(spec.name, *block, &described_device);
  region->SetSize(spec.size);
  return region;
}

absl::StatusOr<RegionPtr> Make(const RegionSpec& spec, const RegionPtr& target) {
  switch (spec.kind) {
    case RegionKind::kContainer:
      return Region::Container(spec.name, spec.size);
    case RegionKind::kTerminated:
      return Region::Terminated(spec.name, spec.size);
    case RegionKind::kIo:
      return Region::Io(spec.name, spec.size, &described_device);
    case RegionKind::kIommu:
      return Region::Iommu(spec.name, spec.size, &described_iommu);
    case RegionKind::kAlias:
      return Region::Alias(spec.name, target, RegionOffset(spec.target_offset), spec.size);
    default:
      return MakeMemory(spec);
  }
}

void SetProperties(const RegionSpec& spec, Region& region) {
  region.SetEnabled(spec.enabled);
  region.SetReadonly(spec.readonly);
  region.SetNonvolatile(spec.nonvolatile);
  region.SetOwner(spec.owner);
  region.SetDirectReads(spec.direct_reads);
  if (spec.parent < 0) region.SetAddress(RegionOffset(spec.at));
  if (spec.parent < 0) region.SetPriority(spec.priority);
}

class TreeBuilder {
 public:
  TreeBuilder(const TreeSpec& spec, TreeReferences references) : spec_(spec), references_(std::move(references)) {
    tree_.regions.resize(spec.regions.size());
  }

  absl::StatusOr<BuiltTree> Build() {
    Transaction transaction;
    for (size_t i = 0; i < spec_.regions.size(); ++i) {
      if (absl::Status status = MakeRegion(static_cast<int>(i)); !status.ok()) return status;
    }
    for (size_t i = 0; i < spec_.regions.size(); ++i) {
      if (absl::Status status = MapRegion(i); !status.ok()) return status;
    }
    for (size_t i = 0; i < spec_.spaces.size(); ++i) {
      const SpaceSpec& space = spec_.spaces[i];
      AddSpace(space.name, references_.roots[i], space.big_endian ? Endian::kBig : Endian::kLittle);
    }
    if (spec_.spaces.empty()) AddSpace("memory", 0, Endian::kLittle);
    return std::move(tree_);
  }

 private:
  // After the target, if it is an alias. How deep this can go is known to have a limit.
  absl::Status MakeRegion(int index) {
    if (tree_.regions[index] != nullptr) return absl::OkStatus();
    const RegionSpec& spec = spec_.regions[index];
    const int target = references_.targets[index];
    if (target >= 0) {
      if (absl::Status status = MakeRegion(target); !status.ok()) return status;
    }
    absl::StatusOr<RegionPtr> region = Make(spec, target < 0 ? nullptr : tree_.regions[target]);
    if (!region.ok()) return absl::InvalidArgumentError(absl::StrCat(WhereInTree(spec), region.status().message()));
    SetProperties(spec, **region);
    tree_.regions[index] = *std::move(region);
    return absl::OkStatus();
  }

  absl::Status MapRegion(size_t index) {
    const RegionSpec& spec = spec_.regions[index];
    if (spec.parent < 0) return absl::OkStatus();
    absl::Status status = tree_.regions[spec.parent]->Map(tree_.regions[index], RegionOffset(spec.at), spec.priority);
    if (status.ok()) return status;
    return absl::InvalidArgumentError(absl::StrCat(WhereInTree(spec), status.message()));
  }

  void AddSpace(absl::string_view name, int root, Endian native) {
    tree_.spaces.push_back(std::make_unique<AddressSpace>(name, tree_.regions[root], native));
  }

  const TreeSpec& spec_;
  const TreeReferences references_;
  BuiltTree tree_;
};

}  // namespace

std::vector<AddressSpace*> BuiltTree::space_pointers() const {
  std::vector<AddressSpace*> pointers;
  pointers.reserve(spaces.size());
  for (const auto& space : spaces) pointers.push_back(space.get());
  return pointers;
}

absl::StatusOr<BuiltTree> BuildTree(const TreeSpec& spec) {
  if (spec.regions.empty()) return absl::InvalidArgumentError("no region is described");
  absl::StatusOr<TreeReferences> references = ResolveReferences(spec);
  if (!references.ok()) return references.status();
  if (absl::Status status = CheckShape(spec, *references); !status.ok()) return status;
  return TreeBuilder(spec, *std::move(references)).Build();
}

}  // namespace emu::memory
