#include "backends/x86_64/registers.h"

#include <algorithm>
#include <bit>

namespace emu::backends::x86_64 {
namespace {

using ir::Type;
using ir::Value;
using At = Location::Kind;

bool Is64(Type t) { return ir::TypeBits(t) == 64; }
Reg FirstOf(uint16_t mask) { return static_cast<Reg>(std::countr_zero(mask)); }
uint16_t Bit(Reg r) { return static_cast<uint16_t>(1u << static_cast<unsigned>(r)); }
uint16_t Bit(Xmm r) { return static_cast<uint16_t>(1u << static_cast<unsigned>(r)); }

}  // namespace

std::vector<GuestRegister> AssignRegisters(absl::Span<const translate::RegisterInfo> registers, bool pin) {
  std::vector<GuestRegister> result;
  std::vector<std::pair<int, size_t>> wanted;
  for (const translate::RegisterInfo& r : registers) {
    if (pin && r.pin >= 0 && ir::IsInt(r.type)) wanted.emplace_back(r.pin, result.size());
    result.push_back({r.offset, r.type});
  }
  std::sort(wanted.begin(), wanted.end());
  for (size_t i = 0; i < wanted.size() && i < kPinnedCount; ++i) {
    result[wanted[i].second].pinned = true;
    result[wanted[i].second].host = kPinned[i];
  }
  return result;
}

void Registers::Begin(const ir::Block* block) {
  block_ = block;
  values_.assign(block->code.size(), {});
  for (size_t i = 0; i < block->code.size(); ++i) {
    for (Value v : block->code[i].args) {
      if (v != ir::kNoValue) values_[v].last_use = static_cast<uint32_t>(i);
    }
  }
  free_temps_ = kTempMask;
  free_xmms_ = kXmmMask;
  slots_.fill(0);
  aliases_.clear();
  failed_ = false;
}

void Registers::EndInstr() {
  for (Value v : block_->code[index_].args) {
    if (v != ir::kNoValue && values_[v].last_use == index_) Free(v);
  }
  if (values_[index_].last_use <= index_) Free(static_cast<Value>(index_));
}

void Registers::Free(Value v) {
  Location& l = values_[v].location;
  switch (l.kind) {
    case At::kTemp:
      if (temp_owner_[l.reg] == v) free_temps_ |= static_cast<uint16_t>(1u << l.reg);  // no result took it over
      break;
    case At::kXmm:
      free_xmms_ |= static_cast<uint16_t>(1u << l.reg);
      break;
    case At::kSpill:
      slots_[l.index / 64] &= ~(uint64_t{1} << l.index % 64);
      break;
    case At::kGuest:
      std::erase(aliases_, v);
      break;
    default:
      break;
  }
  l = {};
}

bool Registers::Const(Value v, uint64_t* value) const {
  if (at(v).kind != At::kConst) return false;
  *value = at(v).constant;
  return true;
}

bool Registers::Imm32(Value v, int32_t* imm) const {
  uint64_t c;
  if (!Const(v, &c) || !ir::IsInt(block_->code[v].type)) return false;
  *imm = static_cast<int32_t>(c);
  return !Is64(block_->code[v].type) || static_cast<int64_t>(c) == *imm;
}

bool Registers::InMemory(Value v, Mem* mem) const {
  const Location& l = at(v);
  if (l.kind == At::kSpill) return *mem = FrameSlot(l.index), true;
  if (l.kind != At::kGuest || guest_[l.index].pinned) return false;
  *mem = StateField(guest_[l.index].offset);
  return true;
}

int Registers::Slot() {
  for (size_t i = 0; i < slots_.size(); ++i) {
    if (slots_[i] == ~uint64_t{0}) continue;
    const int bit = std::countr_one(slots_[i]);
    slots_[i] |= uint64_t{1} << bit;
    return static_cast<int>(i) * 64 + bit;
  }
  failed_ = true;
  return 0;
}

void Registers::SetHome(Value v, unsigned guest_register) {
  if (guest_[guest_register].type != block_->code[v].type) return;
  values_[v].home = static_cast<uint16_t>(guest_register);
  values_[v].home_version = versions_[guest_register];
}

// True if the value need not be stored: it becomes another name of the guest register.
bool Registers::GoHome(Value v) {
  if (!HasHome(v)) return false;
  values_[v].location = {At::kGuest, 0, values_[v].home};
  aliases_.push_back(v);
  return true;
}

void Registers::Evict(Reg temp) {
  const Value v = temp_owner_[static_cast<unsigned>(temp)];
  free_temps_ |= Bit(temp);
  if (GoHome(v)) return;
  const int slot = Slot();
  e_.mr(Op::kMOV64mr, FrameSlot(slot), temp);
  values_[v].location = {At::kSpill, 0, static_cast<uint16_t>(slot)};
}

void Registers::EvictXmm(Xmm xmm) {
  const Value v = xmm_owner_[static_cast<unsigned>(xmm)];
  free_xmms_ |= Bit(xmm);
  if (GoHome(v)) return;
  const int slot = Slot();
  e_.mr(Op::kMOVSDmr, FrameSlot(slot), xmm);
  values_[v].location = {At::kSpill, 0, static_cast<uint16_t>(slot)};
}

// The temp whose value is needed for the longest time: of what is known, the best guess at the next use.
Reg Registers::Victim() const {
  const uint16_t evictable = kTempMask & static_cast<uint16_t>(~locked_);
  Reg victim = FirstOf(evictable);
  const auto cost = [&](Reg r) {
    const Value v = temp_owner_[static_cast<unsigned>(r)];
    return ~values_[v].last_use;
  };
  for (Reg t : kTemps) {
    if ((locked_ & Bit(t)) == 0 && cost(t) < cost(victim)) victim = t;
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

Xmm Registers::TempXmm() {
  uint16_t choice = free_xmms_ & static_cast<uint16_t>(~locked_xmm_);
  if (choice == 0) {
    const uint16_t evictable = kXmmMask & static_cast<uint16_t>(~locked_xmm_);
    EvictXmm(static_cast<Xmm>(std::countr_zero(evictable)));
    choice = free_xmms_ & static_cast<uint16_t>(~locked_xmm_);
  }
  const Xmm r = static_cast<Xmm>(std::countr_zero(choice));
  locked_xmm_ |= Bit(r);
  return r;
}

void Registers::OwnTemp(Reg temp, Value v) {
  free_temps_ &= static_cast<uint16_t>(~Bit(temp));
  locked_ |= Bit(temp);
  temp_owner_[static_cast<unsigned>(temp)] = v;
  values_[v].location = {At::kTemp, static_cast<uint8_t>(temp), 0};
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
  const Type type = block_->code[v].type;
  Mem mem;
  if (l.kind == At::kConst) {
    LoadConst(to, type, l.constant);
  } else if (l.kind == At::kXmm) {
    e_.rr(Is64(type) ? Op::kMOVPQIto64rr : Op::kMOVPDI2DIrr, to, static_cast<Xmm>(l.reg));
  } else if (InMemory(v, &mem)) {
    e_.rm(Is64(type) ? Op::kMOV64rm : Op::kMOV32rm, to, mem);
  } else {
    const Reg from = l.kind == At::kTemp ? static_cast<Reg>(l.reg) : guest_[l.index].host;
    if (from != to) e_.rr(Is64(type) ? Op::kMOV64rr : Op::kMOV32rr, to, from);
  }
}

void Registers::CopyXmm(Value v, Xmm to) {
  const Location& l = at(v);
  const bool wide = Is64(block_->code[v].type);
  Mem mem;
  if (l.kind == At::kXmm) {
    if (static_cast<Xmm>(l.reg) != to) e_.rr(Op::kMOVAPSrr, to, static_cast<Xmm>(l.reg));
  } else if (InMemory(v, &mem)) {
    e_.rm(wide ? Op::kMOVSDrm : Op::kMOVSSrm, to, mem);
  } else if (l.kind == At::kConst && l.constant == 0) {
    e_.rr(Op::kPXORrr, to, to);
  } else {
    // A constant, or an integer register under another name; the temp is needed no longer than that.
    const uint16_t locked = locked_;
    const Reg from = l.kind == At::kGuest ? guest_[l.index].host : Temp();
    if (l.kind != At::kGuest) Copy(v, from);
    e_.rr(wide ? Op::kMOV64toPQIrr : Op::kMOVDI2PDIrr, to, from);
    locked_ = locked;
  }
}

Reg Registers::Use(Value v) {
  const Location l = at(v);
  if (l.kind == At::kTemp) return locked_ |= static_cast<uint16_t>(1u << l.reg), static_cast<Reg>(l.reg);
  if (l.kind == At::kGuest && guest_[l.index].pinned) return guest_[l.index].host;
  const Reg to = Temp();
  Copy(v, to);
  if (l.kind == At::kConst) return to;  // stays a constant
  Free(v);
  OwnTemp(to, v);
  if (l.kind == At::kGuest) SetHome(v, l.index);
  return to;
}

Xmm Registers::UseXmm(Value v) {
  const Location l = at(v);
  if (l.kind == At::kXmm) return locked_xmm_ |= static_cast<uint16_t>(1u << l.reg), static_cast<Xmm>(l.reg);
  const Xmm to = TempXmm();
  CopyXmm(v, to);
  if (l.kind == At::kConst) return to;
  Free(v);
  free_xmms_ &= static_cast<uint16_t>(~Bit(to));
  xmm_owner_[static_cast<unsigned>(to)] = v;
  values_[v].location = {At::kXmm, static_cast<uint8_t>(to), 0};
  return to;
}

// The pinned register that the next instruction sets to the present result.
const GuestRegister* Registers::Destination() const {
  if (!direct_results_ || index_ + 1 >= block_->code.size()) return nullptr;
  const ir::Instr& next = block_->code[index_ + 1];
  if (next.op != ir::Op::kSet || next.args[0] != index_) return nullptr;
  return guest_[next.imm].pinned ? &guest_[next.imm] : nullptr;
}

// The temp of an argument whose last use this is; rsp: there is none.
Reg Registers::Dying() const {
  for (Value v : block_->code[index_].args) {
    if (v == ir::kNoValue || UsedLater(v) || at(v).kind != At::kTemp) continue;
    if (temp_owner_[at(v).reg] == v) return static_cast<Reg>(at(v).reg);
  }
  return Reg::rsp;
}

Reg Registers::Result() {
  if (Destination() != nullptr) return ResultOr(Reg::rsp);
  const Reg dying = Dying();
  const Reg r = dying == Reg::rsp ? Temp() : dying;
  OwnTemp(r, static_cast<Value>(index_));
  return r;
}

Reg Registers::ResultOr(Reg ready) {
  const GuestRegister* destination = Destination();
  if (destination == nullptr) return OwnTemp(ready, static_cast<Value>(index_)), ready;
  const unsigned number = static_cast<unsigned>(block_->code[index_ + 1].imm);
  Detach(number);
  values_[index_].location = {At::kGuest, 0, static_cast<uint16_t>(number)};
  aliases_.push_back(static_cast<Value>(index_));
  return destination->host;
}

Xmm Registers::ResultXmm() {
  const Xmm r = TempXmm();
  free_xmms_ &= static_cast<uint16_t>(~Bit(r));
  xmm_owner_[static_cast<unsigned>(r)] = static_cast<Value>(index_);
  values_[index_].location = {At::kXmm, static_cast<uint8_t>(r), 0};
  return r;
}

void Registers::Get(unsigned guest_register) {
  values_[index_].location = {At::kGuest, 0, static_cast<uint16_t>(guest_register)};
  aliases_.push_back(static_cast<Value>(index_));
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
    const uint16_t locked = locked_, locked_xmm = locked_xmm_;
    if (ir::IsFloat(block_->code[v].type)) {
      UseXmm(v);
    } else {
      const Reg to = Temp();
      Copy(v, to);
      Free(v);
      OwnTemp(to, v);
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
  if (!guest.pinned) {
    StoreTo(guest, v);
    return SetHome(v, guest_register);
  }
  Copy(v, guest.host);
  if (!UsedLater(v) || l.kind != At::kTemp) return;
  Free(v);
  values_[v].location = {At::kGuest, 0, static_cast<uint16_t>(guest_register)};
  aliases_.push_back(v);
}

void Registers::StoreTo(const GuestRegister& guest, Value v) {
  const Mem to = StateField(guest.offset);
  const bool wide = Is64(guest.type);
  int32_t imm;
  if (Imm32(v, &imm)) return e_.mi(wide ? Op::kMOV64mi32 : Op::kMOV32mi, to, imm);
  if (ir::IsFloat(guest.type)) return e_.mr(wide ? Op::kMOVSDmr : Op::kMOVSSmr, to, UseXmm(v));
  e_.mr(wide ? Op::kMOV64mr : Op::kMOV32mr, to, Use(v));
}

bool Registers::Alias(Value v) {
  const Location l = at(v);
  const Value me = static_cast<Value>(index_);
  if (l.kind == At::kGuest && !ir::IsFloat(guest_[l.index].type)) {
    values_[me].location = l;
    aliases_.push_back(me);
    return true;
  }
  if (l.kind != At::kTemp || UsedLater(v)) return false;
  values_[v].location = {};
  OwnTemp(static_cast<Reg>(l.reg), me);
  return true;
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
    if ((free_xmms_ >> i & 1) == 0 && v != index_ && UsedLater(v)) live |= static_cast<uint16_t>(1u << i);
  }
  return live;
}

void Registers::SpillAll() {
  for (uint16_t m = LiveTemps(); m != 0; m &= static_cast<uint16_t>(m - 1)) Evict(FirstOf(m));
  for (uint16_t m = LiveXmms(); m != 0; m &= static_cast<uint16_t>(m - 1)) {
    EvictXmm(static_cast<Xmm>(std::countr_zero(m)));
  }
  for (unsigned i = 0; i < 16; ++i) {
    if ((kTempMask & ~free_temps_) >> i & 1) Free(temp_owner_[i]);
    if ((kXmmMask & ~free_xmms_) >> i & 1) Free(xmm_owner_[i]);
  }
  locked_ = locked_xmm_ = 0;
}

void Registers::SpillGuest() {
  for (Value v : aliases_) {
    if (!UsedLater(v)) continue;
    const GuestRegister& g = guest_[values_[v].location.index];
    const int slot = Slot();
    if (g.pinned) {
      e_.mr(Op::kMOV64mr, FrameSlot(slot), g.host);
    } else {
      e_.rm(Is64(g.type) ? Op::kMOVSDrm : Op::kMOVSSrm, kScratchXmm0, StateField(g.offset));
      e_.mr(Op::kMOVSDmr, FrameSlot(slot), kScratchXmm0);
    }
    values_[v].location = {At::kSpill, 0, static_cast<uint16_t>(slot)};
  }
  aliases_.clear();
  for (uint32_t& version : versions_) ++version;
}

}  // namespace emu::backends::x86_64
