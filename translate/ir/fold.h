// Local rules: what an operation may be replaced by, given what made its arguments and what is known about them.
#ifndef EMU_TRANSLATE_IR_FOLD_H_
#define EMU_TRANSLATE_IR_FOLD_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "translate/ir/facts.h"
#include "translate/ir/ir.h"

namespace emu::ir {

// A block being written, with facts about its values. Values are numbered as in `code`.
class Output {
 public:
  // `room`: how many instructions may be added beyond those of the input.
  void Clear(unsigned room);
  Value Append(const Instr& i);  // replaces pure operations by constants where their value is known
  Value AppendAsIs(const Instr& i);
  bool HasRoom() const { return room_ != 0; }
  Value Constant(Type t, uint64_t v);  // takes from the room

  const Instr& operator[](Value v) const { return code_[v]; }
  const Facts& facts(Value v) const { return facts_[v]; }
  std::vector<Instr>& code() { return code_; }

 private:
  std::vector<Instr> code_;
  std::vector<Facts> facts_;
  unsigned room_ = 0;
};

class Folder {
 public:
  explicit Folder(Output& out) : out_(out) {}
  // `i` has its arguments numbered as in the output. Gives the value that stands for its result, and has appended
  // whatever that needs; kNoValue for an operation without a result, which may have been left out.
  Value Fold(Instr i);

 private:
  std::optional<Value> Simplify(Instr& i);  // a value that is there already; otherwise `i` may have changed
  std::optional<Value> Integer(Instr& i);
  std::optional<Value> AddSub(Instr& i);
  std::optional<Value> Bitwise(Instr& i);
  std::optional<Value> AndMask(Instr& i);
  std::optional<Value> Xor(Instr& i);
  std::optional<Value> Multiply(Instr& i);
  std::optional<Value> Divide(Instr& i);
  std::optional<Value> Shift(Instr& i);
  std::optional<Value> Twice(Instr& i);
  std::optional<Value> Extend(Instr& i);
  std::optional<Value> Truncate(Instr& i);
  std::optional<Value> Widen(Instr& i);
  std::optional<Value> BitCast(Instr& i);
  std::optional<Value> Select(Instr& i);
  void Address(Instr& i);
  void Comparison(Instr& i);
  bool SimplerComparison(Instr& i);
  std::optional<bool> Outcome(const Instr& i) const;
  bool EvaluateConstant(Instr& i) const;

  const Instr& Def(Value v) const { return out_[v]; }
  const Facts& FactsAt(Value v) const { return out_.facts(v); }
  bool IsConst(Value v) const { return Def(v).op == Op::kConst; }
  bool IsConst(Value v, uint64_t c) const { return IsConst(v) && Def(v).imm == c; }
  uint64_t AllOnes(Type t) const { return t == Type::kI32 ? 0xffffffffu : ~uint64_t{0}; }
  // Makes `i` an operation with a constant second argument; false if there is no room for the constant.
  bool Become(Instr& i, Op op, Value a, uint64_t constant);
  void Become(Instr& i, Op op, Value a) const;

  Output& out_;
};

}  // namespace emu::ir

#endif  // EMU_TRANSLATE_IR_FOLD_H_
