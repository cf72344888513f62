#include "targets/riscv/lift/snippet_machine.h"

#include <cstddef>
#include <cstring>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "targets/riscv/helpers.h"
#include "targets/riscv/interpret/interpret.h"
#include "translate/engine/fp_env.h"
#include "translate/ir/eval.h"

namespace emu::riscv {

// The machine of the block that runs now.
static SnippetState* g_now = nullptr;

namespace {

using translate::CpuState;
using translate::HelperInfo;
using translate::RegisterInfo;

constexpr absl::string_view kHelperNames[] = {
#define EMU_RISCV_HELPER(Name, may_unwind) #Name,
#include "targets/riscv/helpers.def"
#undef EMU_RISCV_HELPER
};

constexpr uint64_t kTrapPc = 0x3000;
constexpr uint64_t kCsrValue = 0x5678;

// Of those that come back to the block the result is looked at; of the others nothing is, they trap.
bool ReturnsToBlock(Helper h) {
  return h == Helper::kCsr || h == Helper::kSfenceVma || h == Helper::kFenceI || h == Helper::kCacheBlock;
}

// Arguments that a helper does not have are not defined.
constexpr unsigned ArgumentsOf(Helper h) {
  switch (h) {
    case Helper::kEcall:
    case Helper::kEbreak:
    case Helper::kFenceI:
      return 0;
    case Helper::kWfi:
      return 2;
    case Helper::kCsr:
    case Helper::kSfenceVma:
      return 3;
    default:
      return 1;
  }
}

template <Helper kHelper>
uint64_t Note(CpuState* state, uint64_t a, uint64_t b, uint64_t c) {
  const uint64_t args[] = {a, b, c};
  std::string& calls = g_now->calls;
  absl::StrAppend(&calls, calls.empty() ? "" : ";", kHelperNames[static_cast<unsigned>(kHelper)], "(");
  for (unsigned i = 0; i < ArgumentsOf(kHelper); ++i)
    absl::StrAppend(&calls, i == 0 ? "0x" : ",0x", absl::Hex(args[i]));
  calls += ")";
  if (!ReturnsToBlock(kHelper)) {
    state->pc = kTrapPc;
    state->unwind = 1;
  }
  return kCsrValue;
}

constexpr HelperInfo kHelpers[] = {
#define EMU_RISCV_HELPER(Name, may_unwind) {#Name, &Note<Helper::k##Name>, may_unwind},
#include "targets/riscv/helpers.def"
#undef EMU_RISCV_HELPER
};

std::vector<RegisterInfo> MakeRegisters() {
  std::vector<RegisterInfo> r(kRegisterCount);
  r[kRegPc] = {"pc", offsetof(CpuState, pc), ir::Type::kI64};
  for (unsigned i = 1; i < 32; ++i) {
    r[i] = {"x", static_cast<uint32_t>(offsetof(RiscvState, x) + 8 * i), ir::Type::kI64, static_cast<int>(i)};
  }
  for (unsigned i = 0; i < 32; ++i) {
    r[kRegF0 + i] = {"f", static_cast<uint32_t>(offsetof(RiscvState, f) + 8 * i), ir::Type::kF64, static_cast<int>(i)};
  }
  r[kRegReservationAddress] = {"reservation_address", offsetof(RiscvState, reservation_address), ir::Type::kI64};
  r[kRegReservationValue] = {"reservation_value", offsetof(RiscvState, reservation_value), ir::Type::kI64};
  r[kRegMstatus] = {"mstatus", offsetof(RiscvState, mstatus), ir::Type::kI64};
  r[kRegFsDirty] = {"fs_dirty", offsetof(RiscvState, fs_dirty), ir::Type::kI64};
  r[kRegSscratch] = {"sscratch", offsetof(RiscvState, csr.sscratch), ir::Type::kI64};
  r[kRegSepc] = {"sepc", offsetof(RiscvState, csr.sepc), ir::Type::kI64};
  r[kRegScause] = {"scause", offsetof(RiscvState, csr.scause), ir::Type::kI64};
  r[kRegStval] = {"stval", offsetof(RiscvState, csr.stval), ir::Type::kI64};
  return r;
}

class FakeTarget final : public translate::Target {
 public:
  absl::string_view name() const override { return "snippets"; }
  absl::Span<const RegisterInfo> registers() const override { return registers_; }
  absl::Span<const HelperInfo> helpers() const override { return kHelpers; }
  unsigned pc_register() const override { return kRegPc; }
  unsigned max_insn_bytes() const override { return 4; }
  unsigned InsnBytes(absl::Span<const uint8_t> bytes) const override { return (bytes[0] & 3) == 3 ? 4 : 2; }
  void Lift(const translate::LiftRequest&, ir::Builder&) const override {}
  bool Translate(CpuState&, memory::Gva, unsigned, translate::Access, unsigned, bool, translate::PageMapping*,
                 translate::MemFault*) const override {
    return false;
  }
  void DeliverFault(CpuState&, const translate::MemFault&) const override {}
  bool DeliverInterrupt(CpuState&) const override { return false; }
  bool HasWork(const CpuState&) const override { return false; }
  void Reset(CpuState&) const override {}

 private:
  const std::vector<RegisterInfo> registers_ = MakeRegisters();
};

// Exits and instructions by their numbers.
class Sink final : public translate::CompileSink {
 public:
  uint32_t AddExit(uint64_t pc) override { return exits.push_back(pc), static_cast<uint32_t>(exits.size() - 1); }
  uint32_t AddSite(uint64_t pc, uint32_t unexecuted) override {
    return sites.push_back({pc, unexecuted}), static_cast<uint32_t>(sites.size() - 1);
  }
  std::vector<uint64_t> exits;
  std::vector<std::pair<uint64_t, uint32_t>> sites = {{0, 0}};
};

// What the CpuState points to.
struct Hardware {
  Hardware() {
    state.base.tlb_read = state.base.tlb_write = tlb.table();
    state.base.mapping_ids = mapping_ids;
    state.base.jump_cache = jump_cache.lines();
    state.base.budget = kSnippetBudget;
  }
  RiscvState state{};
  mmu::TlbTable tlb;
  uint32_t mapping_ids[translate::kMappingEntries] = {};
  translate::JumpCache jump_cache;
};

void Enter(const SnippetState& from, RiscvState* to) {
  std::memcpy(to->x, from.x, sizeof to->x);
  std::memcpy(to->f, from.f, sizeof to->f);
  to->reservation_address = from.reservation_address;
  to->reservation_value = from.reservation_value;
  to->mstatus = from.mstatus;
}

void Leave(const RiscvState& from, const Sink& sink, translate::Exit exit, SnippetState* to) {
  std::memcpy(to->x, from.x, sizeof to->x);
  std::memcpy(to->f, from.f, sizeof to->f);
  to->reservation_address = from.reservation_address;
  to->reservation_value = from.reservation_value;
  to->mstatus = from.mstatus | from.fs_dirty;
  to->executed = kSnippetBudget - from.base.budget;
  to->pc = from.base.pc;
  if (exit.kind == translate::Exit::Kind::kJump) to->pc = sink.exits[exit.id];
  if (exit.kind != translate::Exit::Kind::kFault) return;
  to->pc = sink.sites[from.base.site].first;
  to->executed -= sink.sites[from.base.site].second;
}

}  // namespace

const translate::Target& SnippetTarget() {
  static const auto& target = *new FakeTarget;
  return target;
}

// The helpers of whoever calls them by their numbers.
absl::Span<const HelperInfo> Helpers() { return kHelpers; }

std::string RunInterpreted(absl::Span<const uint8_t> code, uint32_t insns, const IsaConfig& isa, SnippetState* state) {
  auto hardware = std::make_unique<Hardware>();
  RiscvState& s = hardware->state;
  Enter(*state, &s);
  s.base.pc = state->pc;
  g_now = state;
  if (Interpret(s, isa, code, insns) == translate::Interpreted::kNothing) return "not interpreted\n";
  Leave(s, Sink(), {translate::Exit::Kind::kLookup}, state);
  if (state->pc == kTrapPc) ++state->executed;  // which the exception would have counted
  return "";
}

std::string RunBlock(translate::Backend& backend, const ir::Block& block, ir::Rounding rounding, SnippetState* state) {
  auto hardware = std::make_unique<Hardware>();
  backend.Reset();
  backend.Attach(hardware->state.base);
  Enter(*state, &hardware->state);
  Sink sink;
  const auto entry = backend.Compile(block, sink);
  if (!entry.ok()) return std::string(entry.status().message());
  g_now = state;
  hardware->state.base.mxcsr = translate::kMxcsrDefault | translate::MxcsrRounding(rounding);
  const translate::Exit exit = backend.Run(hardware->state.base, *entry);
  state->fp_flags = hardware->state.base.mxcsr & translate::kFpFlagMask & ~2u;  // without the denormal-operand flag
  Leave(hardware->state, sink, exit, state);
  return "";
}

}  // namespace emu::riscv

// Guest memory as the backends call it (translate/engine/backend.h).
namespace emu::translate {
namespace {

uint8_t* Find(uint64_t gva, uint32_t mem_op) {
  const ir::MemOp m = ir::MemOp::Unpack(static_cast<uint16_t>(mem_op));
  const bool misaligned = m.must_align && (gva & (m.size() - 1)) != 0;
  if (misaligned || gva < riscv::kMemoryBase || gva - riscv::kMemoryBase > riscv::kMemorySize - m.size()) {
    riscv::g_now->fault = gva;
    return nullptr;
  }
  return riscv::g_now->memory.data() + (gva - riscv::kMemoryBase);
}

unsigned BitsOf(uint32_t mem_op) { return 8 * ir::MemOp::Unpack(static_cast<uint16_t>(mem_op)).size(); }

uint64_t Read(const uint8_t* p, uint32_t mem_op) {
  uint64_t v = 0;
  std::memcpy(&v, p, BitsOf(mem_op) / 8);
  const bool is_signed = ir::MemOp::Unpack(static_cast<uint16_t>(mem_op)).is_signed;
  return is_signed ? static_cast<uint64_t>(ir::SignExtend(v, BitsOf(mem_op))) : v;
}

}  // namespace

MemResult SlowLoad(CpuState*, uint64_t gva, uint32_t mem_op) {
  const uint8_t* p = Find(gva, mem_op);
  return p == nullptr ? MemResult{0, 1} : MemResult{Read(p, mem_op), 0};
}

MemResult SlowStore(CpuState*, uint64_t gva, uint32_t mem_op, uint64_t value) {
  uint8_t* p = Find(gva, mem_op);
  if (p == nullptr) return {0, 1};
  std::memcpy(p, &value, BitsOf(mem_op) / 8);
  return {0, 0};
}

uint64_t SlowFind(CpuState*, uint64_t, BytesWanted) { return 0; }

MemResult SlowRmw(CpuState*, uint64_t gva, uint32_t mem_op, uint64_t value) {
  uint8_t* p = Find(gva, mem_op);
  if (p == nullptr) return {0, 1};
  const uint64_t old = Read(p, mem_op);
  const uint64_t v = ir::EvalAtomic(static_cast<ir::AtomicKind>(mem_op >> 16), old, value, BitsOf(mem_op));
  std::memcpy(p, &v, BitsOf(mem_op) / 8);
  return {old, 0};
}

MemResult SlowCas(CpuState*, uint64_t gva, uint32_t mem_op, uint64_t expected, uint64_t desired) {
  uint8_t* p = Find(gva, mem_op);
  if (p == nullptr) return {0, 1};
  const uint64_t old = Read(p, mem_op);
  if ((old ^ expected) << (64 - BitsOf(mem_op)) == 0) std::memcpy(p, &desired, BitsOf(mem_op) / 8);
  return {old, 0};
}

MemResult SlowProbe(CpuState*) { return {0, 0}; }
bool WantsProbe(CpuState*, uint64_t) { return false; }

}  // namespace emu::translate
