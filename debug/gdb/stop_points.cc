#include "debug/gdb/stop_points.h"

#include <algorithm>

namespace emu::debug::gdb {
namespace {

using boards::PauseReason;
using memory::Gva;
using translate::AccessType;

bool IsBreak(StopKind kind) { return kind <= StopKind::kHardware; }
unsigned BitOf(StopKind kind) { return 1u << static_cast<unsigned>(kind); }
bool Overlap(uint64_t first, uint64_t last, uint64_t other_first, uint64_t other_last) {
  return first <= other_last && other_first <= last;
}
bool Matches(StopKind kind, bool reads, bool writes) {
  return (reads && kind != StopKind::kWrite) || (writes && kind != StopKind::kRead);
}
// Whether the bytes could be the same if their pages were.
bool OffsetsMeet(uint64_t first, uint64_t last, uint64_t other_first, uint64_t other_last) {
  constexpr uint64_t kOffset = 0xfff;
  return ((other_first - first) & kOffset) <= last - first ||
         ((first - other_first) & kOffset) <= other_last - other_first;
}
// Up to the end of all addresses.
uint64_t LastOf(uint64_t address, uint64_t length) {
  const uint64_t last = address + (std::max<uint64_t>(length, 1) - 1);
  return last < address ? ~uint64_t{0} : last;
}

}  // namespace

void StopPoints::Insert(StopKind kind, uint64_t address, uint64_t length) {
  if (IsBreak(kind)) {
    breaks_[address] |= BitOf(kind);
  } else {
    watches_.insert({address, LastOf(address, length), kind});
    Index();
  }
}

void StopPoints::Remove(StopKind kind, uint64_t address, uint64_t length) {
  if (!IsBreak(kind)) {
    watches_.erase({address, LastOf(address, length), kind});
    return Index();
  }
  const auto at = breaks_.find(address);
  if (at != breaks_.end() && (at->second &= ~BitOf(kind)) == 0) breaks_.erase(at);
}

void StopPoints::Clear() {
  breaks_.clear();
  armed_.clear();
  watches_.clear();
  armed_watches_.clear();
  Index();
  hit_.reset();
  if (std::exchange(joined_, false)) hub_.Remove(this);
}

void StopPoints::Index() {
  by_page_.clear();
  wide_.clear();
  for (const Watch& w : watches_) {
    const uint64_t first = w.first >> kPageBits, last = w.last >> kPageBits;
    if (last - first >= kMostPages) {
      wide_.push_back(w);
    } else {
      for (uint64_t page = first; page <= last; ++page) by_page_[page].push_back(w);
    }
  }
}

// Gives the addresses at which translated code is not as it is wanted.
std::vector<uint64_t> StopPoints::Rearm(bool step) {
  std::vector<uint64_t> changed;
  for (const auto& [address, kinds] : breaks_) {
    if (armed_.insert(address).second) changed.push_back(address);
  }
  for (uint64_t address : armed_) {
    if (!step && !breaks_.contains(address)) changed.push_back(address);
  }
  for (uint64_t address : changed) {
    if (!breaks_.contains(address)) armed_.erase(address);
  }
  std::sort(changed.begin(), changed.end());
  return changed;
}

void StopPoints::Apply(bool step) {
  const std::vector<uint64_t> changed = Rearm(step);
  if (watches_ != armed_watches_ || (!joined_ && !changed.empty())) {
    armed_watches_ = watches_;
    std::exchange(joined_, true) ? hub_.Update(this, /*fetches=*/false) : hub_.Add(this, /*fetches=*/false);
  }
  if (!changed.empty()) hub_.UpdateFetches(this, changed);
}

const StopPoints::Watch* StopPoints::FindOnPage(uint64_t page, uint64_t first, uint64_t last, bool reads,
                                                bool writes) const {
  const auto wanted = [&](const Watch& w) {
    return Overlap(w.first, w.last, first, last) && Matches(w.kind, reads, writes);
  };
  const auto at = by_page_.find(page);
  if (at != by_page_.end()) {
    const auto found = std::find_if(at->second.begin(), at->second.end(), wanted);
    if (found != at->second.end()) return &*found;
  }
  const auto found = std::find_if(wide_.begin(), wide_.end(), wanted);
  return found != wide_.end() ? &*found : nullptr;
}

const StopPoints::Watch* StopPoints::FindWatch(uint64_t first, uint64_t last, bool reads, bool writes) const {
  const uint64_t page = first >> kPageBits;
  const Watch* found = FindOnPage(page, first, last, reads, writes);
  if (found != nullptr || last >> kPageBits == page) return found;
  return FindOnPage(last >> kPageBits, first, last, reads, writes);
}

translate::AccessTypes StopPoints::TypesBeyondPages() const {
  translate::AccessTypes types = watches_.empty() ? 0 : translate::kReadTypes | translate::kWriteTypes;
  for (const Watch& w : watches_) {
    if (w.kind != StopKind::kWrite) types |= BitOf(AccessType::kDmaRead);
    if (w.kind != StopKind::kRead) types |= BitOf(AccessType::kDmaWrite) | BitOf(AccessType::kWalkWrite);
  }
  return types;
}

// An atomic access goes by the page's mapping for writes, and is a read too.
bool StopPoints::WantsPage(Gva page, memory::Gpa, const memory::FlatRange&, translate::Access access) {
  const bool writes = access == translate::Access::kWrite;
  const uint64_t last = page.value | ((uint64_t{1} << kPageBits) - 1);
  return FindWatch(page.value, last, /*reads=*/true, writes) != nullptr;
}

bool StopPoints::StopAt(PauseReason reason, Hit hit) {
  // Somebody else wanted the pause just before: the guest comes here again.
  if (!control_.paused()) hit_ = hit;
  control_.Pause(reason);
  return true;
}

bool StopPoints::Stops(const translate::MemAccess& access) {
  const uint64_t first = access.gva.value;
  if (access.type == AccessType::kFetch) {
    const auto at = breaks_.find(first);
    if (at == breaks_.end()) return false;
    const bool hard = (at->second & BitOf(StopKind::kHardware)) != 0;
    return StopAt(PauseReason::kBreakpoint, {hard ? StopKind::kHardware : StopKind::kSoftware, first});
  }
  const bool atomic = access.type == AccessType::kAtomic;
  const bool reads = atomic || access.type == AccessType::kRead, writes = atomic || access.type == AccessType::kWrite;
  if ((!reads && !writes) || armed_watches_.empty()) return false;
  const Watch* const watch = FindWatch(first, LastOf(first, access.size), reads, writes);
  if (watch == nullptr) return false;
  const PauseReason reason = before_access_ ? PauseReason::kBeforeAccess : PauseReason::kWatchpoint;
  return StopAt(reason, {watch->kind, std::max(first, watch->first)});
}

// The first watched byte that is mapped to one of these guest-physical ones.
std::optional<uint64_t> StopPoints::FindMapped(const Watch& watch, uint64_t first, uint64_t last) const {
  constexpr uint64_t kOffset = (uint64_t{1} << kPageBits) - 1;
  const uint64_t begin = watch.first >> kPageBits;
  const uint64_t end = std::min(watch.last >> kPageBits, begin + kMostMappedPages - 1);
  for (uint64_t page = begin; page <= end; ++page) {
    const uint64_t from = std::max(watch.first, page << kPageBits);
    const uint64_t to = std::min(watch.last, page << kPageBits | kOffset);
    if (!OffsetsMeet(from, to, first, last)) continue;
    const std::optional<memory::Gpa> at = physical_(from);
    if (at.has_value() && Overlap(at->value, at->value + (to - from), first, last)) {
      return from + (std::max(at->value, first) - at->value);
    }
  }
  return std::nullopt;
}

// What is told of only when it was made.
void StopPoints::OnAccess(const translate::MemAccess& access) {
  const bool reads = access.type == AccessType::kDmaRead;
  const bool writes = access.type == AccessType::kDmaWrite || access.type == AccessType::kWalkWrite;
  if ((!reads && !writes) || control_.paused()) return;
  for (const Watch& watch : armed_watches_) {
    if (!Matches(watch.kind, reads, writes)) continue;
    const std::optional<uint64_t> address = FindMapped(watch, access.gpa.value, LastOf(access.gpa.value, access.size));
    if (!address.has_value()) continue;
    StopAt(PauseReason::kDeviceAccess, {watch.kind, *address});
    return;
  }
}

}  // namespace emu::debug::gdb
