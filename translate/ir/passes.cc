#include "translate/ir/passes.h"

#include <array>
#include <utility>
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

// What a thread keeps from block to block.
struct Scratch {
  Output output;
  std::vector<Value> renamed;           // old value to new
  PerRegister<Value> contents;          // forwards: what the register holds
  PerRegister<bool> overwritten;        // backwards: will be written before anything observes it
  std::vector<uint8_t> needed;
};

class Forward {
 public:
  Forward(Block& block, const OptimizeOptions& options, Scratch& scratch)
      : block_(block), options_(options), s_(scratch), folder_(scratch.output) {}

  void Run() {
    s_.output.Clear(kMaxInstrs - static_cast<unsigned>(block_.code.size()));
    s_.renamed.resize(block_.code.size());
    s_.contents.Forget();
    for (size_t n = 0; n < block_.code.size(); ++n) {
      Instr i = block_.code[n];
      for (Value& v : i.args) v = v == kNoValue ? v : s_.renamed[v];
      s_.renamed[n] = Rewrite(i);
    }
    std::swap(block_.code, s_.output.code());
  }

 private:
  Value Rewrite(const Instr& i) {
    if (i.op == Op::kGet && options_.propagate_registers) return Get(i);
    if (i.op == Op::kSet && options_.propagate_registers) return Set(i);
    if (i.op == Op::kLabel || i.op == Op::kCall) s_.contents.Forget();
    return Emit(i);
  }
  Value Emit(const Instr& i) { return options_.fold ? folder_.Fold(i) : s_.output.AppendAsIs(i); }
  Value Get(const Instr& i) {
    const Value* known = s_.contents.Find(i.imm);
    const Value v = known == nullptr ? Emit(i) : Convert(*known, i);
    if (known == nullptr) s_.contents.Put(i.imm, v);
    return v;
  }
  // `i` would read what `v` holds, perhaps as another type.
  Value Convert(Value v, const Instr& i) {
    const Type t = s_.output[v].type;
    if (t == i.type) return v;
    if (TypeBits(t) != TypeBits(i.type)) return Emit(i);
    return Emit(Instr{.op = Op::kBitCast, .type = i.type, .args = {v, kNoValue, kNoValue}});
  }
  Value Set(const Instr& i) {
    const Value* known = s_.contents.Find(i.imm);
    if (known != nullptr && *known == i.args[0]) return kNoValue;
    s_.contents.Put(i.imm, i.args[0]);
    return Emit(i);
  }

  Block& block_;
  const OptimizeOptions& options_;
  Scratch& s_;
  Folder folder_;
};

class Backward {
 public:
  Backward(Block& block, const OptimizeOptions& options, Scratch& scratch)
      : block_(block), options_(options), s_(scratch) {}

  void Run() {
    s_.needed.assign(block_.code.size(), 0);
    s_.overwritten.Forget();
    for (size_t n = block_.code.size(); n-- > 0;) {
      const Instr& i = block_.code[n];
      s_.needed[n] = IsNeeded(i, s_.needed[n] != 0);
      if (s_.needed[n] == 0) continue;
      Observe(i);
      for (Value v : i.args) {
        if (v != kNoValue) s_.needed[v] = 1;
      }
    }
    Compact();
  }

 private:
  bool IsNeeded(const Instr& i, bool used) const {
    if (i.op == Op::kSet) return !options_.drop_dead_sets || s_.overwritten.Find(i.imm) == nullptr;
    return used || !options_.drop_dead_values || !Is(i.op, kMayDrop);
  }
  void Observe(const Instr& i) {
    if (i.op == Op::kSet) return s_.overwritten.Put(i.imm, true);
    if (i.op == Op::kGet) return s_.overwritten.Drop(i.imm);
    if (Is(i.op, kObserves)) s_.overwritten.Forget();
  }
  void Compact() {
    s_.renamed.resize(block_.code.size());
    size_t out = 0;
    for (size_t n = 0; n < block_.code.size(); ++n) {
      if (s_.needed[n] == 0) continue;
      s_.renamed[n] = static_cast<Value>(out);
      Instr& i = block_.code[out++] = block_.code[n];
      for (Value& v : i.args) v = v == kNoValue ? v : s_.renamed[v];
    }
    block_.code.resize(out, Instr{Op::kConst});
  }

  Block& block_;
  const OptimizeOptions& options_;
  Scratch& s_;
};

}  // namespace

void Optimize(Block* block, const OptimizeOptions& options) {
  static thread_local Scratch scratch;
  if (options.fold || options.propagate_registers) Forward(*block, options, scratch).Run();
  if (options.drop_dead_sets || options.drop_dead_values) Backward(*block, options, scratch).Run();
}

}  // namespace emu::ir
