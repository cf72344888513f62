#include "translate/ir/rounds.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "translate/ir/builder.h"
#include "translate/ir/questions.h"

namespace emu::ir {
namespace {

constexpr uint64_t kNoRegister = ~uint64_t{0};
constexpr unsigned kFewest = 3;  // exits that are worth a question
constexpr int64_t kFarthest = 1 << 20;

// What a register holds when the block begins, plus a constant; or that alone.
struct Sum {
  uint64_t reg = kNoRegister;
  uint64_t plus = 0;
  bool narrow = false;  // only its low 32 bits are known to be so
  bool exact = true;    // it is that, or if it is narrow, its low 32 bits sign-extended
};

// Exits that are taken when a - b is one of [lowest, highest].
struct Rounds {
  uint64_t a, b;
  uint64_t first = 0;               // of the first exit
  int64_t lowest = 0, highest = 0;  // from there
  bool narrow = false;
  std::vector<size_t> exits;
};

// Exits that are taken when x is not below y any more, or is above it, where x rises or y falls.
struct Climb {
  Sum x, y;  // of the first exit
  bool is_signed, strict;
  uint64_t most = 0;  // how much nearer they come
  std::vector<size_t> exits;
};

class Asker {
 public:
  explicit Asker(Block& block) : block_(block), questions_(block) {}

  unsigned Run() {
    if (!FindEntryValues()) return 0;
    for (size_t n = 0; n < block_.code.size(); ++n) AddExit(n);
    std::erase_if(rounds_, [](const Rounds& r) { return r.exits.size() < kFewest; });
    std::erase_if(climbs_, [](const Climb& c) { return c.exits.size() < kFewest; });
    return rounds_.empty() && climbs_.empty() ? 0 : Rewrite();
  }

 private:
  // False: registers change in ways that are not followed here.
  bool FindEntryValues() {
    std::vector<uint64_t> written;
    at_entry_.assign(block_.code.size(), false);
    for (size_t n = 0; n < block_.code.size(); ++n) {
      const Instr& i = block_.code[n];
      if (HasEffect(i.op, 'l') || i.op == Op::kCall) return false;
      if (i.op == Op::kSet) written.push_back(i.imm);
      if (i.op == Op::kGet) at_entry_[n] = std::ranges::find(written, i.imm) == written.end();
    }
    return true;
  }

  std::optional<Sum> SumOf(Value v) const {
    Sum sum;
    for (bool outermost = true;; outermost = false) {
      const Instr& i = block_.code[v];
      if (i.type != Type::kI64) return std::nullopt;
      switch (i.op) {
        case Op::kConst:
          sum.plus += i.imm;
          sum.exact &= !sum.narrow;
          return sum;
        case Op::kGet:
          sum.reg = i.imm;
          return at_entry_[v] ? std::optional(sum) : std::nullopt;
        case Op::kAdd:
          if (block_.code[i.args[1]].op != Op::kConst) return std::nullopt;
          sum.plus += block_.code[i.args[1]].imm;
          break;
        case Op::kSExt32:
        case Op::kZExt32:
          sum.exact &= sum.narrow || (i.op == Op::kSExt32 && outermost);
          sum.narrow = true;
          break;
        default:
          return std::nullopt;
      }
      v = i.args[0];
    }
  }

  void AddExit(size_t n) {
    const Instr& i = block_.code[n];
    if (i.op != Op::kExitIf) return;
    std::optional<Sum> a = SumOf(i.args[0]), b = SumOf(i.args[1]);
    if (!a || !b || a->reg == b->reg) return;
    const Cond cond = static_cast<Cond>(i.aux);
    if (cond == Cond::kNe) return;
    if (cond != Cond::kEq) return AddStep(n, cond, *a, *b);
    if (a->reg > b->reg) std::swap(a, b);  // a constant alone is the second one
    const uint64_t difference = b->plus - a->plus;
    Rounds& r = RoundsOf(a->reg, b->reg, difference);
    const auto from_first = static_cast<int64_t>(difference - r.first);
    if (from_first < -kFarthest || from_first > kFarthest) return;
    r.lowest = std::min(r.lowest, from_first);
    r.highest = std::max(r.highest, from_first);
    r.narrow |= a->narrow || b->narrow;
    r.exits.push_back(n);
  }
  Rounds& RoundsOf(uint64_t a, uint64_t b, uint64_t difference) {
    for (Rounds& r : rounds_) {
      if (r.a == a && r.b == b) return r;
    }
    return rounds_.emplace_back(Rounds{.a = a, .b = b, .first = difference, .exits = {}});
  }

  // A sum of 32 bits that wraps only comes further from the other one.
  void AddStep(size_t n, Cond cond, Sum x, Sum y) {
    const bool is_signed = cond < Cond::kLtU;
    if (cond == Cond::kLe || cond == Cond::kLeU || cond == Cond::kLt || cond == Cond::kLtU) std::swap(x, y);
    const bool strict = cond == Cond::kLt || cond == Cond::kLtU || cond == Cond::kGt || cond == Cond::kGtU;
    if (!x.exact || !y.exact || (!is_signed && (x.narrow || y.narrow))) return;
    for (Climb& c : climbs_) {
      if (c.x.reg != x.reg || c.y.reg != y.reg || c.is_signed != is_signed || c.strict != strict) continue;
      if (c.x.narrow != x.narrow || c.y.narrow != y.narrow) continue;
      const uint64_t rise = x.plus - c.x.plus, fall = c.y.plus - y.plus;
      constexpr auto kMost = static_cast<uint64_t>(kFarthest);
      if (rise > kMost || fall > kMost) return;
      c.most = std::max(c.most, rise + fall);
      return c.exits.push_back(n);
    }
    climbs_.push_back({.x = x, .y = y, .is_signed = is_signed, .strict = strict, .exits = {n}});
  }

  unsigned Rewrite() {
    std::vector<bool> gone(block_.code.size());
    unsigned count = 0;
    const auto leave_out = [&](const std::vector<size_t>& exits) {
      for (size_t n : exits) gone[n] = true, ++count;
    };
    for (const Rounds& r : rounds_) leave_out(r.exits);
    for (const Climb& c : climbs_) leave_out(c.exits);
    const auto ask = [&] {
      for (const Rounds& r : rounds_) Ask(r);
      for (const Climb& c : climbs_) Ask(c);
    };
    questions_.Rewrite(ask, [&](size_t n, const Instr&) { return !gone[n]; });
    CountInsns(block_);
    return count;
  }
  void Ask(const Rounds& r) {
    Value v = questions_.Register(r.a);
    if (r.b != kNoRegister) v = Binary(Op::kSub, v, questions_.Register(r.b));
    v = Binary(Op::kAdd, v, Const(-(r.first + static_cast<uint64_t>(r.lowest))));
    if (r.narrow) v = Unary(Op::kZExt32, v);
    LeaveIf(Cond::kLeU, v, Const(static_cast<uint64_t>(r.highest - r.lowest)));
  }
  // While x is below y, what lies between them is their difference, without a sign.
  void Ask(const Climb& c) {
    const Value x = Make(c.x), y = Make(c.y);
    LeaveIf(c.is_signed ? (c.strict ? Cond::kGt : Cond::kGe) : (c.strict ? Cond::kGtU : Cond::kGeU), x, y);
    const Value between = Binary(Op::kSub, y, x);
    LeaveIf(c.strict ? Cond::kLtU : Cond::kLeU, between, Const(c.most));
  }
  Value Make(const Sum& sum) {
    if (sum.reg == kNoRegister) return Const(sum.plus);
    const Value reg = questions_.Register(sum.reg);
    const Value v = Binary(Op::kAdd, reg, Const(sum.plus));
    return sum.narrow ? Unary(Op::kSExt32, v) : v;
  }
  void LeaveIf(Cond cond, Value a, Value b) { questions_.LeaveIf(WayOut::kRounds, cond, a, b); }
  Value Unary(Op op, Value v) { return Binary(op, v, kNoValue); }
  Value Binary(Op op, Value a, Value b) {
    return questions_.Emit({.op = op, .type = Type::kI64, .args = {a, b, kNoValue}});
  }
  Value Const(uint64_t v) { return questions_.Const(Type::kI64, v); }

  Block& block_;
  Questions questions_;
  std::vector<bool> at_entry_;  // gets of what the register holds when the block begins
  std::vector<Rounds> rounds_;
  std::vector<Climb> climbs_;
};

}  // namespace

unsigned AskForRounds(Block* block) { return Asker(*block).Run(); }

}  // namespace emu::ir
