// The code that is seldom run.
#include <array>
#include <bit>

#include "backends/x86_64/lowering.h"
#include "translate/ir/fp_eval.h"

namespace emu::backends::x86_64 {
namespace {

using ir::Instr;

// An operation packed into one word for Reference.
uint64_t Pack(const Instr& i, ir::Type arg_type) {
  return static_cast<uint64_t>(i.op) | static_cast<uint64_t>(i.type) << 8 | static_cast<uint64_t>(arg_type) << 16 |
         static_cast<uint64_t>(i.aux) << 32;
}

// What the host cannot do, or does otherwise than the IR says.
uint64_t Reference(uint64_t packed, uint64_t a, uint64_t b, uint64_t c) {
  const ir::Op op = static_cast<ir::Op>(packed & 0xff);
  const ir::Type type = static_cast<ir::Type>(packed >> 8 & 0xff),
                 arg_type = static_cast<ir::Type>(packed >> 16 & 0xff);
  if (arg_type == ir::Type::kF32 || arg_type == ir::Type::kI32) {
    a = static_cast<uint32_t>(a), b = static_cast<uint32_t>(b), c = static_cast<uint32_t>(c);
  }
  if (op == ir::Op::kPopCount) return static_cast<uint64_t>(std::popcount(a));
  if (op == ir::Op::kFClass) return ir::ClassifyFp(arg_type, a);
  return ir::EvalFp(op, type, static_cast<uint16_t>(packed >> 32), arg_type, a, b, c);
}

}  // namespace

// Keeps the temps and vector registers whose values are needed later; the result's register is none of them.
void Lowering::SaveLive(const Cold& cold, bool save) {
  int slot = kSaveSlots;
  for (uint16_t m = cold.live_temps; m != 0; m &= static_cast<uint16_t>(m - 1), ++slot) {
    const Reg r = static_cast<Reg>(std::countr_zero(m));
    save ? e_.mr(Op::kMOV64mr, FrameSlot(slot), r) : e_.rm(Op::kMOV64rm, r, FrameSlot(slot));
  }
  for (uint16_t m = cold.live_xmms; m != 0; m &= static_cast<uint16_t>(m - 1), ++slot) {
    const Xmm x = static_cast<Xmm>(std::countr_zero(m));
    save ? e_.mr(Op::kMOVSDmr, FrameSlot(slot), x) : e_.rm(Op::kMOVSDrm, x, FrameSlot(slot));
  }
}

// Puts a value, wherever it is, into an argument slot of the frame. Clobbers no register that can hold one.
void Lowering::StoreArgument(int slot, const Location& l, ir::Type type) {
  const Mem to = FrameSlot(kArgumentSlots + slot);
  switch (l.kind) {
    case Location::Kind::kTemp:
      return e_.mr(Op::kMOV64mr, to, static_cast<Reg>(l.reg));
    case Location::Kind::kXmm:
      return e_.mr(Op::kMOVSDmr, to, static_cast<Xmm>(l.reg));
    case Location::Kind::kConst: {
      const uint64_t bits = static_cast<uint64_t>(l.constant);
      e_.mi(Op::kMOV32mi, to, static_cast<int32_t>(bits));
      return e_.mi(Op::kMOV32mi, Mem::Base(to.base, to.disp + 4), static_cast<int32_t>(bits >> 32));
    }
    case Location::Kind::kSpill:
      e_.rm(Op::kMOVSDrm, kScratchXmm0, FrameSlot(l.index));
      return e_.mr(Op::kMOVSDmr, to, kScratchXmm0);
    case Location::Kind::kOffset:
      e_.mr(Op::kMOV64mr, to, regs_.guest(l.index).host);
      return e_.mi(Op::kADD64mi32, to, static_cast<int32_t>(l.constant));
    case Location::Kind::kGuest: {
      const GuestRegister& g = regs_.guest(l.index);
      if (g.pinned) return e_.mr(Op::kMOV64mr, to, g.host);
      if (g.in_xmm) return e_.mr(Op::kMOVSDmr, to, g.xmm);
      const bool wide = ir::TypeBits(type) == 64;
      e_.rm(wide ? Op::kMOVSDrm : Op::kMOVSSrm, kScratchXmm0, StateField(g.offset));
      return e_.mr(Op::kMOVSDmr, to, kScratchXmm0);
    }
    case Location::Kind::kHost: {
      const Mem from = Mem::Base(static_cast<Reg>(l.reg), static_cast<int32_t>(l.constant));
      e_.rm(ir::TypeBits(type) == 64 ? Op::kMOVSDrm : Op::kMOVSSrm, kScratchXmm0, from);
      return e_.mr(Op::kMOVSDmr, to, kScratchXmm0);
    }
    case Location::Kind::kNone:
      return;
  }
}

// rax to where the result of the hot code is expected.
void Lowering::MoveResult(const Cold& cold, ir::Type type) {
  const Location& to = cold.result;
  const bool wide = ir::TypeBits(type) == 64;
  const bool in_guest_xmm = to.kind == Location::Kind::kGuest && regs_.guest(to.index).in_xmm;
  if (to.kind == Location::Kind::kXmm || in_guest_xmm) {
    const Xmm xmm = in_guest_xmm ? regs_.guest(to.index).xmm : static_cast<Xmm>(to.reg);
    e_.rr(wide ? Op::kMOV64toPQIrr : Op::kMOVDI2PDIrr, xmm, Reg::rax);
    if (cold.boxed) WithConstant(Op::kORPSrm, xmm, Constant::kBox);
  } else if (to.kind == Location::Kind::kGuest) {
    e_.rr(Op::kMOV64rr, regs_.guest(to.index).host, Reg::rax);
  } else if (to.kind == Location::Kind::kTemp && static_cast<Reg>(to.reg) != Reg::rax) {
    e_.rr(Op::kMOV64rr, static_cast<Reg>(to.reg), Reg::rax);
  }
}

void Lowering::ColdMemory(const Cold& cold) {
  const Instr& i = block_->code[cold.instr];
  const bool store = cold.kind == Cold::Kind::kStore;
  const AccessGroup* group = groups_.Of(cold.instr);
  if (group != nullptr && group->first == cold.instr) e_.mi(Op::kMOV64mi32, FrameSlot(kGroupSlots + group->number), 0);
  SaveLive(cold, true);
  if (store) StoreArgument(0, cold.value, i.type);
  StoreSite(cold.site);
  e_.rm(Op::kLEA64r, Reg::rax, Mem::Base(cold.address, cold.displacement));
  e_.ri(Op::kMOV32ri, Reg::rcx, static_cast<int64_t>(i.aux));
  if (store) e_.rm(Op::kMOV64rm, Reg::rdx, FrameSlot(kArgumentSlots));
  const ir::MemOp op = ir::MemOp::Unpack(i.aux);
  if (group == nullptr || op.big_endian) {
    CallRuntime(store ? runtime_.store : runtime_.load);
  } else {
    CallRuntime(store ? runtime_.probe_store[op.log2_size] : runtime_.probe_load[op.log2_size | op.is_signed << 2]);
  }
  if (!store) MoveResult(cold, i.type);
  SaveLive(cold, false);
}

// With an index, how many bytes lie before those of the access is known only now.
void Lowering::FindGva(const Cold& cold, const Mem& gva, const Mem& before) {
  if (!cold.index) {
    e_.mr(Op::kMOV64mr, gva, cold.address);
    if (cold.displacement != 0) e_.mi(Op::kADD64mi32, gva, cold.displacement);
    return;
  }
  const Reg scratch = cold.entry;
  e_.rr(Op::kMOV64rr, scratch, *cold.index);
  if (cold.log2_scale != 0) e_.ri(Op::kSHL64ri, scratch, cold.log2_scale);
  e_.mr(Op::kMOV64mr, gva, scratch);
  e_.ri(Op::kADD64ri32, scratch, cold.wanted.before);
  e_.mr(Op::kMOV16mr, before, scratch);
  e_.rm(Op::kLEA64r, scratch, Mem::Base(cold.address, cold.displacement));
  e_.mr(Op::kADD64mr, gva, scratch);
}

// Everything is as it was before the instruction, so that the block may be left where nothing is found.
void Lowering::ColdFind(const Cold& cold) {
  const auto packed = std::bit_cast<std::array<int32_t, 2>>(cold.wanted);
  const Mem gva = FrameSlot(kArgumentSlots), wanted = FrameSlot(kArgumentSlots + 1);
  e_.mi(Op::kMOV32mi, wanted, packed[0]);
  e_.mi(Op::kMOV32mi, Mem::Base(wanted.base, wanted.disp + 4), packed[1]);
  FindGva(cold, gva,
          Mem::Base(wanted.base, wanted.disp + static_cast<int32_t>(offsetof(translate::BytesWanted, before))));
  CallRuntime(runtime_.find);
  e_.rm(Op::kMOV64rm, cold.entry, gva);
  e_.rr(Op::kTEST64rr, cold.entry, cold.entry);
  e_.jcc_to(Cond::ne, e_.rx_of(cold.resume));
  ColdNans(cold.raw);
  GiveBack(cold.refund);
  const AccessGroup* group = groups_.Of(cold.instr);
  const bool of_table = group == nullptr ? cold.index.has_value() : group->indexed;
  EmitExit(sink_->AddWayOut(cold.pc, of_table ? ir::WayOut::kTable : ir::WayOut::kAccess), cold.pc, nullptr);
}

// Where the hot code keeps values in registers, they are saved and the operands put into the frame only here.
void Lowering::ColdAtomic(const Cold& cold) {
  const Instr& i = block_->code[cold.instr];
  SaveLive(cold, true);
  for (int a = 0; a < 2; ++a) {
    if (cold.args[a].kind != Location::Kind::kNone) StoreArgument(a, cold.args[a], TypeOf(i.args[a]));
  }
  StoreSite(cold.site);
  AtomicCall(i);
  MoveResult(cold, i.type);
  SaveLive(cold, false);
}

// Raises invalid, and nothing else, if the host does so for the product.
void Lowering::ColdProduct(const Product& product, bool wide) {
  const Mem kept = FrameSlot(kArgumentSlots + 2), flags = FrameSlot(kArgumentSlots + 3);
  const Mem raised = Mem::Base(flags.base, flags.disp + 4);
  e_.mr(Op::kMOV64mr, kept, Reg::rax);
  for (int a = 0; a < 2; ++a) StoreArgument(a, product.base[a], ir::Type::kI64);
  e_.m(Op::kSTMXCSR, flags);
  for (int a = 0; a < 2; ++a) {
    const Mem factor = Mem::Base(Reg::rax, product.displacement[a]);
    e_.rm(Op::kMOV64rm, Reg::rax, FrameSlot(kArgumentSlots + a));
    e_.rm(a == 0 ? (wide ? Op::kMOVSDrm : Op::kMOVSSrm) : (wide ? Op::kMULSDrm : Op::kMULSSrm), kScratchXmm0, factor);
  }
  e_.m(Op::kSTMXCSR, raised);
  e_.rm(Op::kMOV32rm, Reg::rax, raised);
  e_.ri(Op::kAND32ri, Reg::rax, 1);  // invalid (Intel SDM volume 1, 10.2.3)
  e_.mr(Op::kOR32mr, flags, Reg::rax);
  e_.m(Op::kLDMXCSR, flags);
  e_.rm(Op::kMOV64rm, Reg::rax, kept);
}

void Lowering::ColdFp(const Cold& cold) {
  const Instr& i = block_->code[cold.instr];
  for (size_t n = 0; n < cold.products; ++n) ColdProduct(products_[cold.first_product + n], Wide(i));
  SaveLive(cold, true);
  for (int a = 0; a < 3; ++a) {
    if (i.args[a] != ir::kNoValue) StoreArgument(a, cold.args[a], TypeOf(i.args[a]));
  }
  e_.ri(Op::kMOV64ri, Reg::rax, static_cast<int64_t>(Pack(i, TypeOf(i.args[0]))));
  e_.ri(Op::kMOV64ri, Reg::rcx, static_cast<int64_t>(reinterpret_cast<uint64_t>(&Reference)));
  CallRuntime(runtime_.pure);
  MoveResult(cold, i.type);
  SaveLive(cold, false);
}

void Lowering::EmitCold(const Cold& cold) {
  const Instr& i = block_->code[cold.instr];
  if (cold.kind == Cold::Kind::kExit && i.op == ir::Op::kExitIf && cold.refund == 0 && SamePage(i.imm) &&
      !cold.raw.any()) {
    return EmitExit(i.imm, cold.from);
  }
  e_.Bind32(cold.from);
  if (cold.from2 != nullptr) e_.Bind32(cold.from2);
  if (cold.kind == Cold::Kind::kFind) return ColdFind(cold);
  ColdNans(cold.raw);
  switch (cold.kind) {
    case Cold::Kind::kBudget:
      GiveBack(i.extra);
      e_.ri(Op::kMOV64ri, Reg::rax, static_cast<int64_t>(i.imm));
      return e_.jmp_to(runtime_.exit_budget);
    case Cold::Kind::kGuard:
      e_.ri(Op::kMOV64ri, Reg::rax, static_cast<int64_t>(block_->pc));
      return e_.jmp_to(runtime_.exit_stale);
    case Cold::Kind::kExit:
      GiveBack(cold.refund);
      return EmitExit(
          i.op == ir::Op::kLeaveIf ? sink_->AddWayOut(i.imm, static_cast<ir::WayOut>(i.extra)) : sink_->AddExit(i.imm),
          i.imm, nullptr);
    case Cold::Kind::kLeave:
      StoreArgument(0, cold.args[0], ir::Type::kI64);
      GiveBack(i.extra);
      e_.rm(Op::kMOV64rm, Reg::rax, FrameSlot(kArgumentSlots));
      return e_.jmp_to(runtime_.jump);
    case Cold::Kind::kCanonicalNan:
    case Cold::Kind::kFind:
      break;
    case Cold::Kind::kUnbox:
      WithConstant(Op::kMOVAPSrm, cold.xmm, Constant::kNan32);
      break;
    case Cold::Kind::kOldFlags:
      e_.m(Op::kLDMXCSR, FrameSlot(kFlagsSlot));
      break;
    case Cold::Kind::kLoad:
    case Cold::Kind::kStore:
      ColdMemory(cold);
      break;
    case Cold::Kind::kAtomic:
      ColdAtomic(cold);
      break;
    case Cold::Kind::kFp:
      ColdFp(cold);
      break;
    case Cold::Kind::kDivide:
      OddDivide(i, cold.address);
      break;
    case Cold::Kind::kFpDivide:
      ColdFpDivide(cold);
      break;
    case Cold::Kind::kFpClass:
      ColdFpClass(cold);
      break;
    case Cold::Kind::kEqual:
      ColdEqual(cold, i.op == ir::Op::kFMin);
      break;
  }
  e_.jmp_to(e_.rx_of(cold.resume));
}

}  // namespace emu::backends::x86_64
