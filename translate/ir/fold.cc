#include "translate/ir/fold.h"

#include <algorithm>
#include <bit>
#include <new>
#include <utility>

#include "translate/ir/eval.h"
#include "translate/ir/fp_eval.h"

namespace emu::ir {
namespace {

constexpr bool kPureValue[] = {
#define EMU_IR_OP(name, Enumerator, result, args, fields, effects) result[0] != '-' && effects[0] == 'p',
#include "translate/ir/ops.def"
#undef EMU_IR_OP
};
bool IsPureValue(Op op) { return kPureValue[static_cast<size_t>(op)]; }

bool IsCommutative(Op op) {
  switch (op) {
    case Op::kAdd:
    case Op::kMul:
    case Op::kMulHighU:
    case Op::kMulHighS:
    case Op::kAnd:
    case Op::kOr:
    case Op::kXor:
      return true;
    default:
      return false;
  }
}

// The condition with its sides exchanged.
Cond Swap(Cond c) {
  switch (c) {
    case Cond::kLt:
      return Cond::kGt;
    case Cond::kGt:
      return Cond::kLt;
    case Cond::kLe:
      return Cond::kGe;
    case Cond::kGe:
      return Cond::kLe;
    case Cond::kLtU:
      return Cond::kGtU;
    case Cond::kGtU:
      return Cond::kLtU;
    case Cond::kLeU:
      return Cond::kGeU;
    case Cond::kGeU:
      return Cond::kLeU;
    default:
      return c;
  }
}

// Of an extension of low bits within one type: how many, and how. 0 bits: another operation.
struct Extension {
  unsigned bits = 0;
  bool is_signed = false;
};
Extension ExtensionOf(Op op) {
  switch (op) {
    case Op::kSExt8:
      return {8, true};
    case Op::kSExt16:
      return {16, true};
    case Op::kSExt32:
      return {32, true};
    case Op::kZExt8:
      return {8, false};
    case Op::kZExt16:
      return {16, false};
    case Op::kZExt32:
      return {32, false};
    default:
      return {};
  }
}
std::optional<Op> ExtensionOp(unsigned bits, bool is_signed) {
  switch (bits) {
    case 8:
      return is_signed ? Op::kSExt8 : Op::kZExt8;
    case 16:
      return is_signed ? Op::kSExt16 : Op::kZExt16;
    case 32:
      return is_signed ? Op::kSExt32 : Op::kZExt32;
    default:
      return std::nullopt;
  }
}

}  // namespace

void Output::Clear(size_t size) {
  room_ = std::min<size_t>(size + kMoreRoom, kMaxInstrs - size);
  size_ = 0;
  sums_.fill(kNoValue);
  pages_.clear();
  if (code_.size() <= size + room_) {  // one more: what is pending
    code_.resize(size + room_ + 1, Instr{Op::kConst});
    facts_.resize(code_.size());
    states_.resize(code_.size());
  }
}

Value Output::Commit() {
  const Value v = CommitAsIs();
  Instr& i = code_[v];
  if ((i.op == Op::kAnd || i.op == Op::kOr || i.op == Op::kAndNot) && facts(v).complete()) {
    i = Instr{.op = Op::kConst, .type = i.type, .imm = facts_[v].ones};
  }
  return v;
}

void Output::NoteSum(Value v) {
  const Instr& i = code_[v];
  if (i.op != Op::kAdd && i.op != Op::kSub) return;
  if (code_[i.args[1]].op == Op::kConst) return;
  sums_[SumSlot(i.op, SumOf(i.args[0]).of, i.args[1])] = v;
}

Value Output::BaseOnPage(uint64_t address, Value v) {
  const uint64_t number = address >> kPageBits;
  const auto known = std::ranges::find(pages_, number, &Page::number);
  if (known != pages_.end()) return known->base;
  if (pages_.size() < kMostPages) pages_.push_back({number, v});
  return v;
}

Value Output::FindSum(Op op, Value of, Value with) const {
  const Value v = sums_[SumSlot(op, of, with)];
  if (v == kNoValue) return kNoValue;
  const Instr& i = code_[v];
  return i.op == op && i.args[1] == with && SumOf(i.args[0]).of == of ? v : kNoValue;
}

// Made in its place, as in Complete (facts.cc).
void Output::Learn(Value v, unsigned depth) const {
  states_[v].learned = true;
  new (&facts_[v]) Facts(Find(v, depth));
}

// Nothing is known about what lies too deep.
Facts Output::Find(Value v, unsigned depth) const {
  static constexpr unsigned kDeepest = 64;
  static constexpr Facts kNone;
  const Instr& i = code_[v];
  if (i.op == Op::kConst) return ConstantFacts(i.type, i.imm);
  if (depth == kDeepest || !IsPureValue(i.op)) {
    const bool some = i.op == Op::kLoad || i.op == Op::kFCmp;
    return some ? FactsOf(i, Type::kVoid, kNone, kNone, kNone) : NoFacts(i.type);
  }
  const auto of = [&](Value a) -> const Facts& {
    if (a == kNoValue) return kNone;
    if (!states_[a].learned) Learn(a, depth + 1);
    return facts_[a];
  };
  const Type arg_type = i.args[0] == kNoValue ? Type::kVoid : code_[i.args[0]].type;
  return FactsOf(i, arg_type, of(i.args[0]), of(i.args[1]), of(i.args[2]));
}

Value Output::Insert(Type t, uint64_t constant) {
  return Insert(Instr{.op = Op::kConst, .type = t, .imm = ir::Truncate(t, constant)});
}

Value Output::Insert(const Instr& i) {
  --room_;
  const Instr moved = code_[size_];
  code_[size_] = i;
  const Value v = Commit();
  code_[size_] = moved;
  return v;
}

Value Folder::Fold() {
  const Op op = out_.pending().op;
  if (op == Op::kConst) return out_.CommitAsIs();
  if (IsPureValue(op)) return FoldPure();
  if (op == Op::kExitIf || op == Op::kLeaveIf || op == Op::kBrIf) {
    Comparison();
    if (Outcome(out_.pending()) == false) return kNoValue;
  }
  if (op == Op::kExitUnless && Always(out_.pending())) return kNoValue;
  if (op == Op::kLoad || op == Op::kStore) Address(out_.pending());
  if (op == Op::kLabel) out_.ForgetPages();
  return out_.CommitAsIs();
}

Value Folder::FoldPure() {
  Instr& first = out_.pending();
  if (first.op == Op::kSetCc) Comparison();
  if (IsCommutative(first.op) && IsConst(first.args[0])) std::swap(first.args[0], first.args[1]);
  for (unsigned round = 0; round < 4; ++round) {  // one rule's result may be another's argument
    Instr& i = out_.pending();
    if (i.op == Op::kConst || EvaluateConstant(i)) break;
    const Op op = i.op;
    const Value a = i.args[0], b = i.args[1];
    if (const std::optional<Value> v = Simplify(i)) return *v;
    const Instr& now = out_.pending();
    if (now.op == op && now.args[0] == a && now.args[1] == b) break;
  }
  const Value v = out_.Commit();
  out_.NoteSum(v);
  return v;
}

bool Folder::EvaluateConstant(Instr& i) const {
  uint64_t v[3] = {0, 0, 0};
  for (unsigned n = 0; n < 3 && i.args[n] != kNoValue; ++n) {
    if (!IsConst(i.args[n])) return false;
    v[n] = Def(i.args[n]).imm;
  }
  if (i.args[0] == kNoValue) return false;
  const Type arg_type = Def(i.args[0]).type;
  const uint64_t result =
      i.op == Op::kFClass ? ClassifyFp(arg_type, v[0]) : EvalPure(i.op, i.type, i.aux, arg_type, v[0], v[1], v[2]);
  i = Instr{.op = Op::kConst, .type = i.type, .imm = result};
  return true;
}

void Folder::Become(Instr& i, Op op, Value a, uint64_t constant) {
  if (!out_.HasRoom()) return;
  const Type t = i.type;
  const Value b = out_.Insert(t, constant);
  out_.pending() = Instr{.op = op, .type = t, .args = {a, b, kNoValue}};
}

void Folder::Become(Instr& i, Op op, Value a) const {
  i = Instr{.op = op, .type = i.type, .args = {a, kNoValue, kNoValue}};
}

std::optional<Value> Folder::Simplify(Instr& i) {
  switch (i.op) {
    case Op::kTrunc:
      return Truncate(i);
    case Op::kSExt:
    case Op::kZExt:
      return Widen(i);
    case Op::kBitCast:
      return BitCast(i);
    case Op::kFUnbox:
      return Unbox(i);
    case Op::kFNeg:
    case Op::kFAbs:
      return Sign(i);
    case Op::kSelect:
      return Select(i);
    case Op::kSetCc:
      if (const std::optional<bool> r = Outcome(i)) i = Instr{.op = Op::kConst, .type = i.type, .imm = *r};
      return std::nullopt;
    case Op::kNot:
    case Op::kNeg:
    case Op::kByteSwap:
      return Twice(i);
    default:
      return Integer(i);
  }
}

std::optional<Value> Folder::Integer(Instr& i) {
  switch (i.op) {
    case Op::kAdd:
    case Op::kSub:
      return AddSub(i);
    case Op::kAnd:
    case Op::kOr:
    case Op::kAndNot:
      return Bitwise(i);
    case Op::kXor:
      return Xor(i);
    case Op::kMul:
      return Multiply(i);
    case Op::kDivU:
    case Op::kDivS:
    case Op::kRemU:
    case Op::kRemS:
      return Divide(i);
    case Op::kShl:
    case Op::kShr:
    case Op::kSar:
    case Op::kRotL:
    case Op::kRotR:
      return Shift(i);
    default:
      break;
  }
  return ExtensionOf(i.op).bits != 0 ? Extend(i) : std::nullopt;
}

std::optional<Value> Folder::AddSub(Instr& i) {
  const Value a = i.args[0], b = i.args[1];
  if (IsConst(b, 0)) return a;
  if (i.op == Op::kAdd && Rotation(i)) return std::nullopt;
  if (i.op == Op::kSub && a == b) i = Instr{.op = Op::kConst, .type = i.type};
  if (i.op == Op::kConst) return std::nullopt;
  if (!IsConst(b)) return Reassociate(i);
  const uint64_t addend = i.op == Op::kSub ? -Def(b).imm : Def(b).imm;
  const Output::Sum sum = out_.SumOf(a);
  if (i.op == Op::kSub || sum.of != a) Become(i, Op::kAdd, sum.of, sum.plus + addend);
  return std::nullopt;
}

// (x + c) + b is (x + d) + b and c - d more, so that copies of a loop share what they have in common.
std::optional<Value> Folder::Reassociate(Instr& i) {
  const auto is_sum = [this](Value v) { return out_.SumOf(v).of != v; };
  if (i.op == Op::kAdd && is_sum(i.args[1]) && !is_sum(i.args[0])) std::swap(i.args[0], i.args[1]);
  const Output::Sum a = out_.SumOf(i.args[0]);
  const Value known = out_.FindSum(i.op, a.of, i.args[1]);
  if (known == kNoValue) return std::nullopt;
  const uint64_t more = a.plus - out_.SumOf(Def(known).args[0]).plus;
  if (ir::Truncate(i.type, more) == 0) return known;
  Become(i, Op::kAdd, known, more);
  return std::nullopt;
}

std::optional<Value> Folder::Bitwise(Instr& i) {
  const Value a = i.args[0], b = i.args[1];
  const Facts &x = FactsAt(a), &y = FactsAt(b);
  if (i.op == Op::kOr) {
    if (a == b || (y.max() & ~x.ones) == 0) return a;
    if ((x.max() & ~y.ones) == 0) return b;
    Rotation(i);
    return std::nullopt;
  }
  if (i.op == Op::kAndNot) {
    if ((x.max() & ~y.zeros) == 0) return a;
    if (a == b) {
      i = Instr{.op = Op::kConst, .type = i.type};
    } else if (IsConst(b)) {
      Become(i, Op::kAnd, a, ~Def(b).imm);
    }
    return std::nullopt;
  }
  if (a == b || (x.max() & ~y.ones) == 0) return a;
  if ((y.max() & ~x.ones) == 0) return b;
  return AndMask(i);
}

std::optional<Value> Folder::AndMask(Instr& i) {
  if (!IsConst(i.args[1])) return std::nullopt;
  const uint64_t mask = Def(i.args[1]).imm;
  const std::optional<Op> op =
      std::popcount(mask & (mask + 1)) == 0 ? ExtensionOp(std::popcount(mask), false) : std::nullopt;
  if (op) Become(i, *op, i.args[0]);
  return std::nullopt;
}

std::optional<Value> Folder::Xor(Instr& i) {
  const Value a = i.args[0], b = i.args[1];
  if (IsConst(b, 0)) return a;
  if (Rotation(i)) return std::nullopt;
  const Instr& x = Def(a);
  if (a == b) {
    i = Instr{.op = Op::kConst, .type = i.type};
  } else if (IsConst(b, AllOnes(i.type))) {
    Become(i, Op::kNot, a);
  } else if (IsConst(b, 1) && x.op == Op::kSetCc) {
    const auto negated = static_cast<uint16_t>(Negate(static_cast<Cond>(x.aux)));
    i = Instr{.op = Op::kSetCc, .type = i.type, .aux = negated, .args = {x.args[0], x.args[1], kNoValue}};
  }
  return std::nullopt;
}

// Two shifts of one value that leave no bit in common are a rotation, also where 32-bit ones are extended before they
// are joined: the right one has a zero as its top bit, so that the extension of the left one is that of both.
bool Folder::Rotation(Instr& i) {
  const Instr &x = Def(i.args[0]), &y = Def(i.args[1]);
  if (x.op == Op::kShl || x.op == Op::kShr) {
    const bool straight = RotationOf(i.args[0], i.args[1]);
    if (!straight && !RotationOf(i.args[1], i.args[0])) return false;
    const Instr& left = straight ? x : y;
    i = Instr{.op = Op::kRotL, .type = i.type, .args = {left.args[0], left.args[1], kNoValue}};
    return true;
  }
  const auto extends = [](const Instr& e) { return e.op == Op::kSExt || e.op == Op::kZExt; };
  if (!extends(x) || !extends(y) || !out_.HasRoom()) return false;
  const bool straight = RotationOf(x.args[0], y.args[0]);
  if (!straight && !RotationOf(y.args[0], x.args[0])) return false;
  const Op extend = straight ? x.op : y.op;
  const Instr& left = Def(straight ? x.args[0] : y.args[0]);
  const Value rotated =
      out_.Insert(Instr{.op = Op::kRotL, .type = left.type, .args = {left.args[0], left.args[1], kNoValue}});
  Become(out_.pending(), extend, rotated);
  return true;
}

bool Folder::RotationOf(Value left, Value right) const {
  const Instr &l = Def(left), &r = Def(right);
  if (l.op != Op::kShl || r.op != Op::kShr || !IsConst(l.args[1]) || !IsConst(r.args[1])) return false;
  const Instr &x = Def(l.args[0]), &y = Def(r.args[0]);
  const bool same = l.args[0] == r.args[0] || (x.op == Op::kTrunc && y.op == Op::kTrunc && x.args[0] == y.args[0]);
  const unsigned mask = TypeBits(l.type) - 1;
  const uint64_t n = Def(l.args[1]).imm & mask;
  return same && n != 0 && ((n + Def(r.args[1]).imm) & mask) == 0;
}

std::optional<Value> Folder::Multiply(Instr& i) {
  const Value a = i.args[0], b = i.args[1];
  if (!IsConst(b)) return std::nullopt;
  const uint64_t c = Def(b).imm;
  if (c == 0) return b;
  if (c == 1) return a;
  if (std::has_single_bit(c)) Become(i, Op::kShl, a, static_cast<uint64_t>(std::countr_zero(c)));
  return std::nullopt;
}

std::optional<Value> Folder::Shift(Instr& i) {
  const Value a = i.args[0], b = i.args[1];
  if (!IsConst(b)) return std::nullopt;
  const unsigned width = TypeBits(i.type);
  const uint64_t n = Def(b).imm & (width - 1);
  if (n == 0) return a;
  const Instr& x = Def(a);
  const bool right = i.op == Op::kShr || i.op == Op::kSar;
  if (!right || x.op != Op::kShl || !IsConst(x.args[1]) || (Def(x.args[1]).imm & (width - 1)) != n) return std::nullopt;
  const std::optional<Op> op = ExtensionOp(width - static_cast<unsigned>(n), i.op == Op::kSar);
  if (op) Become(i, *op, x.args[0]);
  return std::nullopt;
}

// Operations that undo themselves.
std::optional<Value> Folder::Twice(Instr& i) {
  const Instr& x = Def(i.args[0]);
  return x.op == i.op ? std::optional<Value>(x.args[0]) : std::nullopt;
}

std::optional<Value> Folder::Extend(Instr& i) {
  const Extension e = ExtensionOf(i.op);
  const unsigned width = TypeBits(i.type);
  const Value a = i.args[0];
  const Instr& x = Def(a);
  if (e.bits >= width) return a;
  if (e.is_signed ? FactsAt(a).sign_bits > width - e.bits : FactsAt(a).max() >> e.bits == 0) return a;
  const bool looks_through = ExtensionOf(x.op).bits >= e.bits;
  const bool masked = x.op == Op::kAnd && IsConst(x.args[1]) && (~Def(x.args[1]).imm << (64 - e.bits)) == 0;
  if (looks_through || masked) Become(i, i.op, x.args[0]);
  return std::nullopt;
}

std::optional<Value> Folder::Truncate(Instr& i) {
  const Instr& x = Def(i.args[0]);
  if (x.op == Op::kSExt || x.op == Op::kZExt) return x.args[0];
  const auto no_low_bits = [this](Value v) { return static_cast<uint32_t>(FactsAt(v).max()) == 0; };
  const bool adds = x.op == Op::kOr || x.op == Op::kXor || x.op == Op::kAdd;
  if (ExtensionOf(x.op).bits == 32 || (adds && no_low_bits(x.args[1]))) {
    Become(i, Op::kTrunc, x.args[0]);
  } else if (adds && no_low_bits(x.args[0])) {
    Become(i, Op::kTrunc, x.args[1]);
  }
  return std::nullopt;
}

std::optional<Value> Folder::Widen(Instr& i) {
  const Instr& x = Def(i.args[0]);
  if (x.op == Op::kTrunc) {
    Become(i, i.op == Op::kSExt ? Op::kSExt32 : Op::kZExt32, x.args[0]);
  } else if (i.op == Op::kSExt && FactsAt(i.args[0]).max() >> 31 == 0) {
    Become(i, Op::kZExt, i.args[0]);
  }
  return std::nullopt;
}

std::optional<Value> Folder::BitCast(Instr& i) {
  const Instr& x = Def(i.args[0]);
  if (x.type == i.type) return i.args[0];
  if (x.op == Op::kBitCast) Become(i, Op::kBitCast, x.args[0]);
  return std::nullopt;
}

std::optional<Value> Folder::Unbox(Instr& i) const {
  const Instr& x = Def(i.args[0]);
  return x.op == Op::kFBox ? std::optional<Value>(x.args[0]) : std::nullopt;
}

// A sign that is set anew need not have been changed before.
std::optional<Value> Folder::Sign(Instr& i) const {
  const Instr& x = Def(i.args[0]);
  if (i.op == Op::kFNeg) return x.op == Op::kFNeg ? std::optional<Value>(x.args[0]) : std::nullopt;
  if (x.op == Op::kFAbs) return i.args[0];
  if (x.op == Op::kFNeg) Become(i, Op::kFAbs, x.args[0]);
  return std::nullopt;
}

std::optional<Value> Folder::Select(Instr& i) {
  const Facts& condition = FactsAt(i.args[0]);
  if (i.args[1] == i.args[2] || condition.ones != 0) return i.args[1];
  if (condition.is_zero()) return i.args[2];
  const Instr& x = Def(i.args[0]);
  const bool against_zero = x.op == Op::kSetCc && x.aux <= 1 && IsConst(x.args[1], 0);
  if (!against_zero) return std::nullopt;
  if (static_cast<Cond>(x.aux) == Cond::kEq) std::swap(i.args[1], i.args[2]);
  i.args[0] = x.args[0];
  return std::nullopt;
}

// A constant added to an address becomes part of the displacement, as long as that is a 32-bit one. A sum that a guest
// register holds is at hand, whereas what it was made from may be nowhere else any more; unless an access before began
// with that or with another sum of it, as accesses off one base share a check.
void Folder::Address(Instr& i) {
  if (IsConst(i.args[0])) return ConstantAddress(i);
  const bool write = i.op == Op::kStore;
  const Output::Sum sum = out_.SumOf(i.args[0]);
  Value base = out_.BaseOf(sum.of, write);
  if (base == kNoValue) base = out_.IsKept(i.args[0]) ? i.args[0] : sum.of;
  Rebase(i, base, i.imm + sum.plus - out_.SumOf(base).plus);
  out_.MakeBase(i.args[0], write);
}

// Accesses to one page share a check wherever on it they are.
void Folder::ConstantAddress(Instr& i) {
  const uint64_t address = Def(i.args[0]).imm + i.imm;
  const uint64_t last = address + MemOp::Unpack(i.aux).size() - 1;
  const bool crosses = (address ^ last) >> Output::kPageBits != 0;
  const Value base = crosses ? i.args[0] : out_.BaseOnPage(address, i.args[0]);
  Rebase(i, base, address - Def(base).imm);
}

void Folder::Rebase(Instr& i, Value base, uint64_t displacement) const {
  if (static_cast<uint64_t>(SignExtend(displacement, 32)) != displacement) return;
  i.args[0] = base;
  i.imm = displacement;
}

void Folder::Comparison() {
  Instr& i = out_.pending();
  if (IsConst(i.args[0]) && !IsConst(i.args[1])) {
    std::swap(i.args[0], i.args[1]);
    i.aux = static_cast<uint16_t>(Swap(static_cast<Cond>(i.aux)));
  }
  for (unsigned round = 0; round < 4 && SimplerComparison(out_.pending()); ++round) {
  }
}

bool Folder::SimplerComparison(Instr& i) {
  const auto cond = static_cast<Cond>(i.aux);
  const Instr& x = Def(i.args[0]);
  if ((cond == Cond::kLtU || cond == Cond::kGeU) && IsConst(i.args[1], 1) && out_.HasRoom()) {
    i.aux = static_cast<uint16_t>(cond == Cond::kLtU ? Cond::kEq : Cond::kNe);
    const Value zero = out_.Insert(x.type, 0);
    out_.pending().args[1] = zero;
    return true;
  }
  const bool against_zero = i.aux <= 1 && IsConst(i.args[1], 0);
  if (!against_zero || (x.op != Op::kSetCc && x.op != Op::kXor && x.op != Op::kSub)) return false;
  if (x.op == Op::kSetCc) i.aux = cond == Cond::kNe ? x.aux : static_cast<uint16_t>(Negate(static_cast<Cond>(x.aux)));
  const Value a = x.args[0], b = x.args[1];
  i.args[0] = a;
  i.args[1] = b;
  return true;
}

std::optional<bool> Folder::Outcome(const Instr& i) const {
  const auto cond = static_cast<Cond>(i.aux);
  const Value a = i.args[0], b = i.args[1];
  if (a == b) return Compare(cond, Type::kI64, 0, 0);
  return Decide(cond, Def(a).type, FactsAt(a), FactsAt(b));
}

}  // namespace emu::ir
