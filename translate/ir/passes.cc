#include "translate/ir/passes.h"

#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <vector>

#include "translate/ir/fold.h"

namespace emu::ir {
namespace {

constexpr bool HasLetter(const char* letters, char letter) {
  for (; *letters != 0; ++letters) {
    if (*letters == letter) return true;
  }
  return false;
}

enum OpTraits : uint8_t { kMayDrop = 1, kObserves = 2 };

// kMayDrop: has a result and no effect but reading registers.
constexpr uint8_t TraitsOf(char result, const char* effects) {
  const bool plain = effects[1] == 0 && (effects[0] == 'p' || effects[0] == 'g');
  bool observes = false;
  for (char effect : {'m', 'x', 'e', 'l'}) observes |= HasLetter(effects, effect);
  return static_cast<uint8_t>((plain && result != '-' ? kMayDrop : 0) | (observes ? kObserves : 0));
}

constexpr uint8_t kTraits[] = {
#define EMU_IR_OP(name, Enumerator, result, args, fields, effects) TraitsOf(result[0], effects),
#include "translate/ir/ops.def"
#undef EMU_IR_OP
};
bool Is(Op op, OpTraits trait) { return (kTraits[static_cast<size_t>(op)] & trait) != 0; }

bool IsSure(const Instr& i) { return (i.op == Op::kLoad || i.op == Op::kStore) && MemOp::Unpack(i.aux).sure; }

}  // namespace

bool Observes(const Instr& i) { return Is(i.op, kObserves) && !IsSure(i); }
bool MayDrop(Op op) { return Is(op, kMayDrop); }

namespace {

// Something for each guest register, forgotten all at once. Registers beyond the array are never known.
template <typename T>
class PerRegister {
 public:
  void Forget() { ++epoch_; }
  void Put(uint64_t reg, T v) {
    if (reg < kCount) entries_[reg] = {epoch_, v};
  }
  void Drop(uint64_t reg) {
    if (reg < kCount) entries_[reg].epoch = 0;
  }
  const T* Find(uint64_t reg) const {
    return reg < kCount && entries_[reg].epoch == epoch_ ? &entries_[reg].value : nullptr;
  }

 private:
  static constexpr uint64_t kCount = 256;
  struct Entry {
    uint64_t epoch = 0;
    T value{};
  };
  std::array<Entry, kCount> entries_;
  uint64_t epoch_ = 1;
};

// What a thread keeps from block to block. The tables have an entry for kNoValue too, so that arguments need no check.
struct Scratch {
  Scratch() : renamed(kNoValue + 1u, kNoValue), needed(kNoValue + 1u) {}
  Output output;
  std::vector<Value> renamed;  // old value to new
  std::vector<uint8_t> needed;
  PerRegister<Value> contents;    // forwards: what the register holds
  PerRegister<bool> overwritten;  // backwards: will be written before anything observes it
};

// Gives `to`, a copy of `from`, its arguments' new names. Reading them from the original does not wait for the copy.
void Rename(Instr& to, const Instr& from, const Value* renamed) {
  const Value a = renamed[from.args[0]], b = renamed[from.args[1]], c = renamed[from.args[2]];
  to.args[0] = a;
  to.args[1] = b;
  to.args[2] = c;
}

// Writes the block to the output, folded and with known registers replaced.
class Forward {
 public:
  Forward(const Block& block, const OptimizeOptions& options, Scratch& scratch)
      : block_(block), options_(options), s_(scratch), folder_(scratch.output) {}

  void Run() {
    s_.contents.Forget();
    Value* renamed = s_.renamed.data();
    for (size_t n = 0; n < block_.code.size(); ++n) {
      Instr& i = s_.output.Begin(block_.code[n]);
      Rename(i, block_.code[n], renamed);
      renamed[n] = Rewrite(i);
    }
  }

 private:
  Value Rewrite(Instr& i) {
    if (options_.propagate_registers) {
      if (i.op == Op::kGet) return Get(i);
      if (i.op == Op::kSet) return Set(i);
      if (i.op == Op::kLabel || i.op == Op::kCall) s_.contents.Forget();
    }
    return Emit();
  }
  Value Emit() { return options_.fold ? folder_.Fold() : s_.output.CommitAsIs(); }
  Value Get(Instr& i) {
    const uint64_t reg = i.imm;
    if (const Value* known = s_.contents.Find(reg)) return Convert(*known, i);
    const Value v = Emit();
    s_.contents.Put(reg, v);
    return v;
  }
  // `i` would read what `v` holds, perhaps as another type.
  Value Convert(Value v, Instr& i) {
    const Type t = s_.output[v].type;
    if (t == i.type) return v;
    if (TypeBits(t) == TypeBits(i.type)) {
      i = Instr{.op = Op::kBitCast, .type = i.type, .args = {v, kNoValue, kNoValue}};
    }
    return Emit();
  }
  Value Set(Instr& i) {
    const Value* known = s_.contents.Find(i.imm);
    if (known != nullptr && *known == i.args[0]) return kNoValue;
    s_.contents.Put(i.imm, i.args[0]);
    s_.output.Keep(i.args[0]);
    return Emit();
  }

  const Block& block_;
  const OptimizeOptions& options_;
  Scratch& s_;
  Folder folder_;
};

constexpr uint8_t kWhole = 64;  // all bits of a value, whatever its type

// How many of its low bits are asked of each argument.
struct Demand {
  uint8_t of[3];
};
constexpr Demand Both(uint8_t bits) { return {{bits, bits, bits}}; }

// For some bits of a result as many of each argument are asked, but at least and at most so many; up to `copied` low
// bits are those of the first argument. Of others DemandOf knows more.
struct DemandRule {
  uint8_t least = kWhole, most = kWhole, copied = 0;
  bool other = false;
};

constexpr DemandRule RuleOf(Op op) {
  switch (op) {
    case Op::kAdd:
    case Op::kSub:
    case Op::kMul:
    case Op::kOr:
    case Op::kXor:
    case Op::kAndNot:
    case Op::kNot:
    case Op::kNeg:
      return {0, kWhole};
    case Op::kSExt8:
    case Op::kZExt8:
      return {0, 8, 8};
    case Op::kSExt16:
    case Op::kZExt16:
      return {0, 16, 16};
    case Op::kSExt32:
    case Op::kZExt32:
      return {0, 32, 32};
    case Op::kSExt:
    case Op::kZExt:
    case Op::kTrunc:
      return {0, 32};
    case Op::kAnd:
    case Op::kShl:
    case Op::kShr:
    case Op::kSar:
    case Op::kRotL:
    case Op::kRotR:
    case Op::kSelect:
    case Op::kStore:
      return {.other = true};
    default:
      return {};
  }
}
constexpr DemandRule kDemandRules[] = {
#define EMU_IR_OP(name, Enumerator, result, args, fields, effects) RuleOf(Op::k##Enumerator),
#include "translate/ir/ops.def"
#undef EMU_IR_OP
};

// For `bits` of the result of an operation that the rule says nothing of.
Demand DemandOf(const Instr& i, uint8_t bits, const Instr* code) {
  const auto constant = [&](Value v) { return code[v].op == Op::kConst ? std::optional(code[v].imm) : std::nullopt; };
  switch (i.op) {
    case Op::kAnd: {
      const std::optional<uint64_t> mask = constant(i.args[1]);
      return Both(mask ? std::min(bits, static_cast<uint8_t>(std::bit_width(*mask | 1))) : bits);
    }
    case Op::kShl:
    case Op::kShr: {
      const unsigned width = TypeBits(i.type);
      const std::optional<uint64_t> n = constant(i.args[1]);
      const auto amount = static_cast<uint8_t>(n ? *n & (width - 1) : 0);
      if (i.op == Op::kShl) return {{static_cast<uint8_t>(bits > amount ? bits - amount : 1), 6, 0}};
      return {{n && bits + amount < static_cast<int>(width) ? static_cast<uint8_t>(bits + amount) : kWhole, 6, 0}};
    }
    case Op::kSelect:
      return {{kWhole, bits, bits}};
    case Op::kStore:
      return {{kWhole, static_cast<uint8_t>(MemOp::Unpack(i.aux).size() * 8), kWhole}};
    default:  // by an amount
      return {{kWhole, 6, 0}};
  }
}

// The low `bits` of a conjunction are those of its first argument.
bool MaskKeeps(const Instr& i, uint8_t bits, const Instr* code) {
  return i.op == Op::kAnd && bits < 64 && code[i.args[1]].op == Op::kConst &&
         (~code[i.args[1]].imm << (64 - bits)) == 0;
}

// Writes back to the block what is needed of the output.
class Backward {
 public:
  Backward(Block& block, const OptimizeOptions& options, Scratch& scratch)
      : block_(block), options_(options), s_(scratch) {}

  void Run() {
    Instr* code = s_.output.code();
    uint8_t* needed = s_.needed.data();
    std::fill_n(needed, s_.output.size(), uint8_t{0});
    s_.overwritten.Forget();
    for (size_t n = s_.output.size(); n-- > 0;) {
      Instr& i = code[n];
      if (!IsNeeded(i, needed[n] != 0)) {
        needed[n] = 0;
        continue;
      }
      Observe(i);
      if (needed[n] == 0) needed[n] = kWhole;
      const Demand demand = options_.drop_dead_values ? Narrow(i, needed[n]) : Both(kWhole);
      Ask(i.args[0], n, demand.of[0]);
      Ask(i.args[1], n + 1, demand.of[1]);
      Ask(i.args[2], n + 2, demand.of[2]);
    }
    Compact();
  }

 private:
  static constexpr uint8_t kCopy = 255;  // the value is that of the first argument

  // In place of a missing argument it is something else, by `n` not always the same: nothing waits for it then.
  void Ask(Value v, size_t n, uint8_t bits) {
    static_assert((kMaxInstrs & 15) == 0 && kMaxInstrs + 15 <= kNoValue);
    uint8_t& needed = s_.needed[v == kNoValue ? kMaxInstrs + (n & 15) : v];
    needed = std::max(needed, bits);
  }
  bool IsNeeded(const Instr& i, bool used) const {
    if (i.op == Op::kSet) return !options_.drop_dead_sets || s_.overwritten.Find(i.imm) == nullptr;
    return used || !options_.drop_dead_values || !Is(i.op, kMayDrop);
  }
  void Observe(const Instr& i) {
    if (i.op == Op::kSet) return s_.overwritten.Put(i.imm, true);
    if (i.op == Op::kGet) return s_.overwritten.Drop(i.imm);
    if (Observes(i)) s_.overwritten.Forget();
  }
  // `needed`: how many low bits of the result are asked for.
  Demand Narrow(Instr& i, uint8_t& needed) {
    const uint8_t bits = needed;
    const DemandRule& rule = kDemandRules[static_cast<size_t>(i.op)];
    if (bits <= rule.copied || (rule.other && MaskKeeps(i, bits, s_.output.code()))) {
      needed = kCopy;
      return {{bits, 0, 0}};
    }
    if (rule.other) return DemandOf(i, bits, s_.output.code());
    if (i.op == Op::kSExt && bits <= 32) i.op = Op::kZExt;
    return Both(std::clamp(bits, rule.least, rule.most));
  }
  void Compact() {
    const Instr* from = s_.output.code();
    Value* renamed = s_.renamed.data();
    block_.code.resize(s_.output.size(), Instr{Op::kConst});
    Instr* const to = block_.code.data();
    size_t out = 0;
    for (size_t n = 0; n < s_.output.size(); ++n) {
      if (s_.needed[n] == 0) continue;
      if (s_.needed[n] == kCopy) {
        renamed[n] = renamed[from[n].args[0]];
        continue;
      }
      renamed[n] = static_cast<Value>(out);
      to[out] = from[n];
      Rename(to[out++], from[n], renamed);
    }
    block_.code.resize(out, Instr{Op::kConst});
  }

  Block& block_;
  const OptimizeOptions& options_;
  Scratch& s_;
};

Scratch& ClearScratch(const Block& block) {
  static thread_local Scratch scratch;
  scratch.output.Clear(block.code.size());
  return scratch;
}

}  // namespace

void Optimize(Block* block, const OptimizeOptions& options) {
  Scratch& scratch = ClearScratch(*block);
  Forward(*block, options, scratch).Run();
  Backward(*block, options, scratch).Run();
}

void DropWhatIsDead(Block* block, const OptimizeOptions& options) {
  Scratch& scratch = ClearScratch(*block);
  for (const Instr& i : block->code) {
    scratch.output.Begin(i);
    scratch.output.CommitAsIs();
  }
  Backward(*block, options, scratch).Run();
}

}  // namespace emu::ir
