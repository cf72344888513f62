// The part of a guest CPU's state that every target has, and that generated code reaches through one host register.
// A target's own state begins with it: struct RiscvState { CpuState base; uint64_t x[32]; ... }, standard layout.
#ifndef EMU_TRANSLATE_ENGINE_CPU_STATE_H_
#define EMU_TRANSLATE_ENGINE_CPU_STATE_H_

#include <cstdint>

#include "mmu/soft_tlb.h"
#include "translate/engine/jump_cache.h"

namespace emu::translate {

class Cpu;

// Which guest page maps to which physical page for execution: a number made once for each pair, 0 where not known.
inline constexpr unsigned kMappingEntries = 512;  // direct-mapped by page number

struct CpuState {
  int64_t budget = 0;            // guest instructions left before the run loop wants control
  uint64_t pc = 0;               // exact outside of generated code, and wherever a helper is called by `raise`
  uint64_t* tlb_read = nullptr;  // mmu::TlbTable::table of the context in force
  uint64_t* tlb_write = nullptr;
  const uint32_t* mapping_ids = nullptr;
  JumpEntry* jump_cache = nullptr;
  uint32_t site = 0;        // which translated guest instruction called the helper that runs now
  uint32_t unwind = 0;      // a helper has changed the PC: leave the block
  uint32_t key = 0;         // what the target's translation depends on beside the code (privilege, FP on, ...)
  uint32_t mxcsr = 0x1f80;  // the guest's rounding mode and sticky flags while no guest code runs (see fp_env.h)
  Cpu* cpu = nullptr;
  void* backend = nullptr;  // the backend's own data
};

}  // namespace emu::translate

#endif  // EMU_TRANSLATE_ENGINE_CPU_STATE_H_
