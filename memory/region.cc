#include "memory/region.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "memory/flat_view.h"

namespace emu::memory {
namespace {

absl::Status MapError(const Region& parent, const Region& child, absl::string_view what) {
  return absl::FailedPreconditionError(
      absl::StrCat("cannot map region '", child.name(), "' into '", parent.name(), "': ", what));
}

template <typename T>
void Erase(std::vector<T*>& list, T* item) {
  list.erase(std::remove(list.begin(), list.end(), item), list.end());
}

}  // namespace

Region::Region(absl::string_view name, RegionKind kind, Size size) : name_(name), kind_(kind), size_(size) {}

Region::~Region() {
  TreeLock lock;
  for (const RegionPtr& child : children_) child->parent_ = nullptr;
  if (target_ != nullptr) Erase(target_->aliases_, this);
}

RegionPtr Region::Make(absl::string_view name, RegionKind kind, Size size) {
  return RegionPtr(new Region(name, kind, size));
}

RegionPtr Region::MakeMemory(absl::string_view name, RegionKind kind, RamBlock::Ptr block) {
  RegionPtr region = Make(name, kind, block->size());
  region->block_ = std::move(block);
  return region;
}

RegionPtr Region::Container(absl::string_view name, Size size) { return Make(name, RegionKind::kContainer, size); }

RegionPtr Region::Terminated(absl::string_view name, Size size) { return Make(name, RegionKind::kTerminated, size); }

RegionPtr Region::Ram(absl::string_view name, RamBlock::Ptr block) {
  return MakeMemory(name, RegionKind::kRam, std::move(block));
}

RegionPtr Region::Rom(absl::string_view name, RamBlock::Ptr block) {
  return MakeMemory(name, RegionKind::kRom, std::move(block));
}

RegionPtr Region::RomDevice(absl::string_view name, RamBlock::Ptr block, MmioDevice* device, const MmioTraits& traits,
                            std::shared_ptr<void> keep_alive) {
  RegionPtr region = MakeMemory(name, RegionKind::kRomDevice, std::move(block));
  region->device_ = device;
  region->traits_ = traits;
  region->keep_alive_ = std::move(keep_alive);
  return region;
}

RegionPtr Region::Io(absl::string_view name, Size size, MmioDevice* device, const MmioTraits& traits,
                     std::shared_ptr<void> keep_alive) {
  RegionPtr region = Make(name, RegionKind::kIo, size);
  region->device_ = device;
  region->traits_ = traits;
  region->keep_alive_ = std::move(keep_alive);
  return region;
}

RegionPtr Region::Alias(absl::string_view name, RegionPtr target, RegionOffset target_offset, Size size) {
  RegionPtr region = Make(name, RegionKind::kAlias, size);
  TreeLock lock;
  target->aliases_.push_back(region.get());
  region->target_ = std::move(target);
  region->target_offset_ = target_offset;
  return region;
}

RegionPtr Region::Iommu(absl::string_view name, Size size, IommuTranslator* translator,
                        std::shared_ptr<void> keep_alive) {
  RegionPtr region = Make(name, RegionKind::kIommu, size);
  region->translator_ = translator;
  region->keep_alive_ = std::move(keep_alive);
  return region;
}

absl::Status Region::Map(const RegionPtr& child, RegionOffset at, int priority) {
  if (child == nullptr) return absl::InvalidArgumentError(absl::StrCat("no region given to map into '", name_, "'"));
  Transaction transaction;
  if (kind_ == RegionKind::kAlias) return MapError(*this, *child, "an alias has no children; map into its target");
  if (child->parent_ != nullptr) {
    return MapError(*this, *child,
                    absl::StrCat("it lies in '", child->parent_->name_, "' already; map an alias of it"));
  }
  if (child->Reaches(this)) return MapError(*this, *child, "it contains that region, itself or through aliases");
  child->MarkChanged();  // it may be a root as well, and roots lie at their own address
  child->address_ = at;
  child->priority_ = priority;
  InsertChild(child);
  MarkChanged();
  return absl::OkStatus();
}

absl::Status Region::Unmap(const RegionPtr& child) {
  Transaction transaction;
  if (child == nullptr || child->parent_ != this) {
    return absl::NotFoundError(absl::StrCat("cannot unmap region '", child == nullptr ? "(none)" : child->name_,
                                            "' from '", name_, "': it is not mapped there"));
  }
  MarkChanged();
  const RegionPtr keep = child;  // the argument may refer to the element that goes
  RemoveChild(keep.get());
  return absl::OkStatus();
}

void Region::InsertChild(const RegionPtr& child) {
  auto lower = [&](const RegionPtr& other) { return other->priority_ <= child->priority_; };
  children_.insert(std::find_if(children_.begin(), children_.end(), lower), child);
  child->parent_ = this;
}

void Region::RemoveChild(const Region* child) {
  auto found = std::find_if(children_.begin(), children_.end(), [&](const RegionPtr& c) { return c.get() == child; });
  (*found)->parent_ = nullptr;
  children_.erase(found);
}

void Region::Reinsert() {
  Region* parent = parent_;
  if (parent == nullptr) return;
  const RegionPtr self = shared_from_this();
  parent->RemoveChild(this);
  parent->InsertChild(self);
}

void Region::SetAddress(RegionOffset at) {
  Transaction transaction;
  if (at == address_) return;
  address_ = at;
  Reinsert();
  MarkChanged();
}

void Region::SetPriority(int priority) {
  Transaction transaction;
  if (priority == priority_) return;
  priority_ = priority;
  Reinsert();
  MarkChanged();
}

void Region::SetSize(Size size) {
  Transaction transaction;
  if (block_ != nullptr && !(Size(block_->size()) >= size)) size = block_->size();
  if (size == size_) return;
  size_ = size;
  MarkChanged();
}

template <typename T>
void Region::SetField(T& field, T value) {
  Transaction transaction;
  if (field == value) return;
  field = value;
  MarkChanged();
}

void Region::SetEnabled(bool enabled) { SetField(enabled_, enabled); }
void Region::SetReadonly(bool readonly) { SetField(readonly_, readonly); }
void Region::SetNonvolatile(bool nonvolatile) { SetField(nonvolatile_, nonvolatile); }
void Region::SetTargetOffset(RegionOffset offset) { SetField(target_offset_, offset); }
void Region::SetDirectReads(bool direct) { SetField(direct_reads_, direct); }

void Region::SetDirtyLogging(unsigned client, bool on) {
  if (block_ == nullptr || client >= RamBlock::kMaxDirtyClients) return;
  Transaction transaction;
  on ? block_->EnableDirty(client) : block_->DisableDirty(client);
  SetField(dirty_clients_, on ? dirty_clients_ | 1u << client : dirty_clients_ & ~(1u << client));
}

void Region::SetOwner(absl::string_view owner) {
  TreeLock lock;
  owner_ = std::string(owner);
}

void Region::AddDependent(TreeDependent* dependent) {
  TreeLock lock;
  dependents_.push_back(dependent);
}

void Region::RemoveDependent(TreeDependent* dependent) {
  TreeLock lock;
  Erase(dependents_, dependent);
  Transaction::Forget(dependent);
}

void Region::MarkChanged() {
  absl::flat_hash_set<Region*> seen = {this};
  std::vector<Region*> todo = {this};
  auto add = [&](Region* region) {
    if (region != nullptr && seen.insert(region).second) todo.push_back(region);
  };
  while (!todo.empty()) {
    Region* region = todo.back();
    todo.pop_back();
    region->view_.reset();
    for (TreeDependent* dependent : region->dependents_) Transaction::MarkChanged(dependent);
    add(region->parent_);
    for (Region* alias : region->aliases_) add(alias);
  }
}

bool Region::Reaches(const Region* wanted) const {
  absl::flat_hash_set<const Region*> seen = {this};
  std::vector<const Region*> todo = {this};
  while (!todo.empty()) {
    const Region* region = todo.back();
    todo.pop_back();
    if (region == wanted) return true;
    if (region->target_ != nullptr && seen.insert(region->target_.get()).second) todo.push_back(region->target_.get());
    for (const RegionPtr& child : region->children_) {
      if (seen.insert(child.get()).second) todo.push_back(child.get());
    }
  }
  return false;
}

}  // namespace emu::memory
