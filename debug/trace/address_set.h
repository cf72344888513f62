// A set of addresses, as ranges.
#ifndef EMU_DEBUG_TRACE_ADDRESS_SET_H_
#define EMU_DEBUG_TRACE_ADDRESS_SET_H_

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace emu::debug {

// From `first` to `last`, both included.
struct AddressRange {
  uint64_t first = 0;
  uint64_t last = 0;
};

class AddressSet {
 public:
  // Every address.
  static AddressSet All() {
    AddressSet all;
    all.Add({0, ~uint64_t{0}});
    return all;
  }

  void Add(AddressRange range) {
    ranges_.push_back(range);
    std::sort(ranges_.begin(), ranges_.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<AddressRange> all = std::move(ranges_);
    ranges_.clear();
    for (const AddressRange& r : all) Append(r);
  }
  // The same, where none in the set begins above it.
  void Append(AddressRange range) {
    if (!ranges_.empty() && range.first <= ranges_.back().last) {
      ranges_.back().last = std::max(ranges_.back().last, range.last);
    } else {
      ranges_.push_back(range);
    }
  }

  // Whether any address from `first` to `last` is in the set.
  bool Meets(uint64_t first, uint64_t last) const {
    if (ranges_.size() == 1) return ranges_[0].first <= last && first <= ranges_[0].last;
    const auto at = std::lower_bound(ranges_.begin(), ranges_.end(), first,
                                     [](const AddressRange& r, uint64_t value) { return r.last < value; });
    return at != ranges_.end() && at->first <= last;
  }
  bool Contains(uint64_t address) const { return Meets(address, address); }
  bool empty() const { return ranges_.empty(); }
  const std::vector<AddressRange>& ranges() const { return ranges_; }

 private:
  std::vector<AddressRange> ranges_;  // by address, none meets another
};

}  // namespace emu::debug

#endif  // EMU_DEBUG_TRACE_ADDRESS_SET_H_
