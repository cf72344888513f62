// Local rules: what an operation may be replaced by, given what made its arguments and what is known about them.
#ifndef EMU_TRANSLATE_IR_FOLD_H_
#define EMU_TRANSLATE_IR_FOLD_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "translate/ir/facts.h"
#include "translate/ir/ir.h"

namespace emu::ir {

// A block being written, with facts about its values, which are found out when somebody asks for them. Values are
// numbered as in the block. The last instruction is pending until it is committed: rules rewrite it in place.
class Output {
 public:
  // For a block of `size` instructions, to which some may be added.
  void Clear(size_t size);

  // Begins a pending instruction, a copy of `from` that the caller may change.
  Instr& Begin(const Instr& from) { return code_[size_] = from; }
  Instr& pending() { return code_[size_]; }
  // Ends it; an operation on bits whose value is known becomes a constant.
  Value Commit();
  Value CommitAsIs() {
    states_[size_] = {};
    return static_cast<Value>(size_++);
  }

  // Puts a constant, or another instruction, before the pending instruction, which moves: references to it end.
  bool HasRoom(size_t instrs = 1) const { return room_ >= instrs; }
  Value Insert(Type t, uint64_t constant);
  Value Insert(const Instr& i);

  const Instr& operator[](Value v) const { return code_[v]; }
  const Facts& facts(Value v) const {
    if (!states_[v].learned) Learn(v, 0);
    return facts_[v];
  }
  // The value was put into a guest register.
  void Keep(Value v) { states_[v].kept = true; }
  bool IsKept(Value v) const { return states_[v].kept; }
  // A value as another one, which is no such sum itself, plus a constant.
  struct Sum {
    Value of;
    uint64_t plus;
  };
  Sum SumOf(Value v) const {
    const Instr& i = code_[v];
    const bool is_sum = i.op == Op::kAdd && code_[i.args[1]].op == Op::kConst;
    return is_sum ? Sum{i.args[0], code_[i.args[1]].imm} : Sum{v, 0};
  }
  // Memory was read (or written) at an address that begins with the value. The last one of those that are the same but
  // for a constant is found by what they are a sum of.
  void MakeBase(Value v, bool write) { states_[SumOf(v).of].base[write] = v; }
  Value BaseOf(Value v, bool write) const { return states_[v].base[write]; }
  // The constant that accesses to the page of a constant address begin with: `v` if there is none yet.
  static constexpr unsigned kPageBits = 12;  // of the smallest page of any guest
  Value BaseOnPage(uint64_t address, Value v);
  void ForgetPages() { pages_.clear(); }
  // Sums and differences with a value that is no constant, found by what their first argument is a sum of.
  void NoteSum(Value v);
  Value FindSum(Op op, Value of, Value with) const;
  Instr* code() { return code_.data(); }
  size_t size() const { return size_; }

 private:
  struct State {
    bool learned = false;  // facts_ holds something
    bool kept = false;
    Value base[2] = {kNoValue, kNoValue};
  };
  static constexpr size_t kSums = 64, kMoreRoom = 64, kMostPages = 16;
  static size_t SumSlot(Op op, Value of, Value with) { return (of * 5u + with + static_cast<unsigned>(op)) % kSums; }
  void Learn(Value v, unsigned depth) const;
  Facts Find(Value v, unsigned depth) const;

  std::vector<Instr> code_;  // at least as long as needed, never shortened
  mutable std::vector<Facts> facts_;
  mutable std::vector<State> states_;
  std::array<Value, kSums> sums_;
  struct Page {
    uint64_t number;
    Value base;
  };
  std::vector<Page> pages_;
  size_t size_ = 0;
  size_t room_ = 0;
};

class Folder {
 public:
  explicit Folder(Output& out) : out_(out) {}
  // Folds the pending instruction, whose arguments are numbered as in the output. Gives the value that stands for its
  // result, and has committed whatever that needs; kNoValue for an operation without a result, which may have been left
  // out.
  Value Fold();

 private:
  class Division;
  std::optional<Value> Simplify(Instr& i);  // a value that is there already; otherwise `i` may have changed
  std::optional<Value> Integer(Instr& i);
  std::optional<Value> AddSub(Instr& i);
  std::optional<Value> Reassociate(Instr& i);
  std::optional<Value> Bitwise(Instr& i);
  std::optional<Value> AndMask(Instr& i);
  std::optional<Value> Xor(Instr& i);
  bool Rotation(Instr& i);
  bool RotationOf(Value left, Value right) const;
  std::optional<Value> Multiply(Instr& i);
  std::optional<Value> Divide(const Instr& i);
  std::optional<Value> Shift(Instr& i);
  std::optional<Value> Twice(Instr& i);
  std::optional<Value> Extend(Instr& i);
  std::optional<Value> Truncate(Instr& i);
  std::optional<Value> Widen(Instr& i);
  std::optional<Value> BitCast(Instr& i);
  std::optional<Value> Unbox(Instr& i) const;
  std::optional<Value> Sign(Instr& i) const;
  std::optional<Value> Select(Instr& i);
  void Address(Instr& i);
  void ConstantAddress(Instr& i);
  void Rebase(Instr& i, Value base, uint64_t displacement) const;
  void Comparison();
  bool SimplerComparison(Instr& i);
  bool Always(const Instr& i) const { return IsConst(i.args[0]) && Def(i.args[0]).imm == i.imm; }
  std::optional<bool> Outcome(const Instr& i) const;
  Value FoldPure();
  bool EvaluateConstant(Instr& i) const;

  const Instr& Def(Value v) const { return out_[v]; }
  const Facts& FactsAt(Value v) const { return out_.facts(v); }
  bool IsConst(Value v) const { return Def(v).op == Op::kConst; }
  bool IsConst(Value v, uint64_t c) const { return IsConst(v) && Def(v).imm == c; }
  uint64_t AllOnes(Type t) const { return t == Type::kI32 ? 0xffffffffu : ~uint64_t{0}; }
  // Makes the pending instruction one with a constant second argument, if there is room for that; `i` is not to be used
  // again.
  void Become(Instr& i, Op op, Value a, uint64_t constant);
  void Become(Instr& i, Op op, Value a) const;

  Output& out_;
};

}  // namespace emu::ir

#endif  // EMU_TRANSLATE_IR_FOLD_H_
