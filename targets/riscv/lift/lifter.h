// One method for each kind of instruction, named by the tables' last column. Each appends the IR of the instruction in
// `d_`, which lies at `pc_`; `next_` is the address of the one after it.
#ifndef EMU_TARGETS_RISCV_LIFT_LIFTER_H_
#define EMU_TARGETS_RISCV_LIFT_LIFTER_H_

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>

#include "absl/types/span.h"
#include "targets/riscv/helpers.h"
#include "targets/riscv/isa/decode.h"
#include "targets/riscv/state.h"
#include "translate/engine/target.h"
#include "translate/ir/builder.h"

namespace emu::riscv {

inline uint32_t LoadLittle(const uint8_t* p, unsigned size) {
  uint32_t v = 0;
  std::memcpy(&v, p, size);
  return v;
}

class Lifter {
 public:
  Lifter(const translate::LiftRequest& request, const IsaConfig& isa, ir::Builder& builder);
  void Block();

 private:
  using Op = ir::Op;
  using Type = ir::Type;
  using Value = ir::Value;
  using Method = void (Lifter::*)();
  static const Method kMethods[];

  // The block (lift.cc).
  enum class Fetched { kYes, kNotHere, kNowhere };
  unsigned Limit() const;
  bool GoesOn() const;
  const uint8_t* At(uint64_t pc, unsigned bytes) const;
  Fetched Fetch(uint32_t* bits);
  void One(uint32_t bits);
  void Goto(uint64_t pc);
  bool RepeatsLoop(uint64_t target);
  std::optional<uint64_t> Follow();
  struct Arm;
  static bool Does(const Decoded& insn, absl::Span<const Method> methods);
  static bool IsBranch(const Decoded& insn);
  static bool OnlyComputes(const Decoded& insn);
  Arm ArmOfBranch() const;
  bool GoAround(ir::Cond cond, bool went_around);
  void Refund();
  void Illegal();
  void CallHelper(Helper helper, ir::Builder::Args args);
  void RaiseHelper(Helper helper, ir::Builder::Args args);
  void EndByDispatch() { ir_.Dispatch(), done_ = true; }

  // Integer registers and immediates, as values of the register width (lift.cc).
  Value Const(uint64_t v) { return ir_.Const(xt_, v); }
  Value Imm() { return Const(static_cast<uint64_t>(int64_t{d_.imm})); }
  Value X(unsigned reg);
  Value Rs1() { return X(d_.rs1); }
  Value Rs2() { return X(d_.rs2); }
  void Rd(Value v);
  Value Narrow(Value v) { return xt_ == Type::kI32 ? v : ir_.Convert(Op::kTrunc, Type::kI32, v); }  // 32 low bits
  Value Low(unsigned reg) { return Narrow(X(reg)); }
  Value Wide(Value v) {
    return xt_ == Type::kI32 ? ir_.Convert(Op::kZExt, Type::kI64, v) : v;
  }  // for helpers, addresses
  void RdSigned(Value i32) { Rd(xt_ == Type::kI32 ? i32 : ir_.Convert(Op::kSExt, Type::kI64, i32)); }
  uint64_t Pc(uint64_t pc) const { return isa_.xlen == 32 ? static_cast<uint32_t>(pc) : pc; }
  uint64_t Target() const { return Pc(pc_ + static_cast<uint64_t>(int64_t{d_.imm})); }

  // Shapes that instructions share.
  void Register(Op op) { Rd(ir_.Binary(op, Rs1(), Rs2())); }
  void Immediate(Op op) { Rd(ir_.Binary(op, Rs1(), Imm())); }
  void Word(Op op) { RdSigned(ir_.Binary(op, Low(d_.rs1), Low(d_.rs2))); }
  void WordImmediate(Op op) { RdSigned(ir_.Binary(op, Low(d_.rs1), ir_.Const(Type::kI32, d_.shamt()))); }
  void Compare(ir::Cond cond, Value a, Value b) { Rd(ir_.SetCc(xt_, cond, a, b)); }
  void Choose(ir::Cond cond);
  void Branch(ir::Cond cond);
  void ShiftAdd(unsigned shift, Value a);
  Value OneBit(Value number) { return ir_.Binary(Op::kShl, Const(1), number); }
  void LoadInt(unsigned log2_size, bool is_signed);
  void StoreInt(unsigned log2_size);
  struct Address {
    Value base;
    int64_t displacement;
  };
  Address MemoryAddress();
  unsigned AtomicSize() const { return d_.bits >> 12 & 3; }
  ir::MemOp AtomicMemOp() const;
  void Amo(ir::AtomicKind kind);
  void RdAtomic(Value v);
  void Csr(Value operand);
  void SstatusInLine();
  void CsrInLine(unsigned reg, unsigned op, bool no_write, Value operand);
  void Fflags(unsigned op, Value operand);
  void CacheBlockProbe(uint32_t key_bit);
  bool MisalignedTarget(uint64_t target) const { return !isa_.Has(Extension::kC) && (target & 2) != 0; }
  ir::JumpHint HintOfJalr() const;

  // Floating point (lift_fp.cc).
  Type Format() const { return (d_.bits >> 25 & 3) == 0 ? Type::kF32 : Type::kF64; }
  bool FpIsOff() const;
  void Dirty();
  bool Rounding(ir::FpAux* aux);
  Value F(unsigned reg, Type format);
  Value Single(unsigned reg);
  void SetF(unsigned reg, Value v);
  void SetFBits(unsigned reg, Value v, Type format);
  void Box(unsigned reg, Value single);
  void FpArithmetic(Op op);
  void FusedMultiply(bool negate_product, bool negate_addend);
  void FpCompare(ir::FpCond cond);
  void ToInteger(Type type, bool is_unsigned);
  void FromInteger(Type type, bool is_unsigned);
  enum class Sign { kCopy, kNegate, kXor };
  void SignInjection(Sign sign);
  void ForgetValues() { single_.fill({}); }  // after a label or where registers may have changed otherwise

  // RV32I, RV64I (lift_int.cc).
  void Nop() {}
  void Lui();
  void Auipc();
  void Jal();
  void Jalr();
  void Beq();
  void Bne();
  void Blt();
  void Bge();
  void Bltu();
  void Bgeu();
  void Lb();
  void Lh();
  void Lw();
  void Ld();
  void Lbu();
  void Lhu();
  void Lwu();
  void Sb();
  void Sh();
  void Sw();
  void Sd();
  void Addi();
  void Slti();
  void Sltiu();
  void Xori();
  void Ori();
  void Andi();
  void Slli();
  void Srli();
  void Srai();
  void Add();
  void Sub();
  void Sll();
  void Slt();
  void Sltu();
  void Xor();
  void Srl();
  void Sra();
  void Or();
  void And();
  void Addiw();
  void Slliw();
  void Srliw();
  void Sraiw();
  void Addw();
  void Subw();
  void Sllw();
  void Srlw();
  void Sraw();
  void Mv();

  // M.
  void Mul();
  void Mulh();
  void Mulhsu();
  void Mulhu();
  void Div();
  void Divu();
  void Rem();
  void Remu();
  void Mulw();
  void Divw();
  void Divuw();
  void Remw();
  void Remuw();

  // Zba, Zbb, Zbs (lift_bits.cc).
  void Sh1add();
  void Sh2add();
  void Sh3add();
  void AddUw();
  void Sh1addUw();
  void Sh2addUw();
  void Sh3addUw();
  void SlliUw();
  void Andn();
  void Orn();
  void Xnor();
  void Clz();
  void Ctz();
  void Cpop();
  void SextB();
  void SextH();
  void ZextH();
  void Clzw();
  void Ctzw();
  void Cpopw();
  void Max();
  void Maxu();
  void Min();
  void Minu();
  void Rol();
  void Ror();
  void Rori();
  void Rolw();
  void Rorw();
  void Roriw();
  void OrcB();
  void Rev8();
  void Bclr();
  void Bext();
  void Binv();
  void Bset();
  void Bclri();
  void Bexti();
  void Binvi();
  void Bseti();

  // A (lift_atomic.cc).
  void Lr();
  void Sc();
  void Amoswap();
  void Amoadd();
  void Amoxor();
  void Amoand();
  void Amoor();
  void Amomin();
  void Amomax();
  void Amominu();
  void Amomaxu();

  // Fences, Zicsr, privileged instructions, cache blocks (lift_system.cc).
  void Fence();
  void FenceI();
  void CsrReg();
  void CsrImm();
  void Ecall();
  void Ebreak();
  void Mret();
  void Sret();
  void Wfi();
  void SfenceVma();
  void SfenceOrder();
  void CboInval();
  void CboClean();
  void CboZero();

  // F and D; those of both formats have one method.
  void Flw();
  void Fsw();
  void Fld();
  void Fsd();
  void Fmadd();
  void Fmsub();
  void Fnmsub();
  void Fnmadd();
  void Fadd();
  void Fsub();
  void Fmul();
  void Fdiv();
  void Fsqrt();
  void Fsgnj();
  void Fsgnjn();
  void Fsgnjx();
  void Fmin();
  void Fmax();
  void FcvtW();
  void FcvtWu();
  void FcvtL();
  void FcvtLu();
  void FcvtFromW();
  void FcvtFromWu();
  void FcvtFromL();
  void FcvtFromLu();
  void FcvtSD();
  void FcvtDS();
  void FmvXW();
  void FmvXD();
  void FmvWX();
  void FmvDX();
  void Fclass();
  void Feq();
  void Flt();
  void Fle();

  const translate::LiftRequest& request_;
  const IsaConfig& isa_;
  ir::Builder& ir_;
  const Type xt_;  // of integer registers
  Decoded d_;
  uint64_t pc_;
  uint64_t next_;
  unsigned count_ = 0;
  size_t followed_ = 0;  // of the request's path: where the instruction after this one is
  unsigned loop_ = 0;    // instructions of the loop that the block is; 0: it is none, or is not known to be yet
  bool done_ = false;
  Value refund_ = ir::kNoValue;  // instructions of those counted that the guest went around
  bool dirty_ = false;           // mstatus.FS is known to be Dirty
  // Single-precision values of this block by register: as an operand, and whether the register holds exactly that,
  // NaN-boxed (otherwise it was read and may have been improperly boxed).
  struct SingleValue {
    Value value = ir::kNoValue;
    bool exact = false;
  };
  std::array<SingleValue, 32> single_;
};

}  // namespace emu::riscv

#endif  // EMU_TARGETS_RISCV_LIFT_LIFTER_H_
