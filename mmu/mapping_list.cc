#include "mmu/mapping_list.h"

#include <algorithm>

namespace emu::mmu {
namespace {

// Whether `next`, which begins right behind `range`, goes on as `range` does.
bool GoesOn(const MappedRange& range, const MappedRange& next) {
  if (range.kind != next.kind) return false;
  switch (range.kind) {
    case MappedKind::kMapped:
      return range.gpa + (next.gva.first - range.gva.first) == next.gpa && range.permissions == next.permissions &&
             range.page_shift == next.page_shift && range.attributes == next.attributes;
    case MappedKind::kAgain:
      return range.first == next.first && range.span_shift == next.span_shift;
    case MappedKind::kFault:
      return range.reason == next.reason;
    case MappedKind::kHole:
      break;
  }
  return true;
}

MappedRange Hole(uint64_t first, uint64_t last) { return {.gva = {first, last}, .kind = MappedKind::kHole}; }

// Where an address of tables that are there again stands in their first listing.
memory::Gva InFirstListing(const MappedRange& again, memory::Gva at) {
  const uint64_t span = uint64_t{1} << again.span_shift;
  return again.first + ((at.value - again.gva.first) & (span - 1));
}

}  // namespace

void MappingList::Append(const MappedRange& range) {
  const bool follows = !ranges.empty() && ranges.back().gva.Precedes(range.gva);
  if (follows && GoesOn(ranges.back(), range)) {
    ranges.back().gva.last = range.gva.last;
  } else {
    ranges.push_back(range);
  }
}

// A first listing is always at a lower address, so this ends.
std::optional<MappingHit> MappingList::Find(memory::Gva gva) const {
  while (true) {
    const auto ends_before = [](const MappedRange& range, uint64_t at) { return range.gva.last < at; };
    const auto found = std::lower_bound(ranges.begin(), ranges.end(), gva.value, ends_before);
    if (found == ranges.end() || !found->gva.Contains(gva.value)) return std::nullopt;
    if (found->kind != MappedKind::kAgain) return MappingHit{&*found, gva};
    gva = InFirstListing(*found, gva);
  }
}

std::vector<MappedRange> MappingList::WithHoles() const {
  std::vector<MappedRange> all;
  auto next = ranges.begin();
  for (const memory::Range& space : spaces) {
    uint64_t at = space.first;
    bool full = false;  // listed to the end, of which there may be no next address
    for (; next != ranges.end() && next->gva.first <= space.last; ++next) {
      if (at < next->gva.first) all.push_back(Hole(at, next->gva.first - 1));
      all.push_back(*next);
      full = next->gva.last == space.last;
      at = next->gva.last + 1;
    }
    if (full) continue;
    if (!stopped_at.has_value() || space.last < stopped_at->value) {
      all.push_back(Hole(at, space.last));
    } else {
      if (at < stopped_at->value) all.push_back(Hole(at, stopped_at->value - 1));
      break;
    }
  }
  return all;
}

uint64_t MappingList::TotalBytes() const {
  uint64_t total = 0;
  for (const auto& [shift, some] : bytes) total += some;
  return total;
}

}  // namespace emu::mmu
