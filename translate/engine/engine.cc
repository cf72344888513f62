#include "translate/engine/engine.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/algorithm/container.h"
#include "translate/ir/builder.h"
#include "translate/ir/passes.h"

namespace emu::translate {
namespace {

// More pairs of a guest page and its memory than a guest has in use at once: their numbers are made anew then.
constexpr size_t kMaxMappings = size_t{1} << 20;

constexpr uint32_t kLoopInsns = 32, kHotLoopInsns = 64;

// Of the block that another one is left for.
constexpr uint32_t MaxInsns(std::optional<ir::WayOut> why) {
  if (!why) return 0;
  return why == ir::WayOut::kAccess || why == ir::WayOut::kTable ? kCareful : kUnasked;
}

const uint8_t* PageOf(const uint8_t* host) {
  return reinterpret_cast<const uint8_t*>(reinterpret_cast<uint64_t>(host) & mmu::kPageMask);
}

bool LeavesPage(const TranslatedBlock& from, const TranslatedBlock& to) {
  return ((from.pc ^ to.pc) & mmu::kPageMask) != 0;
}

}  // namespace

Engine::Engine(const Target& target, Backend& backend, EngineOptions options)
    : target_(target), backend_(backend), options_(options), chain_(options.chain) {
  leavings_.resize(1);
  sites_.push_back({0, 0});  // site 0: no instruction is in the middle of anything
}

Engine::~Engine() {
  for (const memory::RamBlock::Ptr& block : observed_) block->RemoveWriteObserver(this);
}

void Engine::Attach(Cpu* cpu) {
  cpu_ = cpu;
  cpu->set_code_owner(this);
  backend_.Attach(cpu->state());
  cpu->slots().Attach(backend_.slots());
  cpu->slots().set_windows_at_once(options_.windows_at_once);
  slot_blocks_.assign(backend_.slots().size(), nullptr);
}

void Engine::Observe(const memory::RamBlock::Ptr& block) {
  if (std::find(observed_.begin(), observed_.end(), block) != observed_.end()) return;
  block->AddWriteObserver(this);
  observed_.push_back(block);
}

Engine::Stop Engine::Run(int64_t insns) {
  cpu_->Grant(insns);
  cpu_->RequestAttention();
  const Stop stop = RunGrant();
  cpu_->Revoke();
  return stop;
}

Engine::Stop Engine::RunGrant() {
  CpuState& state = cpu_->state();
  const uint64_t start = cpu_->InsnCount();
  TranslatedBlock* block = nullptr;  // where to go on, if that is known
  uint32_t limit = 0;                // instructions of the next block, 0: the usual one
  while (true) {
    if (cpu_->TakeAttention()) {
      block = nullptr;
      LimitMappings();
      if (std::exchange(stop_requested_, false)) return Stop::kAttention;
      if (cpu_->halted() && target_.HasWork(state)) cpu_->Wake();
      if (cpu_->halted()) return Stop::kHalted;
      if (!single_step_ && target_.DeliverInterrupt(state)) recorder_.Stop();
    }
    if (!status_.ok()) return Stop::kAttention;
    if (state.budget <= 0) return Stop::kBudget;
    if (block == nullptr && !recorder_.active()) {
      block = Find(state.pc, std::exchange(limit, 0));
      if (block != nullptr && std::exchange(ran_out_, false) && !Sample(block)) block = nullptr;
    }
    if (recorder_.active()) {
      Record();
      block = nullptr;
      continue;
    }
    if (block != nullptr && block->insn_count > state.budget) {
      // A grant that is less than a block still gets the guest on.
      if (!options_.exact && cpu_->InsnCount() != start) return Stop::kBudget;
      block = Find(state.pc, static_cast<uint32_t>(state.budget));
    }
    if (block == nullptr) continue;  // a fault was delivered
    if (options_.jit.hot_blocks) cpu_->LimitBudget(std::max<int64_t>(block->insn_count, options_.sample_insns));
    const uint64_t before = cpu_->InsnCount();
    const uint32_t insns = block->insn_count;
    block = RunBlock(*block);
    // It was left for a block that is longer than the budget, before anything was executed.
    if (ran_out_ && cpu_->InsnCount() == before) limit = insns;
  }
}

TranslatedBlock* Engine::RunBlock(const TranslatedBlock& block) {
  if (std::exchange(told_, nullptr) != &block) TellExecute(block);
  cpu_->running = true;
  const Exit exit = backend_.Run(cpu_->state(), block.entry);
  cpu_->running = false;
  switch (exit.kind) {
    case Exit::Kind::kBudget:
      ran_out_ = true;
      break;
    case Exit::Kind::kStale:
      cpu_->jumps().Forget(cpu_->state().pc);
      break;
    case Exit::Kind::kJump:
      return Link(exit.id);
    case Exit::Kind::kLookup:
      return Lookup();
    case Exit::Kind::kFault:
      cpu_->SyncPc();
      DeliverFault();
  }
  return nullptr;
}

void Engine::RequestStop() {
  stop_requested_ = true;
  cpu_->RequestAttention();
}

TranslatedBlock* Engine::Lookup() {
  ++counters_.lookups;
  if (cpu_->state().budget <= 0) return nullptr;  // as in Link
  TranslatedBlock* block = Find(cpu_->state().pc, 0);
  if (block != nullptr) FillJumpCache(*block);
  return block;
}

void Engine::DeliverFault() {
  if (cpu_->pending_fault().kind == MemFault::Kind::kStop) return RequestStop();
  ++counters_.faults;
  for (EngineObserver* o : observers_) o->OnFault(*cpu_, cpu_->pending_fault());
  target_.DeliverFault(cpu_->state(), cpu_->pending_fault());
  if (single_step_) RequestStop();
}

TranslatedBlock* Engine::Link(uint32_t exit_id) {
  const uint64_t pc = exits_[exit_id].pc;
  const std::optional<ir::WayOut> why = exits_[exit_id].why;
  cpu_->state().pc = pc;
  if (cpu_->state().budget <= 0) return nullptr;  // a fault of the next instruction's fetch is not due yet
  const uint64_t discards = counters_.discards;
  TranslatedBlock* to = Find(pc, MaxInsns(why));
  if (to == nullptr || !chain_ || !options_.jit.chain || discards != counters_.discards ||
      to->max_insns != MaxInsns(why))
    return to;
  ExitInfo& exit = exits_[exit_id];
  if (exit.from == nullptr || !MayJoin(*exit.from, *to)) return to;
  if (why && !CountLeaving(exit.from, *why)) return to;
  if (!why && CountExit(exit_id, &to)) return to;
  if (!options_.jit.chain_pages && LeavesPage(*exit.from, *to)) return to;
  const unsigned slot = Context::Slot(pc);
  const uint32_t id = cpu_->context().mapping_ids[slot];
  if (cpu_->context().exec[slot].page != (pc & mmu::kPageMask)) return to;
  Join(exit_id, to);
  backend_.Link(exit_id, to->entry, {slot, id});
  ++counters_.links;
  return to;
}

// An exit within a page has no guard: it holds because both blocks are of one page of memory, unless the memory map
// changed just between them.
bool Engine::MayJoin(const TranslatedBlock& from, const TranslatedBlock& to) {
  if (from.limited() || from.key != to.key || from.asleep) return false;
  return LeavesPage(from, to) || to.host_pc - from.host_pc == static_cast<int64_t>(to.pc - from.pc);
}

void Engine::FillJumpCache(const TranslatedBlock& block) {
  if (!chain_ || !options_.jit.jump_cache || block.max_insns != 0) return;
  if (cpu_->context().exec[Context::Slot(block.pc)].page != (block.pc & mmu::kPageMask)) return;
  cpu_->PutJump(block.pc, backend_.JumpTarget(block.entry));
}

TranslatedBlock* Engine::Find(uint64_t pc, uint32_t max_insns) {
  const uint8_t* host_pc = cpu_->Fetch(pc);
  if (host_pc == nullptr) return DeliverFault(), nullptr;
  // Where a verdict of the MMU holds for less than the page, each instruction is fetched by itself.
  if (cpu_->context().exec[Context::Slot(pc)].page != (pc & mmu::kPageMask) || refused_.contains(host_pc))
    max_insns = 1;
  if (max_insns == 0 && MayInterpret(host_pc)) return Interpret(pc, host_pc);
  return FindAt(pc, host_pc, max_insns);
}

TranslatedBlock* Engine::FindAt(uint64_t pc, const uint8_t* host_pc, uint32_t max_insns) {
  TranslatedBlock* block = code_.Find({host_pc, pc, cpu_->state().key, max_insns});
  if (block == nullptr && !IsLimit(max_insns)) block = FindUnguarded(pc, host_pc);
  if (block == nullptr) return Translate(pc, host_pc, max_insns);
  const Pages pages = LookAtPages(*block);
  if (pages == Pages::kHold) return block;
  if (pages == Pages::kUnknown && !MissesPages(block)) return FindAt(pc, host_pc, kCareful);
  code_.Take(block), Drop(block);
  return Translate(pc, host_pc, max_insns);
}

// An instruction that reaches into a page of which no verdict can be kept: a block by itself, checked each time and
// never joined.
TranslatedBlock* Engine::FindUnguarded(uint64_t pc, const uint8_t* host_pc) {
  TranslatedBlock* block = code_.Find({host_pc, pc, cpu_->state().key, 1});
  return block == nullptr || block->code.size() == 1 || block->guarded ? nullptr : block;
}

bool Engine::IsKept(uint64_t page) const { return cpu_->context().exec[Context::Slot(page)].page == page; }

const uint8_t* Engine::Kept(uint64_t page) const {
  return IsKept(page) ? cpu_->context().exec[Context::Slot(page)].host : nullptr;
}

// Of further pages, only the one that the first instruction reaches into is certain to be fetched from.
Engine::Pages Engine::LookAtPages(const TranslatedBlock& block) {
  Pages pages = Pages::kHold;
  for (const CodePart& part : absl::MakeConstSpan(block.code).subspan(1)) {
    const uint8_t* const now = part.at_once ? cpu_->Fetch(part.page()) : Kept(part.page());
    if (now == nullptr && !part.at_once) {
      pages = Pages::kUnknown;
    } else if (now != part.host_page() || IsKept(part.page()) != block.guarded) {
      return Pages::kOthers;
    }
  }
  return pages;
}

bool Engine::MayInterpret(const uint8_t* host_pc) {
  if (!options_.jit.interpret) return false;
  return first_runs_.Note(host_pc) || options_.interpret_all;
}

// Null: the code was executed. Those who look on are shown the translation that it gets when it runs again.
TranslatedBlock* Engine::Interpret(uint64_t pc, const uint8_t* host_pc) {
  TranslatedBlock* block = nullptr;
  if (!observers_.empty()) {
    block = FindAt(pc, host_pc, 0);
    if (block == nullptr) return nullptr;
    TellExecute(*block);
  }
  const int64_t most = options_.jit.long_blocks ? options_.max_block_insns : 1;
  const Interpreted how = InterpretAtMost(std::min(most, cpu_->state().budget), pc, host_pc);
  if (how == Interpreted::kNothing) {
    told_ = block;
    return block != nullptr ? block : FindAt(pc, host_pc, 0);
  }
  if (how == Interpreted::kFault) DeliverFault();
  return nullptr;
}

Interpreted Engine::InterpretAtMost(int64_t most, uint64_t pc, const uint8_t* host_pc) {
  const uint64_t size = mmu::kPageSize - (pc & ~mmu::kPageMask), before = cpu_->InsnCount();
  const Interpreted how = target_.Interpret(cpu_->state(), {host_pc, size}, static_cast<uint32_t>(most));
  counters_.interpreted += cpu_->InsnCount() - before;
  return how;
}

void Engine::TellExecute(const TranslatedBlock& block) {
  for (EngineObserver* o : observers_) o->OnExecute(*cpu_, block.insn_count);
}

TranslatedBlock* Engine::Translate(uint64_t pc, const uint8_t* host_pc, uint32_t max_insns) {
  if (max_insns == 0) {
    if (TranslatedBlock* block = Revive(pc, host_pc)) return block;
  }
  TranslatedBlock* block = code_.New();
  block->host_pc = host_pc;
  block->pc = pc;
  block->key = cpu_->state().key;
  block->max_insns = max_insns;
  if (const auto it = hot_.find(host_pc); (max_insns == 0 || max_insns == kUnasked) && it != hot_.end()) {
    block->hot = true;
    block->hot_loop = it->second.loop;
  }
  if (!Lift(pc, host_pc, max_insns, block)) return code_.Free(block), DeliverFault(), nullptr;
  if (const absl::Status status = Compile(&block); !status.ok()) return Refuse(block, status);
  ++(recorder_.active() ? counters_.steps : counters_.blocks);
  counters_.careful += max_insns == kCareful;
  counters_.insns += block->insn_count;
  block->copy = sleeping_.Copy(*block);
  TranslatedBlock* old =
      block->max_insns == max_insns ? nullptr : code_.Find({host_pc, pc, block->key, block->max_insns});
  if (old != nullptr) code_.Take(old), Drop(old);
  return Add(block);
}

// What the backend cannot make whole is made of its instructions, one at a time.
TranslatedBlock* Engine::Refuse(TranslatedBlock* block, const absl::Status& why) {
  const TranslatedBlock refused = *block;
  Forget(block);
  if (refused.max_insns == 1) return status_ = why, nullptr;
  ++counters_.refused;
  refused_.insert(refused.host_pc);
  return Translate(refused.pc, refused.host_pc, 1);
}

TranslatedBlock* Engine::Add(TranslatedBlock* block) {
  new_pages_.clear();
  code_.Add(block, &new_pages_);
  for (const uint8_t* page : new_pages_) cpu_->ProtectPage(page);
  return block;
}

// A block that was made of the same code in the same place earlier.
TranslatedBlock* Engine::Revive(uint64_t pc, const uint8_t* host_pc) {
  TranslatedBlock* block = sleeping_.Take(host_pc, pc, cpu_->state().key, mmu::kPageSize - (pc & ~mmu::kPageMask));
  if (block == nullptr) return nullptr;
  ++counters_.revived;
  block->asleep = false;
  backend_.Revive(block->entry);
  return Add(block);
}

bool Engine::Lift(uint64_t pc, const uint8_t* host_pc, uint32_t max_insns, TranslatedBlock* block) {
  const uint64_t next_page = (pc & mmu::kPageMask) + mmu::kPageSize;
  const absl::Span<const uint64_t> path = PathOf(*block);
  block->code = {{pc, host_pc}};
  scratch_.pc = pc;
  scratch_.insn_count = 0;
  scratch_.label_count = 0;
  scratch_.loops = false;
  scratch_.code.clear();
  ir::Builder builder(&scratch_);
  LiftRequest request{pc,
                      block->key,
                      IsLimit(max_insns)          ? max_insns
                      : !options_.jit.long_blocks ? 1
                      : path.empty()              ? options_.max_block_insns
                                                  : kMaxPathInsns,
                      host_pc,
                      static_cast<uint32_t>(next_page - pc),
                      [&](uint64_t page) { return PageAt(page, block); },
                      block->hot ? kMaxHotLoopTimes : kMaxLoopTimes,
                      !options_.jit.repeat_loops ? 0
                      : block->hot               ? kHotLoopInsns
                                                 : kLoopInsns,
                      path,
                      options_.jit.choices && cpu_->watch() == nullptr};
  if (!path.empty()) request.before = static_cast<uint32_t>(pc & ~mmu::kPageMask);
  if (block->hot && !whole_loops_.empty()) {
    request.leads_to_loop = [&](uint64_t to) { return whole_loops_.contains(block->HostAt(to)); };
  }
  target_.Lift(request, builder);
  builder.Finish();
  if (scratch_.insn_count == 0) return false;
  FindExtent(!path.empty(), block);
  const absl::Span<const CodePart> further = absl::MakeConstSpan(block->code).subspan(1);
  block->guarded =
      !further.empty() && absl::c_all_of(further, [this](const CodePart& part) { return IsKept(part.page()); });
  if (!further.empty() && !block->guarded) {
    // Without the instruction that reaches into the next page.
    if (scratch_.insn_count > 1) return Lift(pc, host_pc, scratch_.insn_count - 1, block);
    block->max_insns = 1;
  }
  AddProbes();
  block->insn_count = scratch_.insn_count;
  block->loops = scratch_.loops;
  if (!observers_.empty()) TellLifted(*block);
  if (block->guarded) AddGuards(*block);
  return true;
}

// A further page of the block that is lifted. One that only the path leads to may be no page of this address space; it
// is not fetched from before the guest does.
const uint8_t* Engine::PageAt(uint64_t page, TranslatedBlock* block) {
  for (const CodePart& part : block->code) {
    if (part.page() == page) return part.host_page();
  }
  const bool at_once = path_.empty() || scratch_.code.empty();
  const uint8_t* const host_page = at_once ? cpu_->Fetch(page) : Kept(page);
  if (host_page != nullptr) block->code.push_back({page, host_page, 0, at_once});
  return host_page;
}

// Where the guest code lies that was lifted. Unless it follows a path, the last instruction is the one that lies
// farthest on: a loop that is repeated ends with its branch.
void Engine::FindExtent(bool follows_path, TranslatedBlock* block) {
  for (auto i = scratch_.code.rbegin(); i != scratch_.code.rend(); ++i) {
    if (i->op != ir::Op::kInsn) continue;
    const uint64_t from = follows_path ? i->imm : block->pc;
    for (CodePart& part : block->code) part.Include(from, i->imm + target_.max_insn_bytes() - from);
    if (!follows_path) break;
  }
  const auto is_empty = [](const CodePart& part) { return part.bytes == 0; };
  block->code.erase(std::remove_if(block->code.begin(), block->code.end(), is_empty), block->code.end());
}

// Pages that follow each other can lie anywhere.
void Engine::TellLifted(const TranslatedBlock& block) {
  std::vector<CodePart> parts(block.code.begin(), block.code.end());
  absl::c_sort(parts, [](const CodePart& a, const CodePart& b) { return a.pc < b.pc; });
  std::vector<GuestCode> code;
  for (const CodePart& part : parts) {
    if (code.empty() || code.back().pc + code.back().bytes.size() != part.pc) code.push_back({part.pc, {}});
    code.back().bytes.insert(code.back().bytes.end(), part.host, part.host + part.bytes);
  }
  for (EngineObserver* o : observers_) o->OnLifted(scratch_, code);
}

// Before the instructions that somebody watches.
void Engine::AddProbes() {
  if (cpu_->watch() == nullptr) return;
  const std::vector<ir::Instr> code = std::exchange(scratch_.code, {});
  std::vector<ir::Value> moved;  // by old number
  for (ir::Instr i : code) {
    moved.push_back(static_cast<ir::Value>(scratch_.code.size()));
    for (ir::Value& v : i.args) v = v == ir::kNoValue ? v : moved[v];
    scratch_.code.push_back(i);
    if (i.op != ir::Op::kInsn || !cpu_->WantsFetch(i.imm)) continue;
    scratch_.code.push_back({ir::Op::kProbe});
  }
}

// The block holds only as long as its further pages are mapped as they are now.
void Engine::AddGuards(const TranslatedBlock& block) {
  const size_t count = block.code.size() - 1;
  for (ir::Instr& i : scratch_.code) {
    for (ir::Value& v : i.args) v = v == ir::kNoValue ? v : static_cast<ir::Value>(v + count);
  }
  scratch_.code.insert(scratch_.code.begin(), count, ir::Instr{ir::Op::kGuard});
  NumberGuards(block);
}

void Engine::NumberGuards(const TranslatedBlock& block) {
  for (size_t n = 1; n < block.code.size(); ++n) {
    ir::Instr& guard = scratch_.code[n - 1];
    guard.imm = block.code[n].page();
    guard.extra = MappingId(guard.imm, block.code[n].host_page());
  }
}

absl::Status Engine::Compile(TranslatedBlock** made) {
  compiling_ = *made;
  ir::Optimize(&scratch_, options_.jit);
  if (Ask() != 0) ir::Optimize(&scratch_, options_.jit);
  backend_.Refine(&scratch_, *this);
  for (EngineObserver* o : observers_) o->OnOptimized(scratch_);
  absl::StatusOr<CodeEntry> entry = backend_.Compile(scratch_, *this);
  if (absl::IsResourceExhausted(entry.status())) {
    TranslatedBlock block = **made;
    DiscardAll();
    block.first_exit = kNoExit;
    block.first_slot = kNoSlot;
    block.leavings = 0;
    compiling_ = *made = code_.New();
    **made = block;
    if (block.guarded) NumberGuards(block);  // which have changed
    entry = backend_.Compile(scratch_, *this);
  }
  compiling_ = nullptr;
  if (!entry.ok()) return entry.status();
  (*made)->entry = *entry;
  for (EngineObserver* o : observers_) o->OnCompiled(scratch_, backend_.HostCode(*entry), marks_);
  return absl::OkStatus();
}

// Blocks that are joined already are made anew.
void Engine::set_chain(bool on) {
  if (chain_ && !on && cpu_ != nullptr) DiscardAll();
  chain_ = on;
}

void Engine::DiscardAll() {
  ++counters_.discards;
  code_.Clear();
  sleeping_.Clear();
  backend_.Reset();
  cpu_->slots().FreeAll();
  hot_.clear();
  no_slot_.clear();
  fixed_.clear();
  for (auto& blocks : stays_) blocks.clear();
  leavings_.resize(1);
  exit_uses_.clear();
  page_misses_.clear();
  rewritten_.clear();
  near_slots_.clear();
  whole_loops_.clear();
  refused_.clear();
  sites_.resize(1);
  cpu_->state().site = 0;
  exits_.clear();
  mapping_ids_.clear();
  cpu_->Flush([](const ContextKey&) { return true; });
}

// The number of a mapping is used again only after a time at which no code knows one.
void Engine::LimitMappings() {
  if (mapping_ids_.size() < kMaxMappings && next_mapping_id_ < 0xf0000000) return;
  DiscardAll();
  next_mapping_id_ = 1;
}

uint32_t Engine::AddExit(uint64_t pc) {
  const uint32_t id = static_cast<uint32_t>(exits_.size());
  exits_.push_back({pc, compiling_, nullptr, compiling_->first_exit, kNoExit, kNoExit, std::nullopt});
  compiling_->first_exit = id;
  return id;
}

uint32_t Engine::AddSite(uint64_t pc, uint32_t unexecuted) {
  sites_.push_back({pc, unexecuted});
  return static_cast<uint32_t>(sites_.size() - 1);
}

uint32_t Engine::MappingId(uint64_t page, const uint8_t* host_page) {
  const auto [it, inserted] = mapping_ids_.try_emplace({page, host_page}, next_mapping_id_);
  if (inserted) ++next_mapping_id_;
  return it->second;
}

void Engine::DropCode(absl::Span<const uint64_t> pcs) {
  taken_.clear();
  code_.TakeContaining(pcs, &taken_);
  for (TranslatedBlock* block : taken_) Drop(block);
  sleeping_.TakeAll([this](TranslatedBlock* block) { Drop(block); });
}

void Engine::DropCode(const uint8_t* host, uint64_t length) {
  taken_.clear();
  code_.TakeOverlapping(host, length, &taken_);
  for (TranslatedBlock* block : taken_) Drop(block);
  sleeping_.TakeAll([this](TranslatedBlock* block) { Drop(block); });
}

bool Engine::OnWrite(const uint8_t* host, uint64_t length) {
  taken_.clear();
  if (!options_.jit.code_lines) {
    const uint64_t before = reinterpret_cast<uint64_t>(host) % mmu::kPageSize;
    host -= before;
    length = (length + before + mmu::kPageSize - 1) & mmu::kPageMask;
  }
  code_.TakeOverlapping(host, length, &taken_);
  for (TranslatedBlock* block : taken_) {
    ++counters_.invalidated;
    if (block->hot && block->code.size() > 1) NoteRewrite(*block, PageOf(host));
    if (!options_.jit.revive || block->copy == nullptr) {
      Drop(block);
      continue;
    }
    Separate(block);
    block->asleep = true;
    sleeping_.Add(block);
  }
  return code_.HasCode(PageOf(host));
}

void Engine::OnWatchedWrite(memory::RamBlock& block, uint64_t offset, uint64_t length) {
  OnWrite(block.host() + offset, length);
}

// Makes the exit one of those that lead to the block.
void Engine::Join(uint32_t exit_id, TranslatedBlock* to) {
  ExitInfo& exit = exits_[exit_id];
  if (exit.to != nullptr) Part(exit_id);
  exit.to = to;
  exit.last_incoming = kNoExit;
  exit.next_incoming = to->first_incoming;
  if (to->first_incoming != kNoExit) exits_[to->first_incoming].last_incoming = exit_id;
  to->first_incoming = exit_id;
}

void Engine::Part(uint32_t exit_id) {
  ExitInfo& exit = exits_[exit_id];
  if (exit.next_incoming != kNoExit) exits_[exit.next_incoming].last_incoming = exit.last_incoming;
  if (exit.last_incoming != kNoExit) {
    exits_[exit.last_incoming].next_incoming = exit.next_incoming;
  } else {
    exit.to->first_incoming = exit.next_incoming;
  }
  exit.to = nullptr;
}

// Nobody comes into the block any more, and it leads nowhere.
void Engine::Separate(TranslatedBlock* block) {
  if (!block->asleep) backend_.Retire(block->entry);
  while (block->first_incoming != kNoExit) {
    backend_.Unlink(block->first_incoming);
    Part(block->first_incoming);
  }
  for (uint32_t id = block->first_exit; id != kNoExit; id = exits_[id].next_exit) {
    if (exits_[id].to == nullptr) continue;
    backend_.Unlink(id);
    Part(id);
  }
  cpu_->jumps().Forget(block->pc);  // other contexts' lines go when they lead here
}

void Engine::Drop(TranslatedBlock* block) {
  Separate(block);
  Forget(block);
}

void Engine::Forget(TranslatedBlock* block) {
  for (uint32_t id = block->first_exit; id != kNoExit; id = exits_[id].next_exit) exits_[id].from = nullptr;
  cpu_->slots().Free(block->first_slot);
  code_.Free(block);
}

}  // namespace emu::translate
