// The region tree: what a board declares about its memory. Regions lie in regions at offsets, overlap by priority,
// and appear in further places by aliases; an AddressSpace shows a tree to a CPU or a bus master.
//
// Ownership: regions are held by RegionPtr (shared). A container holds its children, an alias its target, a flat view
// the regions it shows, so nothing that a reader can still reach goes away. A device behind a region is either kept by
// the region (keep_alive) or must outlive it.
#ifndef EMU_MEMORY_REGION_H_
#define EMU_MEMORY_REGION_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "memory/access.h"
#include "memory/address.h"
#include "memory/iommu.h"
#include "memory/ram_block.h"
#include "memory/range.h"
#include "memory/transaction.h"

namespace emu::memory {

class FlatView;
class Region;
using RegionPtr = std::shared_ptr<Region>;

enum class RegionKind : uint8_t {
  kContainer,   // answers nothing itself; what lies below it shines through its holes
  kTerminated,  // a container whose holes give a decode error and hide what lies below
  kRam,
  kRom,        // reads go to memory, writes are ignored
  kRomDevice,  // reads go to memory (unless switched off), writes go to a device
  kIo,         // reads and writes go to a device
  kAlias,      // a window on a part of another region
  kIommu,      // each access is translated and goes to another address space
};

// A node of a tree. Setters and Map/Unmap may be called at any time and from any thread, a guest's access included;
// each is a transaction of its own (memory/transaction.h). All regions except aliases may have children, which come
// before the region's own contents.
class Region : public std::enable_shared_from_this<Region> {
 public:
  static RegionPtr Container(absl::string_view name, Size size);
  static RegionPtr Terminated(absl::string_view name, Size size);
  // The whole block.
  static RegionPtr Ram(absl::string_view name, RamBlock::Ptr block);
  // Writes are ignored; fill it through block->host() or AddressSpace::WriteRom.
  static RegionPtr Rom(absl::string_view name, RamBlock::Ptr block);
  static RegionPtr RomDevice(absl::string_view name, RamBlock::Ptr block, MmioDevice* device,
                             const MmioTraits& traits = {}, std::shared_ptr<void> keep_alive = nullptr);
  static RegionPtr Io(absl::string_view name, Size size, MmioDevice* device, const MmioTraits& traits = {},
                      std::shared_ptr<void> keep_alive = nullptr);
  // The `size` bytes from `target_offset` of `target`; what reaches beyond the target is empty.
  static RegionPtr Alias(absl::string_view name, RegionPtr target, RegionOffset target_offset, Size size);
  static RegionPtr Iommu(absl::string_view name, Size size, IommuTranslator* translator,
                         std::shared_ptr<void> keep_alive = nullptr);
  ~Region();
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;

  // Puts `child` into this region. Of overlapping children the one with the higher priority is seen, and of equal ones
  // the one mapped last. What reaches beyond this region is cut off. Fails if the child lies in some region already, if
  // this is an alias, or if the child contains this region (also by way of aliases).
  absl::Status Map(const RegionPtr& child, RegionOffset at, int priority = 0);
  // Takes a child out. Fails if it is not one.
  absl::Status Unmap(const RegionPtr& child);

  // Moves the region within its parent. Among children of equal priority it becomes the one mapped last.
  void SetAddress(RegionOffset at);
  void SetPriority(int priority);
  // RAM, ROM and ROM devices cannot outgrow their block: a larger size is cut to it.
  void SetSize(Size size);
  // A disabled region and all it contains is not seen.
  void SetEnabled(bool enabled);
  // Writes to all RAM in the region, seen through this region, are ignored. For aliases and containers too.
  void SetReadonly(bool readonly);
  void SetNonvolatile(bool nonvolatile);
  // For aliases: which part of the target is shown.
  void SetTargetOffset(RegionOffset offset);
  // For ROM devices: reads from memory (as at the beginning) or from the device.
  void SetDirectReads(bool direct);
  // Tells listeners that dirty pages of this RAM are wanted by a client, and starts or stops its dirty bits.
  void SetDirtyLogging(unsigned client, bool on);
  // Who made the region, for `info mtree -o`: "dev id=NAME", "dev path=/machine/...", "obj path=...".
  void SetOwner(absl::string_view owner);

  const std::string& name() const { return name_; }
  const std::string& owner() const { return owner_; }
  RegionKind kind() const { return kind_; }
  Size size() const { return size_; }
  // The offset in the parent; 0 at the beginning, kept after Unmap.
  RegionOffset address() const { return address_; }
  int priority() const { return priority_; }
  bool enabled() const { return enabled_; }
  bool readonly() const { return readonly_; }
  bool nonvolatile() const { return nonvolatile_; }
  bool direct_reads() const { return direct_reads_; }
  uint32_t dirty_clients() const { return dirty_clients_; }
  // Null when the region lies in none.
  const Region* parent() const { return parent_; }
  // Children in the order in which they are looked at: by falling priority, then the one mapped last first.
  const std::vector<RegionPtr>& children() const { return children_; }
  // Aliases only.
  const RegionPtr& target() const { return target_; }
  RegionOffset target_offset() const { return target_offset_; }
  // RAM, ROM and ROM devices.
  const RamBlock::Ptr& block() const { return block_; }
  // I/O and ROM devices; null for others.
  MmioDevice* device() const { return device_; }
  const MmioTraits& traits() const { return traits_; }
  IommuTranslator* translator() const { return translator_; }

  // Whether the region answers accesses where no child does.
  bool terminates() const { return kind_ != RegionKind::kContainer && kind_ != RegionKind::kAlias; }
  bool is_memory() const {
    return kind_ == RegionKind::kRam || kind_ == RegionKind::kRom || kind_ == RegionKind::kRomDevice;
  }

  // For address spaces: be told when the contents of this region, however deep, change.
  void AddDependent(TreeDependent* dependent);
  void RemoveDependent(TreeDependent* dependent);

 private:
  friend class FlatView;  // keeps the view of a root here, for all address spaces that share it

  Region(absl::string_view name, RegionKind kind, Size size);
  static RegionPtr Make(absl::string_view name, RegionKind kind, Size size);
  static RegionPtr MakeMemory(absl::string_view name, RegionKind kind, RamBlock::Ptr block);
  // Drops the views of all regions through which this one can be seen and marks their address spaces as changed.
  void MarkChanged();
  bool Reaches(const Region* wanted) const;
  void InsertChild(const RegionPtr& child);
  void RemoveChild(const Region* child);
  void Reinsert();
  template <typename T>
  void SetField(T& field, T value);

  const std::string name_;
  std::string owner_;
  const RegionKind kind_;
  bool enabled_ = true;
  bool readonly_ = false;
  bool nonvolatile_ = false;
  bool direct_reads_ = true;
  int priority_ = 0;
  uint32_t dirty_clients_ = 0;
  Size size_;
  RegionOffset address_;
  RegionOffset target_offset_;
  RegionPtr target_;
  RamBlock::Ptr block_;
  MmioDevice* device_ = nullptr;
  MmioTraits traits_;
  IommuTranslator* translator_ = nullptr;
  std::shared_ptr<void> keep_alive_;
  std::vector<RegionPtr> children_;

  // The way up. All guarded by the transaction lock, as is the rest; cleared by whoever goes first.
  Region* parent_ = nullptr;
  std::vector<Region*> aliases_;
  std::vector<TreeDependent*> dependents_;
  std::weak_ptr<const FlatView> view_;
};

}  // namespace emu::memory

#endif  // EMU_MEMORY_REGION_H_
