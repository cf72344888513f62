// One method for each kind of instruction, named as those of Lifter by the tables' last column. What has none is left
// to a translation. Each does what the instruction in `d_` says, which lies at state.base.pc; `next_` is where to go
// on.
#ifndef EMU_TARGETS_RISCV_INTERPRET_INTERPRETER_H_
#define EMU_TARGETS_RISCV_INTERPRET_INTERPRETER_H_

#include <atomic>
#include <bit>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#include "absl/types/span.h"
#include "mmu/soft_tlb.h"
#include "targets/riscv/helpers.h"
#include "targets/riscv/isa/decode.h"
#include "targets/riscv/state.h"
#include "translate/engine/backend.h"
#include "translate/engine/target.h"
#include "translate/ir/eval.h"

namespace emu::riscv {

class Interpreter {
 public:
  Interpreter(RiscvState& state, const IsaConfig& isa, absl::Span<const uint8_t> bytes)
      : s_(state), isa_(isa), bytes_(bytes), first_(state.base.pc) {}

  translate::Interpreted Run(uint32_t max_insns);

  // --- RV64I (unprivileged manual, chapters 2 and 4).
  void Nop() {}
  void Lui() { Rd(Imm()); }
  void Auipc() { Rd(Target()); }
  void Mv() { Rd(Rs2()); }
  void Jal() {
    Rd(next_);
    GoTo(Target());
  }
  void Jalr() {
    const uint64_t target = (Rs1() + Imm()) & ~uint64_t{1};
    Rd(next_);
    GoTo(target);
  }
  void Beq() { Branch(Rs1() == Rs2()); }
  void Bne() { Branch(Rs1() != Rs2()); }
  void Blt() { Branch(Signed(Rs1()) < Signed(Rs2())); }
  void Bge() { Branch(Signed(Rs1()) >= Signed(Rs2())); }
  void Bltu() { Branch(Rs1() < Rs2()); }
  void Bgeu() { Branch(Rs1() >= Rs2()); }
  void Lb() { Load<int8_t>(); }
  void Lh() { Load<int16_t>(); }
  void Lw() { Load<int32_t>(); }
  void Ld() { Load<uint64_t>(); }
  void Lbu() { Load<uint8_t>(); }
  void Lhu() { Load<uint16_t>(); }
  void Lwu() { Load<uint32_t>(); }
  void Sb() { Store<uint8_t>(); }
  void Sh() { Store<uint16_t>(); }
  void Sw() { Store<uint32_t>(); }
  void Sd() { Store<uint64_t>(); }
  void Addi() { Rd(Rs1() + Imm()); }
  void Slti() { Rd(Signed(Rs1()) < Signed(Imm())); }
  void Sltiu() { Rd(Rs1() < Imm()); }
  void Xori() { Rd(Rs1() ^ Imm()); }
  void Ori() { Rd(Rs1() | Imm()); }
  void Andi() { Rd(Rs1() & Imm()); }
  void Slli() { Rd(Rs1() << d_.shamt()); }
  void Srli() { Rd(Rs1() >> d_.shamt()); }
  void Srai() { Rd(Signed(Rs1()) >> d_.shamt()); }
  void Add() { Rd(Rs1() + Rs2()); }
  void Sub() { Rd(Rs1() - Rs2()); }
  void Sll() { Rd(Rs1() << (Rs2() & 63)); }
  void Slt() { Rd(Signed(Rs1()) < Signed(Rs2())); }
  void Sltu() { Rd(Rs1() < Rs2()); }
  void Xor() { Rd(Rs1() ^ Rs2()); }
  void Srl() { Rd(Rs1() >> (Rs2() & 63)); }
  void Sra() { Rd(Signed(Rs1()) >> (Rs2() & 63)); }
  void Or() { Rd(Rs1() | Rs2()); }
  void And() { Rd(Rs1() & Rs2()); }
  void Addiw() { Word(Low1() + static_cast<uint32_t>(d_.imm)); }
  void Slliw() { Word(Low1() << d_.shamt()); }
  void Srliw() { Word(Low1() >> d_.shamt()); }
  void Sraiw() { Rd(static_cast<int32_t>(Low1()) >> d_.shamt()); }
  void Addw() { Word(Low1() + Low2()); }
  void Subw() { Word(Low1() - Low2()); }
  void Sllw() { Word(Low1() << (Low2() & 31)); }
  void Srlw() { Word(Low1() >> (Low2() & 31)); }
  void Sraw() { Rd(static_cast<int32_t>(Low1()) >> (Low2() & 31)); }

  // --- M (chapter 13). Division by zero and overflow are as the IR has them.
  void Mul() { Rd(Rs1() * Rs2()); }
  void Mulh() { Both<ir::Op::kMulHighS>(); }
  void Mulhsu() { Both<ir::Op::kMulHighSU>(); }
  void Mulhu() { Both<ir::Op::kMulHighU>(); }
  void Div() { Both<ir::Op::kDivS>(); }
  void Divu() { Both<ir::Op::kDivU>(); }
  void Rem() { Both<ir::Op::kRemS>(); }
  void Remu() { Both<ir::Op::kRemU>(); }
  void Mulw() { Word(Low1() * Low2()); }
  void Divw() { BothLow<ir::Op::kDivS>(); }
  void Divuw() { BothLow<ir::Op::kDivU>(); }
  void Remw() { BothLow<ir::Op::kRemS>(); }
  void Remuw() { BothLow<ir::Op::kRemU>(); }

  // --- Zba, Zbb, Zbs (chapter 28).
  void Sh1add() { Rd((Rs1() << 1) + Rs2()); }
  void Sh2add() { Rd((Rs1() << 2) + Rs2()); }
  void Sh3add() { Rd((Rs1() << 3) + Rs2()); }
  void AddUw() { Rd(Low1() + Rs2()); }
  void Sh1addUw() { Rd((uint64_t{Low1()} << 1) + Rs2()); }
  void Sh2addUw() { Rd((uint64_t{Low1()} << 2) + Rs2()); }
  void Sh3addUw() { Rd((uint64_t{Low1()} << 3) + Rs2()); }
  void SlliUw() { Rd(uint64_t{Low1()} << d_.shamt()); }
  void Andn() { Rd(Rs1() & ~Rs2()); }
  void Orn() { Rd(Rs1() | ~Rs2()); }
  void Xnor() { Rd(~(Rs1() ^ Rs2())); }
  void Clz() { Rd(std::countl_zero(Rs1())); }
  void Ctz() { Rd(std::countr_zero(Rs1())); }
  void Cpop() { Rd(std::popcount(Rs1())); }
  void Clzw() { Rd(std::countl_zero(Low1())); }
  void Ctzw() { Rd(std::countr_zero(Low1())); }
  void Cpopw() { Rd(std::popcount(Low1())); }
  void SextB() { Rd(static_cast<int8_t>(Rs1())); }
  void SextH() { Rd(static_cast<int16_t>(Rs1())); }
  void ZextH() { Rd(static_cast<uint16_t>(Rs1())); }
  void Max() { Rd(Signed(Rs1()) > Signed(Rs2()) ? Rs1() : Rs2()); }
  void Maxu() { Rd(Rs1() > Rs2() ? Rs1() : Rs2()); }
  void Min() { Rd(Signed(Rs1()) < Signed(Rs2()) ? Rs1() : Rs2()); }
  void Minu() { Rd(Rs1() < Rs2() ? Rs1() : Rs2()); }
  void Rol() { Rd(std::rotl(Rs1(), static_cast<int>(Rs2() & 63))); }
  void Ror() { Rd(std::rotr(Rs1(), static_cast<int>(Rs2() & 63))); }
  void Rori() { Rd(std::rotr(Rs1(), static_cast<int>(d_.shamt()))); }
  void Rolw() { Word(std::rotl(Low1(), static_cast<int>(Low2() & 31))); }
  void Rorw() { Word(std::rotr(Low1(), static_cast<int>(Low2() & 31))); }
  void Roriw() { Word(std::rotr(Low1(), static_cast<int>(d_.shamt()))); }
  void OrcB() {
    uint64_t result = 0;
    for (unsigned shift = 0; shift < 64; shift += 8) {
      if ((Rs1() >> shift & 0xff) != 0) result |= uint64_t{0xff} << shift;
    }
    Rd(result);
  }
  void Rev8() { Rd(ir::ByteSwap64(Rs1())); }
  void Bclr() { Rd(Rs1() & ~Bit(Rs2())); }
  void Bset() { Rd(Rs1() | Bit(Rs2())); }
  void Binv() { Rd(Rs1() ^ Bit(Rs2())); }
  void Bext() { Rd(Rs1() >> (Rs2() & 63) & 1); }
  void Bclri() { Rd(Rs1() & ~Bit(d_.shamt())); }
  void Bseti() { Rd(Rs1() | Bit(d_.shamt())); }
  void Binvi() { Rd(Rs1() ^ Bit(d_.shamt())); }
  void Bexti() { Rd(Rs1() >> d_.shamt() & 1); }

  // --- A (chapter 14).
  void Lr();
  void Sc();
  void Amoswap() { Amo(ir::AtomicKind::kSwap); }
  void Amoadd() { Amo(ir::AtomicKind::kAdd); }
  void Amoxor() { Amo(ir::AtomicKind::kXor); }
  void Amoand() { Amo(ir::AtomicKind::kAnd); }
  void Amoor() { Amo(ir::AtomicKind::kOr); }
  void Amomin() { Amo(ir::AtomicKind::kMin); }
  void Amomax() { Amo(ir::AtomicKind::kMax); }
  void Amominu() { Amo(ir::AtomicKind::kMinU); }
  void Amomaxu() { Amo(ir::AtomicKind::kMaxU); }

  // --- Fences, Zicsr, privileged instructions.
  void Fence() { std::atomic_thread_fence(std::memory_order_seq_cst); }
  void FenceI() { CallAndEnd(Helper::kFenceI); }
  void CsrReg() { Csr(Rs1()); }
  void CsrImm() { Csr(d_.rs1); }
  void Ecall() { Raise(Helper::kEcall); }
  void Ebreak() { Raise(Helper::kEbreak); }
  void Mret() { Raise(Helper::kMret, d_.bits); }
  void Sret() { Raise(Helper::kSret, d_.bits); }
  void Wfi() { Raise(Helper::kWfi, d_.bits, next_); }
  void SfenceVma() { CallAndEnd(Helper::kSfenceVma, Rs1(), Rs2(), d_.bits); }

 private:
  // How the instruction went.
  enum class Went {
    kOn,     // the next one may follow
    kAway,   // `next_` is where to go on, but what follows is another block
    kEnded,  // a helper has left the PC and the budget as they are to be
    kWrong,  // a memory access failed
  };

  bool Fetch();

  static int64_t Signed(uint64_t v) { return static_cast<int64_t>(v); }
  static uint64_t Bit(uint64_t number) { return uint64_t{1} << (number & 63); }
  uint64_t Rs1() const { return s_.x[d_.rs1]; }
  uint64_t Rs2() const { return s_.x[d_.rs2]; }
  uint32_t Low1() const { return static_cast<uint32_t>(Rs1()); }
  uint32_t Low2() const { return static_cast<uint32_t>(Rs2()); }
  uint64_t Imm() const { return static_cast<uint64_t>(int64_t{d_.imm}); }
  uint64_t Target() const { return s_.base.pc + Imm(); }
  // Sign-extends what is signed.
  template <typename T>
  void Rd(T v) {
    if (d_.rd != 0) s_.x[d_.rd] = static_cast<uint64_t>(v);
  }
  void Word(uint32_t v) { Rd(static_cast<int32_t>(v)); }
  template <ir::Op kOp>
  void Both() {
    Rd(ir::EvalInt(kOp, Rs1(), Rs2()));
  }
  template <ir::Op kOp>
  void BothLow() {
    Word(ir::EvalInt(kOp, Low1(), Low2()));
  }

  void GoTo(uint64_t pc) {
    next_ = pc;
    went_ = Went::kAway;
  }
  void Branch(bool taken) { GoTo(taken ? Target() : next_); }

  template <typename T>
  static constexpr ir::MemOp MemOpOf() {
    return {.log2_size = std::countr_zero(sizeof(T)), .is_signed = std::is_signed_v<T>};
  }
  // False: the access failed.
  bool Ok(const translate::MemResult& result) {
    if (result.raised != 0) went_ = Went::kWrong;
    return result.raised == 0;
  }
  template <typename T>
  void Load() {
    const uint64_t gva = Rs1() + Imm();
    if (const uint64_t host = mmu::ProbeTlb(s_.base.tlb_read, gva, sizeof(T), false); host != 0) {
      T v;
      std::memcpy(&v, reinterpret_cast<const void*>(host), sizeof v);
      return Rd(v);
    }
    const translate::MemResult loaded = translate::SlowLoad(&s_.base, gva, MemOpOf<T>().Pack());
    if (Ok(loaded)) Rd(loaded.value);
  }
  template <typename T>
  void Store() {
    const uint64_t gva = Rs1() + Imm();
    if (const uint64_t host = mmu::ProbeTlb(s_.base.tlb_write, gva, sizeof(T), false); host != 0) {
      const T v = static_cast<T>(Rs2());
      std::memcpy(reinterpret_cast<void*>(host), &v, sizeof v);
      return;
    }
    Ok(translate::SlowStore(&s_.base, gva, MemOpOf<T>().Pack(), Rs2()));
  }

  // Bits 13:12 are the size. What is read is sign-extended.
  ir::MemOp AtomicMemOp() const {
    return {.log2_size = static_cast<uint8_t>(d_.bits >> 12 & 3), .is_signed = true, .must_align = true};
  }
  void Amo(ir::AtomicKind kind);

  uint64_t Call(Helper helper, uint64_t a = 0, uint64_t b = 0, uint64_t c = 0) {
    const uint64_t result = Helpers()[static_cast<unsigned>(helper)].fn(&s_.base, a, b, c);
    if (std::exchange(s_.base.unwind, 0) != 0) went_ = Went::kEnded;
    return result;
  }
  // The helper says where to go on.
  void Raise(Helper helper, uint64_t a = 0, uint64_t b = 0);
  // Translations or mappings may be others afterwards.
  void CallAndEnd(Helper helper, uint64_t a = 0, uint64_t b = 0, uint64_t c = 0) {
    Call(helper, a, b, c);
    if (went_ != Went::kEnded) went_ = Went::kAway;
  }
  void Csr(uint64_t operand);

  RiscvState& s_;
  const IsaConfig& isa_;
  const absl::Span<const uint8_t> bytes_;  // from first_ to the end of its page
  const uint64_t first_;
  Decoded d_;
  uint64_t next_ = 0;
  Went went_ = Went::kOn;
};

}  // namespace emu::riscv

#endif  // EMU_TARGETS_RISCV_INTERPRET_INTERPRETER_H_
