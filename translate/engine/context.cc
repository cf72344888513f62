#include "translate/engine/context.h"

namespace emu::translate {
namespace {

unsigned RanBit(uint64_t gva) { return ((gva >> mmu::kPageBits) * 0x9e3779b97f4a7c15u) >> 52; }

}  // namespace

void Context::FillExec(uint64_t gva, const uint8_t* host_page, uint32_t mapping_id) {
  exec[Slot(gva)] = {gva & mmu::kPageMask, host_page};
  mapping_ids[Slot(gva)] = mapping_id;
  ran_[RanBit(gva) / 64] |= uint64_t{1} << (RanBit(gva) % 64);
}

bool Context::MayHaveRun(uint64_t gva) const { return ran_[RanBit(gva) / 64] >> (RanBit(gva) % 64) & 1; }

uint32_t Context::JumpContext(uint32_t key, uint32_t* next_number) {
  for (auto& [k, number] : jump_numbers_) {
    if (k == key) return number;
  }
  jump_numbers_.emplace_back(key, (*next_number)++);
  return jump_numbers_.back().second;
}

void Context::NoteLargePage(uint64_t gva, unsigned log2_size) {
  uint64_t mask = log2_size >= 64 ? 0 : ~uint64_t{0} << log2_size;
  if (large_mask_ != 0) {
    mask &= large_mask_;
    while (((gva ^ large_address_) & mask) != 0) mask <<= 1;
  }
  large_address_ = gva & mask;
  large_mask_ = mask == 0 ? uint64_t{1} << 63 : mask;
}

void Context::DropPage(uint64_t gva) {
  if (large_mask_ != 0 && ((gva ^ large_address_) & large_mask_) == 0) return Clear();
  read.DropPage(gva);
  write.DropPage(gva);
  if (!MayHaveRun(gva)) return;
  if (exec[Slot(gva)].page == (gva & mmu::kPageMask)) {
    exec[Slot(gva)] = {};
    mapping_ids[Slot(gva)] = 0;
  }
  ForgetJumps();
}

void Context::Clear() {
  read.Clear();
  write.Clear();
  exec.fill({});
  mapping_ids.fill(0);
  ran_.fill(0);
  large_mask_ = 0;
  ForgetJumps();
}

Context* ContextPool::Get(ContextKey key) {
  for (auto& c : contexts_) {
    if (c->key == key) {
      c->last_used = ++clock_;
      return c.get();
    }
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
