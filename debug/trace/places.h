// The places that a machine's accesses go to, by name: each memory::FlatRange that is met becomes a TracePlace, which
// stays when the memory map changes.
#ifndef EMU_DEBUG_TRACE_PLACES_H_
#define EMU_DEBUG_TRACE_PLACES_H_

#include <deque>
#include <memory>

#include "debug/trace/record.h"
#include "memory/flat_view.h"
#include "translate/engine/access_watch.h"

namespace emu::debug {

class Places {
 public:
  // Null gives null. The place is found again as long as the range looks the same.
  const TracePlace* Of(const memory::FlatRange* range) {
    if (range == nullptr) return nullptr;
    if (last_ != nullptr && Matches(*last_, *range)) return &last_->place;
    return Search(*range);
  }
  void Fill(const translate::MemAccess& access, TraceRecord* record);

 private:
  struct Known {
    TracePlace place;
    const memory::Region* region;
    std::shared_ptr<const memory::Region> alive;  // so that no other region gets its address
  };
  static bool Matches(const Known& known, const memory::FlatRange& range) {
    return known.region == range.region && known.place.first == range.first.value &&
           known.place.last == range.last.value && known.place.offset == range.offset.value;
  }
  const TracePlace* Search(const memory::FlatRange& range);

  std::deque<Known> known_;  // few
  Known* last_ = nullptr;
};

// As a range of a memory map.
TracePlace MakeTracePlace(const memory::FlatRange& range);

}  // namespace emu::debug

#endif  // EMU_DEBUG_TRACE_PLACES_H_
