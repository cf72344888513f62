#include "translate/ir/divisors.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "translate/ir/division.h"
#include "translate/ir/eval.h"
#include "translate/ir/questions.h"

namespace emu::ir {
namespace {

class Guesser {
 public:
  Guesser(Block& block, absl::FunctionRef<uint64_t(uint64_t)> read) : block_(block), questions_(block), read_(read) {}

  unsigned Run() {
    if (std::ranges::find(block_.code, Op::kCharge, &Instr::op) == block_.code.end()) return 0;
    FindWritten();
    for (size_t n = 0; n < block_.code.size(); ++n) AddDivision(n);
    if (!divisions_.empty()) Rewrite();
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
    if (!IsDivision(i.op)) return;
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

  void Rewrite() {
    auto division = divisions_.begin();
    questions_.Rewrite([&] { Ask(); },
                       [&](size_t n, Instr& i) {
                         const bool guessed = division != divisions_.end() && division->at == n;
                         if (guessed) i.args[1] = questions_.Const(i.type, (division++)->divisor);
                         return true;
                       });
  }
  void Ask() {
    for (const Register& r : registers_) {
      const Value now = questions_.Register(r.number);
      questions_.LeaveIf(WayOut::kDivisor, Cond::kNe, now, questions_.Const(Type::kI64, r.value));
    }
  }

  Block& block_;
  Questions questions_;
  const absl::FunctionRef<uint64_t(uint64_t)> read_;
  bool calls_ = false;
  std::vector<uint64_t> written_;
  std::vector<Register> registers_;
  std::vector<Division> divisions_;
};

}  // namespace

unsigned GuessDivisors(Block* block, absl::FunctionRef<uint64_t(uint64_t)> read) { return Guesser(*block, read).Run(); }

}  // namespace emu::ir
