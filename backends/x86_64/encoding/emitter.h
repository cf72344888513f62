// Writes x86-64 instructions into a caller's buffer: a few nanoseconds each, no allocation, no virtual call.
//
//   Emitter e(code.rw(), code.rw() + code.size(), code.delta());
//   e.rm(Op::kMOV64rm, Reg::rax, Mem::Base(Reg::rdi, 8));
//   e.rr(Op::kADD64rr, Reg::rax, Reg::rsi);
//   e.o(Op::kRET64);
//
// Operands come in LLVM's order: destination first. A two-address form takes its destination once. A method takes the
// operands that its letters spell: r a register (Reg or Xmm), m memory, i an immediate, o none. An operation given
// operands of the wrong kind is a bug of the caller, found by an assertion.
//
// Code may be written through one mapping and run through another (code_buffer.h): the emitter writes at rw(), and
// reckons branches from rx().
#ifndef EMU_BACKENDS_X86_64_ENCODING_EMITTER_H_
#define EMU_BACKENDS_X86_64_ENCODING_EMITTER_H_

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <type_traits>

#include "backends/x86_64/encoding/encode.h"
#include "backends/x86_64/encoding/form.h"
#include "backends/x86_64/encoding/form_table.h"
#include "backends/x86_64/encoding/op.h"
#include "backends/x86_64/encoding/operands.h"

namespace emu::backends::x86_64 {

template <typename T>
concept AnyReg = std::is_same_v<T, Reg> || std::is_same_v<T, Xmm>;

constexpr const Form& FormOf(Op op) { return kForms[static_cast<uint16_t>(op)]; }

class Emitter {
 public:
  // Writes to [begin, end); `rx_delta` is the distance from where bytes are written to where they will run.
  Emitter(uint8_t* begin, uint8_t* end, ptrdiff_t rx_delta = 0)
      : begin_(begin), pos_(begin), end_(end), rx_delta_(rx_delta) {}
  Emitter(const Emitter&) = delete;
  Emitter& operator=(const Emitter&) = delete;

  uint8_t* rw() const { return pos_; }
  const uint8_t* rx() const { return rx_of(pos_); }
  const uint8_t* rx_of(const uint8_t* rw) const { return rw + rx_delta_; }
  size_t size() const { return static_cast<size_t>(pos_ - begin_); }

  // True once an instruction did not fit; it and all that came after are missing. An instruction fits if kEncodeSlack
  // bytes are left, however short it is, so up to that many bytes at the end stay unused.
  bool overflow() const { return overflow_; }
  // True once a branch of the emitter's own reckoning (the _to and Bind functions) did not reach its target.
  bool out_of_range() const { return out_of_range_; }

  // Continues at `rw`, a place in the buffer, and forgets past overflows.
  void Seek(uint8_t* rw) {
    pos_ = rw;
    overflow_ = out_of_range_ = false;
  }

  // No operands: ret, cqo, mfence.
  void o(Op op) { Plain(op, 0, 0, Signature()); }
  void i(Op op, int64_t imm) { Plain(op, 0, imm, Signature(Kind::kImm)); }  // push

  template <AnyReg A>
  void r(Op op, A a) {
    Regs(op, 0, 0, a);
  }
  template <AnyReg A, AnyReg B>
  void rr(Op op, A dst, B src) {
    Regs(op, 0, 0, dst, src);
  }
  template <AnyReg A, AnyReg B, AnyReg C>
  void rrr(Op op, A dst, B src1, C src2) {
    Regs(op, 0, 0, dst, src1, src2);
  }
  template <AnyReg A, AnyReg B, AnyReg C>
  void rrr(Op op, A dst, B src1, C src2, HostRounding rounding) {
    Regs(op, static_cast<uint32_t>(rounding), 0, dst, src1, src2);
  }
  template <AnyReg A>
  void ri(Op op, A dst, int64_t imm) {
    Regs(op, 0, imm, dst);
  }
  template <AnyReg A, AnyReg B>
  void rri(Op op, A dst, B src, int64_t imm) {
    Regs(op, 0, imm, dst, src);
  }
  template <AnyReg A, AnyReg B, AnyReg C>
  void rrri(Op op, A dst, B src1, C src2, int64_t imm) {
    Regs(op, 0, imm, dst, src1, src2);
  }

  void m(Op op, Mem mem) { Memory(op, 0, 0, mem); }
  void mi(Op op, Mem mem, int32_t imm) { Memory(op, 0, imm, mem); }
  template <AnyReg A>
  void rm(Op op, A dst, Mem mem) {
    Memory(op, 0, 0, mem, dst);
  }
  template <AnyReg A>
  void mr(Op op, Mem mem, A src) {
    Memory(op, 0, 0, mem, src);
  }
  template <AnyReg A>
  void rmi(Op op, A dst, Mem mem, int32_t imm) {
    Memory(op, 0, imm, mem, dst);
  }
  template <AnyReg A>
  void mri(Op op, Mem mem, A src, int32_t imm) {
    Memory(op, 0, imm, mem, src);
  }
  template <AnyReg A, AnyReg B>
  void rrm(Op op, A dst, B src1, Mem mem) {
    Memory(op, 0, 0, mem, dst, src1);
  }
  template <AnyReg A, AnyReg B>
  void rrmi(Op op, A dst, B src1, Mem mem, int32_t imm) {
    Memory(op, 0, imm, mem, dst, src1);
  }
  // Memory in the middle: SHLX64rm dst, [mem], count.
  template <AnyReg A, AnyReg B>
  void rmr(Op op, A dst, Mem mem, B src) {
    Memory(op, 0, 0, mem, dst, src);
  }

  // Conditional moves and sets.
  void setcc(Cond cond, Reg dst) { Regs(Op::kSETCCr, Number(cond), 0, dst); }
  void setcc(Cond cond, Mem dst) { Memory(Op::kSETCCm, Number(cond), 0, dst); }
  void cmovcc16(Cond cond, Reg dst, Reg src) { Regs(Op::kCMOV16rr, Number(cond), 0, dst, src); }
  void cmovcc32(Cond cond, Reg dst, Reg src) { Regs(Op::kCMOV32rr, Number(cond), 0, dst, src); }
  void cmovcc64(Cond cond, Reg dst, Reg src) { Regs(Op::kCMOV64rr, Number(cond), 0, dst, src); }
  void cmovcc16(Cond cond, Reg dst, Mem src) { Memory(Op::kCMOV16rm, Number(cond), 0, src, dst); }
  void cmovcc32(Cond cond, Reg dst, Mem src) { Memory(Op::kCMOV32rm, Number(cond), 0, src, dst); }
  void cmovcc64(Cond cond, Reg dst, Mem src) { Memory(Op::kCMOV64rm, Number(cond), 0, src, dst); }

  // Branches by a distance counted from the end of the instruction.
  void jcc(Cond cond, int32_t rel) { Plain(Op::kJCC_4, Number(cond), rel, SignatureOf(Op::kJCC_4)); }
  void jmp(int32_t rel) { Plain(Op::kJMP_4, 0, rel, SignatureOf(Op::kJMP_4)); }
  void call(int32_t rel) { Plain(Op::kCALL64pcrel32, 0, rel, SignatureOf(Op::kCALL64pcrel32)); }

  // Branches to an address in the running view. The first two take the short form if it reaches.
  void jcc_to(Cond cond, const uint8_t* target) { BranchTo(Op::kJCC_1, Op::kJCC_4, Number(cond), target); }
  void jmp_to(const uint8_t* target) { BranchTo(Op::kJMP_1, Op::kJMP_4, 0, target); }
  void call_to(const uint8_t* target) { BranchTo(Op::kCALL64pcrel32, Op::kCALL64pcrel32, 0, target); }
  // Whether a 32-bit distance reaches `target` from here.
  bool Reaches(const uint8_t* target) const {
    return Fits32(Distance(rx(), target)) && Fits32(Distance(rx(), target) - kEncodeSlack);
  }

  // Branches to fill in later: the result is where the 32-bit (short: 8-bit) distance is, in the writing view; until
  // then they go to the next instruction. After an overflow it is a harmless place elsewhere.
  uint8_t* jcc_patchable(Cond cond) { return Patchable(Op::kJCC_4, Number(cond)); }
  uint8_t* jmp_patchable() { return Patchable(Op::kJMP_4, 0); }
  uint8_t* call_patchable() { return Patchable(Op::kCALL64pcrel32, 0); }
  uint8_t* jcc_short(Cond cond) { return Patchable(Op::kJCC_1, Number(cond)); }
  uint8_t* jmp_short() { return Patchable(Op::kJMP_1, 0); }
  // As jmp_patchable, with the distance aligned so that PatchRel32 replaces it in one piece while others run it.
  uint8_t* jmp_patchable_live() { return AlignedPatchable(Op::kJMP_4, 0); }
  uint8_t* jcc_patchable_live(Cond cond) { return AlignedPatchable(Op::kJCC_4, Number(cond)); }

  // Lets a patchable branch of this emitter come here.
  void Bind32(uint8_t* where) { Check(PatchRel32(where, rx_of(where) + 4, rx())); }
  void Bind8(uint8_t* where) { Check(PatchRel8(where, rx_of(where) + 1, rx())); }

  // Writes the distance from `where_rx_end`, the end of the branch in the running view, to `target` at `where_rw`.
  // False and nothing written if it does not fit.
  static bool PatchRel32(uint8_t* where_rw, const uint8_t* where_rx_end, const uint8_t* target);
  static bool PatchRel8(uint8_t* where_rw, const uint8_t* where_rx_end, const uint8_t* target);

  // Exactly `bytes` bytes that do nothing, in as few instructions as LLVM uses.
  void nop(int bytes);
  // Nops up to a multiple of `alignment` (a power of two) in the running view.
  void Align(int alignment);
  // Data: a constant for RipRelative, a table of addresses.
  void Raw(const void* data, size_t bytes);

 private:
  static int64_t Distance(const uint8_t* from, const uint8_t* to) {
    return static_cast<int64_t>(reinterpret_cast<uintptr_t>(to) - reinterpret_cast<uintptr_t>(from));
  }
  static bool Fits32(int64_t value) { return value == static_cast<int32_t>(value); }
  static bool Fits8(int64_t value) { return value == static_cast<int8_t>(value); }
  static uint32_t Number(Cond cond) { return static_cast<uint32_t>(cond); }
  static uint16_t SignatureOf(Op op) { return FormOf(op).signature; }

  // Whether an instruction may be written now.
  bool Room() {
    if (__builtin_expect(end_ - pos_ >= kEncodeSlack, 1)) return true;
    overflow_ = true;
    return false;
  }
  void Check(bool reached) { out_of_range_ |= !reached && !overflow_; }

  void Plain(Op op, uint32_t cond, int64_t imm, [[maybe_unused]] uint16_t signature) {
    const Form& form = FormOf(op);
    assert(form.signature == signature);
    if (!Room()) return;
    pos_ = EncodeImm(form, imm, EncodePlain(form, cond, pos_));
  }

  template <typename... Rs>
  static Fields Gather(const Form& form, Rs... regs) {
    Fields fields;
    int ordinal = 0;
    (fields.Add(form, ordinal++, static_cast<uint8_t>(regs)), ...);
    return fields;
  }

  template <typename... Rs>
  void Regs(Op op, uint32_t cond, int64_t imm, Rs... regs) {
    const Form& form = FormOf(op);
    assert(TakesRegs(form, {std::is_same_v<Rs, Xmm>...}) && !TakesMem(form));
    if (!Room()) return;
    pos_ = EncodeImm(form, imm, EncodeRegs(form, Gather(form, regs...), cond, pos_));
  }

  template <typename... Rs>
  void Memory(Op op, uint32_t cond, int32_t imm, Mem mem, Rs... regs) {
    const Form& form = FormOf(op);
    assert(TakesRegs(form, {std::is_same_v<Rs, Xmm>...}) && TakesMem(form));
    if (!Room()) return;
    pos_ = EncodeImm(form, imm, EncodeMem(form, Gather(form, regs...), mem, cond, pos_));
  }

  static bool TakesMem(const Form& form);
  // Whether the register operands of `form` are as many and of the kinds given (true: a vector register).
  static bool TakesRegs(const Form& form, std::initializer_list<bool> vector);

  void BranchTo(Op near, Op far, uint32_t cond, const uint8_t* target);
  uint8_t* Patchable(Op op, uint32_t cond);
  uint8_t* AlignedPatchable(Op op, uint32_t cond);

  uint8_t* begin_;
  uint8_t* pos_;
  uint8_t* end_;
  ptrdiff_t rx_delta_;
  bool overflow_ = false;
  bool out_of_range_ = false;
  uint8_t nowhere_[4] = {};  // what patchable branches give after an overflow
};

}  // namespace emu::backends::x86_64

#endif  // EMU_BACKENDS_X86_64_ENCODING_EMITTER_H_
