// What a guest architecture gives to the engine: its registers, its helpers, the translation of its code to IR, its
// page tables and its exceptions. One Target serves any number of CPUs; everything that changes is in the CpuState.
#ifndef EMU_TRANSLATE_ENGINE_TARGET_H_
#define EMU_TRANSLATE_ENGINE_TARGET_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "memory/access.h"
#include "memory/address.h"
#include "translate/engine/cpu_state.h"
#include "translate/ir/builder.h"
#include "translate/ir/ir.h"

namespace emu::translate {

// A guest register that IR can `get` and `set`: `offset` bytes from the start of the CpuState, of `type`'s width.
// Registers with pin >= 0 (I64 and I32, F64) are kept in host registers by backends that have some, lowest number
// first.
struct RegisterInfo {
  absl::string_view name;
  uint32_t offset;
  ir::Type type;
  int pin = -1;
};

// A function of the target that generated code calls. All guest registers are in the CpuState while it runs. It raises
// an exception by changing the CpuState as the exception does (PC included; `Cpu::SyncPc` gives the exact PC first) and
// setting `unwind`.
using HelperFn = uint64_t (*)(CpuState*, uint64_t, uint64_t, uint64_t);
struct HelperInfo {
  absl::string_view name;
  HelperFn fn;
  bool may_unwind = false;
};

enum class Access : uint8_t { kRead, kWrite, kExecute };

// Where a guest-virtual page lies. The permissions are those of the context it was asked for; `write` is false as long
// as a first write must still be seen (dirty bit). `cacheable` is false where the verdict does not hold for the whole
// page.
struct PageMapping {
  memory::Gpa gpa;         // of the byte asked for
  uint8_t log2_size = 12;  // of the guest's page, for ranged invalidation
  bool read = false;
  bool write = false;
  bool execute = false;
  bool cacheable = true;
};

// Why an access to guest memory failed. kPaging: the target's walker refused, `code` is its own. kBus: nothing answers
// at the physical address, or it refuses. kMisaligned: the access must be aligned and is not. kStop: none of the
// guest's; an AccessWatch wants the CPU to stop before the access, and the target never sees it.
struct MemFault {
  enum class Kind : uint8_t { kPaging, kBus, kMisaligned, kStop };
  Kind kind = Kind::kPaging;
  Access access = Access::kRead;
  uint32_t code = 0;
  memory::Gva gva;
};

// A short loop is charged and left less often when its block holds it several times: so many at most.
inline constexpr uint32_t kMaxLoopTimes = 4, kMaxHotLoopTimes = 8;

// A piece of guest code to translate. `bytes` holds `size` bytes from `pc` to the end of its 4 KiB page; `page_at`
// gives the bytes of another page, the one after it for an instruction that reaches there or one that the path leads
// to, or null when the block cannot go there (it then ends before the instruction that needs them, or, when that is its
// first, stays empty).
struct LiftRequest {
  uint64_t pc = 0;
  uint32_t key = 0;
  uint32_t max_insns = 0;
  const uint8_t* bytes = nullptr;
  uint32_t size = 0;
  std::function<const uint8_t*(uint64_t page)> page_at;
  // A block that branches back to its start may go through the loop so many times, as far as it has no more
  // instructions than this.
  uint32_t loop_times = kMaxLoopTimes;
  uint32_t loop_insns = 0;
  // The instructions that the guest executed from `pc` on when it was watched; the block may follow.
  absl::Span<const uint64_t> path = {};
  // Where a path is given, instructions that only compute may be executed together with the branch that leads around
  // them, if what they are and how many of them the guest executes comes out the same.
  bool choices = false;
  // The block ends before a loop that does better when it is entered at its beginning.
  std::function<bool(uint64_t pc)> leads_to_loop = nullptr;
  // So many bytes in front of `bytes` are the page's, too. A path may lead there.
  uint32_t before = 0;
};

// Guest code from an address on.
struct GuestCode {
  uint64_t pc = 0;
  std::vector<uint8_t> bytes;
};

// How code that was executed without a translation ended.
enum class Interpreted : uint8_t {
  kNothing,  // nothing was executed: the first instruction wants a translation
  kDone,     // state.pc is where to go on
  kFault,    // a memory access of the instruction at state.pc failed: Cpu::pending_fault
};

class Target {
 public:
  virtual ~Target() = default;

  virtual absl::string_view name() const = 0;
  virtual absl::Span<const RegisterInfo> registers() const = 0;
  virtual absl::Span<const HelperInfo> helpers() const = 0;
  // Number in registers() of the program counter, whose storage is CpuState::pc.
  virtual unsigned pc_register() const = 0;
  // Length of the longest instruction.
  virtual unsigned max_insn_bytes() const = 0;
  // Length of the instruction that begins with `bytes`, of which there are max_insn_bytes() or all that can be fetched.
  virtual unsigned InsnBytes(absl::Span<const uint8_t> bytes) const = 0;

  // Translates at least one and at most max_insns instructions; begins with a `charge`, ends with an ending operation.
  virtual void Lift(const LiftRequest& request, ir::Builder& builder) const = 0;

  // Executes code without a translation: the instructions from state.pc on, whose `bytes` go to the end of the page,
  // one at least and at most max_insns, as far as a translation would have them in one block that repeats no loop. Ends
  // before an instruction that it does not know or that reaches into the next page. state.pc and state.budget are exact
  // at each access and helper.
  virtual Interpreted Interpret(CpuState& state, absl::Span<const uint8_t> bytes, uint32_t max_insns) const {
    return (void)state, (void)bytes, (void)max_insns, Interpreted::kNothing;
  }

  // Finds where the `size` bytes at `gva`, all on one page, lie for an access in MMU context `context` (see ir::MemOp).
  // False: `fault` says why not. Sets accessed and dirty bits as the architecture does, unless `probe`.
  virtual bool Translate(CpuState& state, memory::Gva gva, unsigned size, Access access, unsigned context, bool probe,
                         PageMapping* mapping, MemFault* fault) const = 0;

  // Enters the guest's handler for a memory fault; state.pc is that of the faulting instruction.
  virtual void DeliverFault(CpuState& state, const MemFault& fault) const = 0;

  // Enters the guest's handler if an interrupt is pending and enabled; true if so.
  virtual bool DeliverInterrupt(CpuState& state) const = 0;
  // True if a CPU that waits for an interrupt must go on.
  virtual bool HasWork(const CpuState& state) const = 0;

  // Sets the state at power-on, except for what Cpu owns.
  virtual void Reset(CpuState& state) const = 0;
};

}  // namespace emu::translate

#endif  // EMU_TRANSLATE_ENGINE_TARGET_H_
