// What makes a Block runnable. The engine decides which blocks exist and which may be joined; a backend compiles a
// block, runs from one until it must leave, and joins the exit of one block to the entry of another.
#ifndef EMU_TRANSLATE_ENGINE_BACKEND_H_
#define EMU_TRANSLATE_ENGINE_BACKEND_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "translate/engine/cpu_state.h"
#include "translate/engine/target.h"
#include "translate/engine/tlb_slots.h"
#include "translate/ir/ir.h"

namespace emu::translate {

// A compiled block, as the backend names it; never null for a compiled one.
using CodeEntry = const void*;

// Why `Backend::Run` came back.
struct Exit {
  enum class Kind : uint32_t {
    kBudget,  // a charge was refused; state.pc is where to go on
    kJump,    // a direct exit that is not joined; `id` says which
    kLookup,  // an indirect jump found nothing in the jump cache; state.pc is where to go on
    kFault,   // a memory access failed: Cpu::pending_fault; state.site says where
    kStale,   // the block is gone, or its guard failed; state.pc is where to go on
  };
  Kind kind;
  uint32_t id = 0;
};

// From `offset` bytes into a block's host code on, it is for instruction `instr` of the block.
struct CodeMark {
  uint32_t offset;
  uint32_t instr;
};
inline constexpr uint32_t kNoInstr = ~uint32_t{0};  // for none by itself

// Host code that all blocks share.
struct SharedCode {
  absl::string_view name;
  absl::Span<const uint8_t> code;
};

// How full the place for compiled blocks is, in whatever unit the backend counts.
struct CodeUse {
  uint64_t used = 0;
  uint64_t size = 0;
  absl::string_view unit = "";
};

// Where the backend reports what it compiled. Numbers are given by the engine and stay valid until everything is
// discarded.
class CompileSink {
 public:
  virtual ~CompileSink() = default;
  // A direct exit of the block to `pc`.
  virtual uint32_t AddExit(uint64_t pc) = 0;
  // A guest instruction that may fault or call a helper; `unexecuted` instructions (itself included) were charged and
  // are not executed if it faults. Goes to CpuState::site.
  virtual uint32_t AddSite(uint64_t pc, uint32_t unexecuted) = 0;
  // Whether the block may be left before an instruction whose memory access is not as expected, by an exit to the same
  // instruction in a block that may not.
  virtual bool may_leave() const { return false; }
  // Whether it may be left where not all of a table is there of which it may want bytes.
  virtual bool may_index() const { return false; }
  virtual uint32_t AddWayOut(uint64_t pc, ir::WayOut why) { return (void)why, AddExit(pc); }
  // A slot of Backend::slots for an access of a block that may be left, or kNoSlot. Asked only if it wants slots.
  virtual bool wants_slots() const { return false; }
  // Whether one slot may be for bytes that are thousands apart.
  virtual bool wants_far_slots() const { return false; }
  virtual uint32_t AddSlot(const SlotUse& use) { return (void)use, kNoSlot; }
  // Whether it holds nothing but what is shown at PageWindows::kDistance.
  virtual bool is_fixed(uint32_t slot) const { return (void)slot, false; }
  // Where the backend writes down, from the start, what its host code is for; null: nobody wants to know. Offsets rise.
  virtual std::vector<CodeMark>* marks() { return nullptr; }
};

// Joined exits to another page hold only while that page is mapped as it was: mapping_ids[slot] == mapping_id.
struct JumpGuard {
  uint32_t slot = 0;
  uint32_t mapping_id = 0;
};

class Backend {
 public:
  virtual ~Backend() = default;
  virtual absl::string_view name() const = 0;
  // Makes a block that is to be compiled cheaper, by what the backend will do with it.
  virtual void Refine(ir::Block* block, const CompileSink& sink) { (void)block, (void)sink; }
  // ResourceExhausted: everything must be discarded (Reset) before compilation goes on. After any other error it goes
  // on with blocks of one instruction, which must not fail.
  virtual absl::StatusOr<CodeEntry> Compile(const ir::Block& block, CompileSink& sink) = 0;
  virtual Exit Run(CpuState& state, CodeEntry entry) = 0;
  // For JumpEntry::code; not 0.
  virtual uint64_t JumpTarget(CodeEntry entry) const = 0;
  virtual void Attach(CpuState& state) { (void)state; }
  // Memory for the slots that code is compiled with; empty where it uses none.
  virtual absl::Span<TlbSlot> slots() { return {}; }
  // Joins a direct exit to a block, and takes that back. The guard counts only where the exit leaves the page of its
  // block.
  virtual void Link(uint32_t exit_id, CodeEntry to, JumpGuard guard) = 0;
  virtual void Unlink(uint32_t exit_id) = 0;
  // The block must not be entered any more: whoever does gets kStale.
  virtual void Retire(CodeEntry entry) = 0;
  // Takes that back. Its exits are still the same.
  virtual void Revive(CodeEntry entry) = 0;
  // Forgets all blocks and exits.
  virtual void Reset() = 0;
  // Host code of a compiled block, for listings; empty where there is none.
  virtual absl::Span<const uint8_t> HostCode(CodeEntry entry) const = 0;
  virtual std::vector<SharedCode> Shared() const { return {}; }
  virtual CodeUse code_use() const { return {}; }
};

// What an access looks for: its own bytes, and those of others that go by what it finds.
struct BytesWanted {
  uint16_t slot = kNoSlot;  // that was asked in place of the TLB
  uint8_t size = 0;         // of the access itself; 0: it is not known which of the bytes it wants
  bool write = false;
  uint16_t before = 0;  // bytes below the access
  uint16_t span = 0;    // in all
};

// The functions that backends call for guest memory. `raised`: Cpu::pending_fault is set and the block must be left.
struct MemResult {
  uint64_t value;
  uint64_t raised;
};
MemResult SlowLoad(CpuState* state, uint64_t gva, uint32_t mem_op);
MemResult SlowStore(CpuState* state, uint64_t gva, uint32_t mem_op, uint64_t value);
// `mem_op` | AtomicKind << 16. The old value, extended as `mem_op` says.
MemResult SlowRmw(CpuState* state, uint64_t gva, uint32_t mem_op, uint64_t value);
MemResult SlowCas(CpuState* state, uint64_t gva, uint32_t mem_op, uint64_t expected, uint64_t desired);
// For an access that may leave its block: the addend with which all of `wanted` is reached from guest addresses, or 0
// if the access has to be made otherwise; nothing that another access found is different afterwards then. Makes none.
uint64_t SlowFind(CpuState* state, uint64_t gva, BytesWanted wanted);
// For ir::Op::kProbe.
MemResult SlowProbe(CpuState* state);
// Whether the instruction at `pc` must be preceded by that.
bool WantsProbe(CpuState* state, uint64_t pc);

}  // namespace emu::translate

#endif  // EMU_TRANSLATE_ENGINE_BACKEND_H_
