// Of the engine, what hot blocks need: which they are, which way they take, and what they take for granted.
#include <algorithm>
#include <cstring>

#include "translate/engine/engine.h"
#include "translate/ir/divisors.h"
#include "translate/ir/rounds.h"

namespace emu::translate {
namespace {

// Whether a block is left too often is looked at each time that it was left so often again, until it is not, or there
// were enough: first it meets pages that its slots do not know, and it may be left with each run for a while, where a
// loop's row of a table goes over the end of a page.
constexpr uint16_t kLeftTimes = 16, kMostTimes = 1024;

// How often further pages of a block are unknown before it is asked whether that was often.
constexpr uint16_t kMissedPages = 64;

// Of a page's code, after which it is in no block that has other pages, too.
constexpr uint32_t kRewrites = 2;

// How often the block should run between two times that it is left: to leave it, and to go on with care, costs as much
// as so many runs of it save. What else the guest runs meanwhile counts as well, so that what saves little has to be
// left by far less often.
constexpr uint64_t WorthwhileRuns(ir::WayOut why) {
  switch (why) {
    case ir::WayOut::kDivisor:
      return 16;
    case ir::WayOut::kTable:
      return 64;
    default:
      return 3;
  }
}

}  // namespace

// A block at which the CPU was found often is made anew with more care. False: it is to be made now.
bool Engine::Sample(TranslatedBlock* block) {
  if (block->max_insns != 0) return true;
  if (block->hot) return !Settle(block);
  return ++block->samples < options_.hot_samples || Heat(block, false);
}

// Whether the exit is not to be joined yet. Where the budget ends is seldom a short block that a long one is left for,
// since that was charged for as a whole; so it is counted how often hot blocks are left for others. `to` is null
// afterwards if it is to be made anew.
bool Engine::CountExit(uint32_t exit_id, TranslatedBlock** to) {
  if (!options_.jit.hot_exits || !exits_[exit_id].from->hot || (*to)->hot) return false;
  Times& use = exit_uses_[exit_id];
  const uint64_t now = cpu_->InsnCount();
  if (use.CountAt(now) < options_.hot_exits) return true;
  const bool often = now - use.since <= options_.hot_exits * options_.hot_exit_insns;
  exit_uses_.erase(exit_id);
  if (often && !Heat(*to, true)) *to = nullptr;
  return often;
}

// True: first it is recorded where the block leads. False: it was dropped, as that is known.
bool Engine::Heat(TranslatedBlock* block, bool at_exit) {
  if (block->loops && hot_.try_emplace(block->host_pc, Path{.loop = true}).second) ++counters_.hot;
  if (!hot_.contains(block->host_pc)) return recorder_.Begin(at_exit), true;
  code_.Take(block), Drop(block);
  return false;
}

// Slots that hold what is shown at the fixed distance are for nothing else from now on.
bool Engine::Settle(TranslatedBlock* block) {
  if (!options_.jit.fixed_slots || block->samples >= options_.settled_samples) return false;
  if (++block->samples < options_.settled_samples) return false;
  bool any = false;
  cpu_->slots().ForEachAtDistance(
      block->first_slot, [&](const SlotUse& use) { any |= fixed_.try_emplace(block->HostAt(use.pc), true).second; });
  if (any) ++counters_.settled, code_.Take(block), Drop(block);
  return any;
}

// Executes one instruction, unless the path that is recorded is complete.
void Engine::Record() {
  const uint64_t pc = cpu_->state().pc;
  const uint8_t* const host_pc = cpu_->Fetch(pc);
  if (host_pc == nullptr) return recorder_.Stop(), DeliverFault();
  if (!IsKept(pc & mmu::kPageMask)) return recorder_.Stop();
  const bool alone = !options_.jit.path_pages || IsRewritten(host_pc - pc % mmu::kPageSize);
  const uint64_t left = std::min<uint64_t>(mmu::kPageSize - pc % mmu::kPageSize, target_.max_insn_bytes());
  const uint32_t bytes = target_.InsnBytes({host_pc, left});
  const bool more = recorder_.Add({pc, host_pc, cpu_->state().key, bytes, hot_.contains(host_pc), alone});
  return more ? Step(pc, host_pc) : MakeHot(recorder_.Take());
}

// Those who look on are told of each instruction as of a block.
void Engine::Step(uint64_t pc, const uint8_t* host_pc) {
  if (options_.jit.interpret && observers_.empty()) {
    const Interpreted how = InterpretAtMost(1, pc, host_pc);
    if (how == Interpreted::kFault) return recorder_.Stop(), DeliverFault();
    if (how == Interpreted::kDone) return;
  }
  TranslatedBlock* const block = FindAt(pc, host_pc, 1);
  if (block == nullptr) return recorder_.Stop();
  cpu_->LimitBudget(1);
  RunBlock(*block);
  ran_out_ = false;  // which says nothing about where the guest is often
}

// A loop of one block is repeated without a path.
void Engine::MakeHot(Path path) {
  if (path.host_pc == nullptr) return;
  ++counters_.hot;
  for (uint64_t& pc : path.pcs) pc -= path.pc;
  if (!options_.jit.paths) path.pcs.clear();
  if (TranslatedBlock* const old = code_.Find({path.host_pc, path.pc, path.key, 0}); old != nullptr) {
    if (old->loops) path.loop = true, path.pcs.clear();
    code_.Take(old), Drop(old);
  }
  const uint8_t* const host_pc = path.host_pc;
  hot_[host_pc] = std::move(path);
}

// Code was written over that a block of several pages had. Only those of one page can be used again.
void Engine::NoteRewrite(const TranslatedBlock& block, const uint8_t* host_page) {
  if (++rewritten_[host_page] >= kRewrites) hot_.erase(block.host_pc);
}

bool Engine::IsRewritten(const uint8_t* host_page) const {
  const auto times = rewritten_.find(host_page);
  return times != rewritten_.end() && times->second >= kRewrites;
}

// Whether the block is to be made without its further pages, since they are often unknown where it is to run. A page
// is unknown to each new address space for a while.
bool Engine::MissesPages(TranslatedBlock* block) {
  Times& misses = page_misses_[block->host_pc];
  const uint64_t now = cpu_->InsnCount();
  if (misses.CountAt(now) < kMissedPages) return false;
  const bool often = now - misses.since <= kMissedPages * options_.hot_exit_insns;
  page_misses_.erase(block->host_pc);
  if (!often) return false;
  std::vector<uint64_t>& pcs = hot_[block->host_pc].pcs;
  const auto leaves_page = [block](uint64_t step) { return ((block->pc + step) ^ block->pc) >= mmu::kPageSize; };
  pcs.erase(std::find_if(pcs.begin(), pcs.end(), leaves_page), pcs.end());
  return true;
}

absl::Span<const uint64_t> Engine::PathOf(const TranslatedBlock& block) {
  path_.clear();
  if (block.hot) {
    for (uint64_t step : hot_[block.host_pc].pcs) path_.push_back(block.pc + step);
  }
  return path_;
}

uint32_t Engine::AddSlot(const SlotUse& wanted) {
  SlotUse use = wanted;
  use.windows = options_.jit.windows;
  use.in_loop = compiling_->hot_loop;
  const uint8_t* const host_pc = compiling_->HostAt(use.pc);
  if (no_slot_.contains(host_pc)) return kNoSlot;
  const auto fixed = fixed_.find(host_pc);
  use.fixed = fixed != fixed_.end() && fixed->second;
  const uint32_t slot =
      cpu_->slots().Take(use, compiling_->key, compiling_->insn_count, cpu_->InsnCount(), compiling_->first_slot);
  if (slot == kNoSlot) return kNoSlot;
  slot_blocks_[slot] = compiling_;
  return compiling_->first_slot = slot;
}

// The block is made again: with slots that are not fixed, with slots for fewer bytes, or if it had those, without this
// one.
void Engine::GiveUpSlot(uint32_t slot) {
  TranslatedBlock* const block = slot_blocks_[slot];
  const bool was_fixed = cpu_->slots().IsFixed(slot);
  bool was_far = false;
  std::vector<const uint8_t*> doubtful;
  cpu_->slots().ForEachDoubtful(block->first_slot, slot, [&](const SlotUse& use) {
    was_far |= use.span > kNearSlot;
    if (use.fixed || !was_fixed) doubtful.push_back(block->HostAt(use.pc));
  });
  if (was_fixed) {
    for (const uint8_t* host_pc : doubtful) fixed_[host_pc] = false;
  } else if (!was_far || !near_slots_.insert(block->host_pc).second) {
    no_slot_.insert(doubtful.begin(), doubtful.end());
  }
  if (!block->asleep) code_.Take(block), Drop(block);
}

bool Engine::MayLeave(ir::WayOut why) const { return !stays_[static_cast<size_t>(why)].contains(compiling_->host_pc); }

// Puts questions at the beginning of a hot block; gives how much of it they made easier.
unsigned Engine::Ask() {
  if (!may_leave() || compiling_->max_insns != 0) return 0;
  unsigned easier = 0;
  if (options_.jit.guess_divisors && compiling_->hot_loop && MayLeave(ir::WayOut::kDivisor)) {
    easier += ir::GuessDivisors(&scratch_, [this](uint64_t number) { return RegisterNow(number); });
  }
  if (!options_.jit.ask_for_rounds || !MayLeave(ir::WayOut::kRounds)) return easier;
  const unsigned rounds = ir::AskForRounds(&scratch_);
  if (rounds != 0) whole_loops_.insert(compiling_->host_pc);
  return easier + rounds;
}

// Of 64 bits.
uint64_t Engine::RegisterNow(uint64_t number) const {
  uint64_t value;
  const auto* const state = reinterpret_cast<const uint8_t*>(&cpu_->state());
  std::memcpy(&value, state + target_.registers()[number].offset, sizeof value);
  return value;
}

uint32_t Engine::AddWayOut(uint64_t pc, ir::WayOut why) {
  const uint32_t id = AddExit(pc);
  exits_[id].why = why;
  return id;
}

// Whether the block is to be left without the engine's notice from now on. It is made anew if that is often.
bool Engine::CountLeaving(TranslatedBlock* block, ir::WayOut why) {
  if (block->leavings == 0) {
    block->leavings = static_cast<uint32_t>(leavings_.size());
    leavings_.push_back({});
  }
  Leaving& leaving = leavings_[block->leavings][static_cast<size_t>(why)];
  if (leaving.is_seldom) return true;
  const uint64_t now = cpu_->InsnCount(), times = leaving.times.CountAt(now);
  if (times % kLeftTimes != 0) return false;
  const uint64_t runs = (now - leaving.times.since) / block->insn_count;
  if (runs >= times * WorthwhileRuns(why)) return leaving.is_seldom = true;
  if (times < kMostTimes) return false;
  stays_[static_cast<size_t>(why)].insert(block->host_pc);
  if (why == ir::WayOut::kRounds) whole_loops_.erase(block->host_pc);
  code_.Take(block), Drop(block);
  return false;
}

}  // namespace emu::translate
