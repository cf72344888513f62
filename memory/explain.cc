#include "memory/explain.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "memory/flat_view.h"
#include "memory/transaction.h"
#include "memory/tree_path.h"

namespace emu::memory {
namespace {

constexpr int kMaxVisits = 20000;  // of regions, for one address
constexpr size_t kMaxLosses = 100;
constexpr size_t kMaxIommus = 8;  // one behind the other

bool Holds(const Region& region, uint64_t offset) { return !region.size().empty() && offset <= region.size().last(); }

std::string Quoted(const Region& region) { return absl::StrCat("\"", region.name(), "\""); }

// Walks a tree in the order in which an access looks at it, and on: into what is disabled, hidden or cut off.
class LossFinder {
 public:
  LossFinder(TreePath winning_path, Explanation* result) : winning_path_(std::move(winning_path)), result_(*result) {}

  void Find(const Region& root, uint64_t offset) {
    Visit(root, offset, false, std::nullopt);
    result_.path = Steps(winning_path_);
    std::stable_partition(losses_.begin(), losses_.end(),
                          [](const Loss& l) { return l.cause.reason != Reason::kOutside; });
    for (const Loss& loss : losses_) {
      if (loss.cause.reason == Reason::kOutside && inside_.contains(loss.path.back().region)) continue;
      result_.losses.push_back({loss.cause.reason, loss.cause.why, Steps(loss.path)});
    }
  }

 private:
  using Reason = ExplainLoss::Reason;
  struct Cause {
    Reason reason;
    std::string why;
    uint64_t past_end = 0;  // how far, for kOutside
  };
  struct Loss {
    Cause cause;
    TreePath path;
  };

  // `cause` is why nothing below can be seen, if so. Whether something lies at the address, seen or not.
  bool Visit(const Region& region, uint64_t offset, bool aliased, std::optional<Cause> cause) {
    if (++visits_ > kMaxVisits) return result_.more_losses = true;
    if (!cause && !Holds(region, offset)) cause = Ends(region, offset);
    if (!cause && !region.enabled()) cause = {Reason::kDisabled, absl::StrCat(Quoted(region), " is disabled")};
    // Both at once is no news of anything.
    if (!region.enabled() && cause->reason == Reason::kOutside) return false;
    path_.push_back({&region, offset, aliased});
    const bool below = VisitBelow(region, offset, cause);
    const bool found = Holds(region, offset) && (region.terminates() ? NoteAnswer(cause) : below || NoteHole(cause));
    path_.pop_back();
    return found || below;
  }

  bool VisitBelow(const Region& region, uint64_t offset, const std::optional<Cause>& cause) {
    if (region.kind() == RegionKind::kAlias) {
      const uint64_t in_target = offset + region.target_offset().value;
      return in_target >= offset && Visit(*region.target(), in_target, true, cause);
    }
    bool found = false;
    for (const RegionPtr& child : region.children()) {
      const uint64_t start = child->address().value;
      if (offset >= start) found |= Visit(*child, offset - start, false, cause);
    }
    return found;
  }

  static Cause Ends(const Region& region, uint64_t offset) {
    if (region.size().empty()) return {Reason::kOutside, absl::StrCat(Quoted(region), " is empty"), offset};
    const uint64_t last = region.size().last();
    return {Reason::kOutside, absl::StrFormat("%s ends at +0x%x, before +0x%x", Quoted(region), last, offset),
            offset - last};
  }

  // Of a region that would answer.
  bool NoteAnswer(const std::optional<Cause>& cause) {
    if (cause && cause->reason == Reason::kOutside) {
      AddOutside(*cause);
      return true;
    }
    inside_.insert(path_.back().region);
    if (path_ != winning_path_) AddLoss(cause ? *cause : Cause{Reason::kPriority, WhyHidden()});
    return true;
  }

  // Of the windows on a region that do not reach here, the nearest is told of.
  void AddOutside(const Cause& cause) {
    const auto [found, is_new] = outside_.try_emplace(path_.back().region, losses_.size());
    if (is_new) {
      AddLoss(cause);
    } else if (found->second < losses_.size() && losses_[found->second].cause.past_end > cause.past_end) {
      losses_[found->second] = {cause, path_};
    }
  }

  // Of a container or an alias in which nothing lies at the address; not if something above it is to blame.
  bool NoteHole(const std::optional<Cause>& cause) {
    const auto& [region, offset, aliased] = path_.back();
    if (cause) {
      if (cause->reason != Reason::kDisabled || region->enabled()) return false;
      AddLoss(*cause);
      return true;
    }
    const uint64_t in_target = offset + region->target_offset().value;
    const bool past_target = region->target() != nullptr && !Holds(*region->target(), in_target);
    AddLoss(past_target ? Ends(*region->target(), in_target) : Cause{Reason::kHole, "nothing in it there"});
    return true;
  }

  void AddLoss(const Cause& cause) {
    if (losses_.size() >= kMaxLosses) result_.more_losses = true;
    if (losses_.size() < kMaxLosses) losses_.push_back({cause, path_});
  }

  // Where the way to the loser parts from the way to the winner decides.
  std::string WhyHidden() const {
    size_t i = 0;
    while (i < path_.size() && path_[i] == winning_path_[i]) ++i;  // a loser never goes on where the winner ends
    const Region& won = *winning_path_[i].region;
    if (i == path_.size()) return absl::StrCat("its child ", Quoted(won), " comes before it");
    const Region& lost = *path_[i].region;
    if (won.priority() == lost.priority()) {
      return absl::StrCat(Quoted(won), " has the same prio ", won.priority(), " and was mapped later");
    }
    return absl::StrCat(Quoted(lost), " has prio ", lost.priority(), ", ", Quoted(won), " has prio ", won.priority());
  }

  static std::vector<ExplainStep> Steps(const TreePath& path) {
    std::vector<ExplainStep> steps;
    for (const auto& [region, offset, aliased] : path) {
      steps.push_back({region->name(), region->kind(), region->priority(), RegionOffset(offset), aliased});
    }
    return steps;
  }

  const TreePath winning_path_;
  Explanation& result_;
  int visits_ = 0;
  TreePath path_;
  std::vector<Loss> losses_;
  absl::flat_hash_set<const Region*> inside_;           // those that a way leads to at the address, seen or not
  absl::flat_hash_map<const Region*, size_t> outside_;  // the others, and which loss tells of them
};

ExplainRange Told(const FlatRange& range) { return {range.first, range.last, range.region->name()}; }

void AddNeighbours(const FlatView& view, Gpa at, Explanation* result) {
  for (const FlatRange& range : view.ranges()) {
    if (range.last < at) result->below = Told(range);
    if (range.first > at) {
      result->above = Told(range);
      return;
    }
  }
}

void AddRange(const FlatRange& range, Gpa at, Explanation* result) {
  result->range = Told(range);
  result->readonly = range.readonly;
  result->nonvolatile = range.nonvolatile;
  result->owner = range.region->owner();
  if (range.host != nullptr) result->host = range.HostAt(at);
  if (range.block != nullptr) {
    result->block = range.block->name();
    result->block_offset = range.BlockOffsetAt(at);
  }
  if (range.device == nullptr) return;
  const char* const name = range.device->RegisterName(range.OffsetAt(at));
  if (name != nullptr) result->register_name = name;
}

Explanation ExplainBehind(const AddressSpace& space, Gpa at, size_t iommus);

void FollowIommu(const FlatRange& range, Gpa at, size_t iommus, Explanation* result) {
  if (range.translator == nullptr || iommus >= kMaxIommus) return;
  const RegionOffset offset = range.OffsetAt(at);
  const IommuEntry entry = range.translator->Translate(offset, /*write=*/false, {.debug = true});
  if (entry.target == nullptr) return;
  const Gpa there((entry.translated.value & ~entry.mask) | (offset.value & entry.mask));
  result->beyond.push_back(ExplainBehind(*entry.target, there, iommus + 1));
}

Explanation ExplainBehind(const AddressSpace& space, Gpa at, size_t iommus) {
  Explanation result;
  result.space = space.name();
  result.at = at;
  const Region& root = *space.root();
  if (at.value >= root.address().value) {
    const uint64_t offset = at.value - root.address().value;
    LossFinder(FindTreePath(root, offset), &result).Find(root, offset);
  }
  const FlatView::Ptr view = space.Snapshot();
  const FlatRange* const range = view->Find(at);
  if (range == nullptr) {
    AddNeighbours(*view, at, &result);
  } else {
    AddRange(*range, at, &result);
    FollowIommu(*range, at, iommus, &result);
  }
  return result;
}

}  // namespace

Explanation Explain(const AddressSpace& space, Gpa at) {
  TreeLock lock;
  return ExplainBehind(space, at, 0);
}

}  // namespace emu::memory
