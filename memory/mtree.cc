#include "memory/mtree.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "memory/flat_view.h"
#include "memory/region.h"

namespace emu::memory {
namespace {

const char* KindText(const Region& region) {
  switch (region.kind()) {
    case RegionKind::kAlias:
      return KindText(*region.target());
    case RegionKind::kRam:
      return region.readonly() ? "rom" : "ram";
    case RegionKind::kRom:
      return "rom";
    case RegionKind::kRomDevice:
      if (region.direct_reads()) return "romd";
      break;
    default:
      break;
  }
  return region.parent() == nullptr ? "container" : "i/o";
}

std::string Extent(uint64_t first, Size size) {
  return absl::StrFormat("%016x-%016x", first, first + (size.empty() ? 0 : size.last()));
}

std::string OwnerText(const Region& region, const MtreeOptions& options) {
  if (!options.owners) return "";
  return region.owner().empty() ? " orphan" : absl::StrCat(" owner:{", region.owner(), "}");
}

// Children by address; of those at one address the one that is looked at first comes first.
std::vector<const Region*> SortedChildren(const Region& region) {
  std::vector<const Region*> children;
  for (const RegionPtr& child : region.children()) children.push_back(child.get());
  std::stable_sort(children.begin(), children.end(),
                   [](const Region* a, const Region* b) { return a->address() < b->address(); });
  return children;
}

class TreePrinter {
 public:
  explicit TreePrinter(const MtreeOptions& options) : options_(options) {}

  void PrintSpaces(std::vector<AddressSpace*> spaces, const Region& root) {
    std::sort(spaces.begin(), spaces.end(), [](AddressSpace* a, AddressSpace* b) { return a->name() < b->name(); });
    for (AddressSpace* space : spaces) absl::StrAppend(&text_, "address-space: ", space->name(), "\n");
    PrintRegion(root, 1, 0);
    absl::StrAppend(&text_, "\n");
  }

  std::string FinishWithTargets() {
    for (size_t i = 0; i < targets_.size(); ++i) {  // printing one may find more
      absl::StrAppend(&text_, "memory-region: ", targets_[i]->name(), "\n");
      PrintRegion(*targets_[i], 1, 0);
      absl::StrAppend(&text_, "\n");
    }
    return std::move(text_);
  }

 private:
  void PrintRegion(const Region& region, int level, uint64_t base) {
    const uint64_t first = base + region.address().value;
    if (region.enabled() || options_.disabled) {
      const bool overflow = first < base || (!region.size().empty() && region.size().last() > ~first);
      absl::StrAppend(
          &text_, std::string(2 * level, ' '), overflow ? "[DETECTED OVERFLOW!] " : "", Extent(first, region.size()),
          absl::StrFormat(" (prio %d, %s%s): ", region.priority(), region.nonvolatile() ? "nv-" : "", KindText(region)),
          Name(region), region.enabled() ? "" : " [disabled]", OwnerText(region, options_), "\n");
    }
    if (region.target() != nullptr) AddTarget(region.target().get());
    for (const Region* child : SortedChildren(region)) PrintRegion(*child, level + 1, first);
  }

  static std::string Name(const Region& region) {
    if (region.kind() != RegionKind::kAlias) return region.name();
    return absl::StrCat("alias ", region.name(), " @", region.target()->name(), " ",
                        Extent(region.target_offset().value, region.size()));
  }

  void AddTarget(const Region* target) {
    if (std::find(targets_.begin(), targets_.end(), target) == targets_.end()) targets_.push_back(target);
  }

  const MtreeOptions options_;
  std::string text_;
  std::vector<const Region*> targets_;
};

// Things that belong to one key, in the order in which keys and things came.
template <typename Key>
struct Group {
  Key key;
  std::vector<AddressSpace*> spaces;
};

template <typename Key>
void AddToGroup(std::vector<Group<Key>>& groups, Key key, AddressSpace* space) {
  for (Group<Key>& group : groups) {
    if (group.key == key) return group.spaces.push_back(space);
  }
  groups.push_back({std::move(key), {space}});
}

std::string RangeLine(const FlatRange& range, const MtreeOptions& options) {
  const std::string offset = range.offset.value == 0 ? "" : absl::StrFormat(" @%016x", range.offset.value);
  return absl::StrFormat("  %016x-%016x (prio %d, %s%s): %s%s%s\n", range.first.value, range.last.value,
                         range.region->priority(), range.nonvolatile ? "nv-" : "",
                         range.readonly ? "rom" : KindText(*range.region), range.region->name(), offset,
                         OwnerText(*range.region, options));
}

void AppendSection(std::string& text, int& number, Range range, const FlatRange* what) {
  absl::StrAppendFormat(&text, "      #%d @%016x..%016x %s\n", number++, range.first, range.last,
                        what == nullptr ? "[unassigned]" : what->region->name());
}

// The table in which addresses are looked up, its holes included.
std::string DispatchText(const FlatView& view) {
  std::string text = "  Dispatch\n    Physical sections\n";
  int number = 0;
  uint64_t next = 0;
  for (const FlatRange& range : view.ranges()) {
    if (range.first.value > next) AppendSection(text, number, {next, range.first.value - 1}, nullptr);
    AppendSection(text, number, range.range(), &range);
    next = range.last.value + 1;
  }
  if (next != 0 || view.ranges().empty()) AppendSection(text, number, {next, ~uint64_t{0}}, nullptr);
  return text;
}

std::string ViewText(const Group<FlatView::Ptr>& group, int number, const MtreeOptions& options) {
  std::string text = absl::StrCat("FlatView #", number, "\n");
  for (AddressSpace* space : group.spaces) {
    const Region& root = *space->root();
    absl::StrAppend(&text, " AS \"", space->name(), "\", root: ", root.name(),
                    root.target() == nullptr ? "" : absl::StrCat(", alias ", root.target()->name()), "\n");
  }
  const FlatView& view = *group.key;
  absl::StrAppend(&text, " Root memory region: ", view.root() == nullptr ? "(none)" : view.root()->name(), "\n");
  if (view.ranges().empty()) return absl::StrCat(text, "  No rendered FlatView\n\n");
  for (const FlatRange& range : view.ranges()) absl::StrAppend(&text, RangeLine(range, options));
  if (options.dispatch) absl::StrAppend(&text, DispatchText(view));
  return absl::StrCat(text, "\n");
}

}  // namespace

std::string FormatTrees(absl::Span<AddressSpace* const> spaces, const MtreeOptions& options) {
  TreeLock lock;
  std::vector<Group<RegionPtr>> groups;
  for (AddressSpace* space : spaces) AddToGroup(groups, space->root(), space);
  TreePrinter printer(options);
  for (const Group<RegionPtr>& group : groups) printer.PrintSpaces(group.spaces, *group.key);
  return printer.FinishWithTargets();
}

std::string FormatFlatViews(absl::Span<AddressSpace* const> spaces, const MtreeOptions& options) {
  TreeLock lock;
  std::vector<Group<FlatView::Ptr>> groups;
  FlatView::Ptr nothing;  // one for all spaces in which nothing is seen
  for (AddressSpace* space : spaces) {
    FlatView::Ptr view = space->Snapshot();
    if (view->root() == nullptr) view = nothing = nothing == nullptr ? view : nothing;
    AddToGroup(groups, std::move(view), space);
  }
  std::string text;
  for (size_t i = 0; i < groups.size(); ++i) absl::StrAppend(&text, ViewText(groups[i], static_cast<int>(i), options));
  return text;
}

}  // namespace emu::memory
