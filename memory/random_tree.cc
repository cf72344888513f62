#include "memory/random_tree.h"

#include <algorithm>
#include <string>

namespace emu::memory {
namespace {

constexpr uint64_t kBlockBytes = 1 << 20;

// An IOMMU is just a kind of range to a view: nothing here goes through it.
class NoTranslation : public IommuTranslator {
 public:
  IommuEntry Translate(RegionOffset, bool, MemAttrs) override { return {}; }
};
NoTranslation no_translation;

}  // namespace

RandomTree::RandomTree(uint64_t seed, uint64_t last, int count)
    : random_(seed), last_(last), block_(*RamBlock::Anonymous("block", kBlockBytes)) {
  regions_.push_back(Region::Container("root", Size::WithLast(last)));
  for (int i = 1; i <= count; ++i) {
    RegionPtr region = MakeRegion(i);
    if (Random(8) != 0) MapSomewhere(region);
    regions_.push_back(region);
  }
  for (int i = 0; i < count / 2; ++i) Change();
}

uint64_t RandomTree::Address() {
  if (last_ < 1024) return Random(last_ + 1);
  const uint64_t bits = random_() >> Random(64);
  return std::min(last_, Random(4) == 0 ? last_ - bits : bits);
}

Size RandomTree::RandomSize() {
  if (Random(40) == 0) return 0;
  if (Random(10) == 0) return Size::WithLast(last_);
  return Size::WithLast(last_ < 1024 ? Random(last_ / 2 + 1) : Address());
}

RegionPtr RandomTree::MakeRegion(int number) {
  const std::string name = "r" + std::to_string(number);
  RegionPtr memory;
  switch (Random(10)) {
    case 0:
    case 1:
      return Region::Container(name, RandomSize());
    case 2:
      return Region::Terminated(name, RandomSize());
    case 3:
    case 4:
      return Region::Alias(name, Any(), RegionOffset(Address()), RandomSize());
    case 5:
      return Region::Io(name, RandomSize(), &device_);
    case 6:
      return Region::Iommu(name, RandomSize(), &no_translation);
    case 7:
      memory = Region::Ram(name, block_);
      break;
    case 8:
      memory = Region::Rom(name, block_);
      break;
    default:
      memory = Region::RomDevice(name, block_, &device_);
      break;
  }
  memory->SetSize(RandomSize());
  return memory;
}

// May fail, for an alias as a parent or a tree that would contain itself: then nothing happens.
void RandomTree::MapSomewhere(const RegionPtr& child) {
  const RegionPtr parent = Random(2) == 0 ? regions_[0] : Any();
  (void)parent->Map(child, RegionOffset(Address()), static_cast<int>(Random(5)) - 2);
}

void RandomTree::Change() {
  const RegionPtr region = Any();
  switch (Random(11)) {
    case 0:
    case 1:
      return region->SetEnabled(!region->enabled());
    case 2:
      return region->SetSize(region == root() ? region->size() : RandomSize());
    case 3:
      return region->SetPriority(static_cast<int>(Random(5)) - 2);
    case 4:
      return region->SetReadonly(!region->readonly());
    case 5:
      return region->SetNonvolatile(!region->nonvolatile());
    case 6:
      return region->SetDirectReads(!region->direct_reads());
    case 7:
      return region->SetTargetOffset(RegionOffset(Address()));
    case 8:
      return region->SetAddress(RegionOffset(region == root() ? 0 : Address()));
    case 9:
      for (const RegionPtr& parent : regions_) {
        if (parent.get() == region->parent()) return (void)parent->Unmap(region);
      }
      return;
    default:
      return MapSomewhere(region);
  }
}

}  // namespace emu::memory
