#include "translate/ir/divisors.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "translate/ir/eval.h"

namespace emu::ir {
namespace {

class Guesser {
 public:
  Guesser(Block& block, absl::FunctionRef<uint64_t(uint64_t)> read) : block_(block), read_(read) {}

  unsigned Run() {
    const auto charge = std::ranges::find(block_.code, Op::kCharge, &Instr::op);
    if (charge == block_.code.end()) return 0;
    FindWritten();
    for (size_t n = 0; n < block_.code.size(); ++n) AddDivision(n);
    if (!divisions_.empty()) Rewrite(static_cast<size_t>(charge - block_.code.begin()));
    return static_cast<unsigned>(divisions_.size());
  }

 private:
  struct Division {
    size_t at;
    uint64_t divisor;
  };
  struct Register {
    uint64_t number, value;
  };

  void FindWritten() {
    for (const Instr& i : block_.code) {
      calls_ |= i.op == Op::kCall;
      if (i.op == Op::kSet) written_.push_back(i.imm);
    }
  }

  void AddDivision(size_t n) {
    const Instr& i = block_.code[n];
    if (i.op != Op::kDivU && i.op != Op::kDivS && i.op != Op::kRemU && i.op != Op::kRemS) return;
    if (const std::optional<uint64_t> divisor = Guess(i.args[1]); divisor && *divisor != 0) {
      divisions_.push_back({n, *divisor});
    }
  }
  // What a register holds, or a part of that, extended.
  std::optional<uint64_t> Guess(Value v) {
    const Instr& i = block_.code[v];
    if (i.op == Op::kGet) return i.type == Type::kI64 ? Read(i.imm) : std::nullopt;
    if (i.op != Op::kTrunc && i.op != Op::kSExt32 && i.op != Op::kZExt32) return std::nullopt;
    const std::optional<uint64_t> from = Guess(i.args[0]);
    if (!from) return std::nullopt;
    return EvalPure(i.op, i.type, i.aux, block_.code[i.args[0]].type, *from, 0, 0);
  }
  std::optional<uint64_t> Read(uint64_t reg) {
    if (calls_ || std::ranges::find(written_, reg) != written_.end()) return std::nullopt;
    const auto known = std::ranges::find(registers_, reg, &Register::number);
    if (known != registers_.end()) return known->value;
    return registers_.emplace_back(reg, read_(reg)).value;
  }

  void Rewrite(size_t charge) {
    const std::vector<Instr> old = std::exchange(block_.code, {});
    std::vector<Value> moved(old.size());
    auto division = divisions_.begin();
    for (size_t n = 0; n < old.size(); ++n) {
      if (n == charge) Ask();
      Instr i = old[n];
      for (Value& v : i.args) v = v == kNoValue ? v : moved[v];
      if (division != divisions_.end() && division->at == n) i.args[1] = Const(i.type, (division++)->divisor);
      moved[n] = Emit(i);
    }
  }
  void Ask() {
    for (const Register& r : registers_) {
      const Value now = Emit({.op = Op::kGet, .type = Type::kI64, .imm = r.number});
      Emit({.op = Op::kLeaveIf,
            .aux = static_cast<uint16_t>(Cond::kNe),
            .args = {now, Const(Type::kI64, r.value), kNoValue},
            .extra = static_cast<uint32_t>(WayOut::kDivisor),
            .imm = block_.pc});
    }
  }
  Value Const(Type t, uint64_t v) { return Emit({.op = Op::kConst, .type = t, .imm = v}); }
  Value Emit(const Instr& i) {
    block_.code.push_back(i);
    return static_cast<Value>(block_.code.size() - 1);
  }

  Block& block_;
  const absl::FunctionRef<uint64_t(uint64_t)> read_;
  bool calls_ = false;
  std::vector<uint64_t> written_;
  std::vector<Register> registers_;
  std::vector<Division> divisions_;
};

}  // namespace

unsigned GuessDivisors(Block* block, absl::FunctionRef<uint64_t(uint64_t)> read) { return Guesser(*block, read).Run(); }

}  // namespace emu::ir
