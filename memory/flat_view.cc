#include "memory/flat_view.h"

#include <algorithm>
#include <utility>

#include "memory/transaction.h"

namespace emu::memory {
namespace {

bool HasEnabledChild(const Region& region) {
  return std::any_of(region.children().begin(), region.children().end(),
                     [](const RegionPtr& c) { return c->enabled(); });
}

// The one enabled child of a region that has no more than one, or null.
RegionPtr OnlyChild(const Region& region) {
  RegionPtr only;
  for (const RegionPtr& child : region.children()) {
    if (!child->enabled()) continue;
    if (only != nullptr) return nullptr;
    only = child;
  }
  return only;
}

// The region that shows exactly what `region` shows, one step down, or null. At address 0 on both sides, because a
// root lies at its own address.
RegionPtr SameBelow(const Region& region) {
  if (region.readonly() || region.nonvolatile() || region.address() != RegionOffset(0)) return nullptr;
  RegionPtr below;
  if (region.kind() == RegionKind::kContainer) below = OnlyChild(region);
  if (region.kind() == RegionKind::kAlias && region.target_offset() == RegionOffset(0)) below = region.target();
  const bool whole = below != nullptr && below->address() == RegionOffset(0) && region.size() >= below->size();
  return whole ? below : nullptr;
}

// What stands for `root` as a root: spaces whose roots come down to the same region share its view. Null: nothing is
// to be seen. Bus masters' containers with one alias in them, enabled or not, are the usual case.
RegionPtr EffectiveRoot(RegionPtr root) {
  while (root->enabled()) {
    if (root->kind() == RegionKind::kContainer && !HasEnabledChild(*root)) return nullptr;
    RegionPtr below = SameBelow(*root);
    if (below == nullptr) return root;
    root = std::move(below);
  }
  return nullptr;
}

}  // namespace

bool SameRange(const FlatRange& a, const FlatRange& b) {
  return a.first == b.first && a.last == b.last && a.region == b.region && a.offset == b.offset &&
         a.readonly == b.readonly && a.romd == b.romd && a.nonvolatile == b.nonvolatile;
}

// Renders a tree, highest first: what comes later only fills the holes that are left.
class FlatRenderer {
 public:
  static FlatView::Ptr Render(RegionPtr root) {
    FlatRenderer renderer;
    if (root != nullptr) {
      const std::optional<Range> extent = Range::At(root->address().value, root->size());
      if (extent) renderer.Visit(*root, root->address().value, *extent, {});
    }
    return renderer.Finish(std::move(root));
  }

 private:
  // Properties that a region hands down to all that is seen through it.
  struct Flags {
    bool readonly = false;
    bool nonvolatile = false;
    bool operator==(const Flags&) const = default;
  };
  struct Piece {
    Range range;
    const Region* region;
    uint64_t base;  // the bus address (modulo 2^64) of the region's offset 0
    Flags flags;
  };

  // Renders the part of `region` that shows in `clip`, bus addresses that all lie inside the region when its offset 0
  // is at `base`. The base is modulo 2^64, but address - base is a true offset for every address in the clip.
  void Visit(const Region& region, uint64_t base, const Range& clip, Flags flags) {
    if (!region.enabled()) return;
    flags.readonly |= region.readonly();
    flags.nonvolatile |= region.nonvolatile();
    if (region.kind() == RegionKind::kAlias) return VisitTarget(region, base, clip, flags);
    for (const RegionPtr& child : region.children()) {
      const std::optional<Range> extent = Range::At(child->address().value, child->size());
      if (extent) VisitPart(*child, base, clip, *extent, base + child->address().value, flags);
    }
    if (region.terminates()) Fill({clip, &region, base, flags});
  }

  void VisitTarget(const Region& alias, uint64_t base, const Range& clip, Flags flags) {
    const Region& target = *alias.target();
    const uint64_t shift = alias.target_offset().value;
    if (target.size().empty() || shift > target.size().last()) return;
    VisitPart(target, base, clip, {0, target.size().last() - shift}, base - shift, flags);
  }

  // Visits what is in the clip of `part`, a range of offsets from `base`.
  void VisitPart(const Region& region, uint64_t base, const Range& clip, const Range& part, uint64_t region_base,
                 Flags flags) {
    const std::optional<Range> offsets = Intersect(clip.ShiftedDown(base), part);
    if (offsets) Visit(region, region_base, offsets->ShiftedUp(base), flags);
  }

  void Fill(Piece piece) {
    auto next = std::partition_point(pieces_.begin(), pieces_.end(),
                                     [&](const Piece& p) { return p.range.last < piece.range.first; });
    const uint64_t last = piece.range.last;
    for (; next != pieces_.end() && next->range.first <= last; ++next) {
      const Range taken = next->range;
      if (taken.first > piece.range.first) {
        piece.range.last = taken.first - 1;
        next = pieces_.insert(next, piece) + 1;
      }
      if (taken.last >= last) return;
      piece.range.first = taken.last + 1;
    }
    piece.range.last = last;
    pieces_.insert(next, piece);
  }

  static bool Mergeable(const Piece& a, const Piece& b) {
    return a.region == b.region && a.base == b.base && a.flags == b.flags && a.range.Precedes(b.range);
  }

  static FlatRange MakeRange(const Piece& piece) {
    const Region& region = *piece.region;
    FlatRange range;
    range.first = Gpa(piece.range.first);
    range.last = Gpa(piece.range.last);
    range.region = &region;
    range.offset = RegionOffset(piece.range.first - piece.base);
    range.nonvolatile = piece.flags.nonvolatile;
    range.readonly = piece.flags.readonly || region.kind() == RegionKind::kRom;
    range.device = region.device();
    if (region.device() != nullptr) range.traits = &region.traits();
    range.translator = region.translator();
    if (region.is_memory()) AddMemory(region, range);
    return range;
  }

  static void AddMemory(const Region& region, FlatRange& range) {
    range.block = region.block().get();
    range.block_offset = range.offset.value;
    range.romd = region.kind() == RegionKind::kRomDevice && region.direct_reads();
    range.dirty_clients = region.dirty_clients();
    if (region.kind() != RegionKind::kRomDevice || range.romd) range.host = range.block->host() + range.block_offset;
  }

  FlatView::Ptr Finish(RegionPtr root) {
    std::shared_ptr<FlatView> view(new FlatView);
    view->root_ = std::move(root);
    std::vector<const Region*> seen;
    for (size_t i = 0; i < pieces_.size(); ++i) {
      Piece piece = pieces_[i];
      for (; i + 1 < pieces_.size() && Mergeable(piece, pieces_[i + 1]); ++i)
        piece.range.last = pieces_[i + 1].range.last;
      view->ranges_.push_back(MakeRange(piece));
      seen.push_back(piece.region);
    }
    std::sort(seen.begin(), seen.end());
    seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
    for (const Region* region : seen) view->alive_.push_back(region->shared_from_this());
    return view;
  }

  std::vector<Piece> pieces_;  // sorted, not overlapping
};

FlatView::Ptr FlatView::Of(const RegionPtr& root) {
  TreeLock lock;
  const RegionPtr effective = EffectiveRoot(root);
  // Where there is nothing to see, the empty view is kept at the given root.
  Region& keeper = effective == nullptr ? *root : *effective;
  Ptr view = keeper.view_.lock();
  if (view == nullptr || view->root() != effective) keeper.view_ = view = FlatRenderer::Render(effective);
  return view;
}

const FlatRange* FlatView::FindFrom(Gpa at) const {
  auto found = std::partition_point(ranges_.begin(), ranges_.end(), [&](const FlatRange& r) { return r.last < at; });
  return found == ranges_.end() ? nullptr : &*found;
}

const FlatRange* FlatView::Find(Gpa at) const {
  const FlatRange* range = FindFrom(at);
  return range != nullptr && range->first <= at ? range : nullptr;
}

}  // namespace emu::memory
