#include "translate/ir/random_program.h"

#include <algorithm>
#include <utility>

#include "translate/ir/builder.h"
#include "translate/ir/eval.h"

namespace emu::ir {
namespace {

// Operations that a line of the table says enough about.
std::vector<Op> PlainOps(bool floating_point) {
  std::vector<Op> ops;
  for (unsigned n = 0; n < static_cast<unsigned>(Op::kCount); ++n) {
    const Op op = static_cast<Op>(n);
    const bool plain = HasEffect(op, 'p') || HasEffect(op, 'q');
    if (!plain || Info(op).result == '-' || op == Op::kConst) continue;
    const bool on_fp = Info(op).result == 'F' || Info(op).args.find_first_of("Ff") != absl::string_view::npos;
    if (floating_point || !on_fp) ops.push_back(op);
  }
  return ops;
}

class Generator {
 public:
  Generator(uint64_t seed, const RandomOptions& options)
      : random_(seed), options_(options), ops_(PlainOps(options.floating_point)), builder_(&block_) {}

  Block Run() {
    block_.pc = 0x1000;
    builder_.Charge(block_.pc);
    if (options_.branches && random_.OneIn(4)) Refund();
    for (unsigned n = 0; n < options_.insns; ++n) Insn();
    if (pending_label_ >= 0) Define(static_cast<uint16_t>(pending_label_));
    if (loop_label_ >= 0) CloseLoop();
    End();
    builder_.Finish();
    return std::move(block_);
  }

 private:
  static constexpr unsigned kTypes = 5;

  uint64_t Pc() const { return block_.pc + 4 * insn_; }
  Type AnyInt() { return random_.OneIn(3) ? Type::kI32 : Type::kI64; }
  Type AnyFloat() { return random_.OneIn(2) ? Type::kF32 : Type::kF64; }
  Type AnyType() { return options_.floating_point && random_.OneIn(3) ? AnyFloat() : AnyInt(); }
  uint16_t AnyCond() { return static_cast<uint16_t>(random_.Below(kCondCount)); }

  // A value of the type made here, or a new constant or register.
  Value Any(Type t) {
    std::vector<Value>& pool = values_[static_cast<unsigned>(t)];
    if (!pool.empty() && !random_.OneIn(6)) {
      const auto recent = static_cast<unsigned>(std::min<size_t>(pool.size(), 12));
      return pool[pool.size() - 1 - random_.Below(recent)];
    }
    return random_.OneIn(3) ? Constant(t) : Register(t);
  }
  Value Constant(Type t) {
    const uint64_t r = random_.Next();
    if (random_.OneIn(5)) return Add(builder_.Const(t, 0));
    return Add(builder_.Const(t, Truncate(t, IsFloat(t) ? RandomFloat(t, r) : RandomInteger(r))));
  }
  Value Constant(Type t, uint64_t v) { return Add(builder_.Const(t, v)); }
  int FindRegister(Type t) {
    const auto count = static_cast<unsigned>(options_.registers.size());
    const unsigned start = count != 0 ? random_.Below(count) : 0;
    for (unsigned n = 0; n < count; ++n) {
      const unsigned reg = (start + n) % count;
      if (options_.registers[reg] == t) return static_cast<int>(reg);
    }
    return -1;
  }
  Value Register(Type t) {
    const int reg = FindRegister(t);
    return reg >= 0 ? Add(builder_.Get(t, static_cast<unsigned>(reg))) : Constant(t);
  }
  Value Add(Value v) {
    values_[static_cast<unsigned>(block_.code[v].type)].push_back(v);
    return v;
  }

  void Insn() {
    if (options_.branches) ControlFlow();
    builder_.Insn(Pc());
    ++insn_;
    if (options_.memory_size != 0 && random_.OneIn(3)) Memory();
    for (unsigned n = random_.Below(4) + 1; n != 0; --n) Plain();
    if (random_.OneIn(5)) Shifts();
    if (random_.OneIn(5)) Sums();
    if (options_.floating_point && random_.OneIn(10)) Flags();
    if (!options_.helpers.empty() && random_.OneIn(12)) Call();
    for (unsigned n = random_.Below(3); n != 0; --n) Set();
    if (options_.branches && random_.OneIn(10)) SideExit();
  }
  void Set() {
    const Type t = AnyType();
    const int reg = FindRegister(t);
    if (reg >= 0) builder_.Set(static_cast<unsigned>(reg), Any(t));
  }
  void SideExit() {
    const Type t = AnyInt();
    const Value a = Any(t), b = Any(t);
    builder_.ExitIf(static_cast<Cond>(AnyCond()), a, b, 0x2000 + 4 * random_.Below(64));
  }
  // Not in a loop, which might never end.
  void Refund() { builder_.Refund(Add(builder_.Binary(Op::kAnd, Any(Type::kI64), Constant(Type::kI64, 1)))); }
  void Call() {
    const unsigned helper = options_.helpers[random_.Below(static_cast<unsigned>(options_.helpers.size()))];
    const Value a = Any(Type::kI64), b = Any(Type::kI64), c = Any(Type::kI64);
    if (random_.OneIn(3)) {
      builder_.Call(Type::kVoid, helper, {a, b});
    } else {
      Add(builder_.Call(Type::kI64, helper, {a, b, c}));
    }
  }

  void Plain() {
    Instr i{.op = ops_[random_.Below(static_cast<unsigned>(ops_.size()))]};
    const OpInfo& info = Info(i.op);
    i.type = info.result == 'T' ? AnyInt() : info.result == 'F' ? AnyFloat() : AnyType();
    Type own = info.args.find('f') != absl::string_view::npos ? AnyFloat() : AnyInt();
    Constrain(i, own);
    for (size_t n = 0; n < info.args.size(); ++n) {
      const bool same = info.args[n] == 'T' || info.args[n] == 'F' || info.args[n] == 'X';
      i.args[n] = Any(same ? i.type : own);
    }
    i.aux = Aux(i.op, info);
    block_.code.push_back(i);
    Add(static_cast<Value>(block_.code.size() - 1));
  }
  // Both ways, and joined: mostly a rotation.
  void Shifts() {
    const Type t = AnyInt();
    const Value v = Any(t);
    const unsigned width = TypeBits(t), left = random_.Below(width);
    const unsigned right = random_.OneIn(4) ? random_.Below(width) : width - left;
    Value a = Add(builder_.Binary(Op::kShl, v, Constant(t, left)));
    Value b = Add(builder_.Binary(Op::kShr, v, Constant(t, right)));
    if (t == Type::kI32 && random_.OneIn(2)) {
      a = Add(builder_.Convert(random_.OneIn(4) ? Op::kZExt : Op::kSExt, Type::kI64, a));
      b = Add(builder_.Convert(random_.OneIn(4) ? Op::kZExt : Op::kSExt, Type::kI64, b));
    }
    if (random_.OneIn(2)) std::swap(a, b);
    constexpr Op kJoins[] = {Op::kOr, Op::kXor, Op::kAdd};
    Add(builder_.Binary(kJoins[random_.Below(3)], a, b));
  }
  // Some that may differ by a constant only.
  void Sums() {
    const Type t = AnyInt();
    const Value v = Any(t), other = Any(t);
    for (unsigned n = 2 + random_.Below(2); n != 0; --n) {
      Value a = Add(builder_.Binary(Op::kAdd, v, Constant(t, random_.Below(4)))), b = other;
      if (random_.OneIn(3)) std::swap(a, b);
      Add(builder_.Binary(random_.OneIn(2) ? Op::kAdd : Op::kSub, a, b));
    }
  }
  // Reads the sticky flags, or writes what was read or anything.
  void Flags() {
    const Type t = AnyInt();
    if (random_.OneIn(2)) Add(builder_.GetFlags(t));
    if (random_.OneIn(2)) builder_.SetFlags(Any(t));
  }
  // What the letters do not say.
  void Constrain(Instr& i, Type& own) {
    switch (i.op) {
      case Op::kTrunc:
        i.type = Type::kI32, own = Type::kI64;
        break;
      case Op::kSExt:
      case Op::kZExt:
        i.type = Type::kI64, own = Type::kI32;
        break;
      case Op::kFCvt:
        own = i.type == Type::kF32 ? Type::kF64 : Type::kF32;
        break;
      case Op::kFBox:
        i.type = Type::kF64, own = Type::kF32;
        break;
      case Op::kFUnbox:
        i.type = Type::kF32, own = Type::kF64;
        break;
      case Op::kBitCast:
        own = Counterpart(i.type);
        break;
      default:
        break;
    }
  }
  static Type Counterpart(Type t) {
    constexpr Type kOther[] = {Type::kVoid, Type::kF32, Type::kF64, Type::kI32, Type::kI64};
    return kOther[static_cast<unsigned>(t)];
  }
  uint16_t Aux(Op op, const OpInfo& info) {
    if (info.fields == "c") return AnyCond();
    if (info.fields == "f") return static_cast<uint16_t>(random_.Below(kFpCondCount));
    if (info.fields != "r") return 0;
    FpAux a;
    if (random_.OneIn(2)) a.rounding = static_cast<Rounding>(random_.Below(kRoundingCount));
    a.is_unsigned = (op == Op::kFToI || op == Op::kIToF) && random_.OneIn(2);
    a.negate_product = op == Op::kFMulAdd && random_.OneIn(2);
    a.negate_addend = op == Op::kFMulAdd && random_.OneIn(2);
    return a.Pack();
  }

  Value Address(unsigned size) {
    if (random_.OneIn(40)) return Any(Type::kI64);
    uint64_t mask = options_.memory_size - 1;
    if (!random_.OneIn(8)) mask &= ~uint64_t{size - 1};
    const Value any = Any(Type::kI64), mask_value = Add(builder_.Const64(mask));
    const Value offset = Add(builder_.Binary(Op::kAnd, any, mask_value));
    const Value base = Add(builder_.Const64(options_.memory_base));
    return Add(builder_.Binary(Op::kAdd, offset, base));
  }
  void Memory() {
    const Type t = AnyType();
    MemOp m;
    const unsigned log2_width = TypeBits(t) == 32 ? 2 : 3;
    m.log2_size = static_cast<uint8_t>(IsFloat(t) ? log2_width : random_.Below(log2_width + 1));
    m.is_signed = IsInt(t) && random_.OneIn(2);
    m.big_endian = random_.OneIn(6);
    m.must_align = random_.OneIn(4);
    const Value address = Address(m.size());
    const int64_t displacement = random_.OneIn(3) ? static_cast<int64_t>(random_.Below(64)) - 32 : 0;
    switch (random_.Below(IsInt(t) ? 6 : 4)) {
      case 0:
      case 1:
        Add(builder_.Load(t, m, address, displacement));
        break;
      case 2:
      case 3:
        builder_.Store(m, address, Any(t), displacement);
        break;
      case 4:
        Atomic(t, m, address);
        break;
      default:
        CompareExchange(t, m, address);
        break;
    }
  }
  void Atomic(Type t, MemOp m, Value address) {
    const Value v = Any(t);
    Add(builder_.AtomicRmw(static_cast<AtomicKind>(random_.Below(kAtomicKindCount)), m, address, v));
  }
  void CompareExchange(Type t, MemOp m, Value address) {
    const Value expected = Any(t), desired = Any(t);
    Add(builder_.AtomicCas(m, address, expected, desired));
  }

  void ControlFlow() {
    if (pending_label_ >= 0) {
      if (random_.OneIn(3)) Define(static_cast<uint16_t>(std::exchange(pending_label_, -1)));
    } else if (random_.OneIn(6)) {
      pending_label_ = builder_.NewLabel();
      const Type t = AnyInt();
      const Value a = Any(t), b = Any(t);
      builder_.BrIf(static_cast<Cond>(AnyCond()), a, b, static_cast<uint16_t>(pending_label_));
    }
    if (loop_label_ < 0 && random_.OneIn(20)) {
      loop_label_ = builder_.NewLabel();
      Define(static_cast<uint16_t>(loop_label_));
      builder_.Charge(Pc());
    }
  }
  void CloseLoop() {
    const Type t = AnyInt();
    const Value a = Register(t), b = Any(t);
    builder_.BrIf(static_cast<Cond>(AnyCond()), a, b, static_cast<uint16_t>(loop_label_));
  }
  void Define(uint16_t label) {
    builder_.Label(label);
    for (std::vector<Value>& pool : values_) pool.clear();
  }
  void End() {
    if (random_.OneIn(2)) return builder_.Goto(Pc());
    const Value to = Any(Type::kI64);
    builder_.GotoInd(to, static_cast<JumpHint>(random_.Below(kJumpHintCount)));
  }

  Random random_;
  const RandomOptions& options_;
  const std::vector<Op> ops_;
  Block block_;
  Builder builder_;
  std::vector<Value> values_[kTypes];
  unsigned insn_ = 0;
  int pending_label_ = -1;
  int loop_label_ = -1;
};

}  // namespace

Block RandomProgram(uint64_t seed, const RandomOptions& options) { return Generator(seed, options).Run(); }

uint64_t RandomInteger(uint64_t random) {
  const uint64_t v = random >> 8;
  switch (random & 7) {
    case 0:
      return v & 7;
    case 1:
      return -(v & 7);
    case 2:
      return uint64_t{1} << (v & 63);
    case 3:
      return (uint64_t{1} << (v & 63)) - 1;
    case 4:
      return static_cast<uint64_t>(SignExtend(v, 32));
    case 5:
      return static_cast<uint64_t>(SignExtend(v, 12));
    case 6:
      return static_cast<uint32_t>(uint32_t{1} << 31) + (v & 3) - 1;
    default:
      return random * 0x9e3779b97f4a7c15u;
  }
}

uint64_t RandomFloat(Type t, uint64_t random) {
  const unsigned fraction_bits = t == Type::kF32 ? 23 : 52;
  const unsigned exponent_bits = t == Type::kF32 ? 8 : 11;
  const uint64_t exponents = (uint64_t{1} << exponent_bits) - 1;
  const uint64_t fractions = (uint64_t{1} << fraction_bits) - 1;
  const uint64_t near_one = exponents / 2 + (random >> 8) % 5 - 2;
  const uint64_t exponent_choices[] = {0, 0, 1, exponents, exponents - 1, near_one, near_one, random >> 8 & exponents};
  const uint64_t f = random * 0x9e3779b97f4a7c15u >> (64 - fraction_bits);
  const uint64_t fraction_choices[] = {0, 1, fractions, fractions / 2 + 1,
                                       f, f, f,         f & ~(fractions >> (f % fraction_bits))};
  const uint64_t sign = random >> 63;
  return (sign << exponent_bits | exponent_choices[random & 7]) << fraction_bits | fraction_choices[random >> 3 & 7];
}

}  // namespace emu::ir
