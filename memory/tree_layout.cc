#include "memory/tree_layout.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "memory/tree_path.h"

namespace emu::memory {
namespace {

// Of rows in which something answers, and of the others. Two lines of text fit where there is much.
constexpr double kLeastHeight = 18, kHeightPerBit = 0.7;
constexpr double kLeastGap = 14, kGapPerBit = 0.25;

class Layouter {
 public:
  explicit Layouter(const AddressSpace& space) : root_(*space.root()) { layout_.view = space.Snapshot(); }

  TreeLayout LayOut() {
    const std::optional<Range> whole = Range::At(root_.address().value, root_.size());
    if (!whole) return std::move(layout_);
    AddBox(root_, -1, root_.address().value, *whole, false);
    MakeRows(*whole);
    for (LayoutBox& box : layout_.boxes) PlaceBox(box);
    MarkSeen();
    return std::move(layout_);
  }

 private:
  // `extent` is what lies inside the parent.
  void AddBox(const Region& region, int parent, uint64_t base, const Range& extent, bool disabled) {
    const int index = static_cast<int>(layout_.boxes.size());
    LayoutBox box;
    box.region = &region;
    box.parent = parent;
    box.disabled = disabled || !region.enabled();
    layout_.boxes.push_back(box);
    extents_.push_back(extent);
    for (const RegionPtr& child : region.children()) {
      const uint64_t at = child->address().value;
      const std::optional<Range> inside = at > ~base ? std::nullopt : RangeOf(*child, base + at, extent);
      if (inside) AddBox(*child, index, base + at, *inside, box.disabled);
    }
  }

  static std::optional<Range> RangeOf(const Region& region, uint64_t base, const Range& clip) {
    const std::optional<Range> range = Range::At(base, region.size());
    return range ? Intersect(*range, clip) : std::nullopt;
  }

  void MakeRows(const Range& whole) {
    std::set<uint64_t> starts;
    const auto add = [&](const Range& range) {
      starts.insert(range.first);
      if (range.last < whole.last) starts.insert(range.last + 1);
    };
    for (const Range& extent : extents_) add(extent);
    for (const FlatRange& range : layout_.view->ranges()) add(range.range());
    for (auto start = starts.begin(); start != starts.end(); ++start) {
      const auto next = std::next(start);
      AddRow({*start, next == starts.end() ? whole.last : *next - 1});
    }
  }

  void AddRow(const Range& range) {
    const double bits = std::log2(static_cast<double>(range.last - range.first) + 1);
    const bool gap = layout_.view->Find(Gpa(range.first)) == nullptr;
    const double height = gap ? kLeastGap + kGapPerBit * bits : kLeastHeight + kHeightPerBit * bits;
    layout_.rows.push_back({range, layout_.height, std::round(height)});
    layout_.height += std::round(height);
  }

  // As far left as it can stand to the right of its parent.
  void PlaceBox(LayoutBox& box) {
    const Range& extent = extents_[&box - layout_.boxes.data()];
    box.first_row = layout_.RowOf(extent.first);
    box.last_row = layout_.RowOf(extent.last);
    box.column = box.parent < 0 ? 0 : layout_.boxes[box.parent].column + 1;
    while (!Take(box)) ++box.column;
    layout_.columns = std::max(layout_.columns, box.column + 1);
  }

  bool Take(const LayoutBox& box) {
    if (static_cast<size_t>(box.column) >= taken_.size()) taken_.emplace_back(layout_.rows.size());
    std::vector<bool>& column = taken_[box.column];
    const auto first = column.begin() + static_cast<ptrdiff_t>(box.first_row);
    const auto last = column.begin() + static_cast<ptrdiff_t>(box.last_row) + 1;
    if (std::find(first, last, true) != last) return false;
    std::fill(first, last, true);
    return true;
  }

  void MarkSeen() {
    for (LayoutBox& box : layout_.boxes) box.seen.resize(box.last_row - box.first_row + 1);
    for (size_t row = 0; row < layout_.rows.size(); ++row) {
      const TreePath path = FindTreePath(root_, layout_.rows[row].range.first - root_.address().value);
      for (LayoutBox& box : layout_.boxes) {
        if (row < box.first_row || row > box.last_row) continue;
        box.seen[row - box.first_row] =
            std::any_of(path.begin(), path.end(), [&](const TreePlace& place) { return place.region == box.region; });
      }
    }
  }

  const Region& root_;
  TreeLayout layout_;
  std::vector<Range> extents_;            // of the boxes
  std::vector<std::vector<bool>> taken_;  // column by row
};

}  // namespace

size_t TreeLayout::RowOf(uint64_t address) const {
  const auto found =
      std::partition_point(rows.begin(), rows.end(), [&](const LayoutRow& row) { return row.range.last < address; });
  return static_cast<size_t>(found - rows.begin());
}

TreeLayout LayOutTree(const AddressSpace& space) { return Layouter(space).LayOut(); }

}  // namespace emu::memory
