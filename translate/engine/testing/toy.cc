#include "translate/engine/testing/toy.h"

#include <cstddef>
#include <cstring>

namespace emu::translate::testing {
namespace {

using ir::Type;
using ir::Value;

ToyState& ToToy(CpuState* state) { return *reinterpret_cast<ToyState*>(state); }
ToySystem& SystemOf(const CpuState& state) { return *reinterpret_cast<const ToyState&>(state).system; }

uint64_t CallSystem(CpuState* state, uint64_t n, uint64_t, uint64_t) {
  SystemOf(*state).on_sys(static_cast<int>(static_cast<int64_t>(n)));
  return 0;
}

uint64_t RaiseUnknown(CpuState* state, uint64_t, uint64_t, uint64_t) {
  state->cpu->SyncPc();
  state->unwind = 1;
  ToySystem& s = SystemOf(*state);
  s.faults.push_back({{MemFault::Kind::kPaging, Access::kExecute, kUnknownInstruction, memory::Gva(state->pc)},
                      state->pc,
                      state->cpu->InsnCount()});
  state->pc = s.vector;
  return 0;
}

enum Helper : unsigned { kCallSystem, kRaiseUnknown };
constexpr HelperInfo kHelpers[] = {{"CallSystem", CallSystem, true}, {"RaiseUnknown", RaiseUnknown, true}};

std::vector<RegisterInfo> MakeRegisters() {
  static constexpr const char* kNames[] = {"x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7"};
  std::vector<RegisterInfo> registers;
  for (unsigned n = 0; n < 8; ++n) {
    registers.push_back(
        {kNames[n], static_cast<uint32_t>(offsetof(ToyState, x) + 8 * n), Type::kI64, static_cast<int>(n)});
  }
  registers.push_back({"pc", offsetof(CpuState, pc), Type::kI64});
  return registers;
}

bool IsOnFirstPage(const LiftRequest& request, uint64_t pc) {
  return pc - (request.pc - request.before) < request.before + uint64_t{request.size};
}

// The instruction at `pc`; false if it reaches into a page where the block cannot go.
bool ReadInsn(const LiftRequest& request, uint64_t pc, uint32_t* insn) {
  auto* const bytes = reinterpret_cast<uint8_t*>(insn);
  for (uint64_t n = 0; n < 4; ++n) {
    const uint64_t at = pc + n;
    const uint8_t* const page = IsOnFirstPage(request, at) ? request.bytes - (request.pc & ~mmu::kPageMask)
                                                           : request.page_at(at & mmu::kPageMask);
    if (page == nullptr) return false;
    bytes[n] = page[at & ~mmu::kPageMask];
  }
  return true;
}

// Executes one instruction, if it is one of those that are.
enum class Did { kNothing, kOn, kWentAway, kFault };
Did DoInsn(ToyState& s, uint32_t insn) {
  uint64_t &a = s.x[insn >> 8 & 7], b = s.x[insn >> 12 & 7];
  const auto n = static_cast<uint64_t>(int64_t{static_cast<int32_t>(insn) >> 16});
  const ToyOp op = static_cast<ToyOp>(insn & 0xff);
  const uint32_t eight = ir::MemOp{}.Pack();
  if (op == ToyOp::kAddI || op == ToyOp::kAdd) {
    a = op == ToyOp::kAdd ? a + b : b + n;
  } else if (op == ToyOp::kLoad) {
    const MemResult loaded = SlowLoad(&s.base, b + n, eight);
    if (loaded.raised != 0) return Did::kFault;
    a = loaded.value;
  } else if (op == ToyOp::kStore) {
    if (SlowStore(&s.base, b + n, eight, a).raised != 0) return Did::kFault;
  } else if (op == ToyOp::kBne || op == ToyOp::kBeq) {
    if ((a == b) == (op == ToyOp::kBeq)) return s.base.pc += n, Did::kWentAway;
  } else {
    return Did::kNothing;
  }
  s.base.pc += 4;
  return Did::kOn;
}

// Lifts a jump to `to`, which is where the guest went; false if it is none.
bool Follow(ir::Builder& b, uint64_t pc, uint32_t insn, uint64_t to) {
  const auto get = [&](unsigned shift) { return b.Get(Type::kI64, insn >> shift & 7); };
  const auto op = static_cast<ToyOp>(insn & 0xff);
  if (op == ToyOp::kJump) return b.ExitUnless(get(12), to), true;
  if (op != ToyOp::kBne && op != ToyOp::kBeq) return false;
  if (to != pc + static_cast<uint64_t>(int64_t{static_cast<int32_t>(insn) >> 16})) return false;
  return b.ExitIf(op == ToyOp::kBne ? ir::Cond::kEq : ir::Cond::kNe, get(8), get(12), pc + 4), true;
}

// Lifts one instruction; false if it ends the block.
bool LiftInsn(ir::Builder& b, uint64_t pc, uint32_t insn) {
  const unsigned ra = insn >> 8 & 7, rb = insn >> 12 & 7;
  const int64_t n = static_cast<int32_t>(insn) >> 16;
  const auto get = [&](unsigned r) { return b.Get(Type::kI64, r); };
  const auto n_value = [&] { return b.Const64(static_cast<uint64_t>(n)); };
  constexpr ir::MemOp kEight;
  switch (static_cast<ToyOp>(insn & 0xff)) {
    case ToyOp::kAddI:
      return b.Set(ra, b.Binary(ir::Op::kAdd, get(rb), n_value())), true;
    case ToyOp::kAdd:
      return b.Set(ra, b.Binary(ir::Op::kAdd, get(ra), get(rb))), true;
    case ToyOp::kLoad:
      return b.Set(ra, b.Load(Type::kI64, kEight, get(rb), n)), true;
    case ToyOp::kStore:
      return b.Store(kEight, get(rb), get(ra), n), true;
    case ToyOp::kBne:
      return b.ExitIf(ir::Cond::kNe, get(ra), get(rb), pc + static_cast<uint64_t>(n)), true;
    case ToyOp::kBeq:
      return b.ExitIf(ir::Cond::kEq, get(ra), get(rb), pc + static_cast<uint64_t>(n)), true;
    case ToyOp::kJump:
      return b.GotoInd(get(rb), ir::JumpHint::kNone), false;
    case ToyOp::kSys:
      b.Set(kToyPc, b.Const64(pc + 4));
      b.Call(Type::kVoid, kCallSystem, {n_value()});
      return b.Dispatch(), false;
    case ToyOp::kHook:
      return b.Call(Type::kVoid, kCallSystem, {n_value()}), true;
    case ToyOp::kSwap:
      return b.Set(ra, b.AtomicRmw(ir::AtomicKind::kSwap, kEight, get(rb), get(ra))), true;
    case ToyOp::kDivide:
      return b.Set(ra, b.Binary(ir::Op::kDivU, get(ra), get(rb))), true;
    case ToyOp::kLook: {
      const Value index = b.Binary(ir::Op::kAnd, get(ra), b.Const64(63));
      const Value at = b.Binary(ir::Op::kAdd, b.Binary(ir::Op::kShl, index, b.Const64(3)), get(rb));
      return b.Set(ra, b.Load(Type::kI64, kEight, at, n)), true;
    }
    case ToyOp::kCount:
      break;
  }
  return b.Raise(kRaiseUnknown, {}), false;
}

}  // namespace

absl::Span<const RegisterInfo> ToyTarget::registers() const {
  static const auto& registers = *new std::vector<RegisterInfo>(MakeRegisters());
  return registers;
}
absl::Span<const HelperInfo> ToyTarget::helpers() const { return kHelpers; }

void ToyTarget::Lift(const LiftRequest& request, ir::Builder& b) const {
  const absl::Span<const uint64_t> path = follows_paths ? request.path : absl::Span<const uint64_t>();
  b.Charge(request.pc);
  uint64_t pc = request.pc;
  uint32_t insn = 0;
  for (unsigned count = 0; count < request.max_insns; ++count) {
    if (path.empty() && !IsOnFirstPage(request, pc)) break;
    if (!ReadInsn(request, pc, &insn)) break;
    if (pc != request.pc && request.leads_to_loop && request.leads_to_loop(pc)) break;
    b.Insn(pc);
    if (count + 1 < path.size() && Follow(b, pc, insn, path[count + 1])) {
      pc = path[count + 1];
      continue;
    }
    if (!LiftInsn(b, pc, insn)) return;
    pc += 4;
  }
  b.Goto(pc);
}

Interpreted ToyTarget::Interpret(CpuState& state, absl::Span<const uint8_t> bytes, uint32_t max_insns) const {
  if (!SystemOf(state).interprets) return Interpreted::kNothing;
  Did did = Did::kOn;
  for (uint32_t at = 0; at < 4 * max_insns && at + 4 <= bytes.size() && did == Did::kOn; at += 4) {
    uint32_t insn = 0;
    std::memcpy(&insn, &bytes[at], 4);
    state.site = 0;
    did = DoInsn(ToToy(&state), insn);
    if (did == Did::kFault) return Interpreted::kFault;
    if (did == Did::kNothing) return at == 0 ? Interpreted::kNothing : Interpreted::kDone;
    --state.budget;
  }
  return Interpreted::kDone;
}

bool ToyTarget::Translate(CpuState& state, memory::Gva gva, unsigned, Access access, unsigned, bool,
                          PageMapping* mapping, MemFault* fault) const {
  ToySystem& s = SystemOf(state);
  ++s.walks;
  *mapping = {memory::Gpa(gva.value), 12, true, true, true, true};
  if (s.pages == nullptr) return true;
  const auto it = s.pages->find(gva.value & mmu::kPageMask);
  *fault = {MemFault::Kind::kPaging, access, kNoPage, gva};
  if (it == s.pages->end()) return false;
  const ToyPage& p = it->second;
  *mapping = {memory::Gpa(p.gpa + (gva.value & ~mmu::kPageMask)), p.log2_size, p.read, p.write, p.execute, p.cacheable};
  fault->code = kNotAllowed;
  return access == Access::kRead ? p.read : access == Access::kWrite ? p.write : p.execute;
}

void ToyTarget::DeliverFault(CpuState& state, const MemFault& fault) const {
  ToySystem& s = SystemOf(state);
  s.faults.push_back({fault, state.pc, state.cpu->InsnCount()});
  state.pc = s.vector;
}

bool ToyTarget::DeliverInterrupt(CpuState& state) const {
  ToySystem& s = SystemOf(state);
  if (!s.interrupt) return false;
  s.interrupt = false;
  ++s.interrupts;
  ToToy(&state).x[7] = state.pc;
  state.pc = s.vector;
  return true;
}

bool ToyTarget::HasWork(const CpuState& state) const { return SystemOf(state).work; }

void ToyTarget::Reset(CpuState& state) const { state.pc = 0; }

}  // namespace emu::translate::testing
