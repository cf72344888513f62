// One guest CPU: its state, its MMU contexts, and the path of every memory access that generated code does not make
// itself.
#ifndef EMU_TRANSLATE_ENGINE_CPU_H_
#define EMU_TRANSLATE_ENGINE_CPU_H_

#include <cstdint>
#include <memory>

#include "absl/functional/function_ref.h"
#include "absl/types/span.h"
#include "memory/address_space.h"
#include "translate/engine/access_watch.h"
#include "translate/engine/backend.h"
#include "translate/engine/context.h"
#include "translate/engine/target.h"
#include "translate/engine/tlb_slots.h"

namespace emu::translate {

// The part of the engine that a CPU calls: positions of helper calls, and translated code that may be written over.
class CodeOwner {
 public:
  struct Site {
    uint64_t pc;
    uint32_t unexecuted;  // instructions charged and not executed if the one at `pc` does not complete
  };
  virtual ~CodeOwner() = default;
  virtual const Site& site(uint32_t number) const = 0;
  virtual bool HasCode(const uint8_t* host_page) const = 0;
  // Guest memory at `host`, on one page, was written: translations of it are dropped. Whether the page still has code,
  // as HasCode says it.
  virtual bool OnWrite(const uint8_t* host, uint64_t length) = 0;
  // The number that stands for "this guest-virtual page is this host page".
  virtual uint32_t MappingId(uint64_t page, const uint8_t* host_page) = 0;
  // Code is fetched from the block: writes to it by others than the CPU must be seen, and its memory must stay.
  virtual void Observe(const memory::RamBlock::Ptr& block) = 0;
  virtual void DiscardAll() = 0;
  // The slot misses too often to be of use.
  virtual void GiveUpSlot(uint32_t slot) = 0;
  // The translations of this host memory are dropped, though it stays as it is.
  virtual void DropCode(const uint8_t* host, uint64_t length) = 0;
  // Translations of the instructions at these guest-virtual addresses, in rising order, are dropped.
  virtual void DropCode(absl::Span<const uint64_t> pcs) = 0;
};

// Told of how guest-virtual addresses are translated and of what is forgotten, for listings (-d mmu). All empty by
// default.
class MmuObserver {
 public:
  virtual ~MmuObserver() = default;
  // The target's answer; what the TLB holds already is not asked for.
  virtual void OnTranslate(memory::Gva, Access, const PageMapping&) {}
  virtual void OnRefuse(const MemFault&) {}
  // All mappings of some contexts; those of one page.
  virtual void OnFlush() {}
  virtual void OnFlushPage(memory::Gva) {}
};

// Of the accesses that generated code did not make by itself.
struct TlbCounters {
  uint64_t hits = 0;          // what the soft TLB held, but had to be told of, or lay across two pages
  uint64_t misses = 0;        // the target was asked; instruction fetches too
  uint64_t refused = 0;       // of those: it gave a fault
  uint64_t flushes = 0;       // of all that a context, or several, held
  uint64_t page_flushes = 0;  // of one page
};

class Cpu final : private memory::Listener {
 public:
  // `state` is owned by the caller and outlives the CPU, as do the others.
  Cpu(unsigned index, const Target& target, memory::AddressSpace& memory, CpuState& state);
  ~Cpu() override;

  unsigned index() const { return index_; }
  const Target& target() const { return target_; }
  CpuState& state() { return state_; }
  memory::AddressSpace& memory() { return memory_; }
  Context& context() { return *context_; }
  // Of the code that runs now.
  JumpCache& jumps() { return context_->Jumps(state_.key); }
  void PutJump(uint64_t pc, uint64_t code) {
    JumpCache& cache = jumps();
    cache.Put(pc, code);
    state_.jump_cache = cache.lines();
  }
  ContextPool& contexts() { return contexts_; }
  void set_code_owner(CodeOwner* owner) { code_ = owner; }

  // --- For targets.
  // Chooses the context in force, and takes over a changed state.key.
  void SwitchContext(ContextKey key);
  // Forgets the mappings of all contexts that `which` accepts: all of them, or those of the page of `gva`.
  void Flush(absl::FunctionRef<bool(const ContextKey&)> which);
  void FlushPage(uint64_t gva, absl::FunctionRef<bool(const ContextKey&)> which);
  // In a helper: makes state.pc that of the instruction that called it, and takes back what it did not execute. Does
  // nothing where both are exact already (Target::Interpret).
  void SyncPc();
  // Guest instructions executed; exact in helpers and in device callbacks too.
  uint64_t InsnCount() const;
  // Of the instruction that is being executed, or is next; exact where InsnCount is.
  uint64_t CurrentPc() const { return running && state_.site != 0 ? code_->site(state_.site).pc : state_.pc; }
  // Waits for an interrupt: the run loop returns.
  void Halt() {
    halted_ = true;
    RequestAttention();
  }
  bool halted() const { return halted_; }
  void Wake() { halted_ = false; }
  // The run loop is to look for interrupts and requests after the present block.
  void RequestAttention();

  // --- Memory as generated code sees it (see backend.h). On `raised`, pending_fault says why.
  MemResult Load(uint64_t gva, ir::MemOp op);
  MemResult Store(uint64_t gva, ir::MemOp op, uint64_t value);
  MemResult Rmw(uint64_t gva, ir::MemOp op, ir::AtomicKind kind, uint64_t value);
  MemResult Cas(uint64_t gva, ir::MemOp op, uint64_t expected, uint64_t desired);
  uint64_t FindAddend(uint64_t gva, const BytesWanted& wanted);  // see SlowFind
  // The host address of the code at `pc`, or null with pending_fault set.
  const uint8_t* Fetch(uint64_t pc);
  const MemFault& pending_fault() const { return pending_fault_; }
  // The instruction at CurrentPc is about to be executed (ir::Op::kProbe).
  MemResult Probe();

  // --- For those who look on.
  // Sets who is told of memory accesses; null: nobody. Not owned. To be called again when what it wants has changed;
  // translated code is dropped if `fetches` is true, which means that other instructions are wanted than before.
  void SetWatch(AccessWatch* watch, bool fetches);
  AccessWatch* watch() const { return watch_; }
  // Whether it is to be told of those accesses of this type that no page stands for.
  bool Watches(AccessType type) const { return (watch_types_ & BitOf(type)) != 0; }
  // What the watch wants of the instructions at `pcs`, in rising order, has changed, and nothing else.
  void RefreshFetches(absl::Span<const uint64_t> pcs) {
    if (code_ != nullptr) code_->DropCode(pcs);
  }
  // The same of the instructions in this host memory. Also from within an access; the block that makes it goes on as it
  // is.
  void RefreshFetches(const uint8_t* host, uint64_t length) {
    if (code_ != nullptr) code_->DropCode(host, length);
  }
  const TlbCounters& tlb_counters() const { return tlb_counters_; }
  // Not owned; null: nobody.
  void set_mmu_observer(MmuObserver* observer) { mmu_observer_ = observer; }
  // For which accesses AccessWatch::Stops is not asked, so that an instruction that was stopped at can be executed.
  enum class IgnoreStops : uint8_t { kNone, kFetch, kAll };
  void set_ignore_stops(IgnoreStops ignore) { ignore_stops_ = ignore; }
  // Whether the instruction at `pc` must be preceded by a probe.
  bool WantsFetch(uint64_t pc);
  // Tells of an access that Cpu does not make by itself: `access` has type, addresses, size and value.
  void Report(MemAccess access) const;

  // --- For the engine.
  void Grant(int64_t insns) { granted_ += static_cast<uint64_t>(insns), state_.budget += insns; }
  // Of the grant no more than `insns` are to be executed before TakeAttention.
  void LimitBudget(int64_t insns);
  TlbSlots& slots() { return slots_; }
  // Takes back what is left of the grant.
  void Revoke();
  // Ends a request for attention; true if there was one.
  bool TakeAttention();
  // Stores to the page go through the slow path from now on.
  void ProtectPage(const uint8_t* host_page);
  // In generated code or in what it called.
  bool running = false;

 private:
  struct Place {  // where an access lands
    uint8_t* host = nullptr;
    memory::Gpa gpa;
    const Place* rest = nullptr;                // of an access over the end of a page: the part on the next
    unsigned length = 0;                        // and the bytes of it on this one
    bool may_be_code = false;                   // writes must be told to code_
    bool watched = true;                        // of memory: watch_ may want it
    const memory::FlatRange* logged = nullptr;  // writes must be told to its block's dirty bits
  };
  bool Translate(uint64_t gva, unsigned size, Access access, unsigned context, PageMapping* mapping);
  bool Resolve(uint64_t gva, unsigned size, Access access, unsigned context, Place* place);
  bool Find(uint64_t gva, Access access, const PageMapping& mapping, bool fill, Place* place);
  void Fill(uint64_t gva, Access access, const PageMapping& mapping, const memory::FlatRange& range, Place* place);
  void Refill(uint32_t slot, uint64_t gva);
  bool Cached(uint64_t gva, Access access, Place* place);
  void NoteWrite(uint64_t gva, const Place& place, unsigned size);
  bool Fail(MemFault::Kind kind, Access access, uint64_t gva);
  bool Misaligned(uint64_t gva, ir::MemOp op, Access access, bool* split);
  bool ResolveSplit(uint64_t gva, ir::MemOp op, Access access, Place* first, Place* second);
  static Place ByteOf(const Place& first, unsigned i);
  MemResult LoadSplit(uint64_t gva, ir::MemOp op);
  MemResult StoreSplit(uint64_t gva, ir::MemOp op, uint64_t value);
  bool LoadPlain(uint64_t gva, unsigned size, const Place& place, uint64_t* value);
  bool StorePlain(uint64_t gva, unsigned size, uint64_t value, const Place& place);
  bool ResolveAtomic(uint64_t gva, ir::MemOp op, Place* place);
  bool LoadForAtomic(uint64_t gva, unsigned size, const Place& place, uint64_t* raw);
  bool FetchPlace(uint64_t pc, Place* place);

  // --- What watch_ is told (cpu_watch.cc).
  bool Wanted(uint64_t gva, memory::Gpa gpa, const memory::FlatRange& range, Access access) const {
    return watch_ != nullptr && watch_->WantsPage(memory::Gva(gva & mmu::kPageMask), gpa, range, access);
  }
  bool Wanted(uint64_t gva, memory::Gpa gpa, Access access) const;
  bool Watched(AccessType type, const Place& place) const {
    if (watch_ == nullptr) return false;
    return place.rest != nullptr || (place.host != nullptr ? place.watched : Watches(type));
  }
  class Watching;
  bool StopsAt(const MemAccess& access);
  static uint64_t LowBytes(uint64_t value, unsigned size) {
    return size >= 8 ? value : value & ((uint64_t{1} << 8 * size) - 1);
  }
  MemAccess Describe(AccessType type, uint64_t gva, unsigned size, const Place& place, uint64_t value) const;
  void Locate(MemAccess* access) const;
  memory::MemAttrs Attrs() const { return {static_cast<uint16_t>(index_), false, false, false}; }
  void OnCommit(memory::AddressSpace& space) override;
  void OnLogStart(memory::AddressSpace& space, const memory::FlatRange& range, uint32_t started) override;

  const unsigned index_;
  const Target& target_;
  memory::AddressSpace& memory_;
  CpuState& state_;
  CodeOwner* code_ = nullptr;
  ContextPool contexts_;
  Context* context_ = nullptr;
  TlbSlots slots_;
  MemFault pending_fault_;
  AccessWatch* watch_ = nullptr;
  AccessTypes watch_types_ = 0;  // its TypesBeyondPages
  bool watch_stops_ = false;     // its MayStop
  MmuObserver* mmu_observer_ = nullptr;
  TlbCounters tlb_counters_;
  IgnoreStops ignore_stops_ = IgnoreStops::kNone;
  uint64_t granted_ = 0;  // instructions, since the CPU was made
  int64_t deferred_ = 0;  // part of the grant that is kept from the budget until TakeAttention
  bool attention_ = false;
  bool halted_ = false;
};

}  // namespace emu::translate

#endif  // EMU_TRANSLATE_ENGINE_CPU_H_
