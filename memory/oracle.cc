#include "memory/oracle.h"

namespace emu::memory {
namespace {

bool Inside(const Region& region, uint64_t offset) { return !region.size().empty() && offset <= region.size().last(); }

// `offset` counts from the start of the region and is inside it.
Resolved ResolveIn(const Region& region, uint64_t offset, bool readonly, bool nonvolatile) {
  if (!region.enabled()) return {};
  readonly |= region.readonly();
  nonvolatile |= region.nonvolatile();
  if (region.kind() == RegionKind::kAlias) {
    const uint64_t in_target = offset + region.target_offset().value;
    const bool wrapped = in_target < offset;
    if (wrapped || !Inside(*region.target(), in_target)) return {};
    return ResolveIn(*region.target(), in_target, readonly, nonvolatile);
  }
  for (const RegionPtr& child : region.children()) {
    const uint64_t start = child->address().value;
    if (offset < start || !Inside(*child, offset - start)) continue;
    const Resolved found = ResolveIn(*child, offset - start, readonly, nonvolatile);
    if (found.region != nullptr) return found;
  }
  if (region.kind() == RegionKind::kContainer) return {};
  return {&region, RegionOffset(offset), readonly || region.kind() == RegionKind::kRom, nonvolatile};
}

}  // namespace

Resolved Resolve(const Region& root, Gpa at) {
  const uint64_t start = root.address().value;
  if (at.value < start || !Inside(root, at.value - start)) return {};
  return ResolveIn(root, at.value - start, false, false);
}

}  // namespace emu::memory
