#include "targets/riscv/lift/lift.h"

#include <algorithm>

#include "targets/riscv/lift/lifter.h"

namespace emu::riscv {
namespace {

constexpr uint64_t kPageBytes = 4096;
constexpr unsigned kMaxInsns = 64;  // of a block: longer ones cost more when they are left early or dropped

}  // namespace

const Lifter::Method Lifter::kMethods[] = {
#define EMU_RISCV_INSN(Id, mnemonic, bits, immediate, extensions, xlen, Method) &Lifter::Method,
#include "targets/riscv/isa/isa32.def"
#undef EMU_RISCV_INSN
#define EMU_RISCV_INSN16(Id, mnemonic, bits, immediate, rules, extensions, xlen, Method) &Lifter::Method,
#include "targets/riscv/isa/isa16.def"
#undef EMU_RISCV_INSN16
};

Lifter::Lifter(const translate::LiftRequest& request, const IsaConfig& isa, ir::Builder& builder)
    : request_(request),
      isa_(isa),
      ir_(builder),
      xt_(isa.xlen == 32 ? Type::kI32 : Type::kI64),
      pc_(request.pc),
      next_(request.pc) {}

// Where the way is known, blocks are seldom left early, and whoever knows it says how long they may be.
unsigned Lifter::Limit() const {
  return request_.path.empty() ? std::clamp(request_.max_insns, 1u, kMaxInsns) : std::max(request_.max_insns, 1u);
}

void Lifter::Block() {
  uint32_t bits = 0;
  Fetched fetched = Fetch(&bits);
  if (fetched == Fetched::kNowhere) return;
  ir_.Charge(pc_);
  while (fetched == Fetched::kYes) {
    One(bits);
    if (done_) return;
    pc_ = next_;
    fetched = GoesOn() ? Fetch(&bits) : Fetched::kNotHere;
  }
  Goto(pc_);
}

bool Lifter::GoesOn() const {
  if (count_ >= Limit() || ir_.full()) return false;
  return request_.leads_to_loop == nullptr || pc_ == request_.pc || !request_.leads_to_loop(pc_);
}

// The code at `pc`, if the request has so many bytes of it on one page.
const uint8_t* Lifter::At(uint64_t pc, unsigned bytes) const {
  const uint64_t offset = pc - (request_.pc - request_.before), size = request_.before + uint64_t{request_.size};
  if (offset < size) return size - offset >= bytes ? request_.bytes - request_.before + offset : nullptr;
  const uint64_t in_page = pc % kPageBytes;
  if ((request_.path.empty() && count_ != 0) || kPageBytes - in_page < bytes) return nullptr;
  const uint8_t* const page = request_.page_at(pc - in_page);
  return page == nullptr ? nullptr : page + in_page;
}

// The instruction at pc_. Unless a path leads to the next page, only the block's first may reach there.
Lifter::Fetched Lifter::Fetch(uint32_t* bits) {
  const uint8_t* const here = At(pc_, 2);
  if (here == nullptr) return Fetched::kNotHere;
  *bits = LoadLittle(here, 2);
  if (InsnLength(*bits) == 2) return Fetched::kYes;
  const uint8_t* const rest = At(pc_ + 2, 2);
  if (rest == nullptr) return count_ == 0 ? Fetched::kNowhere : Fetched::kNotHere;
  *bits |= LoadLittle(rest, 2) << 16;
  return Fetched::kYes;
}

void Lifter::One(uint32_t bits) {
  const bool legal = Decode(bits, isa_, &d_);
  next_ = Pc(pc_ + d_.length);
  ++count_;
  ++followed_;
  ir_.Insn(pc_);
  if (!legal || FpIsOff()) return Refund(), Illegal();
  if (refund_ != ir::kNoValue && !OnlyComputes(d_) && !IsBranch(d_)) Refund();
  (this->*kMethods[static_cast<unsigned>(d_.id)])();
}

void Lifter::Goto(uint64_t pc) {
  Refund();
  ir_.Goto(pc);
  done_ = true;
}

bool Lifter::RepeatsLoop(uint64_t target) {
  if (target != request_.pc || !request_.path.empty()) return false;
  if (loop_ == 0) loop_ = count_;
  return count_ + loop_ <= std::min({request_.loop_insns, Limit(), request_.loop_times * loop_});
}

// Where the guest went from here, if the block is to go on there.
std::optional<uint64_t> Lifter::Follow() {
  if (followed_ >= request_.path.size() || count_ >= Limit()) return std::nullopt;
  return request_.path[followed_];
}

void Lifter::Illegal() { RaiseHelper(Helper::kIllegal, {ir_.Const64(d_.bits)}); }

void Lifter::CallHelper(Helper helper, ir::Builder::Args args) {
  ir_.Call(Type::kVoid, static_cast<unsigned>(helper), args);
}

void Lifter::RaiseHelper(Helper helper, ir::Builder::Args args) {
  ir_.Raise(static_cast<unsigned>(helper), args);
  done_ = true;
}

// Registers are 64 bits wide in the state; those of RV32 hold zero above.
Lifter::Value Lifter::X(unsigned reg) {
  if (reg == 0) return Const(0);
  const Value v = ir_.Get(Type::kI64, kRegX0 + reg);
  return xt_ == Type::kI32 ? ir_.Convert(Op::kTrunc, Type::kI32, v) : v;
}

void Lifter::Rd(Value v) {
  if (d_.rd != 0) ir_.Set(kRegX0 + d_.rd, Wide(v));
}

void LiftBlock(const translate::LiftRequest& request, const IsaConfig& isa, ir::Builder& builder) {
  Lifter(request, isa, builder).Block();
}

}  // namespace emu::riscv
