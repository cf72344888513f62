#include "translate/engine/cpu.h"

#include <algorithm>
#include <utility>

namespace emu::translate {

Cpu::Cpu(unsigned index, const Target& target, memory::AddressSpace& memory, CpuState& state)
    : index_(index), target_(target), memory_(memory), state_(state) {
  state_.cpu = this;
  SwitchContext({});
  memory_.AddListener(this);
}

Cpu::~Cpu() {
  context_ = nullptr;  // the state may be gone already
  memory_.RemoveListener(this);
}

void Cpu::SwitchContext(ContextKey key) {
  if (context_ == nullptr || !(context_->key == key)) context_ = contexts_.Get(key);
  state_.tlb_read = context_->read.table();
  state_.tlb_write = context_->write.table();
  state_.mapping_ids = context_->mapping_ids.data();
  state_.jump_cache = jumps().lines();
  slots_.Enter(context_->key, state_.key);
}

void Cpu::Flush(absl::FunctionRef<bool(const ContextKey&)> which) {
  ++tlb_counters_.flushes;
  if (mmu_observer_ != nullptr) mmu_observer_->OnFlush();
  contexts_.ForEach([&](Context& c) {
    if (which(c.key)) c.Clear();
  });
  slots_.Forget(which);
  SwitchContext(context_->key);
}

void Cpu::FlushPage(uint64_t gva, absl::FunctionRef<bool(const ContextKey&)> which) {
  ++tlb_counters_.page_flushes;
  if (mmu_observer_ != nullptr) mmu_observer_->OnFlushPage(memory::Gva(gva));
  contexts_.ForEach([&](Context& c) {
    if (which(c.key)) c.DropPage(gva);
  });
  slots_.Forget(which);
  SwitchContext(context_->key);
}

// The memory map changed: host addresses in the TLBs may be wrong now.
void Cpu::OnCommit(memory::AddressSpace&) {
  slots_.ForgetWindows();
  if (context_ == nullptr) return;
  Flush([](const ContextKey&) { return true; });
}

// Writes to the range must be seen from now on.
void Cpu::OnLogStart(memory::AddressSpace& space, const memory::FlatRange&, uint32_t) { OnCommit(space); }

void Cpu::SyncPc() {
  if (state_.site == 0) return;
  const CodeOwner::Site& site = code_->site(state_.site);
  state_.pc = site.pc;
  state_.budget += site.unexecuted;
  state_.site = 0;  // all that is counted now has been executed
}

uint64_t Cpu::InsnCount() const {
  const uint64_t charged = granted_ - static_cast<uint64_t>(state_.budget + deferred_);
  return running ? charged - code_->site(state_.site).unexecuted : charged;
}

void Cpu::RequestAttention() {
  attention_ = true;
  if (state_.budget <= 0) return;
  deferred_ += state_.budget;
  state_.budget = 0;
}

void Cpu::LimitBudget(int64_t insns) {
  if (state_.budget <= insns) return;
  deferred_ += state_.budget - insns;
  state_.budget = insns;
}

bool Cpu::TakeAttention() {
  state_.budget += deferred_;
  deferred_ = 0;
  return std::exchange(attention_, false);
}

void Cpu::Revoke() {
  TakeAttention();
  granted_ -= static_cast<uint64_t>(state_.budget);
  state_.budget = 0;
}

void Cpu::ProtectPage(const uint8_t* host_page) {
  slots_.ForgetAll();
  contexts_.ForEach([&](Context& c) {
    if (!c.write.MayLeadTo(reinterpret_cast<uint64_t>(host_page))) return;
    c.write.ForEach([&](mmu::TlbEntry e) {
      const uint64_t page = e.tag & mmu::kPageMask;
      const uint64_t home = slots_.HomeOf(page + e.addend);
      if (home != reinterpret_cast<uint64_t>(host_page)) return;
      e.tag |= mmu::kSlowTag;
      e.addend = home - page;
    });
  });
}

}  // namespace emu::translate
