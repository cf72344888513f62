#include "backends/x86_64/runtime.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <utility>

#include "mmu/soft_tlb.h"
#include "translate/engine/fp_env.h"
#include "translate/ir/eval.h"

namespace emu::backends::x86_64 {
namespace {

using translate::CpuState;
using translate::Exit;

// System V AMD64 ABI, 3.2.1.
constexpr Reg kCalleeSaved[] = {Reg::rbx, Reg::rbp, Reg::r12, Reg::r13, Reg::r14, Reg::r15};

class RuntimeEmitter {
 public:
  RuntimeEmitter(Emitter& e, const std::vector<GuestRegister>& guest, bool pin_budget)
      : e_(e), guest_(guest), pin_budget_(pin_budget) {}

  Runtime Emit() {
    Constants();
    Enter();
    Leave();
    r_.exit_jump = ExitWith(Exit::Kind::kJump, false);
    r_.exit_budget = ExitWith(Exit::Kind::kBudget, true);
    r_.exit_lookup = ExitWith(Exit::Kind::kLookup, true);
    r_.exit_stale = ExitWith(Exit::Kind::kStale, true);
    fault_ = ExitWith(Exit::Kind::kFault, false);
    Dispatch();
    r_.load = MemoryCall(reinterpret_cast<const void*>(&translate::SlowLoad));
    r_.store = MemoryCall(reinterpret_cast<const void*>(&translate::SlowStore));
    r_.rmw = MemoryCall(reinterpret_cast<const void*>(&translate::SlowRmw));
    r_.cas = MemoryCall(reinterpret_cast<const void*>(&translate::SlowCas));
    r_.probe = MemoryCall(reinterpret_cast<const void*>(&translate::SlowProbe));
    for (unsigned n = 0; n < 7; ++n) r_.probe_load[n] = ProbeLoad(n & 3, n > 3);
    r_.probe_load[7] = r_.probe_load[3];
    for (unsigned n = 0; n < 4; ++n) r_.probe_store[n] = ProbeStore(n);
    FindCall();
    PureCall();
    HelperCall();
    return r_;
  }

 private:
  const uint8_t* Here() {
    e_.Align(16);
    return e_.rx();
  }

  void Constants() {
    using C = Constant;
    struct Bits {
      uint64_t low, high = 0;
    };
    Bits all[static_cast<size_t>(C::kCount)];
    const auto set = [&all](C c, Bits bits) { all[static_cast<size_t>(c)] = bits; };
    set(C::kBox, {ir::kSingleBox});
    set(C::kSign32, {ir::FpSignBit(ir::Type::kF32)});
    set(C::kSign64, {ir::FpSignBit(ir::Type::kF64)});
    set(C::kMagnitude32, {~ir::FpSignBit(ir::Type::kF32), ~uint64_t{0}});
    set(C::kMagnitude64, {~ir::FpSignBit(ir::Type::kF64), ~uint64_t{0}});
    set(C::kNan32, {ir::kSingleBox | ir::CanonicalNan(ir::Type::kF32)});
    set(C::kNan64, {ir::CanonicalNan(ir::Type::kF64)});
    set(C::kHalf32, {0x3f000000});
    set(C::kHalf64, {0x3fe0000000000000});
    r_.constants = Here();
    e_.Raw(all, sizeof all);
  }

  // Moves what is pinned to or from the state: all of it, or what a C++ function clobbers or may look at.
  void Pinned(bool store, bool clobbered_only) {
    if (pin_budget_) {
      const Mem budget = StateField(offsetof(CpuState, budget));
      store ? e_.mr(Op::kMOV64mr, budget, kBudget) : e_.rm(Op::kMOV64rm, kBudget, budget);
    }
    for (const GuestRegister& g : guest_) {
      if (g.in_xmm)
        store ? e_.mr(Op::kMOVSDmr, StateField(g.offset), g.xmm) : e_.rm(Op::kMOVSDrm, g.xmm, StateField(g.offset));
      if (!g.pinned) continue;
      bool saved = false;
      for (Reg r : kCalleeSaved) saved |= r == g.host;
      if (saved && clobbered_only) continue;
      const bool wide = g.type == ir::Type::kI64;
      if (store) e_.mr(wide ? Op::kMOV64mr : Op::kMOV32mr, StateField(g.offset), g.host);
      if (!store) e_.rm(wide ? Op::kMOV64rm : Op::kMOV32rm, g.host, StateField(g.offset));
    }
  }

  void Enter() {
    r_.enter = Here();
    for (Reg r : kCalleeSaved) e_.r(Op::kPUSH64r, r);
    e_.ri(Op::kSUB64ri32, Reg::rsp, kFrameBytes);
    e_.rm(Op::kLEA64r, kState, Mem::Base(Reg::rdi, kStateBias));
    e_.rr(Op::kMOV64rr, Reg::rax, Reg::rsi);
    e_.m(Op::kLDMXCSR, StateField(offsetof(CpuState, mxcsr)));
    Pinned(false, false);
    e_.r(Op::kJMP64r, Reg::rax);
  }

  void Leave() {
    leave_ = Here();
    Pinned(true, false);
    e_.m(Op::kSTMXCSR, StateField(offsetof(CpuState, mxcsr)));
    e_.mi(Op::kMOV32mi, FrameSlot(kArgumentSlots), translate::kMxcsrDefault);
    e_.m(Op::kLDMXCSR, FrameSlot(kArgumentSlots));
    e_.ri(Op::kADD64ri32, Reg::rsp, kFrameBytes);
    for (int i = std::size(kCalleeSaved); i-- > 0;) e_.r(Op::kPOP64r, kCalleeSaved[i]);
    e_.o(Op::kRET64);
  }

  const uint8_t* ExitWith(Exit::Kind kind, bool set_pc) {
    const uint8_t* here = Here();
    const int64_t packed = static_cast<int64_t>(kind) << 32;
    if (set_pc) {
      e_.mr(Op::kMOV64mr, StateField(offsetof(CpuState, pc)), Reg::rax);
      e_.ri(Op::kMOV64ri, Reg::rax, packed);
    } else {
      e_.rr(Op::kMOV32rr, Reg::rax, Reg::rax);
      e_.ri(Op::kMOV64ri, Reg::rcx, packed);
      e_.rr(Op::kOR64rr, Reg::rax, Reg::rcx);
    }
    e_.jmp_to(leave_);
    return here;
  }

  void Dispatch() {
    r_.dispatch = Here();
    e_.rm(Op::kMOV64rm, Reg::rax, StateField(offsetof(CpuState, pc)));
    r_.jump = e_.rx();
    EmitIndirectJump(e_, r_);
  }

  void CallCpp(const void* function) {
    e_.ri(Op::kMOV64ri, Reg::rax, static_cast<int64_t>(reinterpret_cast<uint64_t>(function)));
    e_.r(Op::kCALL64r, Reg::rax);
  }

  void StateArgument() { e_.rm(Op::kLEA64r, Reg::rdi, Mem::Base(kState, -kStateBias)); }

  // A device may have changed the memory map.
  void ForgetGroups() {
    constexpr int kAboveReturn = 8;
    for (int n = 0; n < kMaxAccessGroups; ++n) {
      e_.mi(Op::kMOV64mi32, Mem::Base(Reg::rsp, (kGroupSlots + n) * 8 + kAboveReturn), 0);
    }
  }

  // In: rax address, rdx is clobbered. Out: r11 the page's addend, or the branch taken.
  uint8_t* FindPage(unsigned log2_size, uint32_t tlb) {
    e_.rm(Op::kLEA64r, Reg::rdx, Mem::Base(Reg::rax, (1 << log2_size) - 1));
    e_.rr(Op::kMOV32rr, Reg::r11, Reg::rax);
    e_.ri(Op::kSHR32ri, Reg::r11, mmu::kTlbIndexShift);
    e_.ri(Op::kSHL32ri, Reg::r11, 3);
    e_.rm(Op::kADD64rm, Reg::r11, StateField(tlb));
    e_.ri(Op::kAND64ri32, Reg::rdx, static_cast<int32_t>(mmu::kPageMask));
    e_.rm(Op::kCMP64rm, Reg::rdx, Mem::Base(Reg::r11, 0));
    uint8_t* const missed = e_.jcc_short(Cond::ne);
    e_.rm(Op::kMOV64rm, Reg::r11, Mem::Base(Reg::r11, mmu::kTlbAddends));
    return missed;
  }

  const uint8_t* ProbeLoad(unsigned log2_size, bool is_signed) {
    static constexpr Op kLoads[] = {Op::kMOVZX32rm8, Op::kMOVZX32rm16, Op::kMOV32rm,    Op::kMOV64rm,
                                    Op::kMOVSX64rm8, Op::kMOVSX64rm16, Op::kMOVSX64rm32};
    const uint8_t* here = Here();
    uint8_t* const missed = FindPage(log2_size, offsetof(CpuState, tlb_read));
    e_.rm(kLoads[log2_size | is_signed << 2], Reg::rax, Mem::BaseIndex(Reg::rax, Reg::r11, 1, 0));
    e_.o(Op::kRET64);
    e_.Bind8(missed);
    e_.jmp_to(r_.load);
    return here;
  }

  const uint8_t* ProbeStore(unsigned log2_size) {
    static constexpr Op kStores[] = {Op::kMOV8mr, Op::kMOV16mr, Op::kMOV32mr, Op::kMOV64mr};
    const uint8_t* here = Here();
    e_.rr(Op::kMOV64toPQIrr, kScratchXmm0, Reg::rdx);
    uint8_t* const missed = FindPage(log2_size, offsetof(CpuState, tlb_write));
    e_.rr(Op::kMOVPQIto64rr, Reg::rdx, kScratchXmm0);
    e_.mr(kStores[log2_size], Mem::BaseIndex(Reg::rax, Reg::r11, 1, 0), Reg::rdx);
    e_.o(Op::kRET64);
    e_.Bind8(missed);
    e_.rr(Op::kMOVPQIto64rr, Reg::rdx, kScratchXmm0);
    e_.jmp_to(r_.store);
    return here;
  }

  // In: rax address, ecx operation, rdx, r11. Out: rdi state, rsi address, edx operation, rcx, r8. The result's second
  // word says that the access failed (MemResult).
  const uint8_t* MemoryCall(const void* function) {
    const uint8_t* here = Here();
    Pinned(true, true);
    e_.ri(Op::kSUB64ri8, Reg::rsp, 8);
    StateArgument();
    e_.rr(Op::kMOV64rr, Reg::rsi, Reg::rax);
    e_.rr(Op::kXCHG64rr, Reg::rdx, Reg::rcx);
    e_.rr(Op::kMOV64rr, Reg::r8, Reg::r11);
    CallCpp(function);
    e_.ri(Op::kADD64ri8, Reg::rsp, 8);
    Pinned(false, true);
    ForgetGroups();
    e_.rr(Op::kTEST64rr, Reg::rdx, Reg::rdx);
    uint8_t* failed = e_.jcc_short(Cond::ne);
    e_.o(Op::kRET64);
    e_.Bind8(failed);
    e_.ri(Op::kADD64ri8, Reg::rsp, 8);  // the return address
    e_.jmp_to(fault_);
    return here;
  }

  // Temps and the vector registers for values, to or from the words at the stack pointer.
  void Values(bool store) {
    Mem word = Mem::Base(Reg::rsp, 0);
    for (Reg r : kTemps) {
      store ? e_.mr(Op::kMOV64mr, word, r) : e_.rm(Op::kMOV64rm, r, word);
      word.disp += 8;
    }
    for (uint16_t m = ValueXmms(guest_); m != 0; m &= static_cast<uint16_t>(m - 1)) {
      const Xmm x = static_cast<Xmm>(std::countr_zero(m));
      store ? e_.mr(Op::kMOVSDmr, word, x) : e_.rm(Op::kMOVSDrm, x, word);
      word.disp += 8;
    }
  }

  void FindCall() {
    constexpr int kWords = 19;  // for all of them; keeps the stack aligned
    constexpr int kArguments = kArgumentSlots * 8 + 8 * kWords + 8;
    r_.find = Here();
    e_.ri(Op::kSUB64ri32, Reg::rsp, 8 * kWords);
    Values(true);
    Pinned(true, true);
    StateArgument();
    e_.rm(Op::kMOV64rm, Reg::rsi, Mem::Base(Reg::rsp, kArguments));
    e_.rm(Op::kMOV64rm, Reg::rdx, Mem::Base(Reg::rsp, kArguments + 8));
    CallCpp(reinterpret_cast<const void*>(&translate::SlowFind));
    e_.mr(Op::kMOV64mr, Mem::Base(Reg::rsp, kArguments), Reg::rax);
    Pinned(false, true);
    Values(false);
    e_.ri(Op::kADD64ri32, Reg::rsp, 8 * kWords);
    e_.o(Op::kRET64);
  }

  // Arguments are in the caller's frame, above the return address.
  void LoadArguments(Reg a, Reg b, Reg c, int above) {
    const Reg to[] = {a, b, c};
    for (int i = 0; i < 3; ++i) e_.rm(Op::kMOV64rm, to[i], Mem::Base(Reg::rsp, (kArgumentSlots + i) * 8 + above));
  }

  void PureCall() {
    r_.pure = Here();
    Pinned(true, true);
    e_.ri(Op::kSUB64ri8, Reg::rsp, 8);
    e_.rr(Op::kMOV64rr, Reg::rdi, Reg::rax);
    e_.rr(Op::kMOV64rr, Reg::rax, Reg::rcx);
    LoadArguments(Reg::rsi, Reg::rdx, Reg::rcx, 16);
    e_.r(Op::kCALL64r, Reg::rax);
    e_.ri(Op::kADD64ri8, Reg::rsp, 8);
    Pinned(false, true);
    e_.o(Op::kRET64);
  }

  void HelperBody() {
    Pinned(true, false);
    e_.ri(Op::kSUB64ri8, Reg::rsp, 8);
    e_.rr(Op::kMOV64rr, Reg::rax, Reg::rcx);
    StateArgument();
    LoadArguments(Reg::rsi, Reg::rdx, Reg::rcx, 16);
    e_.r(Op::kCALL64r, Reg::rax);
    e_.ri(Op::kADD64ri8, Reg::rsp, 8);
    Pinned(false, false);
  }

  void HelperCall() {
    const Mem unwind = StateField(offsetof(CpuState, unwind));
    r_.helper = Here();
    HelperBody();
    e_.mi(Op::kCMP32mi8, unwind, 0);
    uint8_t* leave = e_.jcc_patchable(Cond::ne);
    e_.o(Op::kRET64);
    r_.helper_leave = Here();
    HelperBody();
    e_.Bind32(leave);
    e_.mi(Op::kMOV32mi, unwind, 0);
    e_.ri(Op::kADD64ri8, Reg::rsp, 8);  // the return address
    e_.jmp_to(r_.dispatch);
  }

  Emitter& e_;
  const std::vector<GuestRegister>& guest_;
  const bool pin_budget_;
  Runtime r_;
  const uint8_t* leave_ = nullptr;
  const uint8_t* fault_ = nullptr;
};

}  // namespace

Runtime EmitRuntime(Emitter& e, const std::vector<GuestRegister>& guest, bool pin_budget) {
  return RuntimeEmitter(e, guest, pin_budget).Emit();
}

std::vector<translate::SharedCode> NamePieces(const Runtime& r, const uint8_t* end) {
  const std::pair<absl::string_view, const uint8_t*> pieces[] = {{"enter", r.enter},
                                                                 {"exit_jump", r.exit_jump},
                                                                 {"exit_budget", r.exit_budget},
                                                                 {"exit_lookup", r.exit_lookup},
                                                                 {"exit_stale", r.exit_stale},
                                                                 {"dispatch", r.dispatch},
                                                                 {"load", r.load},
                                                                 {"store", r.store},
                                                                 {"rmw", r.rmw},
                                                                 {"cas", r.cas},
                                                                 {"probe", r.probe},
                                                                 {"probe_load", r.probe_load[0]},
                                                                 {"probe_store", r.probe_store[0]},
                                                                 {"find", r.find},
                                                                 {"pure", r.pure},
                                                                 {"helper", r.helper},
                                                                 {"helper_leave", r.helper_leave}};
  std::vector<translate::SharedCode> named;
  for (const auto& [name, start] : pieces) {
    const uint8_t* next = end;
    for (const auto& [other, at] : pieces) {
      if (at > start && at < next) next = at;
    }
    named.push_back({name, {start, static_cast<size_t>(next - start)}});
  }
  std::sort(named.begin(), named.end(), [](const auto& a, const auto& b) { return a.code.data() < b.code.data(); });
  return named;
}

void EmitIndirectJump(Emitter& e, const Runtime& runtime) {
  using translate::JumpEntry;
  static_assert(sizeof(JumpEntry) == 16);
  // JumpLine's number, twice
  e.rr(Op::kMOV32rr, Reg::rcx, Reg::rax);
  e.ri(Op::kSHR32ri, Reg::rcx, translate::kJumpCacheShift);
  e.rm(Op::kMOV64rm, Reg::rdx, StateField(offsetof(CpuState, jump_cache)));
  e.rr(Op::kXOR32rr, Reg::rcx, Reg::rax);
  e.rm(Op::kAND32rm, Reg::rcx,
       Mem::Base(Reg::rdx, static_cast<int32_t>(offsetof(JumpEntry, code)) - static_cast<int32_t>(sizeof(JumpEntry))));
  e.rm(Op::kCMP64rm, Reg::rax, Mem::BaseIndex(Reg::rdx, Reg::rcx, 8, offsetof(JumpEntry, pc)));
  e.jcc_to(Cond::ne, runtime.exit_lookup);
  e.m(Op::kJMP64m, Mem::BaseIndex(Reg::rdx, Reg::rcx, 8, offsetof(JumpEntry, code)));
}

}  // namespace emu::backends::x86_64
