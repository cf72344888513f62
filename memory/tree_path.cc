#include "memory/tree_path.h"

#include <algorithm>
#include <utility>

namespace emu::memory {
namespace {

class Finder {
 public:
  bool Visit(const Region& region, uint64_t offset, bool aliased) {
    if (!region.enabled() || region.size().empty() || offset > region.size().last()) return false;
    path_.push_back({&region, offset, aliased});
    if (VisitBelow(region, offset) || region.terminates()) return true;
    path_.pop_back();
    return false;
  }
  TreePath Take() { return std::move(path_); }

 private:
  bool VisitBelow(const Region& region, uint64_t offset) {
    if (region.kind() == RegionKind::kAlias) {
      const uint64_t in_target = offset + region.target_offset().value;
      return in_target >= offset && Visit(*region.target(), in_target, true);
    }
    return std::any_of(region.children().begin(), region.children().end(), [&](const RegionPtr& child) {
      const uint64_t start = child->address().value;
      return offset >= start && Visit(*child, offset - start, false);
    });
  }

  TreePath path_;
};

}  // namespace

TreePath FindTreePath(const Region& root, uint64_t offset) {
  Finder finder;
  finder.Visit(root, offset, false);
  return finder.Take();
}

}  // namespace emu::memory
