#include "debug/trace/record_filter.h"

#include <algorithm>

namespace emu::debug {
namespace {

using translate::AccessType;

constexpr uint64_t kPageLast = 0xfff;

translate::AccessTypes TypesOf(const TraceFilter& f) {
  translate::AccessTypes types = 0;
  if (f.reads) types |= translate::kReadTypes;
  if (f.writes) types |= translate::kWriteTypes;
  if (f.fetches) types |= BitOf(AccessType::kFetch);
  if (f.walks) types |= translate::kWalkTypes;
  if (f.dma) types |= translate::kDmaTypes;
  return types;
}

uint64_t LastOf(uint64_t first, uint64_t size) {
  const uint64_t last = first + (size == 0 ? 0 : size - 1);
  return last < first ? ~uint64_t{0} : last;
}

}  // namespace

RecordFilter::RecordFilter(const TraceFilter& filter, const SymbolTable& symbols)
    : types_(TypesOf(filter)),
      by_region_(filter.region != nullptr),
      gva_(filter.gva),
      gpa_(filter.gpa),
      pc_(filter.pc),
      cpu_(filter.cpu),
      region_(filter.region) {
  any_ = !gva_.has_value() && !gpa_.has_value() && !pc_.has_value() && !cpu_.has_value() && filter.symbol == nullptr;
  if (filter.symbol == nullptr) return;
  symbol_.emplace();
  for (const Symbol& s : symbols.symbols()) {
    if (RE2::PartialMatch(s.name, *filter.symbol)) symbol_->Append({s.address, s.address + (s.size - 1)});
  }
}

bool RecordFilter::AcceptsAddresses(const TraceRecord& r) const {
  if (cpu_.has_value() && !r.dma() && r.cpu != *cpu_) return false;
  if (pc_.has_value() && !pc_->Contains(r.pc)) return false;
  if (symbol_.has_value() && !symbol_->Contains(r.pc)) return false;
  const bool walk = r.type == AccessType::kWalkRead || r.type == AccessType::kWalkWrite;
  const uint64_t gva_last = walk ? r.gva : LastOf(r.gva, r.size);
  if (gva_.has_value() && (r.dma() || !gva_->Meets(r.gva, gva_last))) return false;
  if (!gpa_.has_value()) return true;
  if (!r.crosses) return gpa_->Meets(r.gpa, LastOf(r.gpa, r.size));
  const uint64_t on_first = kPageLast + 1 - (r.gpa & kPageLast);
  return gpa_->Meets(r.gpa, r.gpa | kPageLast) || gpa_->Meets(r.gpa2, LastOf(r.gpa2, r.size - on_first));
}

bool RecordFilter::AcceptsName(const std::string& region) const { return RE2::PartialMatch(region, *region_); }

bool RecordFilter::AcceptsRegion(const TraceRecord& r) {
  const auto accepted = [this](const TracePlace* place) {
    if (place == nullptr) return false;
    const auto [it, is_new] = by_place_.try_emplace(place, false);
    if (is_new) it->second = AcceptsName(place->region);
    return it->second;
  };
  return accepted(r.place) || (r.crosses && accepted(r.place2));
}

translate::AccessTypes RecordFilter::TypesBeyondPages() const {
  return types_ & ~BitOf(AccessType::kFetch) & ~(gva_.has_value() ? translate::kDmaTypes : 0);
}

// Atomic accesses go by the mappings for writing, also where only reads are wanted.
bool RecordFilter::WantsPage(uint64_t gva_page, uint64_t gpa_page, const memory::FlatRange& range, bool write) {
  if (!WantsType(write ? AccessType::kAtomic : AccessType::kRead)) return false;
  if (gva_.has_value() && !gva_->Meets(gva_page, gva_page | kPageLast)) return false;
  if (gpa_.has_value() && !gpa_->Meets(gpa_page, gpa_page | kPageLast)) return false;
  return !by_region_ || AcceptsName(range.region->name());
}

bool RecordFilter::AcceptsCode(uint64_t gpa, const memory::FlatRange& range) const {
  constexpr uint64_t kLongest = 16;  // bytes of an instruction
  if (gpa_.has_value() && !gpa_->Meets(gpa, LastOf(gpa, kLongest))) return false;
  return !by_region_ || AcceptsName(range.region->name());
}

bool RecordFilter::WantsCodeOf(const memory::FlatRange& range) const {
  return (!gpa_.has_value() || gpa_->Meets(range.first.value, range.last.value)) &&
         (!by_region_ || AcceptsName(range.region->name()));
}

bool RecordFilter::WantsFetch(uint64_t pc, uint64_t gpa, const memory::FlatRange& range, const memory::FlatView& view) {
  if (!WantsType(AccessType::kFetch)) return false;
  if (pc_.has_value() && !pc_->Contains(pc)) return false;
  if (symbol_.has_value() && !symbol_->Contains(pc)) return false;
  if (gva_.has_value() && !gva_->Meets(pc, LastOf(pc, 16))) return false;
  if (!fetches_by_place()) return true;
  if (((gpa & kPageLast) + 16 > kPageLast) || AcceptsCode(gpa, range)) return true;  // it may reach into any page
  if (range.block == nullptr) return true;
  const uint64_t offset = range.block_offset + (gpa - range.first.value);
  return std::any_of(view.ranges().begin(), view.ranges().end(), [&](const memory::FlatRange& r) {
    const uint64_t into = offset - r.block_offset;
    return r.block == range.block && offset >= r.block_offset && into <= r.last - r.first &&
           AcceptsCode(r.first.value + into, r);
  });
}

}  // namespace emu::debug
