// Decides which records a trace shows, and beforehand which pages and instructions it must be told of.
#ifndef EMU_DEBUG_TRACE_RECORD_FILTER_H_
#define EMU_DEBUG_TRACE_RECORD_FILTER_H_

#include <string>

#include "absl/container/flat_hash_map.h"
#include "debug/symbols.h"
#include "debug/trace/address_set.h"
#include "debug/trace/record.h"
#include "debug/trace/trace_spec.h"
#include "memory/flat_view.h"

namespace emu::debug {

class RecordFilter {
 public:
  // `symbols` is looked at now only.
  RecordFilter(const TraceFilter& filter, const SymbolTable& symbols);

  // Both parts of an access over the end of a page count, and of longer ones all bytes.
  bool Accepts(const TraceRecord& record) {
    return WantsType(record.type) && (any_ || AcceptsAddresses(record)) && (!by_region_ || AcceptsRegion(record));
  }
  bool WantsType(translate::AccessType type) const { return types_ >> static_cast<int>(type) & 1; }

  // Those wanted that no page or instruction stands for.
  translate::AccessTypes TypesBeyondPages() const;
  // Whether some access of the CPU to the page, with its data (`write`: or not), could be accepted.
  bool WantsPage(uint64_t gva_page, uint64_t gpa_page, const memory::FlatRange& range, bool write);
  // Whether the instruction at `pc` could be, which lies at `gpa` in `range` and wherever else `view` shows the same
  // memory.
  bool WantsFetch(uint64_t pc, uint64_t gpa, const memory::FlatRange& range, const memory::FlatView& view);
  // Whether that could be so of instructions in `range` because of where it is.
  bool WantsCodeOf(const memory::FlatRange& range) const;
  // Whether WantsFetch depends on the view.
  bool fetches_by_place() const { return WantsType(translate::AccessType::kFetch) && (gpa_.has_value() || by_region_); }

 private:
  bool AcceptsAddresses(const TraceRecord& record) const;
  bool AcceptsRegion(const TraceRecord& record);
  bool AcceptsName(const std::string& region) const;
  bool AcceptsCode(uint64_t gpa, const memory::FlatRange& range) const;

  translate::AccessTypes types_ = 0;
  bool any_ = false;  // all addresses and CPUs
  bool by_region_ = false;
  const std::optional<AddressSet> gva_, gpa_, pc_;
  std::optional<AddressSet> symbol_;  // where their code is
  const std::optional<unsigned> cpu_;
  const std::shared_ptr<const RE2> region_;
  absl::flat_hash_map<const TracePlace*, bool> by_place_;
};

}  // namespace emu::debug

#endif  // EMU_DEBUG_TRACE_RECORD_FILTER_H_
