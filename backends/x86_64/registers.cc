#include "backends/x86_64/registers.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace emu::backends::x86_64 {
namespace {

using ir::Type;
using ir::Value;
using At = Location::Kind;

// Where double-width products and dividends are.
constexpr uint16_t kWideMask = 1 << 0 | 1 << 2;

bool Is64(Type t) { return ir::TypeBits(t) == 64; }
Reg FirstOf(uint16_t mask) { return static_cast<Reg>(std::countr_zero(mask)); }
uint16_t Bit(Reg r) { return static_cast<uint16_t>(1u << static_cast<unsigned>(r)); }
uint16_t Bit(Xmm r) { return static_cast<uint16_t>(1u << static_cast<unsigned>(r)); }

}  // namespace

uint16_t ValueXmms(const std::vector<GuestRegister>& guest) {
  uint16_t mask = kXmmMask;
  for (const GuestRegister& g : guest) {
    if (g.in_xmm) mask &= static_cast<uint16_t>(~Bit(g.xmm));
  }
  return mask;
}

std::vector<GuestRegister> AssignRegisters(absl::Span<const translate::RegisterInfo> registers,
                                           const translate::JitOptions& jit) {
  std::vector<GuestRegister> result;
  std::vector<std::pair<int, size_t>> wanted, wanted_xmm;
  for (const translate::RegisterInfo& r : registers) {
    if (jit.pin && r.pin >= 0 && ir::IsInt(r.type)) wanted.emplace_back(r.pin, result.size());
    if (jit.pin_fp && r.pin >= 0 && r.type == Type::kF64) wanted_xmm.emplace_back(r.pin, result.size());
    result.push_back({r.offset, r.type});
  }
  std::sort(wanted.begin(), wanted.end());
  std::sort(wanted_xmm.begin(), wanted_xmm.end());
  for (size_t i = 0; i < wanted_xmm.size() && i < kPinnedXmmCount; ++i) {
    result[wanted_xmm[i].second].in_xmm = true;
    result[wanted_xmm[i].second].xmm = static_cast<Xmm>(15 - i);
  }
  const size_t room = jit.pin_budget ? kPinnedCount - 1 : kPinnedCount;
  for (size_t i = 0; i < wanted.size() && i < room; ++i) {
    result[wanted[i].second].pinned = true;
    result[wanted[i].second].host = kPinned[i];
  }
  return result;
}

Registers::Registers(Emitter* emitter, const std::vector<GuestRegister>* guest, const translate::JitOptions& jit)
    : e_(*emitter),
      guest_(*guest),
      direct_results_(jit.direct_results),
      known_sums_(jit.known_sums),
      lends_(jit.lend_registers),
      xmm_mask_(ValueXmms(*guest)),
      versions_(guest->size()),
      positions_(guest->size()) {
  for (size_t n = 0; n < guest->size(); ++n) {
    const GuestRegister& g = (*guest)[n];
    lendable_.push_back(!g.in_memory());
    if (g.in_memory()) continue;
    Lendable& lendable = g.pinned ? regs_ : xmms_;
    const auto host = g.pinned ? static_cast<unsigned>(g.host) : static_cast<unsigned>(g.xmm);
    lendable.all |= static_cast<uint16_t>(1u << host);
    lendable.guest[host] = static_cast<uint16_t>(n);
  }
}

bool Registers::IsArgument(unsigned index, Value v) const {
  const Value* args = block_->code[index].args;
  return v == FirstArgument(index) || v == args[1] || v == args[2];
}

void Registers::Begin(const ir::Block* block, const AccessGroups* groups) {
  block_ = block;
  groups_ = groups;
  values_.assign(block->code.size() + (groups == nullptr ? 0 : kMaxAccessGroups), {});
  for (auto i = static_cast<unsigned>(block->code.size()); i-- > 0;) {
    if (IsUnused(i)) continue;
    ForEachArgument(i, [&](Value v) { values_[v].last_use = std::max(values_[v].last_use, i); });
  }
  free_temps_ = kTempMask;
  regs_.lent = xmms_.lent = 0;
  idle_.Clear();
  if (lends_ && groups != nullptr) idle_.Find(*block, lendable_);
  free_xmms_ = xmm_mask_;
  slots_.fill(0);
  aliases_.clear();
  kept_.clear();
  raw_ = {};
  failed_ = false;
}

void Registers::KeepUntil(Value v, unsigned index) {
  if (values_[v].last_use >= index) return;
  values_[v].last_use = index;
  kept_.push_back(v);
}

void Registers::EndInstr() {
  for (Value v : kept_) {
    if (values_[v].last_use == index_) Free(v);
  }
  ForEachArgument(index_, [&](Value v) {
    if (values_[v].last_use == index_) Free(v);
  });
  if (values_[index_].last_use <= index_) Free(static_cast<Value>(index_));
}

void Registers::Free(Value v) {
  Release(v);
  FreeSlot(v);
}

// The value leaves the place where it is, for another one.
void Registers::Release(Value v) {
  Location& l = values_[v].location;
  switch (l.kind) {
    case At::kTemp:
      if (temp_owner_[l.reg] != v) break;  // a result took it over
      free_temps_ |= static_cast<uint16_t>(1u << l.reg & kTempMask);
      regs_.lent &= static_cast<uint16_t>(~(1u << l.reg));
      break;
    case At::kXmm:
      free_xmms_ |= static_cast<uint16_t>(1u << l.reg & xmm_mask_);
      xmms_.lent &= static_cast<uint16_t>(~(1u << l.reg));
      break;
    case At::kGuest:
    case At::kOffset:
      std::erase(aliases_, v);
      break;
    default:
      break;
  }
  l = {};
}

Nans Registers::NansOf(Value v) const {
  const Location& l = at(v);
  if (l.kind != At::kGuest || !guest_[l.index].in_xmm) return values_[v].nans;
  const uint16_t bit = Bit(guest_[l.index].xmm);
  return (raw_.doubles & bit) != 0 ? Nans::kAnyDouble : (raw_.singles & bit) != 0 ? Nans::kAnySingle : Nans::kCanonical;
}

void Registers::SetNans(Value v, Nans nans) {
  const Location& l = at(v);
  if (l.kind == At::kGuest && guest_[l.index].in_xmm) return SetNans(guest_[l.index], nans);
  values_[v].nans = nans;
}

void Registers::SetNans(const GuestRegister& guest, Nans nans) {
  const uint16_t bit = Bit(guest.xmm);
  raw_.singles = static_cast<uint16_t>(nans == Nans::kAnySingle ? raw_.singles | bit : raw_.singles & ~bit);
  raw_.doubles = static_cast<uint16_t>(nans == Nans::kAnyDouble ? raw_.doubles | bit : raw_.doubles & ~bit);
}

bool Registers::Const(Value v, uint64_t* value) const {
  if (at(v).kind != At::kConst) return false;
  *value = at(v).constant;
  return true;
}

bool Registers::Imm32(Value v, int32_t* imm) const {
  uint64_t c;
  if (!Const(v, &c) || !ir::IsInt(TypeOf(v))) return false;
  *imm = static_cast<int32_t>(c);
  return !Is64(TypeOf(v)) || static_cast<int64_t>(c) == *imm;
}

bool Registers::InMemory(Value v, Mem* mem) const {
  const Location& l = at(v);
  if (l.kind == At::kSpill) return *mem = FrameSlot(l.index), true;
  if (l.kind != At::kGuest || !guest_[l.index].in_memory()) return false;
  *mem = StateField(guest_[l.index].offset);
  return true;
}

void Registers::SetHome(Value v, unsigned guest_register) {
  if (guest_[guest_register].type != block_->code[v].type) return;
  values_[v].home = static_cast<uint16_t>(guest_register);
  values_[v].home_version = versions_[guest_register];
  values_[v].home_position = positions_[guest_register];
}

// True if the value need not be stored: it becomes another name of the guest register, or a sum with it.
bool Registers::MoveHome(Value v) {
  if (!HasHome(v)) return false;
  Release(v);
  return GoHome(v);
}

// The same where the place of the value is given back already.
bool Registers::GoHome(Value v) {
  if (!HasHome(v)) return false;
  const int64_t offset = HomeOffset(v);
  values_[v].location = {offset == 0 ? At::kGuest : At::kOffset, 0, values_[v].home, static_cast<uint64_t>(offset)};
  values_[v].boxed = false;  // of a single, only its own half is there
  aliases_.push_back(v);
  return true;
}

void Registers::Evict(Reg temp) {
  const Value v = temp_owner_[static_cast<unsigned>(temp)];
  free_temps_ |= Bit(temp);
  if (GoHome(v) || GoToFrame(v)) return;
  if (const std::optional<Reg> to = LendReg(v); to.has_value()) {
    e_.rr(Op::kMOV64rr, *to, temp);
    return OwnTemp(*to, v);
  }
  e_.mr(Op::kMOV64mr, Spill(v), temp);
}

void Registers::EvictXmm(Xmm xmm) {
  const Value v = xmm_owner_[static_cast<unsigned>(xmm)];
  free_xmms_ |= Bit(xmm);
  if (GoHome(v)) return;
  if (const std::optional<Xmm> to = LendXmm(v); to.has_value()) {
    e_.rr(Op::kMOVAPSrr, *to, xmm);
    return OwnXmm(*to, v);
  }
  e_.mr(Op::kMOVSDmr, Spill(v), xmm);
}

// How many instructions there are before the next one that uses v, as far as that matters.
unsigned Registers::Distance(Value v) const {
  static constexpr unsigned kFar = 64;
  const unsigned end = std::min<unsigned>(kFar, values_[v].last_use - index_);
  for (unsigned n = 1; n < end; ++n) {
    if (IsArgument(index_ + n, v)) return n;
  }
  return end;
}

// The temp whose value is needed last, where one that a guest register holds as well counts double.
Reg Registers::Victim() const {
  Reg victim = FirstOf(kTempMask & static_cast<uint16_t>(~locked_));
  unsigned best = 0;
  for (Reg t : kTemps) {
    if ((locked_ & Bit(t)) != 0) continue;
    const Value v = temp_owner_[static_cast<unsigned>(t)];
    const unsigned distance = UsedLater(v) ? Distance(v) * (HasHome(v) ? 2 : 1) : 0;
    if (distance > best) victim = t, best = distance;
  }
  return victim;
}

Reg Registers::Temp() {
  uint16_t choice = free_temps_ & static_cast<uint16_t>(~locked_);
  if (choice == 0) {
    if ((kTempMask & ~locked_) == 0) return failed_ = true, kTemps[0];  // no instruction needs more than there are
    const Reg victim = Victim();
    Evict(victim);
    choice = Bit(victim);
  }
  const Reg r = FirstOf(choice);
  locked_ |= Bit(r);
  return r;
}

std::optional<Reg> Registers::FreeTemp() {
  if ((free_temps_ & ~locked_) != 0) return Temp();
  for (Reg t : kTemps) {
    const Value v = temp_owner_[static_cast<unsigned>(t)];
    if ((locked_ & Bit(t)) != 0 || !HasHome(v) || !guest_[values_[v].home].pinned) continue;
    Evict(t);
    return Temp();
  }
  return std::nullopt;
}

void Registers::Claim(Reg temp, Value done) {
  locked_ |= Bit(temp);
  if ((free_temps_ & Bit(temp)) != 0) return;
  const Value v = temp_owner_[static_cast<unsigned>(temp)];
  if (v == done && !UsedLater(v)) return;
  const uint16_t locked = locked_;
  locked_ |= kWideMask;
  const bool wanted = IsArgument(index_, v);
  const std::optional<Reg> to = wanted ? RegFor(v) : FreeTemp();
  if (to.has_value() && (wanted || !HasHome(v))) {
    free_temps_ |= Bit(temp);
    e_.rr(Op::kMOV64rr, *to, temp);
    OwnTemp(*to, v);
  } else {
    Evict(temp);
  }
  locked_ = locked;
}

Xmm Registers::TempXmm() {
  uint16_t choice = free_xmms_ & static_cast<uint16_t>(~locked_xmm_);
  if (choice == 0) {
    const uint16_t evictable = xmm_mask_ & static_cast<uint16_t>(~locked_xmm_);
    if (evictable == 0) return failed_ = true, kScratchXmm0;  // no instruction needs more than there are
    EvictXmm(static_cast<Xmm>(std::countr_zero(evictable)));
    choice = free_xmms_ & static_cast<uint16_t>(~locked_xmm_);
  }
  const Xmm r = static_cast<Xmm>(std::countr_zero(choice));
  locked_xmm_ |= Bit(r);
  return r;
}

void Registers::OwnTemp(Reg temp, Value v) {
  free_temps_ &= static_cast<uint16_t>(~Bit(temp));
  regs_.lent |= Bit(temp) & regs_.all;
  locked_ |= Bit(temp);
  temp_owner_[static_cast<unsigned>(temp)] = v;
  values_[v].location = {At::kTemp, static_cast<uint8_t>(temp), 0};
}

void Registers::OwnXmm(Xmm xmm, Value v) {
  free_xmms_ &= static_cast<uint16_t>(~Bit(xmm));
  xmms_.lent |= Bit(xmm) & xmms_.all;
  locked_xmm_ |= Bit(xmm);
  xmm_owner_[static_cast<unsigned>(xmm)] = v;
  values_[v].location = {At::kXmm, static_cast<uint8_t>(xmm), 0};
}

void Registers::AliasGuest(Value v, unsigned guest_register) {
  values_[v].location = {At::kGuest, 0, static_cast<uint16_t>(guest_register)};
  aliases_.push_back(v);
}

void Registers::LoadConst(Reg to, Type type, uint64_t value) {
  if (value == 0) {
    e_.ri(Op::kMOV32ri, to, 0);  // leaves the flags alone
  } else if (!Is64(type) || value == static_cast<uint32_t>(value)) {
    e_.ri(Op::kMOV32ri, to, static_cast<int64_t>(static_cast<uint32_t>(value)));
  } else if (static_cast<int64_t>(value) == static_cast<int32_t>(value)) {
    e_.ri(Op::kMOV64ri32, to, static_cast<int64_t>(value));
  } else {
    e_.ri(Op::kMOV64ri, to, static_cast<int64_t>(value));
  }
}

void Registers::Copy(Value v, Reg to) {
  const Location& l = at(v);
  const Type type = TypeOf(v);
  Mem mem;
  if (l.kind == At::kConst) {
    LoadConst(to, type, l.constant);
  } else if (l.kind == At::kXmm || (l.kind == At::kGuest && guest_[l.index].in_xmm)) {
    const Xmm from = l.kind == At::kXmm ? static_cast<Xmm>(l.reg) : guest_[l.index].xmm;
    e_.rr(Is64(type) ? Op::kMOVPQIto64rr : Op::kMOVPDI2DIrr, to, from);
  } else if (InMemory(v, &mem)) {
    e_.rm(Is64(type) ? Op::kMOV64rm : Op::kMOV32rm, to, mem);
  } else if (l.kind == At::kOffset) {
    e_.rm(Op::kLEA64r, to, Mem::Base(guest_[l.index].host, static_cast<int32_t>(l.constant)));
  } else {
    const Reg from = l.kind == At::kTemp ? static_cast<Reg>(l.reg) : guest_[l.index].host;
    if (from != to) e_.rr(Is64(type) ? Op::kMOV64rr : Op::kMOV32rr, to, from);
  }
}

void Registers::CopyXmm(Value v, Xmm to) {
  const Location& l = at(v);
  const bool wide = Is64(block_->code[v].type);
  Mem mem;
  if (l.kind == At::kXmm || (l.kind == At::kGuest && guest_[l.index].in_xmm)) {
    const Xmm from = l.kind == At::kXmm ? static_cast<Xmm>(l.reg) : guest_[l.index].xmm;
    if (from != to) e_.rr(Op::kMOVAPSrr, to, from);
  } else if (InMemory(v, &mem)) {
    e_.rm(wide || l.kind == At::kSpill ? Op::kMOVSDrm : Op::kMOVSSrm, to, mem);  // a slot is whole
  } else if (l.kind == At::kConst && l.constant == 0) {
    e_.rr(Op::kPXORrr, to, to);
  } else {
    // A constant, or an integer register under another name; the temp is needed no longer than that.
    const uint16_t locked = locked_;
    const Reg from = l.kind == At::kGuest  ? guest_[l.index].host
                     : l.kind == At::kTemp ? static_cast<Reg>(l.reg)
                                           : Temp();
    if (l.kind == At::kConst || l.kind == At::kOffset) Copy(v, from);
    e_.rr(wide ? Op::kMOV64toPQIrr : Op::kMOVDI2PDIrr, to, from);
    locked_ = locked;
  }
}

Reg Registers::Use(Value v) {
  const Location l = at(v);
  if (l.kind == At::kTemp) return locked_ |= static_cast<uint16_t>(1u << l.reg), static_cast<Reg>(l.reg);
  if (l.kind == At::kGuest && guest_[l.index].pinned) return guest_[l.index].host;
  const Reg to = l.kind == At::kConst ? Temp() : RegFor(v);
  Copy(v, to);
  if (l.kind == At::kConst) return to;  // stays a constant
  Release(v);
  OwnTemp(to, v);
  if (l.kind == At::kGuest) SetHome(v, l.index);
  return to;
}

Sum Registers::UseSum(Value v, int64_t displacement) {
  constexpr int64_t kMost = int64_t{1} << 30;
  const Location& l = at(v);
  const int64_t sum = displacement + static_cast<int64_t>(l.constant);
  if (l.kind != At::kOffset || sum < -kMost || sum >= kMost) return {Use(v), static_cast<int32_t>(displacement)};
  return {guest_[l.index].host, static_cast<int32_t>(sum)};
}

Xmm Registers::UseXmm(Value v) {
  const Location l = at(v);
  if (l.kind == At::kXmm) return locked_xmm_ |= static_cast<uint16_t>(1u << l.reg), static_cast<Xmm>(l.reg);
  if (l.kind == At::kGuest && guest_[l.index].in_xmm) return guest_[l.index].xmm;
  const Xmm to = l.kind == At::kConst ? TempXmm() : XmmFor(v);
  CopyXmm(v, to);
  if (l.kind == At::kConst) return to;
  Free(v);  // its word of the frame, too: it may become another NaN in the register
  OwnXmm(to, v);
  if (l.kind == At::kGuest) SetHome(v, l.index);
  return to;
}

void Registers::Get(unsigned guest_register) { AliasGuest(static_cast<Value>(index_), guest_register); }

void Registers::OwnCopy(Value v) {
  const Reg to = RegFor(v);
  Copy(v, to);
  Release(v);
  OwnTemp(to, v);
}

// The guest register is about to go on by `step`: values that it holds, and that are needed later, are copied where
// there is room, and otherwise known by their distance. False, and nothing done, where one may not be.
bool Registers::Slide(unsigned guest_register, int64_t step) {
  const auto concerns = [&](Value v) { return at(v).index == guest_register && UsedLater(v); };
  const auto distance = [&](Value v) { return static_cast<int64_t>(at(v).constant) - step; };
  for (Value v : aliases_) {
    if (concerns(v) && (TypeOf(v) != Type::kI64 || !IsNear(distance(v)))) return false;
  }
  const uint16_t locked = locked_;
  for (size_t i = 0; i < aliases_.size();) {
    const Value v = aliases_[i];
    if (concerns(v) && at(v).kind == At::kGuest && (free_temps_ & ~locked_) != 0) {
      SetHome(v, guest_register);
      OwnCopy(v);
      continue;
    }
    if (concerns(v)) values_[v].location = {At::kOffset, 0, at(v).index, static_cast<uint64_t>(distance(v))};
    ++i;
  }
  locked_ = locked;
  positions_[guest_register] += static_cast<uint64_t>(step);
  return true;
}

// The guest register is about to change: values that are the same as it, and needed later, get places of their own.
// There may be more of them than temps, so that none stays locked.
void Registers::Detach(unsigned guest_register) {
  for (size_t i = 0; i < aliases_.size();) {
    const Value v = aliases_[i];
    if (values_[v].location.index != guest_register || v == index_ || values_[v].last_use <= index_) {
      ++i;
      continue;
    }
    if (!ir::IsFloat(block_->code[v].type) && MoveHome(v)) continue;
    const uint16_t locked = locked_, locked_xmm = locked_xmm_;
    if (ir::IsFloat(block_->code[v].type)) {
      const Xmm to = XmmFor(v);
      const Nans nans = NansOf(v);
      CopyXmm(v, to);
      Free(v);
      OwnXmm(to, v);
      values_[v].nans = nans;
    } else if ((kTempMask & ~locked_) == 0 && guest_[guest_register].pinned) {
      const Sum sum = SumOf(v);
      Release(v);
      if (!GoToFrame(v)) SpillSum(v, sum);
    } else {
      OwnCopy(v);
    }
    locked_ = locked, locked_xmm_ = locked_xmm;
  }
}

void Registers::Set(unsigned guest_register, Value v) {
  const GuestRegister& guest = guest_[guest_register];
  const Location& l = at(v);
  if (l.kind == At::kGuest && l.index == guest_register) return;
  ++versions_[guest_register];
  Detach(guest_register);
  // Values whose last use this is and that are the same as the old content are not needed any more.
  if (guest.in_memory()) {
    StoreTo(guest, v);
    return SetHome(v, guest_register);
  }
  if (guest.in_xmm) {
    CopyXmm(v, guest.xmm);
    SetNans(guest, NansOf(v));
    if (!UsedLater(v) || l.kind != At::kXmm) return;
    Free(v);
    return AliasGuest(v, guest_register);
  }
  Copy(v, guest.host);
  if (!UsedLater(v) || l.kind == At::kConst) return;
  SetHome(v, guest_register);
  if (l.kind != At::kGuest || guest_[l.index].in_memory()) MoveHome(v);
}

void Registers::StoreTo(const GuestRegister& guest, Value v) {
  const Mem to = StateField(guest.offset);
  const bool wide = Is64(guest.type);
  int32_t imm;
  if (Imm32(v, &imm)) return e_.mi(wide ? Op::kMOV64mi32 : Op::kMOV32mi, to, imm);
  const Location& l = at(v);
  const bool in_general = l.kind == At::kTemp || (l.kind == At::kGuest && guest_[l.index].pinned);
  if (ir::IsFloat(guest.type) && !in_general) return e_.mr(wide ? Op::kMOVSDmr : Op::kMOVSSmr, to, UseXmm(v));
  e_.mr(wide ? Op::kMOV64mr : Op::kMOV32mr, to, Use(v));
}

bool Registers::Alias(Value v) {
  const Location l = at(v);
  const Value me = static_cast<Value>(index_);
  if (l.kind == At::kGuest && !ir::IsFloat(guest_[l.index].type)) {
    AliasGuest(me, l.index);
    return true;
  }
  if (l.kind != At::kTemp || UsedLater(v) || !MayHold(regs_, l.reg, me)) return false;
  values_[v].location = {};
  OwnTemp(static_cast<Reg>(l.reg), me);
  return true;
}

bool Registers::AliasExtended(Value v) {
  const Location& l = at(v);
  if (!values_[v].clean || (l.kind != At::kTemp && (l.kind != At::kGuest || Destination() != l.index))) return false;
  return Alias(v);
}

uint16_t Registers::LiveTemps() const {
  uint16_t live = 0;
  for (Reg t : kTemps) {
    const Value v = temp_owner_[static_cast<unsigned>(t)];
    if ((free_temps_ & Bit(t)) == 0 && v != index_ && UsedLater(v)) live |= Bit(t);
  }
  return live;
}

uint16_t Registers::LiveXmms() const {
  uint16_t live = 0;
  for (unsigned i = 2; i < 16; ++i) {
    const Value v = xmm_owner_[i];
    if (((xmm_mask_ & ~free_xmms_) >> i & 1) != 0 && v != index_ && UsedLater(v))
      live |= static_cast<uint16_t>(1u << i);
  }
  return live;
}

}  // namespace emu::backends::x86_64
