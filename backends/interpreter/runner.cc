#include "backends/interpreter/runner.h"

#include <atomic>
#include <cstring>

#include "mmu/soft_tlb.h"
#include "translate/engine/fp_env.h"
#include "translate/ir/eval.h"
#include "translate/ir/fp_eval.h"

namespace emu::backends::interpreter {
namespace {

using ir::Op;
using translate::Exit;
using translate::MemResult;

template <Op kOp>
struct Tag {};

constexpr bool HasLetter(const char* letters, char letter) {
  for (; *letters != 0; ++letters) {
    if (*letters == letter) return true;
  }
  return false;
}

// Which function evaluates an operation; those of neither kind each have their own below, or the build fails.
enum class Kind { kOther, kPure, kFp };
constexpr Kind kKinds[] = {
#define EMU_IR_OP(name, Enumerator, result, args, fields, effects)             \
  Op::k##Enumerator == Op::kConst || result[0] == '-'           ? Kind::kOther \
  : Op::k##Enumerator == Op::kFClass || HasLetter(effects, 'q') ? Kind::kFp    \
  : HasLetter(effects, 'p')                                     ? Kind::kPure  \
                                                                : Kind::kOther,
#include "translate/ir/ops.def"
#undef EMU_IR_OP
};
constexpr Kind KindOf(Op op) { return kKinds[static_cast<size_t>(op)]; }

// One memory access of the host, whole when aligned.
template <typename U>
uint64_t ReadAs(uint64_t host) {
  return __atomic_load_n(reinterpret_cast<const U*>(host), __ATOMIC_RELAXED);
}
template <typename U>
void WriteAs(uint64_t host, uint64_t v) {
  __atomic_store_n(reinterpret_cast<U*>(host), static_cast<U>(v), __ATOMIC_RELAXED);
}
uint64_t ReadHost(uint64_t host, unsigned log2_size) {
  switch (log2_size) {
    case 0:
      return ReadAs<uint8_t>(host);
    case 1:
      return ReadAs<uint16_t>(host);
    case 2:
      return ReadAs<uint32_t>(host);
    default:
      return ReadAs<uint64_t>(host);
  }
}
void WriteHost(uint64_t host, unsigned log2_size, uint64_t v) {
  switch (log2_size) {
    case 0:
      return WriteAs<uint8_t>(host, v);
    case 1:
      return WriteAs<uint16_t>(host, v);
    case 2:
      return WriteAs<uint32_t>(host, v);
    default:
      return WriteAs<uint64_t>(host, v);
  }
}

// The host address of an aligned access that hits in the soft TLB, or 0.
uint64_t Probe(const uint64_t* table, uint64_t gva, ir::MemOp m) {
  if (table == nullptr || m.mmu_context != 0 || m.big_endian) return 0;
  return mmu::ProbeTlb(table, gva, m.size(), /*must_align=*/true);
}

class Runner {
 public:
  Runner(const Program& program, translate::CpuState& state, uint64_t* values)
      : program_(program), state_(state), values_(values) {}

  Exit Run() {
    for (at_ = 0; running_; ++at_) {
      const Step& s = program_.steps[at_];
      switch (s.op) {
#define EMU_IR_OP(name, Enumerator, result, args, fields, effects) \
  case Op::k##Enumerator:                                          \
    Do(Tag<Op::k##Enumerator>(), s);                               \
    break;
#include "translate/ir/ops.def"
#undef EMU_IR_OP
        case Op::kCount:
          break;
      }
    }
    return exit_;
  }

 private:
  uint64_t A(const Step& s) const { return values_[s.args[0]]; }
  uint64_t B(const Step& s) const { return values_[s.args[1]]; }
  uint64_t C(const Step& s) const { return values_[s.args[2]]; }
  uint8_t* Register(const Step& s) const { return reinterpret_cast<uint8_t*>(&state_) + s.offset; }
  size_t Width(const Step& s) const { return ir::TypeBits(s.type) / 8; }

  void Leave(Exit::Kind kind, uint32_t id = 0) {
    exit_ = {kind, id};
    running_ = false;
  }
  void LeaveTo(Exit::Kind kind, uint64_t pc, uint32_t id = 0) {
    state_.pc = pc;
    Leave(kind, id);
  }

  template <Op kOp>
    requires(KindOf(kOp) == Kind::kPure)
  void Do(Tag<kOp>, const Step& s) {
    values_[at_] = ir::EvalPure(kOp, s.type, s.aux, s.arg_type, A(s), B(s), C(s));
  }
  template <Op kOp>
    requires(KindOf(kOp) == Kind::kFp)
  void Do(Tag<kOp>, const Step& s) {
    values_[at_] = ir::EvalFp(kOp, s.type, s.aux, s.arg_type, A(s), B(s), C(s));
  }
  void Do(Tag<Op::kGetFlags>, const Step&) { values_[at_] = translate::PackFpFlags(translate::HostFpFlags()); }
  void Do(Tag<Op::kSetFlags>, const Step& s) {
    translate::SetHostFpFlags(translate::UnpackFpFlags(static_cast<uint32_t>(A(s))));
  }
  void Do(Tag<Op::kConst>, const Step& s) { values_[at_] = s.imm; }
  void Do(Tag<Op::kGet>, const Step& s) {
    values_[at_] = 0;
    std::memcpy(&values_[at_], Register(s), Width(s));
  }
  void Do(Tag<Op::kSet>, const Step& s) { std::memcpy(Register(s), &values_[s.args[0]], Width(s)); }

  // `r.value` is what the guest sees, in r.value's low bits.
  bool Finish(const Step& s, MemResult r, ir::MemOp m) {
    if (r.raised != 0) {
      Leave(Exit::Kind::kFault);
      return false;
    }
    const unsigned shift = 64 - 8 * m.size();
    const uint64_t extended =
        m.is_signed ? static_cast<uint64_t>(ir::SignExtend(r.value, 64 - shift)) : r.value << shift >> shift;
    values_[at_] = ir::Truncate(s.type, extended);
    return true;
  }
  // Where a bound is, there is an index.
  uint64_t Address(const Step& s, ir::MemOp m, uint64_t index) const {
    return A(s) + s.imm + (s.extra == 0 ? 0 : index << m.log2_scale);
  }
  void Do(Tag<Op::kLoad>, const Step& s) {
    const ir::MemOp m = ir::MemOp::Unpack(s.aux);
    const uint64_t gva = Address(s, m, B(s));
    if (const uint64_t host = Probe(state_.tlb_read, gva, m)) {
      Finish(s, {ReadHost(host, m.log2_size), 0}, m);
      return;
    }
    state_.site = s.id;
    Finish(s, translate::SlowLoad(&state_, gva, s.aux), m);
  }
  void Do(Tag<Op::kStore>, const Step& s) {
    const ir::MemOp m = ir::MemOp::Unpack(s.aux);
    const uint64_t gva = Address(s, m, C(s));
    if (const uint64_t host = Probe(state_.tlb_write, gva, m)) return WriteHost(host, m.log2_size, B(s));
    state_.site = s.id;
    if (translate::SlowStore(&state_, gva, s.aux, B(s)).raised != 0) Leave(Exit::Kind::kFault);
  }
  void Do(Tag<Op::kAtomicRmw>, const Step& s) {
    state_.site = s.id;
    Finish(s, translate::SlowRmw(&state_, A(s), s.aux | s.extra << 16, B(s)), ir::MemOp::Unpack(s.aux));
  }
  void Do(Tag<Op::kAtomicCas>, const Step& s) {
    state_.site = s.id;
    Finish(s, translate::SlowCas(&state_, A(s), s.aux, B(s), C(s)), ir::MemOp::Unpack(s.aux));
  }
  void Do(Tag<Op::kProbe>, const Step& s) {
    state_.site = s.id;
    if (translate::SlowProbe(&state_).raised != 0) Leave(Exit::Kind::kFault);
  }
  void Do(Tag<Op::kFence>, const Step&) { std::atomic_thread_fence(std::memory_order_seq_cst); }

  void Do(Tag<Op::kCharge>, const Step& s) {
    if (state_.budget < static_cast<int64_t>(s.extra)) return LeaveTo(Exit::Kind::kBudget, s.imm);
    state_.budget -= s.extra;
  }
  void Do(Tag<Op::kRefund>, const Step& s) { state_.budget += static_cast<int64_t>(A(s)); }
  void Do(Tag<Op::kGuard>, const Step& s) {
    const uint64_t slot = s.imm / mmu::kPageSize % translate::kMappingEntries;
    if (state_.mapping_ids[slot] != s.extra) LeaveTo(Exit::Kind::kStale, program_.pc);
  }
  void Do(Tag<Op::kInsn>, const Step&) {}
  bool Holds(const Step& s) const { return ir::Compare(static_cast<ir::Cond>(s.aux), s.arg_type, A(s), B(s)); }
  void Do(Tag<Op::kExitIf>, const Step& s) {
    if (!Holds(s)) return;
    state_.budget += s.extra;
    LeaveTo(Exit::Kind::kJump, s.imm, s.id);
  }
  void Do(Tag<Op::kLeaveIf>, const Step& s) {
    if (Holds(s)) LeaveTo(Exit::Kind::kJump, s.imm, s.id);
  }
  void Do(Tag<Op::kExitUnless>, const Step& s) {
    if (A(s) == s.imm) return;
    state_.budget += s.extra;
    LeaveTo(Exit::Kind::kLookup, A(s));
  }
  void Do(Tag<Op::kGoto>, const Step& s) { LeaveTo(Exit::Kind::kJump, s.imm, s.id); }
  void Do(Tag<Op::kGotoInd>, const Step& s) { LeaveTo(Exit::Kind::kLookup, A(s)); }
  void Do(Tag<Op::kDispatch>, const Step&) { Leave(Exit::Kind::kLookup); }
  void Do(Tag<Op::kCall>, const Step& s) {
    state_.site = s.id;
    values_[at_] = ir::Truncate(s.type, s.helper(&state_, A(s), B(s), C(s)));
    if (state_.unwind == 0) return;
    state_.unwind = 0;
    Leave(Exit::Kind::kLookup);
  }
  void Do(Tag<Op::kRaise>, const Step& s) {
    state_.site = s.id;
    s.helper(&state_, A(s), B(s), C(s));
    state_.unwind = 0;
    Leave(Exit::Kind::kLookup);
  }
  void Do(Tag<Op::kLabel>, const Step&) {}
  void Do(Tag<Op::kBr>, const Step& s) { at_ = s.id; }
  void Do(Tag<Op::kBrIf>, const Step& s) {
    if (Holds(s)) at_ = s.id;
  }

  const Program& program_;
  translate::CpuState& state_;
  uint64_t* const values_;
  size_t at_ = 0;
  bool running_ = true;
  Exit exit_{Exit::Kind::kLookup};
};

}  // namespace

translate::Exit RunProgram(const Program& program, translate::CpuState& state, uint64_t* values) {
  return Runner(program, state, values).Run();
}

}  // namespace emu::backends::interpreter
