// Blocks that ask, before they are charged, whether what the rest of them takes for granted holds.
#ifndef EMU_TRANSLATE_IR_QUESTIONS_H_
#define EMU_TRANSLATE_IR_QUESTIONS_H_

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "translate/ir/ir.h"

namespace emu::ir {

// Writes a block anew, with questions in it.
class Questions {
 public:
  explicit Questions(Block& block) : block_(block) {}

  // `ask()` writes the questions, before the charge. `keep(n, i)` may change instruction n, whose arguments have their
  // new numbers, and leaves it out if it gives false.
  template <typename Ask, typename Keep>
  void Rewrite(Ask ask, Keep keep) {
    const std::vector<Instr> old = std::exchange(block_.code, {});
    std::vector<Value> moved(old.size());
    bool asked = false;
    for (size_t n = 0; n < old.size(); ++n) {
      if (old[n].op == Op::kCharge && !std::exchange(asked, true)) ask();
      Instr i = old[n];
      for (Value& v : i.args) v = v == kNoValue ? v : moved[v];
      if (keep(n, i)) moved[n] = Emit(i);
    }
  }

  void LeaveIf(WayOut why, Cond cond, Value a, Value b) {
    Emit({.op = Op::kLeaveIf,
          .aux = static_cast<uint16_t>(cond),
          .args = {a, b, kNoValue},
          .extra = static_cast<uint32_t>(why),
          .imm = block_.pc});
  }
  Value Register(uint64_t number) { return Emit({.op = Op::kGet, .type = Type::kI64, .imm = number}); }
  Value Const(Type t, uint64_t v) { return Emit({.op = Op::kConst, .type = t, .imm = v}); }
  Value Emit(const Instr& i) {
    block_.code.push_back(i);
    return static_cast<Value>(block_.code.size() - 1);
  }

 private:
  Block& block_;
};

}  // namespace emu::ir

#endif  // EMU_TRANSLATE_IR_QUESTIONS_H_
