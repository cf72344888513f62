// Guest memory and calls. The fast path of a load or store is one comparison with the soft TLB, or with what an earlier
// access found there; it fails where an access crosses the end of a page.
#include <cstddef>

#include "backends/x86_64/lowering.h"
#include "mmu/soft_tlb.h"

namespace emu::backends::x86_64 {
namespace {

using ir::Instr;
using ir::MemOp;
using translate::CpuState;

// Of slots that hold nothing else.
constexpr int32_t kFixedAddend = static_cast<int32_t>(translate::PageWindows::kDistance);
static_assert(translate::PageWindows::kDistance <= uint64_t{1} << 30);

}  // namespace

// Makes a place for the present guest instruction in the engine's table.
uint32_t Lowering::Site() {
  if (site_ == 0) site_ = sink_->AddSite(insn_pc_, Unexecuted());
  return site_;
}

void Lowering::StoreSite(uint32_t site) {
  e_.mi(Op::kMOV32mi, StateField(offsetof(CpuState, site)), static_cast<int32_t>(site));
}

void Lowering::CallRuntime(const uint8_t* function) { e_.call_to(function); }

// Looks up the page of the bytes [begin, end) from `address` and leaves its addend in `entry`; branches to the slow
// path unless all of them are on one page that the TLB has. The index is made of the first byte's page and the tag of
// the last one's, which never fit each other across the end of a page.
void Lowering::Probe(int64_t begin, int64_t end, uint64_t compared, bool write, const ProbeRegisters& r, Cold* cold) {
  const Mem table = StateField(write ? offsetof(CpuState, tlb_write) : offsetof(CpuState, tlb_read));
  Displaced(r.tag, r.address, end);
  Displaced(r.entry, r.address, begin);
  e_.ri(Op::kSHR32ri, r.entry, mmu::kTlbIndexShift);
  if (r.table) {
    e_.rm(Op::kMOV64rm, *r.table, table);
  } else {
    e_.ri(Op::kSHL32ri, r.entry, 3);
    e_.rm(Op::kADD64rm, r.entry, table);
  }
  const auto entry = [&](int32_t array) {
    return r.table ? Mem::BaseIndex(*r.table, r.entry, 8, array) : Mem::Base(r.entry, array);
  };
  e_.ri(Op::kAND64ri32, r.tag, static_cast<int32_t>(compared));
  e_.rm(Op::kCMP64rm, r.tag, entry(0));
  cold->from = e_.jcc_patchable(Cond::ne);
  e_.rm(Op::kMOV64rm, r.entry, entry(mmu::kTlbAddends));
}

// The same for bytes at a known address: the entry's place and what its tag has to be are in the code. False: generated
// code cannot hold that, or it is known that the slow path is taken.
bool Lowering::ProbeConstant(uint64_t begin, uint64_t end, uint64_t alignment, bool write, Reg entry, Cold* cold) {
  const uint64_t tag = begin & mmu::kPageMask;
  const auto imm = static_cast<int32_t>(tag);
  const bool fits = static_cast<uint64_t>(int64_t{imm}) == tag;
  if (!fits || ((begin ^ (end - 1)) & mmu::kPageMask) != 0 || begin % alignment != 0) return false;
  const auto place = static_cast<int32_t>(mmu::TlbIndex(begin) * sizeof(uint64_t));
  e_.rm(Op::kMOV64rm, entry, StateField(write ? offsetof(CpuState, tlb_write) : offsetof(CpuState, tlb_read)));
  e_.mi(Op::kCMP64mi32, Mem::Base(entry, place), imm);
  cold->from = e_.jcc_patchable(Cond::ne);
  e_.rm(Op::kMOV64rm, entry, Mem::Base(entry, place + mmu::kTlbAddends));
  return true;
}

// What is in the register that the access's address was found to be a sum of.
std::optional<uint64_t> Lowering::KnownBase(const Instr& i, const Sum& at) const {
  uint64_t base;
  if (!regs_.Const(i.args[0], &base)) return std::nullopt;
  return base + i.imm - static_cast<uint64_t>(int64_t{at.displacement});
}

// The same for the bytes from `begin` on, by what a slot remembers.
void Lowering::AskSlot(uint32_t slot, int64_t begin, Reg address, Reg entry, Cold* cold) {
  using translate::TlbSlot;
  Displaced(entry, address, begin);
  WithSlot(Op::kSUB64rm, entry, slot, offsetof(TlbSlot, first));
  WithSlot(Op::kCMP64rm, entry, slot, offsetof(TlbSlot, starts));
  cold->from = e_.jcc_patchable(Cond::ae);
  cold->fixed = sink_->is_fixed(slot);
  if (!cold->fixed) WithSlot(Op::kMOV64rm, entry, slot, offsetof(TlbSlot, addend));
}

void Lowering::WithSlot(Op op, Reg reg, uint32_t slot, size_t field) {
  e_.rm(op, reg, Mem::RipRelative(0));
  ReachFor(slots_ + slot * sizeof(translate::TlbSlot) + field);
}

// to = from + displacement
void Lowering::Displaced(Reg to, Reg from, int64_t displacement) {
  if (displacement == 0) return e_.rr(Op::kMOV64rr, to, from);
  e_.rm(Op::kLEA64r, to, Mem::Base(from, static_cast<int32_t>(displacement)));
}

// The cold code of the present instruction comes back here, and keeps what is needed later.
void Lowering::ResumeHere(const Cold& cold) {
  Cold& kept = cold_.emplace_back(cold);
  kept.resume = e_.rw();
  kept.live_temps = regs_.LiveTemps();
  kept.live_xmms = regs_.LiveXmms();
}

// Where the access is in the host's memory; the addend of its page goes to `entry`.
Mem Lowering::FindPage(const Instr& i, bool write, Sum at, Reg entry, Cold* cold) {
  const MemOp op = MemOp::Unpack(i.aux);
  const Mem place = Mem::BaseIndex(at.base, entry, 1, at.displacement);
  cold->address = at.base;
  cold->displacement = at.displacement;
  if (op.mmu_context != 0 || !jit_.inline_tlb) {
    cold->from = e_.jmp_patchable();
    return place;
  }
  const AccessGroup* group = groups_.Of(index_);
  const std::optional<uint64_t> base = ir::IndexOf(i) == ir::kNoValue ? KnownBase(i, at) : std::nullopt;
  if (group == nullptr) {
    return Check(op, {at.displacement, at.displacement + op.size(), base}, write, entry, cold), place;
  }
  const Mem known = FrameSlot(kGroupSlots + group->number);
  if (group->first == index_) {
    const int64_t from_base = at.displacement - static_cast<int32_t>(i.imm);
    Check(op, {group->begin + from_base, group->end + from_base, base}, write, entry, cold);
    e_.mr(Op::kMOV64mr, known, entry);
    return place;
  }
  e_.rm(Op::kMOV64rm, entry, known);
  e_.rr(Op::kTEST64rr, entry, entry);
  cold->from = e_.jcc_patchable(Cond::e);
  return place;
}

// The same, or the block is left before the access. A group's first one answers for all.
Mem Lowering::PlaceOrLeave(const Instr& i) {
  const MemOp op = MemOp::Unpack(i.aux);
  const auto displacement = static_cast<int32_t>(i.imm);
  const AccessGroup* group = groups_.Of(index_);
  const Value index_value = ir::IndexOf(i);
  const bool indexed = index_value != ir::kNoValue;
  const Reg index = indexed ? regs_.Use(index_value) : Reg::rax;
  const auto place = [&](Reg host) {
    if (!indexed) return Mem::Base(host, displacement);
    return Mem::BaseIndex(host, index, static_cast<uint8_t>(1 << op.log2_scale), displacement);
  };
  if (groups_.GoesByAnother(index_)) return place(regs_.Use(regs_.HostOf(*group)));
  const Sum at = regs_.UseSum(i.args[0], displacement);
  Cold cold = FindOrLeave(index_, at);
  if (indexed) cold.index = index, cold.log2_scale = op.log2_scale;
  cold_.push_back(cold);
  regs_.LockOnly(cold.entry);
  if (indexed) regs_.Lock(index);
  if (group == nullptr && !indexed) {
    regs_.Lock(at.base);
    if (cold.fixed) return Mem::Base(at.base, at.displacement + kFixedAddend);
    return Mem::BaseIndex(at.base, cold.entry, 1, at.displacement);
  }
  MakeHost(cold, at, at.displacement - displacement);
  if (group != nullptr) regs_.SetHost(*group, cold.entry);
  return place(cold.entry);
}

// Looks for the bytes of the access at `at`, and of its group. Where they are not as expected, the block is left for
// the present guest instruction.
Lowering::Cold Lowering::FindOrLeave(uint32_t access, const Sum& at) {
  const Instr& i = block_->code[access];
  const MemOp op = MemOp::Unpack(i.aux);
  const bool write = i.op == ir::Op::kStore;
  const AccessGroup* group = groups_.Of(access);
  const int64_t before = group == nullptr ? 0 : static_cast<int32_t>(i.imm) - group->begin;
  const int64_t span = group == nullptr ? i.extra + op.size() : group->end - group->begin;
  Cold cold{Cold::Kind::kFind};
  cold.instr = access;
  cold.address = at.base;
  cold.displacement = at.displacement;
  cold.entry = regs_.Temp();
  cold.wanted = {translate::kNoSlot, static_cast<uint8_t>(op.size()), write, static_cast<uint16_t>(before),
                 static_cast<uint16_t>(span)};
  cold.pc = insn_pc_;
  cold.refund = Unexecuted();
  const int64_t begin = at.displacement - before;
  Check(op, {begin, begin + span, KnownBase(i, at)}, write, cold.entry, &cold);
  cold.resume = e_.rw();
  return cold;
}

// Makes the addend that was found the host address of what lies `from_base` from `at.base`.
void Lowering::MakeHost(const Cold& cold, const Sum& at, int32_t from_base) {
  if (cold.fixed) {
    e_.rm(Op::kLEA64r, cold.entry, Mem::Base(at.base, from_base + kFixedAddend));
  } else if (from_base != 0) {
    e_.rm(Op::kLEA64r, cold.entry, Mem::BaseIndex(cold.entry, at.base, 1, from_base));
  } else {
    e_.rr(Op::kADD64rr, cold.entry, at.base);
  }
}

// What the group's first access would look for, by the registers as the block finds them. Which of a table's bytes the
// guest asks for is not known yet: nothing is walked for those.
void Lowering::LookEarly(uint32_t access) {
  const Instr& i = block_->code[access];
  const EntryBase base = *BaseAtEntry(*block_, i.args[0]);
  const GuestRegister& guest = regs_.guest(base.guest_register);
  const Reg reg = guest.pinned ? guest.host : regs_.Temp();
  if (!guest.pinned) e_.rm(Op::kMOV64rm, reg, StateField(guest.offset));
  uint32_t insn = access;
  while (block_->code[insn].op != ir::Op::kInsn) --insn;
  insn_pc_ = block_->code[insn].imm;
  const Sum at{reg, base.plus + static_cast<int32_t>(i.imm)};
  Cold cold = FindOrLeave(access, at);
  insn_pc_ = cold.pc = block_->pc;
  if (ir::IndexOf(i) != ir::kNoValue) cold.wanted.size = 0;
  cold_.push_back(cold);
  MakeHost(cold, at, base.plus);
  regs_.LockOnly(cold.entry);
  regs_.SetHost(*groups_.Of(access), cold.entry);
  regs_.BeginInstr(index_);  // nothing stays locked
}

// The addend of the page of the bytes.
void Lowering::Check(MemOp op, const Bytes& bytes, bool write, Reg entry, Cold* cold) {
  const auto [begin, end, known] = bytes;
  const unsigned alignment = op.must_align ? op.size() : 1;
  if (known && ProbeConstant(*known + begin, *known + end, alignment, write, entry, cold)) return;
  if (wants_slots_ && !op.big_endian) {
    const uint32_t slot = sink_->AddSlot({insn_pc_, write, cold->wanted.span});
    cold->wanted.slot = static_cast<uint16_t>(slot);
    if (slot != translate::kNoSlot) return AskSlot(slot, begin, cold->address, entry, cold);
  }
  const Reg tag = regs_.Temp();
  const ProbeRegisters registers{cold->address, entry, tag, regs_.FreeTemp()};
  if (op.must_align) return Probe(begin, begin, mmu::kPageMask | (op.size() - 1), write, registers, cold);
  Probe(begin, end - 1, mmu::kPageMask, write, registers, cold);
}

void Lowering::LoadInt(MemOp op, ir::Type type, Reg to, Mem from) {
  static constexpr Op kZero[] = {Op::kMOVZX32rm8, Op::kMOVZX32rm16, Op::kMOV32rm, Op::kMOV64rm};
  static constexpr Op kSign64[] = {Op::kMOVSX64rm8, Op::kMOVSX64rm16, Op::kMOVSX64rm32, Op::kMOV64rm};
  static constexpr Op kSign32[] = {Op::kMOVSX32rm8, Op::kMOVSX32rm16, Op::kMOV32rm, Op::kMOV64rm};
  const bool wide = type == ir::Type::kI64;
  const bool swap = op.big_endian && op.log2_size != 0;
  e_.rm(!op.is_signed || swap ? kZero[op.log2_size] : wide ? kSign64[op.log2_size] : kSign32[op.log2_size], to, from);
  if (!swap) return;
  e_.r(op.log2_size == 3 ? Op::kBSWAP64r : Op::kBSWAP32r, to);
  if (op.log2_size == 1) {
    e_.ri(op.is_signed ? Op::kSAR32ri : Op::kSHR32ri, to, 16);
  }
  if (op.is_signed && wide && op.log2_size < 3) e_.rr(Op::kMOVSX64rr32, to, to);
}

// Where there is an index, a scratch register has all of it.
Sum Lowering::AddressOf(const Instr& i) {
  const Value index = ir::IndexOf(i);
  const auto displacement = static_cast<int32_t>(i.imm);
  if (index == ir::kNoValue) return regs_.UseSum(i.args[0], displacement);
  const auto scale = static_cast<uint8_t>(1 << MemOp::Unpack(i.aux).log2_scale);
  const Reg base = regs_.Use(i.args[0]), by = regs_.Use(index), sum = regs_.Temp();
  e_.rm(Op::kLEA64r, sum, Mem::BaseIndex(base, by, scale, displacement));
  regs_.LockOnly(sum);
  return {sum, 0};
}

// Eight bytes whose halves were just stored apart are loaded apart. Other CPUs could see that.
bool Lowering::IsSplit(const Instr& i) const {
  const MemOp op = MemOp::Unpack(i.aux);
  return jit_.split_loads && jit_.one_cpu && ir::IndexOf(i) == ir::kNoValue && op.log2_size == 3 && !op.big_endian &&
         stored_halves_.Joins(i.args[0], static_cast<int32_t>(i.imm));
}

void Lowering::LoadHalves(Xmm to, Mem from) {
  e_.rm(Op::kMOVSSrm, to, from);
  from.disp += 4;
  e_.rm(Op::kMOVSSrm, kScratchXmm1, from);
  e_.rr(Op::kUNPCKLPSrr, to, kScratchXmm1);
}

void Lowering::Load(const Instr& i) {
  if (leaves_) {
    if (IsFolded(static_cast<Value>(index_))) return;
    const Mem from = PlaceOrLeave(i);
    if (!ir::IsFloat(i.type)) return LoadFrom(i, from, regs_.Result(), kScratchXmm0);
    return LoadFrom(i, from, MemOp::Unpack(i.aux).big_endian ? regs_.Temp() : Reg::rax, regs_.ResultXmm());
  }
  Cold cold{Cold::Kind::kLoad};
  cold.instr = index_;
  cold.site = Site();
  const Sum at = AddressOf(i);
  const Reg entry = regs_.Temp();
  // Values that the result's register displaces move before the branch, so that both ways find them there.
  const Reg to = ir::IsFloat(i.type) ? entry : regs_.ResultOr(entry);
  const Xmm xmm = ir::IsFloat(i.type) ? regs_.ResultXmm() : kScratchXmm0;
  LoadFrom(i, FindPage(i, false, at, entry, &cold), to, xmm);
  cold.result = regs_.at(static_cast<Value>(index_));
  ResumeHere(cold);
}

// `to` is free where the result is floating-point.
void Lowering::LoadFrom(const Instr& i, Mem from, Reg to, Xmm xmm) {
  const MemOp op = MemOp::Unpack(i.aux);
  if (IsSplit(i)) {
    LoadHalves(xmm, from);
    if (!ir::IsFloat(i.type)) e_.rr(Op::kMOVPQIto64rr, to, xmm);
  } else if (ir::IsFloat(i.type) && !op.big_endian) {
    e_.rm(Wide(i) ? Op::kMOVSDrm : Op::kMOVSSrm, xmm, from);
  } else if (ir::IsFloat(i.type)) {
    LoadInt(op, Wide(i) ? ir::Type::kI64 : ir::Type::kI32, to, from);
    e_.rr(Wide(i) ? Op::kMOV64toPQIrr : Op::kMOVDI2PDIrr, xmm, to);
  } else {
    LoadInt(op, i.type, to, from);
  }
}

void Lowering::StoreInt(MemOp op, Mem to, Reg value) {
  static constexpr Op kStore[] = {Op::kMOV8mr, Op::kMOV16mr, Op::kMOV32mr, Op::kMOV64mr};
  e_.mr(kStore[op.log2_size], to, value);
}

void Lowering::Store(const Instr& i) {
  const MemOp op = MemOp::Unpack(i.aux);
  const Value v = i.args[1];
  if (ir::IndexOf(i) == ir::kNoValue) stored_halves_.Store(i.args[0], static_cast<int32_t>(i.imm), op.size());
  const bool swap = op.big_endian && op.log2_size != 0;
  int32_t bits = 0;
  std::optional<int32_t> imm;
  if (!swap && regs_.Imm32(v, &bits)) imm = bits;
  Reg value = Reg::rax;
  Xmm xmm = kScratchXmm0;
  const auto use_value = [&] {
    if (swap) return void(value = regs_.Temp());
    if (ir::IsFloat(i.type)) return void(xmm = regs_.UseXmm(v));
    if (!imm.has_value()) value = regs_.Use(v);
  };
  if (leaves_) {
    const Mem to = PlaceOrLeave(i);
    use_value();
    return StoreTo(i, to, value, xmm, imm);
  }
  Cold cold{Cold::Kind::kStore};
  cold.instr = index_;
  cold.site = Site();
  const Sum at = AddressOf(i);
  use_value();
  const Reg entry = regs_.Temp();
  StoreTo(i, FindPage(i, true, at, entry, &cold), value, xmm, imm);
  cold.value = regs_.at(v);
  ResumeHere(cold);
}

// The value is `imm`, or in `xmm` or `value`; where its bytes change places, it is put into `value` first.
void Lowering::StoreTo(const Instr& i, Mem to, Reg value, Xmm xmm, std::optional<int32_t> imm) {
  static constexpr Op kStoreImm[] = {Op::kMOV8mi, Op::kMOV16mi, Op::kMOV32mi, Op::kMOV64mi32};
  const MemOp op = MemOp::Unpack(i.aux);
  if (op.big_endian && op.log2_size != 0) {
    regs_.Copy(i.args[1], value);
    e_.r(op.log2_size == 3 ? Op::kBSWAP64r : Op::kBSWAP32r, value);
    if (op.log2_size == 1) e_.ri(Op::kSHR32ri, value, 16);
    StoreInt(op, to, value);
  } else if (imm.has_value()) {
    const int32_t cut = op.log2_size == 0   ? static_cast<int8_t>(*imm)
                        : op.log2_size == 1 ? static_cast<int16_t>(*imm)
                                            : *imm;
    e_.mi(kStoreImm[op.log2_size], to, cut);
  } else if (ir::IsFloat(i.type)) {
    e_.mr(op.log2_size == 3 ? Op::kMOVSDmr : Op::kMOVSSmr, to, xmm);
  } else {
    StoreInt(op, to, value);
  }
}

void Lowering::PutArgument(int slot, Value v) { StoreArgument(slot, regs_.at(v), TypeOf(v)); }

// The result of a call is in rax, and nothing is in the other temps.
void Lowering::FinishCall(const Instr& i) {
  if (i.type == ir::Type::kVoid) return;
  if (ir::IsFloat(i.type)) {
    return e_.rr(Wide(i) ? Op::kMOV64toPQIrr : Op::kMOVDI2PDIrr, regs_.ResultXmm(), Reg::rax);
  }
  regs_.Lock(Reg::rax);
  const Reg dst = regs_.ResultOr(Reg::rax);
  if (dst != Reg::rax) e_.rr(Op::kMOV64rr, dst, Reg::rax);
}

// Operands go by the frame, so that all temps are free for what the host's atomic instructions want.
void Lowering::Atomic(const Instr& i) {
  const MemOp op = MemOp::Unpack(i.aux);
  const bool cas = i.op == ir::Op::kAtomicCas;
  const bool is_whole = 8 * op.size() == ir::TypeBits(i.type);
  const bool is_inline =
      jit_.inline_tlb && jit_.inline_atomics && is_whole && !op.big_endian && op.mmu_context == 0 && i.imm == 0;
  if (is_inline && jit_.one_cpu && !cas) return AtomicAlone(i);
  for (int a = 0; a < (cas ? 3 : 2); ++a) PutArgument(a, i.args[a]);
  regs_.SpillAll();
  if (is_inline) {
    AtomicInline(i);
  } else {
    StoreSite(Site());
    AtomicCall(i);
  }
  FinishCall(i);
}

// Nobody else writes to the memory meanwhile: a load, and an instruction that changes what is there.
void Lowering::AtomicAlone(const Instr& i) {
  Cold cold{Cold::Kind::kAtomic};
  cold.instr = index_;
  cold.site = Site();
  const Reg address = regs_.Use(i.args[0]), operand = regs_.Use(i.args[1]);
  const Reg entry = regs_.Temp(), old = regs_.Temp();
  const Reg to = regs_.ResultOr(old);
  for (int a = 0; a < 2; ++a) cold.args[a] = regs_.at(i.args[a]);
  Probe(0, 0, mmu::kPageMask | (MemOp::Unpack(i.aux).size() - 1), true, {address, entry, old, regs_.FreeTemp()}, &cold);
  const Mem at = Mem::BaseIndex(address, entry, 1, 0);
  e_.rm(Wide(i) ? Op::kMOV64rm : Op::kMOV32rm, old, at);
  Change(i, at, old, operand);
  if (to != old) e_.rr(Op::kMOV64rr, to, old);
  cold.result = regs_.at(static_cast<Value>(index_));
  ResumeHere(cold);
}

void Lowering::Change(const Instr& i, Mem at, Reg old, Reg operand) {
  const bool wide = Wide(i);
  const auto replace_unless = [&](Cond keep) {
    e_.rr(wide ? Op::kCMP64rr : Op::kCMP32rr, old, operand);
    uint8_t* const kept = e_.jcc_short(keep);
    e_.mr(wide ? Op::kMOV64mr : Op::kMOV32mr, at, operand);
    e_.Bind8(kept);
  };
  switch (static_cast<ir::AtomicKind>(i.extra)) {
    case ir::AtomicKind::kSwap:
      return e_.mr(wide ? Op::kMOV64mr : Op::kMOV32mr, at, operand);
    case ir::AtomicKind::kAdd:
      return e_.mr(wide ? Op::kADD64mr : Op::kADD32mr, at, operand);
    case ir::AtomicKind::kAnd:
      return e_.mr(wide ? Op::kAND64mr : Op::kAND32mr, at, operand);
    case ir::AtomicKind::kOr:
      return e_.mr(wide ? Op::kOR64mr : Op::kOR32mr, at, operand);
    case ir::AtomicKind::kXor:
      return e_.mr(wide ? Op::kXOR64mr : Op::kXOR32mr, at, operand);
    case ir::AtomicKind::kMin:
      return replace_unless(Cond::le);
    case ir::AtomicKind::kMax:
      return replace_unless(Cond::ge);
    case ir::AtomicKind::kMinU:
      return replace_unless(Cond::be);
    case ir::AtomicKind::kMaxU:
      return replace_unless(Cond::ae);
  }
}

void Lowering::AtomicCall(const Instr& i) {
  const bool cas = i.op == ir::Op::kAtomicCas;
  e_.rm(Op::kMOV64rm, Reg::rax, FrameSlot(kArgumentSlots));
  if (i.imm != 0) e_.ri(Op::kADD64ri32, Reg::rax, static_cast<int32_t>(i.imm));
  e_.ri(Op::kMOV32ri, Reg::rcx, static_cast<int64_t>(i.aux | (cas ? 0 : i.extra << 16)));
  e_.rm(Op::kMOV64rm, Reg::rdx, FrameSlot(kArgumentSlots + 1));
  if (cas) e_.rm(Op::kMOV64rm, Reg::r11, FrameSlot(kArgumentSlots + 2));
  CallRuntime(cas ? runtime_.cas : runtime_.rmw);
}

// One check and one instruction of the host (or a loop around one); the old value to rax.
void Lowering::AtomicInline(const Instr& i) {
  const bool wide = Wide(i);
  Cold cold{Cold::Kind::kAtomic};
  cold.instr = index_;
  cold.site = Site();
  e_.rm(Op::kMOV64rm, Reg::rdx, FrameSlot(kArgumentSlots));
  Probe(0, 0, mmu::kPageMask | (MemOp::Unpack(i.aux).size() - 1), true, {Reg::rdx, Reg::rcx, Reg::r11, Reg::rax},
        &cold);
  const Mem at = Mem::BaseIndex(Reg::rdx, Reg::rcx, 1, 0), operand = FrameSlot(kArgumentSlots + 1);
  const Op move = wide ? Op::kMOV64rm : Op::kMOV32rm;
  const ir::AtomicKind kind = static_cast<ir::AtomicKind>(i.extra);
  if (i.op == ir::Op::kAtomicCas) {
    e_.rm(move, Reg::rax, operand);
    e_.rm(move, Reg::r11, FrameSlot(kArgumentSlots + 2));
    const Op exchange = wide ? Op::kLCMPXCHG64 : Op::kLCMPXCHG32;
    e_.mr(!jit_.one_cpu ? exchange : wide ? Op::kCMPXCHG64rm : Op::kCMPXCHG32rm, at, Reg::r11);
  } else if (kind == ir::AtomicKind::kSwap) {
    e_.rm(move, Reg::rax, operand);
    e_.rm(wide ? Op::kXCHG64rm : Op::kXCHG32rm, Reg::rax, at);
  } else if (kind == ir::AtomicKind::kAdd) {
    e_.rm(move, Reg::rax, operand);
    e_.rm(wide ? Op::kLXADD64 : Op::kLXADD32, Reg::rax, at);
  } else {
    AtomicLoop(i, at, operand);
  }
  cold.resume = e_.rw();
  cold_.push_back(cold);
}

void Lowering::AtomicLoop(const Instr& i, Mem at, Mem operand) {
  const bool wide = Wide(i);
  e_.rm(wide ? Op::kMOV64rm : Op::kMOV32rm, Reg::rax, at);
  const uint8_t* const again = e_.rx();
  e_.rr(wide ? Op::kMOV64rr : Op::kMOV32rr, Reg::r11, Reg::rax);
  const auto greater_or_less = [&](Cond replace) {
    e_.rm(wide ? Op::kCMP64rm : Op::kCMP32rm, Reg::rax, operand);
    wide ? e_.cmovcc64(replace, Reg::r11, operand) : e_.cmovcc32(replace, Reg::r11, operand);
  };
  switch (static_cast<ir::AtomicKind>(i.extra)) {
    case ir::AtomicKind::kAnd:
      e_.rm(wide ? Op::kAND64rm : Op::kAND32rm, Reg::r11, operand);
      break;
    case ir::AtomicKind::kOr:
      e_.rm(wide ? Op::kOR64rm : Op::kOR32rm, Reg::r11, operand);
      break;
    case ir::AtomicKind::kXor:
      e_.rm(wide ? Op::kXOR64rm : Op::kXOR32rm, Reg::r11, operand);
      break;
    case ir::AtomicKind::kMin:
      greater_or_less(Cond::g);
      break;
    case ir::AtomicKind::kMax:
      greater_or_less(Cond::l);
      break;
    case ir::AtomicKind::kMinU:
      greater_or_less(Cond::a);
      break;
    default:
      greater_or_less(Cond::b);
  }
  e_.mr(wide ? Op::kLCMPXCHG64 : Op::kLCMPXCHG32, at, Reg::r11);
  constexpr int kJumpBytes = 6;
  e_.jcc(Cond::ne, static_cast<int32_t>(again - (e_.rx() + kJumpBytes)));
}

void Lowering::Probe() {
  regs_.SpillAll();
  StoreSite(Site());
  CallRuntime(runtime_.probe);
}

void Lowering::Call(const Instr& i) {
  for (int a = 0; a < 3; ++a) {
    if (i.args[a] != ir::kNoValue) PutArgument(a, i.args[a]);
  }
  regs_.SpillAll();
  regs_.SpillGuest();
  StoreSite(Site());
  const translate::HelperInfo& helper = helpers_[i.imm];
  e_.ri(Op::kMOV64ri, Reg::rcx, static_cast<int64_t>(reinterpret_cast<uint64_t>(helper.fn)));
  if (i.op == ir::Op::kRaise) return CallRuntime(runtime_.helper_leave);
  CallRuntime(runtime_.helper);
  FinishCall(i);
}

}  // namespace emu::backends::x86_64
