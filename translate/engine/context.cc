#include "translate/engine/context.h"

#include <algorithm>

namespace emu::translate {
void Context::FillExec(uint64_t gva, const uint8_t* host_page, uint64_t physical, uint32_t mapping_id) {
  ExecEntry& entry = exec[Slot(gva)];
  if (entry.page != mmu::kInvalidTag) evicted_.insert(entry.page);
  entry = {gva & mmu::kPageMask, host_page, physical & mmu::kPageMask};
  mapping_ids[Slot(gva)] = mapping_id;
}

JumpCache& Context::Jumps(uint32_t key) {
  auto at = std::find_if(jumps_.begin(), jumps_.end(), [key](const KeyedJumps& j) { return j.key == key; });
  if (at == jumps_.end() && jumps_.size() < kMaxJumpCaches) {
    at = jumps_.insert(jumps_.end(), {key, std::make_unique<JumpCache>()});
  } else if (at == jumps_.end()) {
    at = jumps_.begin();
    at->key = key;
    at->cache->Clear();
  }
  std::rotate(at, at + 1, jumps_.end());
  return *jumps_.back().cache;
}

void Context::ForgetJumps() {
  for (KeyedJumps& j : jumps_) j.cache->Clear();
}

// A range grows up to a gibibyte, so that kernels' far apart mappings stay apart; when all ranges are in use, the one
// that grows least takes the page.
void Context::NoteLargePage(uint64_t gva, unsigned log2_size) {
  constexpr uint64_t kFreelyJoined = ~uint64_t{0} << 30;
  const uint64_t own = ~uint64_t{0} << std::min(log2_size, 63u);
  const auto joined = [&](const LargeRange& r) {
    uint64_t mask = r.mask & own;
    while (((gva ^ r.address) & mask) != 0) mask <<= 1;
    return mask;
  };
  LargeRange* free = nullptr;
  LargeRange* best = nullptr;
  for (LargeRange& r : large_) {
    if (r.mask == 0) {
      free = &r;
    } else if (best == nullptr || joined(r) > joined(*best)) {
      best = &r;
    }
  }
  const bool join = best != nullptr && (free == nullptr || joined(*best) >= kFreelyJoined);
  LargeRange& r = join ? *best : *free;
  const uint64_t mask = join ? joined(r) : own;
  if (mask != 0) {
    r = {gva & mask, mask};
  } else {  // both halves of the address space
    r = {0, uint64_t{1} << 63};
    large_[&r == &large_[0] ? 1 : 0] = {uint64_t{1} << 63, uint64_t{1} << 63};
  }
}

bool Context::InLargePage(uint64_t gva) const {
  return std::any_of(large_.begin(), large_.end(), [&](const LargeRange& r) { return r.Holds(gva); });
}

void Context::DropPage(uint64_t gva) {
  if (InLargePage(gva)) return Clear();
  read.DropPage(gva);
  write.DropPage(gva);
  const bool in_slot = exec[Slot(gva)].page == (gva & mmu::kPageMask);
  if (in_slot) {
    exec[Slot(gva)] = {};
    mapping_ids[Slot(gva)] = 0;
  }
  if (evicted_.erase(gva & mmu::kPageMask) != 0 || in_slot) ForgetJumps();
}

void Context::Clear() {
  read.Clear();
  write.Clear();
  exec.fill({});
  mapping_ids.fill(0);
  evicted_.clear();
  large_.fill({});
  ForgetJumps();
}

// What is asked for often moves to the front.
Context* ContextPool::Get(ContextKey key) {
  for (size_t i = 0; i < contexts_.size(); ++i) {
    if (!(contexts_[i]->key == key)) continue;
    Context* const found = contexts_[i].get();
    found->last_used = ++clock_;
    if (i != 0) std::swap(contexts_[i], contexts_[i - 1]);
    return found;
  }
  return Recycle(key);
}

Context* ContextPool::Recycle(ContextKey key) {
  Context* oldest = nullptr;
  if (contexts_.size() < kMaxContexts) {
    oldest = contexts_.emplace_back(std::make_unique<Context>(key)).get();
  } else {
    for (auto& c : contexts_) {
      if (oldest == nullptr || c->last_used < oldest->last_used) oldest = c.get();
    }
    oldest->Clear();
  }
  oldest->key = key;
  oldest->last_used = ++clock_;
  return oldest;
}

}  // namespace emu::translate
