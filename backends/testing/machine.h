// A guest CPU for testing backends: integer and floating-point registers of both widths, some helpers, and 8 KiB of
// memory, the first page of which hits in the soft TLB while the second always takes the slow path. Everything else
// faults. Where blocks may be left, they may in every second run, with slots in half of those, every second one of them
// empty. Defines the functions SlowLoad to SlowProbe of translate/engine/backend.h, so a test links this or the engine.
#ifndef EMU_BACKENDS_TESTING_MACHINE_H_
#define EMU_BACKENDS_TESTING_MACHINE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "mmu/soft_tlb.h"
#include "translate/engine/backend.h"
#include "translate/engine/target.h"
#include "translate/ir/ir.h"
#include "translate/ir/printer.h"
#include "translate/ir/verifier.h"

namespace emu::backends::testing {

inline constexpr uint64_t kMemoryBase = 0x10000;
inline constexpr uint64_t kMemorySize = 0x2000;

// Registers r0-r15 (i64; r0-r9 pinned), w0-w3 (i32), f0-f7 (f64; f0-f5 pinned), s0-s3 (f32) and pc.
inline constexpr unsigned kFirstW = 16, kFirstF = 20, kFirstS = 28, kRegPc = 32, kRegisterCount = 33;
absl::Span<const translate::RegisterInfo> Registers();
// Mix(a, b, c): changes r3, r5 and f1. Trap(a): if a is odd, goes to 0x3000. Jump(a): goes to a, for `raise`.
enum Helper : unsigned { kMix, kTrap, kJump, kHelperCount };
absl::Span<const translate::HelperInfo> Helpers();

const ir::Names& RegisterNames();
const ir::VerifyOptions& VerifyTable();
// The types of the registers but pc.
absl::Span<const ir::Type> GeneralRegisters();

struct Start {
  std::vector<uint64_t> registers = std::vector<uint64_t>(kRegisterCount);
  std::vector<uint8_t> memory = std::vector<uint8_t>(kMemorySize);
  int64_t budget = 1000;
  ir::Rounding rounding = ir::Rounding::kNearestEven;
};
Start RandomStart(uint64_t seed);

// What can be seen of a run.
struct Outcome {
  std::string exit;         // budget, jump, lookup, fault, stale; left, for another block
  uint64_t pc = 0;          // where to go on; of the faulting instruction
  uint32_t unexecuted = 0;  // at a fault
  uint64_t helper_pc = 0;   // the last instruction that called a helper, as the site says
  int64_t budget = 0;
  uint32_t flags = 0;  // translate::FpFlag
  std::vector<uint64_t> registers;
  std::vector<uint8_t> memory;
};

// The differences, a line each; empty if there are none.
std::string Differences(const Outcome& expected, const Outcome& actual);

// The memory does not lie there: a block that has one is left.
constexpr bool IsFixedSlot(uint32_t slot) { return slot % 5 == 0; }

class Machine final : private translate::CompileSink {
 public:
  explicit Machine(translate::Backend& backend, bool may_leave = false);
  ~Machine() override;

  translate::Backend& backend() { return backend_; }
  // Compiles and runs one block until it leaves. Forgets what was compiled before.
  Outcome Run(const ir::Block& block, const Start& start);
  struct State;  // begins with the CpuState

 private:
  uint32_t AddExit(uint64_t pc) override;
  uint32_t AddSite(uint64_t pc, uint32_t unexecuted) override;
  bool may_leave() const override { return may_leave_ && runs_ % 2 != 0; }
  bool may_index() const override { return runs_ % 8 != 1; }
  uint32_t AddWayOut(uint64_t pc, ir::WayOut why) override;
  bool wants_slots() const override { return runs_ % 4 == 1; }
  bool wants_far_slots() const override { return runs_ % 8 == 1; }
  uint32_t AddSlot(const translate::SlotUse& use) override;
  bool is_fixed(uint32_t slot) const override { return IsFixedSlot(slot); }
  void Load(const Start& start);
  Outcome Observe(translate::Exit exit) const;

  struct Site {
    uint64_t pc;
    uint32_t unexecuted;
  };
  translate::Backend& backend_;
  const bool may_leave_;
  std::unique_ptr<State> state_;
  mmu::TlbTable tlb_;
  struct ExitInfo {
    uint64_t pc;
    bool leaves;
  };
  std::vector<ExitInfo> exits_;
  std::vector<Site> sites_;
  unsigned runs_ = 0;
  uint32_t slots_ = 0;  // taken by the present block
};

}  // namespace emu::backends::testing

#endif  // EMU_BACKENDS_TESTING_MACHINE_H_
