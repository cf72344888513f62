// Where results are made: in the register of the guest register that they go to, if the next instruction says so.
#include "backends/x86_64/registers.h"

#include <algorithm>

namespace emu::backends::x86_64 {
namespace {

using ir::Type;
using ir::Value;
using At = Location::Kind;

// Operations that take a register's low bits and fill it with them.
bool IsExtension(ir::Op op) {
  switch (op) {
    case ir::Op::kSExt8:
    case ir::Op::kSExt16:
    case ir::Op::kSExt32:
    case ir::Op::kZExt8:
    case ir::Op::kZExt16:
    case ir::Op::kZExt32:
    case ir::Op::kSExt:
    case ir::Op::kZExt:
      return true;
    default:
      return false;
  }
}

}  // namespace

// The number of the pinned register that the next instruction sets to the present result, or to what the next one makes
// of it in place; -1 if there is none.
int Registers::Destination() const {
  if (!direct_results_) return -1;
  size_t next = index_ + 1;
  Value v = static_cast<Value>(index_);
  if (next < block_->code.size() && IsExtension(block_->code[next].op) && block_->code[next].args[0] == v &&
      values_[v].last_use == next) {
    v = static_cast<Value>(next++);
  }
  if (next >= block_->code.size()) return -1;
  const ir::Instr& set = block_->code[next];
  if (set.op != ir::Op::kSet || set.args[0] != v || !guest_[set.imm].pinned) return -1;
  return static_cast<int>(set.imm);
}

// The temp of an argument whose last use this is.
std::optional<Reg> Registers::Dying() {
  std::optional<Reg> dying;
  ForEachArgument(index_, [&](Value v) {
    if (dying || UsedLater(v) || at(v).kind != At::kTemp) return;
    const bool own = temp_owner_[at(v).reg] == v;
    if (own && MayHold(regs_, at(v).reg, static_cast<Value>(index_))) dying = static_cast<Reg>(at(v).reg);
  });
  return dying;
}

Reg Registers::Result() {
  if (Destination() >= 0) return ResultOr(Reg::rsp);
  const std::optional<Reg> dying = Dying();
  const Reg r = dying.has_value() ? *dying : RegFor(static_cast<Value>(index_));
  OwnTemp(r, static_cast<Value>(index_));
  return r;
}

Reg Registers::ResultOfStep(Value a, int32_t step) {
  const int destination = Destination();
  const Location l = at(a);
  const bool known = (l.kind == At::kGuest || l.kind == At::kOffset) && l.index == destination;
  if (!known || !known_sums_ || block_->code[index_].type != Type::kI64 || block_->code[index_ + 1].op != ir::Op::kSet)
    return Result();
  if (!Slide(l.index, static_cast<int64_t>(l.constant) + step)) return Result();
  AliasGuest(static_cast<Value>(index_), l.index);
  return guest_[l.index].host;
}

Reg Registers::ResultOr(Reg ready) {
  const int destination = Destination();
  if (destination < 0) return OwnTemp(ready, static_cast<Value>(index_)), ready;
  ++versions_[static_cast<size_t>(destination)];
  Detach(static_cast<unsigned>(destination));
  AliasGuest(static_cast<Value>(index_), static_cast<unsigned>(destination));
  return guest_[static_cast<size_t>(destination)].host;
}

// The same for a vector register, also where a single is boxed before it is set; -1 if there is none.
int Registers::XmmDestination() const {
  if (!direct_results_) return -1;
  size_t next = index_ + 1;
  Value v = static_cast<Value>(index_);
  if (next < block_->code.size() && block_->code[next].op == ir::Op::kFBox && block_->code[next].args[0] == v) {
    v = static_cast<Value>(next++);
  }
  if (next >= block_->code.size()) return -1;
  const ir::Instr& set = block_->code[next];
  if (set.op != ir::Op::kSet || set.args[0] != v || !guest_[set.imm].in_xmm) return -1;
  return block_->code[v].type == Type::kF64 ? static_cast<int>(set.imm) : -1;
}

Xmm Registers::ResultXmm() {
  const int destination = XmmDestination();
  if (destination >= 0) {
    ++versions_[static_cast<size_t>(destination)];
    Detach(static_cast<unsigned>(destination));
    AliasGuest(static_cast<Value>(index_), static_cast<unsigned>(destination));
    MarkCanonical(static_cast<Value>(index_));
    return guest_[static_cast<size_t>(destination)].xmm;
  }
  const Xmm r = XmmFor(static_cast<Value>(index_));
  OwnXmm(r, static_cast<Value>(index_));
  return r;
}

bool Registers::TakeXmm(Value v, Xmm* xmm) {
  const Location l = at(v);
  if (l.kind == At::kGuest && XmmDestination() == l.index) {
    AliasGuest(static_cast<Value>(index_), l.index);
    *xmm = guest_[l.index].xmm;
    values_[v].boxed = true;
    return true;
  }
  if (l.kind != At::kXmm || UsedLater(v) || XmmDestination() >= 0) return false;
  if (!MayHold(xmms_, l.reg, static_cast<Value>(index_))) return false;
  Free(v);
  *xmm = static_cast<Xmm>(l.reg);
  OwnXmm(*xmm, static_cast<Value>(index_));
  values_[index_].nans = values_[v].nans;
  return true;
}

}  // namespace emu::backends::x86_64
