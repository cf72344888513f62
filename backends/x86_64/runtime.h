// The pieces of host code that all blocks share: entering and leaving generated code, and calling C++ from it.
#ifndef EMU_BACKENDS_X86_64_RUNTIME_H_
#define EMU_BACKENDS_X86_64_RUNTIME_H_

#include <cstdint>
#include <vector>

#include "backends/x86_64/encoding/emitter.h"
#include "backends/x86_64/registers.h"
#include "translate/engine/backend.h"
#include "translate/engine/cpu_state.h"

namespace emu::backends::x86_64 {

// Constants that code reads relative to its own place; 16 bytes each.
enum class Constant : uint8_t {
  kBox,
  kSign32,
  kSign64,
  kMagnitude32,
  kMagnitude64,
  kNan32,
  kNan64,
  kHalf32,
  kHalf64,
  kCount
};

// Addresses in the running view.
struct Runtime {
  const uint8_t* constants = nullptr;
  const uint8_t* constant(Constant c) const { return constants + 16 * static_cast<int>(c); }
  // uint64_t enter(CpuState* rdi, const void* code rsi): gives Exit::kind << 32 | Exit::id.
  const uint8_t* enter = nullptr;
  // Ways out, to be jumped to. State is complete in memory afterwards.
  const uint8_t* exit_jump = nullptr;    // eax: exit id
  const uint8_t* exit_budget = nullptr;  // rax: program counter
  const uint8_t* exit_lookup = nullptr;  // rax: program counter
  const uint8_t* exit_stale = nullptr;   // rax: program counter
  // Continues at CpuState::pc, through the jump cache.
  const uint8_t* dispatch = nullptr;
  const uint8_t* jump = nullptr;  // at rax; a part of dispatch
  // Calls; CpuState::site is set before. Everything but what is pinned is clobbered.
  // rax: address, ecx: MemOp; result in rax. Does not return if the access fails.
  const uint8_t* load = nullptr;
  const uint8_t* store = nullptr;  // and rdx: value
  const uint8_t* rmw = nullptr;    // and rdx: value; ecx: MemOp | AtomicKind << 16
  const uint8_t* cas = nullptr;    // and rdx: expected, r11: desired
  // As load and store, by log2 of the size and 4 if signed; they look into the soft TLB first, for accesses whose group
  // is not on one page.
  const uint8_t* probe_load[8] = {};
  const uint8_t* probe_store[4] = {};
  const uint8_t* probe = nullptr;  // no arguments, no result
  // translate::SlowFind of the address and the BytesWanted in the argument slots; result in the first one. Clobbers
  // nothing that holds a value.
  const uint8_t* find = nullptr;
  // rcx: uint64_t function(uint64_t operation, a, b, c); operation in rax, arguments in the argument slots of the
  // frame.
  const uint8_t* pure = nullptr;
  // rcx: HelperFn; its arguments in the argument slots. All guest registers are in memory for it.
  const uint8_t* helper = nullptr;        // does not return if the helper set CpuState::unwind
  const uint8_t* helper_leave = nullptr;  // dispatches afterwards
};

// Each piece by its name, in the order of addresses; `end` is where the last one ends.
std::vector<translate::SharedCode> NamePieces(const Runtime& runtime, const uint8_t* end);

// Emits them. `guest` says which registers are pinned, `pin_budget` whether the budget is.
Runtime EmitRuntime(Emitter& e, const std::vector<GuestRegister>& guest, bool pin_budget);

// The jump-cache probe: continues at the guest address in rax, or leaves by exit_lookup. Clobbers rcx and rdx.
void EmitIndirectJump(Emitter& e, const Runtime& runtime);

}  // namespace emu::backends::x86_64

#endif  // EMU_BACKENDS_X86_64_RUNTIME_H_
