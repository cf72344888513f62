#include "backends/testing/machine.h"

#include <cstddef>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "translate/engine/cpu_state.h"
#include "translate/engine/fp_env.h"
#include "translate/ir/eval.h"
#include "translate/ir/random_program.h"

namespace emu::backends::testing {

using ir::Type;
using translate::CpuState;
using translate::HelperInfo;
using translate::MemResult;
using translate::RegisterInfo;

struct Machine::State {
  CpuState base;
  uint64_t r[16] = {};
  uint32_t w[4] = {};
  uint64_t f[8] = {};
  uint32_t s[4] = {};
  uint32_t helper_site = 0;
  alignas(4096) uint8_t memory[kMemorySize] = {};
  uint32_t mapping_ids[translate::kMappingEntries] = {};
  translate::JumpCache jump_cache;
};

namespace {

using State = Machine::State;
State* ToState(CpuState* state) { return reinterpret_cast<State*>(state); }

std::vector<std::string> MakeNames() {
  std::vector<std::string> names;
  const auto add = [&names](absl::string_view prefix, unsigned count) {
    for (unsigned n = 0; n < count; ++n) names.push_back(absl::StrCat(prefix, n));
  };
  add("r", 16), add("w", 4), add("f", 8), add("s", 4);
  names.push_back("pc");
  return names;
}
const std::vector<std::string>& NameStrings() {
  static const auto& names = *new std::vector<std::string>(MakeNames());
  return names;
}

struct Place {
  Type type;
  size_t offset;
};
Place PlaceOf(unsigned reg) {
  if (reg < kFirstW) return {Type::kI64, offsetof(State, r) + 8 * reg};
  if (reg < kFirstF) return {Type::kI32, offsetof(State, w) + 4 * (reg - kFirstW)};
  if (reg < kFirstS) return {Type::kF64, offsetof(State, f) + 8 * (reg - kFirstF)};
  if (reg < kRegPc) return {Type::kF32, offsetof(State, s) + 4 * (reg - kFirstS)};
  return {Type::kI64, offsetof(State, base) + offsetof(CpuState, pc)};
}

std::vector<RegisterInfo> MakeRegisters() {
  std::vector<RegisterInfo> registers;
  for (unsigned n = 0; n < kRegisterCount; ++n) {
    const Place p = PlaceOf(n);
    const bool pinned = n < 10 || (n >= kFirstF && n < kFirstF + 6);
    registers.push_back({NameStrings()[n], static_cast<uint32_t>(p.offset), p.type, pinned ? static_cast<int>(n) : -1});
  }
  return registers;
}

// A C++ function may leave anything in the vector registers (System V AMD64 ABI, 3.2.1); this one does.
inline void ClobberVectors(){
#define EMU_CLOBBER(n) asm volatile("pcmpeqb %%xmm" #n ", %%xmm" #n ::: "xmm" #n);
    EMU_CLOBBER(0) EMU_CLOBBER(1) EMU_CLOBBER(2) EMU_CLOBBER(3) EMU_CLOBBER(4) EMU_CLOBBER(5) EMU_CLOBBER(6)
        EMU_CLOBBER(7) EMU_CLOBBER(8) EMU_CLOBBER(9) EMU_CLOBBER(10) EMU_CLOBBER(11) EMU_CLOBBER(12) EMU_CLOBBER(13)
            EMU_CLOBBER(14) EMU_CLOBBER(15)
#undef EMU_CLOBBER
}

uint64_t Mix(CpuState* state, uint64_t a, uint64_t b, uint64_t c) {
  State& s = *ToState(state);
  ClobberVectors();
  s.helper_site = state->site;
  s.f[1] ^= a;
  s.r[3] ^= a + s.r[4];
  s.r[5] += b;
  return a * 3 + (b ^ c);
}

uint64_t Trap(CpuState* state, uint64_t a, uint64_t, uint64_t) {
  ClobberVectors();
  ToState(state)->helper_site = state->site;
  if ((a & 1) == 0) return a >> 1;
  ToState(state)->r[1] += 5;
  state->pc = 0x3000;
  state->unwind = 1;
  return 0;
}

uint64_t Jump(CpuState* state, uint64_t a, uint64_t, uint64_t) {
  ToState(state)->helper_site = state->site;
  state->pc = a;
  state->unwind = 1;
  return 0;
}

constexpr HelperInfo kHelpers[] = {{"Mix", Mix, false}, {"Trap", Trap, true}, {"Jump", Jump, true}};
static_assert(std::size(kHelpers) == kHelperCount);

// Null where the access fails.
uint8_t* Find(CpuState* state, uint64_t gva, ir::MemOp m, bool atomic) {
  const bool misaligned = (gva & (m.size() - 1)) != 0;
  if ((misaligned && (m.must_align || atomic)) || gva < kMemoryBase) return nullptr;
  return gva - kMemoryBase > kMemorySize - m.size() ? nullptr : ToState(state)->memory + (gva - kMemoryBase);
}

uint64_t FindAddend(CpuState* state, uint64_t begin, unsigned span) {
  if (begin < kMemoryBase || begin - kMemoryBase > kMemorySize - span) return 0;
  return reinterpret_cast<uint64_t>(ToState(state)->memory) - kMemoryBase;
}

uint64_t Read(const uint8_t* p, ir::MemOp m) {
  uint64_t v = 0;
  for (unsigned n = 0; n < m.size(); ++n) v |= uint64_t{p[n]} << 8 * (m.big_endian ? m.size() - 1 - n : n);
  return m.is_signed ? static_cast<uint64_t>(ir::SignExtend(v, 8 * m.size())) : v;
}

void Write(uint8_t* p, ir::MemOp m, uint64_t v) {
  for (unsigned n = 0; n < m.size(); ++n) p[n] = static_cast<uint8_t>(v >> 8 * (m.big_endian ? m.size() - 1 - n : n));
}

}  // namespace

absl::Span<const RegisterInfo> Registers() {
  static const auto& registers = *new std::vector<RegisterInfo>(MakeRegisters());
  return registers;
}
absl::Span<const HelperInfo> Helpers() { return kHelpers; }

const ir::Names& RegisterNames() {
  static const auto& registers = *new std::vector<absl::string_view>(NameStrings().begin(), NameStrings().end());
  static const auto& helpers = *new std::vector<absl::string_view>{"Mix", "Trap", "Jump"};
  static const ir::Names names{registers, helpers};
  return names;
}

absl::Span<const Type> GeneralRegisters() { return VerifyTable().registers.subspan(0, kRegPc); }

const ir::VerifyOptions& VerifyTable() {
  static const auto& types = *[] {
    auto* v = new std::vector<Type>;
    for (const RegisterInfo& r : Registers()) v->push_back(r.type);
    return v;
  }();
  static const ir::VerifyOptions options{types, kHelperCount};
  return options;
}

Start RandomStart(uint64_t seed) {
  ir::Random random(seed);
  Start start;
  for (unsigned n = 0; n < kRegPc; ++n) {
    const Type t = Registers()[n].type;
    const uint64_t r = random.Next();
    start.registers[n] = ir::Truncate(t, ir::IsFloat(t) ? ir::RandomFloat(t, r) : ir::RandomInteger(r));
  }
  for (uint8_t& byte : start.memory) byte = static_cast<uint8_t>(random.Next());
  start.rounding = static_cast<ir::Rounding>(1 + random.Below(4));
  return start;
}

Machine::Machine(translate::Backend& backend, bool may_leave)
    : backend_(backend), may_leave_(may_leave), state_(std::make_unique<State>()) {
  CpuState& base = state_->base;
  tlb_.Fill(kMemoryBase, reinterpret_cast<uint64_t>(state_->memory), 0, 0);
  base.tlb_read = base.tlb_write = tlb_.table();
  base.mapping_ids = state_->mapping_ids;
  base.jump_cache = state_->jump_cache.lines();
  backend_.Attach(base);
}
Machine::~Machine() = default;

uint32_t Machine::AddExit(uint64_t pc) {
  exits_.push_back({pc, false});
  return static_cast<uint32_t>(exits_.size() - 1);
}
uint32_t Machine::AddWayOut(uint64_t pc, ir::WayOut) {
  const uint32_t id = AddExit(pc);
  exits_[id].leaves = true;
  return id;
}
uint32_t Machine::AddSite(uint64_t pc, uint32_t unexecuted) {
  sites_.push_back({pc, unexecuted});
  return static_cast<uint32_t>(sites_.size() - 1);
}

// Every second slot is filled for the page that the TLB has; the others, and fixed ones, stay empty.
uint32_t Machine::AddSlot(const translate::SlotUse& use) {
  const absl::Span<translate::TlbSlot> slots = backend_.slots();
  if (slots_ + 1 >= slots.size()) return translate::kNoSlot;
  const uint32_t slot = ++slots_;
  slots[slot] = {};
  if (slot % 2 != 0 && !IsFixedSlot(slot) && use.span <= mmu::kPageSize) {
    slots[slot] = {kMemoryBase, mmu::kPageSize - use.span + 1, tlb_.entry(kMemoryBase).addend, 0};
  }
  return slot;
}

void Machine::Load(const Start& start) {
  for (unsigned n = 0; n < kRegisterCount; ++n) {
    const Place p = PlaceOf(n);
    std::memcpy(reinterpret_cast<uint8_t*>(state_.get()) + p.offset, &start.registers[n], ir::TypeBits(p.type) / 8);
  }
  std::memcpy(state_->memory, start.memory.data(), kMemorySize);
  state_->base.budget = start.budget;
  state_->base.site = 0;
  state_->helper_site = 0;
}

Outcome Machine::Run(const ir::Block& block, const Start& start) {
  backend_.Reset();
  ++runs_;
  slots_ = 0;
  exits_.clear();
  sites_.assign(1, {0, 0});  // site 0: no instruction is in the middle of anything
  Load(start);
  ir::Block refined = block;
  backend_.Refine(&refined, *this);
  const absl::StatusOr<translate::CodeEntry> entry = backend_.Compile(refined, *this);
  if (!entry.ok()) return {.exit = std::string(entry.status().message()), .registers = {}, .memory = {}};
  state_->base.mxcsr = translate::kMxcsrDefault | translate::MxcsrRounding(start.rounding);
  return Observe(backend_.Run(state_->base, *entry));
}

Outcome Machine::Observe(translate::Exit exit) const {
  constexpr absl::string_view kKinds[] = {"budget", "jump", "lookup", "fault", "stale"};
  const Site& site = sites_[state_->base.site];
  Outcome o{.exit = std::string(kKinds[static_cast<size_t>(exit.kind)]), .registers = {}, .memory = {}};
  o.flags = state_->base.mxcsr & translate::kFpFlagMask & ~2u;  // without the denormal-operand flag
  o.pc = state_->base.pc;
  if (exit.kind == translate::Exit::Kind::kJump) {
    o.pc = exits_[exit.id].pc;
    if (exits_[exit.id].leaves) o.exit = "left";
  }
  if (exit.kind == translate::Exit::Kind::kFault) o.pc = site.pc, o.unexecuted = site.unexecuted;
  o.helper_pc = sites_[state_->helper_site].pc;
  o.budget = state_->base.budget;
  for (unsigned n = 0; n < kRegPc; ++n) {
    const Place p = PlaceOf(n);
    uint64_t v = 0;
    std::memcpy(&v, reinterpret_cast<const uint8_t*>(state_.get()) + p.offset, ir::TypeBits(p.type) / 8);
    o.registers.push_back(v);
  }
  o.memory.assign(state_->memory, state_->memory + kMemorySize);
  return o;
}

std::string Differences(const Outcome& expected, const Outcome& actual) {
  std::string out;
  const auto compare = [&out](absl::string_view what, uint64_t e, uint64_t a) {
    if (e != a) absl::StrAppend(&out, what, ": expected 0x", absl::Hex(e), ", found 0x", absl::Hex(a), "\n");
  };
  if (expected.exit != actual.exit)
    return absl::StrCat("exit: expected ", expected.exit, ", found ", actual.exit, "\n");
  compare("pc", expected.pc, actual.pc);
  compare("unexecuted", expected.unexecuted, actual.unexecuted);
  compare("helper_pc", expected.helper_pc, actual.helper_pc);
  compare("budget", static_cast<uint64_t>(expected.budget), static_cast<uint64_t>(actual.budget));
  compare("flags", expected.flags, actual.flags);
  for (size_t n = 0; n < expected.registers.size(); ++n) {
    compare(NameStrings()[n], expected.registers[n], actual.registers[n]);
  }
  for (size_t n = 0; n < expected.memory.size(); ++n) {
    if (expected.memory[n] == actual.memory[n]) continue;
    compare(absl::StrCat("@0x", absl::Hex(kMemoryBase + n)), expected.memory[n], actual.memory[n]);
  }
  return out;
}

}  // namespace emu::backends::testing

namespace emu::translate {

using backends::testing::Find;
using backends::testing::Read;
using backends::testing::Write;

MemResult SlowLoad(CpuState* state, uint64_t gva, uint32_t mem_op) {
  backends::testing::ClobberVectors();
  const ir::MemOp m = ir::MemOp::Unpack(static_cast<uint16_t>(mem_op));
  const uint8_t* p = Find(state, gva, m, false);
  return p == nullptr ? MemResult{0, 1} : MemResult{Read(p, m), 0};
}

MemResult SlowStore(CpuState* state, uint64_t gva, uint32_t mem_op, uint64_t value) {
  backends::testing::ClobberVectors();
  const ir::MemOp m = ir::MemOp::Unpack(static_cast<uint16_t>(mem_op));
  uint8_t* p = Find(state, gva, m, false);
  if (p == nullptr) return {0, 1};
  Write(p, m, value);
  return {0, 0};
}

uint64_t SlowFind(CpuState* state, uint64_t gva, BytesWanted wanted) {
  backends::testing::ClobberVectors();
  if (wanted.slot != kNoSlot && backends::testing::IsFixedSlot(wanted.slot)) return 0;
  return backends::testing::FindAddend(state, gva - wanted.before, wanted.span);
}

MemResult SlowRmw(CpuState* state, uint64_t gva, uint32_t mem_op, uint64_t value) {
  backends::testing::ClobberVectors();
  const ir::MemOp m = ir::MemOp::Unpack(static_cast<uint16_t>(mem_op));
  uint8_t* p = Find(state, gva, m, true);
  if (p == nullptr) return {0, 1};
  const uint64_t old = Read(p, m);
  Write(p, m, ir::EvalAtomic(static_cast<ir::AtomicKind>(mem_op >> 16), old, value, 8 * m.size()));
  return {old, 0};
}

MemResult SlowCas(CpuState* state, uint64_t gva, uint32_t mem_op, uint64_t expected, uint64_t desired) {
  backends::testing::ClobberVectors();
  const ir::MemOp m = ir::MemOp::Unpack(static_cast<uint16_t>(mem_op));
  uint8_t* p = Find(state, gva, m, true);
  if (p == nullptr) return {0, 1};
  const uint64_t old = Read(p, m);
  if ((old ^ expected) << (64 - 8 * m.size()) == 0) Write(p, m, desired);
  return {old, 0};
}

// Nobody watches.
MemResult SlowProbe(CpuState*) {
  backends::testing::ClobberVectors();
  return {0, 0};
}

}  // namespace emu::translate
