// Fences, Zicsr, cache-block operations (unprivileged manual, chapters 2.7, 3, 6, 19) and privileged instructions.
#include "targets/riscv/isa/csr_insn.h"
#include "targets/riscv/lift/lifter.h"

namespace emu::riscv {
namespace {

// The register of IR that is the whole of a CSR, so that no helper is needed for it; 0 for others.
unsigned PlainCsr(unsigned csr) {
  switch (csr) {
    case 0x140:
      return kRegSscratch;
    case 0x141:
      return kRegSepc;
    case 0x142:
      return kRegScause;
    case 0x143:
      return kRegStval;
    default:
      return 0;
  }
}

constexpr unsigned kCacheBlockBytes = 64;
constexpr unsigned kFflags = 0x001;

}  // namespace

// The host keeps the order of all but a store and a later load (Intel SDM vol. 3, 9.2.2), so only that is fenced.
// Predecessors are bits 7:4, successors 3:0, each input, output, read, write from the left.
void Lifter::Fence() {
  const unsigned before = d_.imm >> 4 & 5, after = d_.imm & 10;
  if (before != 0 && after != 0) ir_.Fence();
}

void Lifter::FenceI() {
  ir_.Set(kRegPc, ir_.Const64(next_));
  CallHelper(Helper::kFenceI, {});
  EndByDispatch();
}

void Lifter::CsrReg() { Csr(Wide(Rs1())); }
void Lifter::CsrImm() { Csr(ir_.Const64(d_.rs1)); }

void Lifter::Csr(Value operand) {
  const CsrInsn csr(d_);
  if (isa_.xlen == 64 && (request_.key & kKeyPrivilege) != kUser) {
    const bool writes_plainly = csr.no_write || csr.number != 0x141;  // not all of sepc can be written
    if (PlainCsr(csr.number) != 0 && writes_plainly) {
      return CsrInLine(PlainCsr(csr.number), csr.op, csr.no_write, operand);
    }
    if (csr.number == kCsrSstatus && (csr.no_write || csr.clears_sie)) return SstatusInLine();
  }
  if (csr.number == kFflags && isa_.Has(Extension::kF) && (request_.key & kKeyFpOn) != 0) {
    return Fflags(csr.op, operand);
  }
  if (!csr.is_harmless()) ir_.Set(kRegPc, ir_.Const64(next_));
  const Value old = ir_.Call(Type::kI64, static_cast<unsigned>(Helper::kCsr),
                             {ir_.Const64(csr.packed()), operand, ir_.Const64(d_.bits)});
  Rd(xt_ == Type::kI32 ? ir_.Convert(Op::kTrunc, Type::kI32, old) : old);
  if (!csr.is_harmless()) EndByDispatch();
}

void Lifter::CsrInLine(unsigned reg, unsigned op, bool no_write, Value operand) {
  const Value old = ir_.Get(Type::kI64, reg);
  if (!no_write) {
    ir_.Set(reg, op == kCsrWrite ? operand
                 : op == kCsrSet ? ir_.Binary(Op::kOr, old, operand)
                                 : ir_.Binary(Op::kAndNot, old, operand));
  }
  Rd(old);
}

// Reads sstatus, or clears what five bits of an immediate can: SIE. No interrupt comes by that.
void Lifter::SstatusInLine() {
  const Value status = ir_.Binary(Op::kOr, ir_.Get(Type::kI64, kRegMstatus), ir_.Get(Type::kI64, kRegFsDirty));
  if ((d_.rs1 & kStatusSie) != 0) {
    ir_.Set(kRegMstatus, ir_.Binary(Op::kAnd, status, ir_.Const64(~kStatusSie)));
  }
  Rd(ir_.Binary(Op::kAnd, status, ir_.Const64(kSstatusRead)));
}

// Library functions save the flags, compare, and put them back: too often for a call.
void Lifter::Fflags(unsigned op, Value operand) {
  const bool writes = op == kCsrWrite || d_.rs1 != 0;
  const Value old = op != kCsrWrite || d_.rd != 0 ? ir_.GetFlags(Type::kI64) : ir::kNoValue;
  if (writes) {
    ir_.SetFlags(op == kCsrWrite ? operand : ir_.Binary(op == kCsrSet ? Op::kOr : Op::kAndNot, old, operand));
    Dirty();
  }
  if (d_.rd != 0) Rd(xt_ == Type::kI32 ? ir_.Convert(Op::kTrunc, Type::kI32, old) : old);
}

void Lifter::Ecall() { RaiseHelper(Helper::kEcall, {}); }
void Lifter::Ebreak() { RaiseHelper(Helper::kEbreak, {}); }
void Lifter::Mret() { RaiseHelper(Helper::kMret, {ir_.Const64(d_.bits)}); }
void Lifter::Sret() { RaiseHelper(Helper::kSret, {ir_.Const64(d_.bits)}); }
void Lifter::Wfi() { RaiseHelper(Helper::kWfi, {ir_.Const64(d_.bits), ir_.Const64(next_)}); }

void Lifter::SfenceVma() {
  ir_.Set(kRegPc, ir_.Const64(next_));
  CallHelper(Helper::kSfenceVma, {Wide(Rs1()), Wide(Rs2()), ir_.Const64(d_.bits)});
  EndByDispatch();
}

// SFENCE.W.INVAL and SFENCE.INVAL.IR only order; SINVAL.VMA does everything at once.
void Lifter::SfenceOrder() {
  if ((request_.key & kKeyPrivilege) == kUser) Illegal();
}

// Caches are always coherent here; what is left is the permission to touch the block.
void Lifter::CacheBlockProbe(uint32_t key_bit) {
  if ((request_.key & key_bit) == 0) return Illegal();
  CallHelper(Helper::kCacheBlock, {Wide(Rs1())});
}

void Lifter::CboInval() { CacheBlockProbe(kKeyCboInval); }
void Lifter::CboClean() { CacheBlockProbe(kKeyCboClean); }

void Lifter::CboZero() {
  if ((request_.key & kKeyCboZero) == 0) return Illegal();
  const Value block = ir_.Binary(Op::kAnd, Wide(Rs1()), ir_.Const64(~uint64_t{kCacheBlockBytes - 1}));
  const Value zero = ir_.Const64(0);
  for (unsigned offset = 0; offset < kCacheBlockBytes; offset += 8) ir_.Store({.log2_size = 3}, block, zero, offset);
}

}  // namespace emu::riscv
