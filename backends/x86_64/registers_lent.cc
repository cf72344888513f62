// Host registers of guest registers that nobody needs until they are written, lent to values in the meantime.
#include <algorithm>
#include <bit>

#include "backends/x86_64/registers.h"

namespace emu::backends::x86_64 {

using ir::Value;

// Whether a value that is wanted is the same as the guest register, or known by it.
bool Registers::IsNeeded(unsigned guest_register, bool by_arguments) const {
  return std::ranges::any_of(aliases_, [&](Value v) {
    if (values_[v].location.index != guest_register) return false;
    return UsedLater(v) || v == index_ || (by_arguments && values_[v].last_use == index_);
  });
}

// The instruction that sets the guest register anew, if v has been used by then or is what it is set to; otherwise 0.
unsigned Registers::LentUntil(unsigned guest_register, Value v) {
  const unsigned until = idle_.Until(guest_register, index_);
  if (until == 0 || values_[v].last_use <= until) return until;
  return block_->code[until].args[0] == v && TypeOf(v) == guest_[guest_register].type ? until : 0;
}

std::optional<unsigned> Registers::Lend(const Lendable& lendable, uint16_t locked, Value v) {
  std::optional<unsigned> best;
  unsigned best_until = ~0u;
  if (!idle_.any()) return best;
  for (uint16_t m = lendable.all & ~(lendable.lent | locked); m != 0; m &= static_cast<uint16_t>(m - 1)) {
    const auto r = static_cast<unsigned>(std::countr_zero(m));
    const unsigned g = lendable.guest[r], until = LentUntil(g, v);
    if (until == 0 || until >= best_until || IsNeeded(g, v != index_)) continue;
    best = r, best_until = until;
  }
  if (best) ++versions_[lendable.guest[*best]];
  return best;
}

std::optional<Reg> Registers::LendReg(Value v) {
  const std::optional<unsigned> r = Lend(regs_, locked_, v);
  return r ? std::optional(static_cast<Reg>(*r)) : std::nullopt;
}

std::optional<Xmm> Registers::LendXmm(Value v) {
  const std::optional<unsigned> r = Lend(xmms_, locked_xmm_, v);
  if (!r) return std::nullopt;
  SetNans(guest_[xmms_.guest[*r]], Nans::kCanonical);  // whatever it holds is not the guest's
  return static_cast<Xmm>(*r);
}

bool Registers::MayHold(const Lendable& lendable, unsigned r, Value v) {
  return (lendable.lent >> r & 1) == 0 || LentUntil(lendable.guest[r], v) != 0;
}

Reg Registers::RegFor(Value v) {
  if ((free_temps_ & ~locked_) == 0) {
    if (const std::optional<Reg> r = LendReg(v); r.has_value()) return *r;
  }
  return Temp();
}

Xmm Registers::XmmFor(Value v) {
  if ((free_xmms_ & ~locked_xmm_) == 0) {
    if (const std::optional<Xmm> r = LendXmm(v); r.has_value()) return *r;
  }
  return TempXmm();
}

}  // namespace emu::backends::x86_64
