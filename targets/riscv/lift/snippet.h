// A few guest instructions with the state before and after them, for tests of lifting. States are words such as
//   a0=-5 fs1=0x7ff8000000000000 fa0=d1.5 fa1=s-0.25 d@0x10008=0x1234
// with integer registers, f registers (d: a double, s: a boxed single; inf and nan may be written) and memory (b, h, w
// or d at an address from 0x10000 to 0x1ffff, initially zero). A start may also say frm=rup. What the end does not
// mention is as it was at the start; it may also say
//   pc=0x2000    where it goes on (otherwise behind the last instruction)
//   insns=2      how many instructions count (otherwise all)
//   dirty        mstatus.FS and SD are set
//   nv dz of uf nx   the floating-point flags
//   reserved=0x10000:5   the reservation's address and value; reserved=none
//   fault=0x20000    the first access that failed; the PC is that of its instruction
//   call=Csr(0x1340,0x7,0x34039073)   helpers called, with their arguments; Csr gives 0x5678; those of `raise` go to
//   0x3000 fence        host fences were emitted
#ifndef EMU_TARGETS_RISCV_LIFT_SNIPPET_H_
#define EMU_TARGETS_RISCV_LIFT_SNIPPET_H_

#include <cstdint>
#include <set>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "targets/riscv/isa/decode.h"
#include "targets/riscv/state.h"

namespace emu::riscv {

inline constexpr uint64_t kSnippetPc = 0x1000;
inline constexpr uint32_t kSnippetKey = uint32_t{kSupervisor} | kKeyFpOn | kKeyCboZero | kKeyCboClean | kKeyCboInval;

struct Snippet {
  const char* code;  // see assemble.h; or ".word 0x..." alone
  const char* start;
  const char* end;
  uint8_t xlen = 64;
  uint32_t key = kSnippetKey;
};

// Runs it by each backend, with and without the passes, and by Interpret, if that knows its instructions. What is not
// as it should be; empty if all is well.
std::string RunSnippet(const Snippet& snippet);
// For configurations other than "everything".
std::string RunSnippet(const Snippet& snippet, const IsaConfig& isa);

// The instructions in it.
std::set<Insn> InsnsOf(const Snippet& snippet);

}  // namespace emu::riscv

#endif  // EMU_TARGETS_RISCV_LIFT_SNIPPET_H_
