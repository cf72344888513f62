// Views and listeners; how accesses go is in the other address_space_*.cc.
#include "memory/address_space.h"

#include <algorithm>
#include <utility>

namespace emu::memory {

AddressSpace::AddressSpace(absl::string_view name, RegionPtr root, Endian native)
    : name_(name), root_(std::move(root)), native_(native) {
  TreeLock lock;
  root_->AddDependent(this);
  owned_ = FlatView::Of(root_);
  current_.store(owned_.get(), std::memory_order_seq_cst);
}

AddressSpace::~AddressSpace() { root_->RemoveDependent(this); }

void AddressSpace::OnTreeChange() {
  FlatView::Ptr view = FlatView::Of(root_);
  if (view == owned_) return;
  if (untold_ == nullptr) untold_ = owned_;
  Publish(std::move(view));
}

void AddressSpace::AfterTreeChange() {
  const FlatView::Ptr before = std::exchange(untold_, nullptr);
  const FlatView::Ptr after = owned_;
  if (before != nullptr) TellListeners(*before, *after);
}

void AddressSpace::Publish(FlatView::Ptr view) {
  retired_.push_back(std::exchange(owned_, std::move(view)));
  current_.store(owned_.get(), std::memory_order_seq_cst);
  generation_.fetch_add(1, std::memory_order_release);
  has_retired_.store(true, std::memory_order_seq_cst);
  Reclaim();
}

// A reader that comes after the new view was published cannot get an old one, so old views may go as soon as the
// number of readers has once been seen as zero. Called by writers and by the last reader to leave.
void AddressSpace::Reclaim() const {
  TryUnderTreeLock([this] {
    if (readers_.load(std::memory_order_seq_cst) != 0) return;
    has_retired_.store(false, std::memory_order_seq_cst);
    // Taken out first: views may be the last to hold a device, whose end may lead here again.
    std::vector<FlatView::Ptr> old = std::exchange(retired_, {});
  });
}

FlatView::Ptr AddressSpace::Snapshot() const {
  TreeLock lock;
  return owned_;
}

const FlatRange* AddressSpace::FindIn(const FlatView& view, Gpa at) const {
  const std::vector<FlatRange>& ranges = view.ranges();
  const uint32_t guess = last_found_.load(std::memory_order_relaxed);
  if (guess < ranges.size() && ranges[guess].Contains(at)) return &ranges[guess];
  const FlatRange* range = view.Find(at);
  if (range != nullptr) last_found_.store(static_cast<uint32_t>(range - ranges.data()), std::memory_order_relaxed);
  return range;
}

void AddressSpace::AddListener(Listener* listener) {
  TreeLock lock;
  const FlatView::Ptr view = untold_ != nullptr ? untold_ : owned_;  // if newer, the change is still to be told
  listener->OnBegin(*this);
  for (const FlatRange& range : view->ranges()) {
    listener->OnAdd(*this, range);
    if (range.dirty_clients != 0) listener->OnLogStart(*this, range, range.dirty_clients);
  }
  listener->OnCommit(*this);
  auto higher = [&](const Listener* other) { return other->priority() > listener->priority(); };
  listeners_.insert(std::find_if(listeners_.begin(), listeners_.end(), higher), listener);
}

void AddressSpace::RemoveListener(Listener* listener) {
  TreeLock lock;
  listeners_.erase(std::remove(listeners_.begin(), listeners_.end(), listener), listeners_.end());
  const FlatView::Ptr view = untold_ != nullptr ? untold_ : owned_;
  listener->OnBegin(*this);
  for (const FlatRange& range : view->ranges()) listener->OnRemove(*this, range);
  listener->OnCommit(*this);
}

void AddressSpace::TellListeners(const FlatView& before, const FlatView& after) {
  for (Listener* listener : listeners_) listener->OnBegin(*this);
  auto same_in = [](const FlatView& view, const FlatRange& range) {
    const FlatRange* other = view.Find(range.first);
    return other != nullptr && SameRange(*other, range) ? other : nullptr;
  };
  for (const FlatRange& range : before.ranges()) {
    if (same_in(after, range) != nullptr) continue;
    for (auto it = listeners_.rbegin(); it != listeners_.rend(); ++it) (*it)->OnRemove(*this, range);
  }
  for (const FlatRange& range : after.ranges()) TellKept(same_in(before, range), range);
  for (Listener* listener : listeners_) listener->OnCommit(*this);
}

// `old`: the same range in the view before, or null if it is new.
void AddressSpace::TellKept(const FlatRange* old, const FlatRange& range) {
  const uint32_t logged = old == nullptr ? 0 : old->dirty_clients;
  const uint32_t started = range.dirty_clients & ~logged, stopped = logged & ~range.dirty_clients;
  for (Listener* listener : listeners_) {
    old == nullptr ? listener->OnAdd(*this, range) : listener->OnKeep(*this, range);
    if (started != 0) listener->OnLogStart(*this, range, started);
  }
  if (stopped == 0) return;
  for (auto it = listeners_.rbegin(); it != listeners_.rend(); ++it) (*it)->OnLogStop(*this, range, stopped);
}

}  // namespace emu::memory
