// Appends instructions to a block. One method for each kind of operation; nothing is folded here (see passes.h).
#ifndef EMU_TRANSLATE_IR_BUILDER_H_
#define EMU_TRANSLATE_IR_BUILDER_H_

#include <cstdint>

#include "translate/ir/ir.h"

namespace emu::ir {

// Fills in Block::insn_count and the `extra` of charges and side exits. A charge pays for every `insn` up to the next
// charge, in the order of the list; an exit gives back what was paid for and lies behind it.
void CountInsns(Block& block);

class Builder {
 public:
  explicit Builder(Block* block) : block_(*block) {}
  // What an operation is of, in order.
  struct Args {
    Value a = kNoValue, b = kNoValue, c = kNoValue;
  };
  Block& block() { return block_; }
  Type TypeOf(Value v) const { return block_.code[v].type; }
  bool full() const { return block_.code.size() > kMaxInstrs - 1024; }  // end the block soon

  Value Const(Type t, uint64_t v) { return Emit(Op::kConst, t, {}, t == Type::kI32 ? static_cast<uint32_t>(v) : v); }
  Value Const64(uint64_t v) { return Const(Type::kI64, v); }
  Value Get(Type t, unsigned reg) { return Emit(Op::kGet, t, {}, reg); }
  void Set(unsigned reg, Value v) { Emit(Op::kSet, TypeOf(v), {v}, reg); }

  // Operations of one, two or three arguments of one type, result of the same (the arithmetic ones and extensions).
  Value Unary(Op op, Value a) { return Emit(op, TypeOf(a), {a}); }
  Value Binary(Op op, Value a, Value b) { return Emit(op, TypeOf(a), {a, b}); }
  Value SetCc(Type t, Cond c, Value a, Value b) { return Emit(Op::kSetCc, t, {a, b}, 0, static_cast<uint16_t>(c)); }
  Value Select(Value condition, Value a, Value b) { return Emit(Op::kSelect, TypeOf(a), {condition, a, b}); }
  // Trunc, SExt, ZExt, BitCast.
  Value Convert(Op op, Type to, Value a) { return Emit(op, to, {a}); }

  Value Load(Type t, MemOp m, Value address, int64_t displacement = 0) {
    return Emit(Op::kLoad, t, {address}, static_cast<uint64_t>(displacement), m.Pack());
  }
  void Store(MemOp m, Value address, Value v, int64_t displacement = 0) {
    Emit(Op::kStore, TypeOf(v), {address, v}, static_cast<uint64_t>(displacement), m.Pack());
  }
  Value AtomicRmw(AtomicKind k, MemOp m, Value address, Value v) {
    return Emit(Op::kAtomicRmw, TypeOf(v), {address, v}, 0, m.Pack(), static_cast<uint32_t>(k));
  }
  Value AtomicCas(MemOp m, Value address, Value expected, Value desired) {
    return Emit(Op::kAtomicCas, TypeOf(desired), {address, expected, desired}, 0, m.Pack());
  }
  void Fence() { Emit(Op::kFence, Type::kVoid, {}); }
  void Probe() { Emit(Op::kProbe, Type::kVoid, {}); }

  // FAdd, FSub, FMul, FDiv, FSqrt, FMulAdd: result of the arguments' type.
  Value Fp(Op op, FpAux aux, Args args) { return Emit(op, TypeOf(args.a), args, 0, aux.Pack()); }
  // FToI, IToF, FCvt: result of type `to`.
  Value FpConvert(Op op, Type to, FpAux aux, Value a) { return Emit(op, to, {a}, 0, aux.Pack()); }
  Value FCmp(Type t, FpCond c, Value a, Value b) { return Emit(Op::kFCmp, t, {a, b}, 0, static_cast<uint16_t>(c)); }
  Value GetFlags(Type t) { return Emit(Op::kGetFlags, t, {}); }
  void SetFlags(Value v) { Emit(Op::kSetFlags, Type::kVoid, {v}); }
  Value FClass(Type t, Value a) { return Emit(Op::kFClass, t, {a}); }

  // `Charge` counts are filled in by Finish.
  void Charge(uint64_t pc) { Emit(Op::kCharge, Type::kVoid, {}, pc); }
  void Refund(Value insns) { Emit(Op::kRefund, Type::kVoid, {insns}); }
  void Guard(uint64_t page, uint32_t mapping_id) { Emit(Op::kGuard, Type::kVoid, {}, page, 0, mapping_id); }
  void Insn(uint64_t pc) {
    block_.loops |= pc == block_.pc && !block_.code.empty() && block_.code.back().op != Op::kCharge;
    Emit(Op::kInsn, Type::kVoid, {}, pc);
  }
  void ExitIf(Cond c, Value a, Value b, uint64_t pc) {
    Emit(Op::kExitIf, Type::kVoid, {a, b}, pc, static_cast<uint16_t>(c));
  }
  void ExitUnless(Value pc, uint64_t expected) { Emit(Op::kExitUnless, Type::kVoid, {pc}, expected); }
  void Goto(uint64_t pc) { Emit(Op::kGoto, Type::kVoid, {}, pc); }
  void GotoInd(Value pc, JumpHint hint) { Emit(Op::kGotoInd, Type::kVoid, {pc}, 0, static_cast<uint16_t>(hint)); }
  Value Call(Type result, unsigned helper, Args args) { return Emit(Op::kCall, result, args, helper); }
  void Raise(unsigned helper, Args args) { Emit(Op::kRaise, Type::kVoid, args, helper); }
  void Dispatch() { Emit(Op::kDispatch, Type::kVoid, {}); }

  uint16_t NewLabel() { return block_.label_count++; }
  void Label(uint16_t label) { Emit(Op::kLabel, Type::kVoid, {}, label); }
  void Br(uint16_t label) { Emit(Op::kBr, Type::kVoid, {}, label); }
  void BrIf(Cond c, Value a, Value b, uint16_t label) {
    Emit(Op::kBrIf, Type::kVoid, {a, b}, label, static_cast<uint16_t>(c));
  }

  // Counts the guest instructions. Call once, at the end.
  void Finish() { CountInsns(block_); }

 private:
  // Written field by field where it is to be: a copy would have to wait for its parts.
  [[gnu::always_inline]] Value Emit(Op op, Type t, Args args, uint64_t imm = 0, uint16_t aux = 0, uint32_t extra = 0) {
    Instr& i = block_.code.emplace_back();
    i.op = op;
    i.type = t;
    i.aux = aux;
    i.args[0] = args.a;
    i.args[1] = args.b;
    i.args[2] = args.c;
    i.extra = extra;
    i.imm = imm;
    return static_cast<Value>(block_.code.size() - 1);
  }

  Block& block_;
};

}  // namespace emu::ir

#endif  // EMU_TRANSLATE_IR_BUILDER_H_
