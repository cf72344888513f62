// A region tree as the bus sees it: sorted ranges that do not overlap, each a part of one region.
#ifndef EMU_MEMORY_FLAT_VIEW_H_
#define EMU_MEMORY_FLAT_VIEW_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "memory/access.h"
#include "memory/address.h"
#include "memory/iommu.h"
#include "memory/ram_block.h"
#include "memory/range.h"
#include "memory/region.h"

namespace emu::memory {

// The bytes from `first` to `last`, both included. All pointers live as long as the view that holds the range.
struct FlatRange {
  Gpa first;
  Gpa last;
  const Region* region = nullptr;
  RegionOffset offset;                    // of `first` in the region
  uint8_t* host = nullptr;                // the host address of `first`; null where memory does not answer reads
  RamBlock* block = nullptr;              // the memory of RAM, ROM and ROM devices, also of those switched to I/O
  uint64_t block_offset = 0;              // of `first`
  MmioDevice* device = nullptr;           // who answers what memory does not; null: nobody, a decode error
  const MmioTraits* traits = nullptr;     // set whenever `device` is
  IommuTranslator* translator = nullptr;  // set for IOMMU ranges only
  bool readonly = false;                  // memory whose writes are ignored
  bool romd = false;                      // reads come from `host`, writes go to `device`
  bool nonvolatile = false;
  uint32_t dirty_clients = 0;  // who wants dirty pages logged

  bool direct_writes() const { return host != nullptr && !readonly && device == nullptr; }
  bool Contains(Gpa at) const { return first <= at && at <= last; }
  Range range() const { return {first.value, last.value}; }
  // For an address in the range.
  uint8_t* HostAt(Gpa at) const { return host + (at - first); }
  RegionOffset OffsetAt(Gpa at) const { return offset + (at - first); }
  uint64_t BlockOffsetAt(Gpa at) const { return block_offset + (at - first); }
  // Bytes from `at` to the end of the range less one (inclusive arithmetic: 2^64 bytes have no count).
  uint64_t LastFrom(Gpa at) const { return last - at; }
};

// Whether the two ranges are the same for a listener: all but the dirty clients.
bool SameRange(const FlatRange& a, const FlatRange& b);

// Immutable. Keeps all regions that it shows alive, even when they have left the tree.
class FlatView {
 public:
  using Ptr = std::shared_ptr<const FlatView>;

  // The view of a tree as it is now. It is cached in the tree, so that address spaces share it, until a change. The
  // root lies at its own address(), which is 0 unless it is mapped in another region too.
  static Ptr Of(const RegionPtr& root);

  const std::vector<FlatRange>& ranges() const { return ranges_; }
  // The region that was rendered: the root, or what stands for it where a root shows nothing but one other region
  // in its entirety. Null when nothing at all can be seen.
  const RegionPtr& root() const { return root_; }
  // The range that holds `at`, or null.
  const FlatRange* Find(Gpa at) const;
  // The first range that ends at or after `at`, or null: where a hole at `at` ends.
  const FlatRange* FindFrom(Gpa at) const;

 private:
  friend class FlatRenderer;
  FlatView() = default;

  std::vector<FlatRange> ranges_;
  std::vector<std::shared_ptr<const Region>> alive_;
  RegionPtr root_;
};

}  // namespace emu::memory

#endif  // EMU_MEMORY_FLAT_VIEW_H_
