// The order of things, and control flow.
#include "backends/x86_64/lowering.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "backends/x86_64/tables.h"
#include "translate/ir/passes.h"

namespace emu::backends::x86_64 {

using ir::Instr;
using IrOp = ir::Op;
using translate::CpuState;

namespace {

// Of the host's flags. Registers are moved, loaded and stored without touching them.
bool KeepsFlags(IrOp op) {
  return op == IrOp::kConst || op == IrOp::kGet || op == IrOp::kSet || op == IrOp::kInsn || op == IrOp::kSelect;
}

}  // namespace

bool Lowering::Lower(const ir::Block& block, translate::CompileSink& sink, std::vector<ExitPatch>* exits,
                     LoweredBlock* result) {
  block_ = &block;
  sink_ = &sink;
  exits_ = exits;
  marks_ = sink.marks();
  if (marks_ != nullptr) marks_->clear();
  cold_.clear();
  products_.clear();
  labels_.assign(block.label_count, {});
  insn_pc_ = block.pc;
  charged_ = insn_number_ = site_ = put_back_ = 0;
  made_nans_ = false;
  compared_ = ir::kNoValue;
  e_.Align(16);
  const BlockHeader header = {};
  e_.Raw(&header, sizeof header);
  result->entry = begin_ = e_.rx();
  result->entry_rw = e_.rw();
  FindGroups(block, sink);
  regs_.Begin(&block, leaves_ ? &groups_ : nullptr);
  FoldLoads();
  KeepProducts();
  fp_divisions_.Clear();
  if (jit_.fp_divisions && features_.avx512f && sink.may_leave()) fp_divisions_.Find(block);
  stored_halves_.Clear();
  for (index_ = 0; index_ < block.code.size(); ++index_) {
    Mark(index_);
    regs_.BeginInstr(index_);
    if (regs_.IsUnused(index_)) continue;
    if (made_nans_) SettleNans(block.code[index_]), compared_ = ir::kNoValue;
    const RawGuests raw = regs_.raw_guests();
    const size_t before = cold_.size();
    LowerInstr(block.code[index_]);
    for (size_t n = before; n < cold_.size(); ++n) cold_[n].ShowGuests(raw);
    regs_.EndInstr();
  }
  for (const Cold& cold : cold_) {
    Mark(cold.instr);
    EmitCold(cold);
  }
  Mark(translate::kNoInstr);
  result->stale = e_.rx();
  e_.ri(Op::kMOV64ri, Reg::rax, static_cast<int64_t>(block.pc));
  e_.jmp_to(runtime_.exit_stale);
  return !regs_.failed();
}

void Lowering::FindGroups(const ir::Block& block, const translate::CompileSink& sink) {
  leaves_ = sink.may_leave() && MayLeave(block);
  wants_slots_ = leaves_ && slots_ != nullptr && sink.wants_slots();
  const uint32_t span = wants_slots_ && sink.wants_far_slots() ? translate::kFarSlot : translate::kNearSlot;
  groups_.Find(block, jit_.inline_tlb && jit_.share_checks ? span : 0, leaves_, jit_.early_checks);
}

// Of the accesses that go by what another one finds nothing is known to the guest before the block is left.
void Lowering::Refine(ir::Block* block, const translate::CompileSink& sink) {
  if (!jit_.late_sets || !sink.may_leave() || !MayLeave(*block)) return;
  refined_ = *block;
  if (jit_.tables && sink.may_index() && IndexTables(&refined_)) {
    FindGroups(refined_, sink);
    for (uint32_t n = 0; n < refined_.code.size(); ++n) {
      if (groups_.Of(n) == nullptr) refined_.code[n] = block->code[n];  // an index alone is worth nothing
    }
  }
  FindGroups(refined_, sink);
  if (!groups_.any()) return;
  for (uint32_t n = 0; n < refined_.code.size(); ++n) {
    if (!groups_.GoesByAnother(n)) continue;
    ir::MemOp op = ir::MemOp::Unpack(refined_.code[n].aux);
    op.sure = true;
    refined_.code[n].aux = op.Pack();
  }
  ir::DropWhatIsDead(&refined_, jit_);
  FindGroups(refined_, sink);
  for (uint32_t n = 0; n < refined_.code.size(); ++n) {
    const Instr& i = refined_.code[n];
    const bool access = i.op == IrOp::kLoad || i.op == IrOp::kStore;
    if (access && ir::MemOp::Unpack(i.aux).sure && !groups_.GoesByAnother(n)) return;  // bases have become one
  }
  std::swap(*block, refined_);
}

// Accesses that need more than a look for their page are made by a function, in the middle of the block.
bool Lowering::MayLeave(const ir::Block& block) const {
  return jit_.inline_tlb && jit_.leave_blocks && std::ranges::none_of(block.code, [](const Instr& i) {
           if (i.op != IrOp::kLoad && i.op != IrOp::kStore) return false;
           const ir::MemOp op = ir::MemOp::Unpack(i.aux);
           return op.mmu_context != 0 || op.must_align;
         });
}

// The one before may have needed no code.
void Lowering::AddMark(uint32_t instr) {
  const uint32_t offset = static_cast<uint32_t>(e_.rx() - begin_);
  if (!marks_->empty() && marks_->back().offset == offset) marks_->pop_back();
  marks_->push_back({offset, instr});
}

void Lowering::LowerInstr(const Instr& i) {
  if (!KeepsFlags(i.op)) compared_ = ir::kNoValue;
  switch (i.op) {
    case IrOp::kConst:
      return regs_.SetConst(i.imm);
    case IrOp::kGet:
      return regs_.Get(static_cast<unsigned>(i.imm));
    case IrOp::kSet:
      return regs_.Set(static_cast<unsigned>(i.imm), i.args[0]);
    case IrOp::kAdd:
    case IrOp::kSub:
      return AddOrSub(i);
    case IrOp::kAnd:
    case IrOp::kOr:
    case IrOp::kXor:
      return Binary(i);
    case IrOp::kMul:
      return Multiply(i);
    case IrOp::kMulHighU:
    case IrOp::kMulHighS:
    case IrOp::kMulHighSU:
      return MultiplyHigh(i);
    case IrOp::kDivU:
    case IrOp::kDivS:
    case IrOp::kRemU:
    case IrOp::kRemS:
      return Divide(i);
    case IrOp::kAndNot:
      return AndNot(i);
    case IrOp::kShl:
    case IrOp::kShr:
    case IrOp::kSar:
    case IrOp::kRotL:
    case IrOp::kRotR:
      return ShiftOrRotate(i);
    case IrOp::kNot:
    case IrOp::kNeg:
    case IrOp::kByteSwap:
      return Unary(i);
    case IrOp::kClz:
    case IrOp::kCtz:
    case IrOp::kPopCount:
      return CountZeros(i);
    case IrOp::kSetCc:
      return SetCc(i);
    case IrOp::kSelect:
      return Select(i);
    case IrOp::kSExt8:
    case IrOp::kSExt16:
    case IrOp::kSExt32:
    case IrOp::kZExt8:
    case IrOp::kZExt16:
    case IrOp::kZExt32:
    case IrOp::kTrunc:
    case IrOp::kSExt:
    case IrOp::kZExt:
      return Extend(i);
    case IrOp::kBitCast:
      return BitCast(i);
    case IrOp::kLoad:
      return Load(i);
    case IrOp::kStore:
      return Store(i);
    case IrOp::kAtomicRmw:
    case IrOp::kAtomicCas:
      return Atomic(i);
    case IrOp::kProbe:
      return Probe();
    case IrOp::kFence:
      return jit_.one_cpu ? void() : e_.o(Op::kMFENCE);
    case IrOp::kFAdd:
    case IrOp::kFSub:
    case IrOp::kFMul:
    case IrOp::kFDiv:
    case IrOp::kFSqrt:
    case IrOp::kFMulAdd:
    case IrOp::kFMin:
    case IrOp::kFMax:
    case IrOp::kFCmp:
    case IrOp::kFClass:
    case IrOp::kFBox:
    case IrOp::kFUnbox:
    case IrOp::kFNeg:
    case IrOp::kFAbs:
    case IrOp::kFCopySign:
    case IrOp::kGetFlags:
    case IrOp::kSetFlags:
    case IrOp::kFToI:
    case IrOp::kIToF:
    case IrOp::kFCvt:
      return Fp(i);
    case IrOp::kCharge:
      return Charge(i);
    case IrOp::kGuard:
      return Guard(i);
    case IrOp::kInsn:
      insn_pc_ = i.imm;
      ++insn_number_;
      site_ = 0;
      return;
    case IrOp::kExitIf:
    case IrOp::kLeaveIf:
      return ExitIf(i);
    case IrOp::kRefund:
      return Refund(i);
    case IrOp::kExitUnless:
      return ExitUnless(i);
    case IrOp::kGoto:
      return Goto(i);
    case IrOp::kGotoInd:
      return GotoInd(i);
    case IrOp::kCall:
    case IrOp::kRaise:
      return Call(i);
    case IrOp::kDispatch:
      return e_.jmp_to(runtime_.dispatch);
    case IrOp::kLabel:
      return Label(static_cast<unsigned>(i.imm));
    case IrOp::kBr:
      return BranchTo(static_cast<unsigned>(i.imm), e_.jmp_patchable());
    case IrOp::kBrIf: {
      const Cond c = Compare(static_cast<ir::Cond>(i.aux), i.args[0], i.args[1]);
      return BranchTo(static_cast<unsigned>(i.imm), e_.jcc_patchable(c));
    }
    case IrOp::kCount:
      return;
  }
}

void Lowering::Charge(const Instr& i) {
  charged_ = i.extra;
  insn_number_ = 0;
  site_ = 0;
  // A form of its own size for all counts: Retire writes a jump over it.
  const bool small = i.extra < 128;
  const int32_t count = static_cast<int32_t>(i.extra);
  if (jit_.pin_budget) {
    e_.ri(small ? Op::kSUB64ri8 : Op::kSUB64ri32, kBudget, count);
  } else {
    e_.mi(small ? Op::kSUB64mi8 : Op::kSUB64mi32, StateField(offsetof(CpuState, budget)), count);
  }
  Cold cold{Cold::Kind::kBudget};
  cold.instr = index_;
  cold.from = e_.jcc_patchable(Cond::s);
  cold_.push_back(cold);
  if (!leaves_) return;
  for (uint32_t access : groups_.early()) LookEarly(access);
}

// What the guest went around, by a value.
void Lowering::Refund(const Instr& i) {
  const Reg count = regs_.Use(i.args[0]);
  if (jit_.pin_budget) return e_.rr(Op::kADD64rr, kBudget, count);
  e_.mr(Op::kADD64mr, StateField(offsetof(CpuState, budget)), count);
}

// What the block is left without.
void Lowering::GiveBack(uint32_t insns) {
  const int32_t count = static_cast<int32_t>(insns);
  if (count == 0) return;
  if (jit_.pin_budget) return e_.ri(Op::kADD64ri32, kBudget, count);
  e_.mi(Op::kADD64mi32, StateField(offsetof(CpuState, budget)), count);
}

void Lowering::Guard(const Instr& i) {
  const int32_t slot = static_cast<int32_t>(i.imm >> mmu::kPageBits & (translate::kMappingEntries - 1));
  e_.rm(Op::kMOV64rm, Reg::rax, StateField(offsetof(CpuState, mapping_ids)));
  e_.mi(Op::kCMP32mi, Mem::Base(Reg::rax, slot * 4), static_cast<int32_t>(i.extra));
  Cold cold{Cold::Kind::kGuard};
  cold.instr = index_;
  cold.from = e_.jcc_patchable(Cond::ne);
  cold_.push_back(cold);
}

// A direct exit. `from`: the branch that is to be joined, if it exists already; otherwise one is made here.
void Lowering::EmitExit(uint64_t pc, uint8_t* from) { EmitExit(sink_->AddExit(pc), pc, from); }

void Lowering::EmitExit(uint32_t id, uint64_t pc, uint8_t* from) {
  ExitPatch patch{id, from, nullptr, nullptr};
  uint8_t* unjoined = nullptr;
  if (!SamePage(pc)) {
    const int32_t slot = static_cast<int32_t>(pc >> mmu::kPageBits & (translate::kMappingEntries - 1));
    e_.rm(Op::kMOV64rm, Reg::rax, StateField(offsetof(CpuState, mapping_ids)));
    e_.mi(Op::kCMP32mi, Mem::Base(Reg::rax, slot * 4), -1);  // no mapping has this number
    patch.guard = e_.rw() - 4;
    unjoined = e_.jcc_short(Cond::ne);
  }
  if (from == nullptr) patch.jump = e_.jmp_patchable();
  patch.stub = e_.rx();
  e_.Bind32(patch.jump);
  if (unjoined != nullptr) e_.Bind8(unjoined);
  e_.ri(Op::kMOV32ri, Reg::rax, static_cast<int64_t>(patch.id));
  e_.jmp_to(runtime_.exit_jump);
  exits_->push_back(patch);
}

void Lowering::ExitIf(const Instr& i) {
  Cold cold{Cold::Kind::kExit};
  const Cond c = Compare(static_cast<ir::Cond>(i.aux), i.args[0], i.args[1]);
  cold.instr = index_;
  cold.from = e_.jcc_patchable(c);
  cold.refund = i.op == IrOp::kExitIf ? i.extra : 0;
  cold_.push_back(cold);
}

void Lowering::ExitUnless(const Instr& i) {
  Cold cold{Cold::Kind::kLeave};
  const Reg target = regs_.Use(i.args[0]);
  if (const int64_t expected = static_cast<int64_t>(i.imm); expected == static_cast<int32_t>(expected)) {
    e_.ri(Op::kCMP64ri32, target, expected);
  } else {
    const Reg constant = regs_.Temp();
    e_.ri(Op::kMOV64ri, constant, expected);
    e_.rr(Op::kCMP64rr, target, constant);
  }
  cold.instr = index_;
  cold.from = e_.jcc_patchable(Cond::ne);
  cold.args[0] = regs_.at(i.args[0]);
  cold_.push_back(cold);
}

void Lowering::Goto(const Instr& i) { EmitExit(i.imm, nullptr); }

void Lowering::GotoInd(const Instr& i) {
  regs_.Copy(i.args[0], Reg::rax);
  if (!jit_.inline_jumps) return e_.jmp_to(runtime_.jump);
  EmitIndirectJump(e_, runtime_);
}

void Lowering::Label(unsigned label) {
  LabelState& state = labels_[label];
  state.bound = e_.rw();
  for (uint8_t* where : state.waiting) e_.Bind32(where);
  state.waiting.clear();
}

void Lowering::BranchTo(unsigned label, uint8_t* where) {
  LabelState& state = labels_[label];
  if (state.bound == nullptr) return state.waiting.push_back(where);
  Emitter::PatchRel32(where, e_.rx_of(where) + 4, e_.rx_of(state.bound));
}

}  // namespace emu::backends::x86_64
