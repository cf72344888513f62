#include "targets/riscv/interpret/interpret.h"

#include "targets/riscv/interpret/interpreter.h"
#include "targets/riscv/isa/csr_insn.h"

namespace emu::riscv {
namespace {

using translate::Interpreted;
using translate::MemResult;

// By instruction, as Lifter has them; null where there is none.
template <typename T>
using MethodOf = void (T::*)();
template <typename T>
constexpr MethodOf<T> kMethods[] = {
#define EMU_RISCV_INSN(Id, mnemonic, bits, immediate, extensions, xlen, Method) \
  []() -> MethodOf<T> {                                                         \
    if constexpr (requires(T on) { on.Method(); }) {                            \
      return &T::Method;                                                        \
    } else {                                                                    \
      return nullptr;                                                           \
    }                                                                           \
  }(),
#define EMU_RISCV_INSN16(Id, mnemonic, bits, immediate, rules, extensions, xlen, Method) \
  EMU_RISCV_INSN(Id, mnemonic, bits, immediate, extensions, xlen, Method)
#include "targets/riscv/isa/isa32.def"
// The compressed ones follow, as in Insn.
#include "targets/riscv/isa/isa16.def"
#undef EMU_RISCV_INSN16
#undef EMU_RISCV_INSN
};

MethodOf<Interpreter> Method(Insn insn) { return kMethods<Interpreter>[static_cast<unsigned>(insn)]; }

}  // namespace

// False: the instruction is illegal, not known, or reaches into the next page.
bool Interpreter::Fetch() {
  const uint64_t at = s_.base.pc - first_;
  if (bytes_.size() < at + 2) return false;
  uint32_t bits = 0;
  std::memcpy(&bits, &bytes_[at], 2);
  if (InsnLength(bits) == 4) {
    if (bytes_.size() < at + 4) return false;
    std::memcpy(&bits, &bytes_[at], 4);
  }
  if (!Decode(bits, isa_, &d_) || Method(d_.id) == nullptr) return false;
  next_ = s_.base.pc + d_.length;
  return true;
}

Interpreted Interpreter::Run(uint32_t max_insns) {
  s_.base.site = 0;  // the PC and the budget are exact all the time
  for (uint32_t n = 0; n < max_insns && went_ == Went::kOn; ++n) {
    if (!Fetch()) return n == 0 ? Interpreted::kNothing : Interpreted::kDone;
    if (!translate::WantsProbe(&s_.base, s_.base.pc) || Ok(translate::SlowProbe(&s_.base))) (this->*Method(d_.id))();
    if (went_ == Went::kWrong) return Interpreted::kFault;
    if (went_ == Went::kEnded) return Interpreted::kDone;
    s_.base.pc = next_;
    --s_.base.budget;
  }
  return Interpreted::kDone;
}

// The reservation is the address and what was there, without the sign: SC succeeds if it is there still.
void Interpreter::Lr() {
  ir::MemOp op = AtomicMemOp();
  op.is_signed = false;
  if (d_.rl) Fence();
  const uint64_t address = Rs1();
  const MemResult loaded = translate::SlowLoad(&s_.base, address, op.Pack());
  if (!Ok(loaded)) return;
  s_.reservation_address = address;
  s_.reservation_value = loaded.value;
  op.log2_size == 2 ? Word(static_cast<uint32_t>(loaded.value)) : Rd(loaded.value);
}

// Fails without an access if the reservation is for another address, unless that is misaligned: the access then faults.
void Interpreter::Sc() {
  const ir::MemOp op = AtomicMemOp();
  const uint64_t address = Rs1();
  bool fails = address != s_.reservation_address && (address & (op.size() - 1)) == 0;
  if (!fails) {
    const MemResult old = translate::SlowCas(&s_.base, address, op.Pack(), s_.reservation_value, Rs2());
    if (!Ok(old)) return;
    fails = ((old.value ^ s_.reservation_value) << (64 - 8 * op.size())) != 0;
  }
  s_.reservation_address = kNoReservation;
  Rd(fails);
}

void Interpreter::Amo(ir::AtomicKind kind) {
  const uint32_t what = AtomicMemOp().Pack() | static_cast<uint32_t>(kind) << 16;
  const MemResult old = translate::SlowRmw(&s_.base, Rs1(), what, Rs2());
  if (Ok(old)) Rd(old.value);
}

void Interpreter::Raise(Helper helper, uint64_t a, uint64_t b) {
  Call(helper, a, b);
  if (went_ != Went::kEnded) GoTo(s_.base.pc);
}

void Interpreter::Csr(uint64_t operand) {
  const CsrInsn csr(d_);
  const uint64_t old = Call(Helper::kCsr, csr.packed(), operand, d_.bits);
  if (went_ == Went::kEnded) return;
  Rd(old);
  if (!csr.is_harmless()) went_ = Went::kAway;
}

bool IsInterpreted(Insn insn) { return Method(insn) != nullptr; }

translate::Interpreted Interpret(RiscvState& state, const IsaConfig& isa, absl::Span<const uint8_t> bytes,
                                 uint32_t max_insns) {
  if (isa.xlen != 64 || !isa.Has(Extension::kC)) return Interpreted::kNothing;  // jumps to any two bytes
  return Interpreter(state, isa, bytes).Run(max_insns);
}

}  // namespace emu::riscv
