// The functions that translated code calls (helpers.def).
#include "targets/riscv/helpers.h"

#include "targets/riscv/csr.h"
#include "targets/riscv/hart.h"

namespace emu::riscv {
namespace {

using translate::CpuState;

Hart& HartOf(CpuState* state) { return *reinterpret_cast<RiscvState*>(state)->hart; }

// Exceptions by helpers end here: the result is not used.
uint64_t RaiseIllegal(Hart& hart, uint64_t bits) {
  hart.RaiseFromHelper(kIllegalInstruction, bits);
  return 0;
}

uint64_t HelperIllegal(CpuState* s, uint64_t bits, uint64_t, uint64_t) { return RaiseIllegal(HartOf(s), bits); }

uint64_t HelperCsr(CpuState* s, uint64_t what, uint64_t value, uint64_t bits) {
  Hart& hart = HartOf(s);
  const bool write = (what >> 14 & 1) == 0, read = (what >> 15 & 1) == 0;
  if (!AccessCsr(hart, what & 0xfff, static_cast<CsrOp>(what >> 12 & 3), read, write, &value)) {
    return RaiseIllegal(hart, bits);
  }
  return value;
}

uint64_t HelperEcall(CpuState* s, uint64_t, uint64_t, uint64_t) {
  Hart& hart = HartOf(s);
  const Privilege privilege = hart.state().privilege;
  const unsigned cause = unsigned{kEcallFromUser} + unsigned{privilege};
  if (privilege == kSupervisor && hart.config().serves_sbi) {
    hart.cpu().SyncPc();
    s->pc += 4;
    s->budget -= 1;  // it completes
    s->unwind = 1;
    if (hart.platform().Sbi(hart)) return 0;
    s->pc -= 4;
    s->budget += 1;
    hart.Raise(cause, 0);
    return 0;
  }
  hart.RaiseFromHelper(cause, 0);
  return 0;
}

uint64_t HelperEbreak(CpuState* s, uint64_t, uint64_t, uint64_t) {
  Hart& hart = HartOf(s);
  hart.cpu().SyncPc();
  hart.Raise(kBreakpoint, s->pc);
  s->unwind = 1;
  return 0;
}

uint64_t HelperMret(CpuState* s, uint64_t bits, uint64_t, uint64_t) {
  Hart& hart = HartOf(s);
  if (hart.state().privilege != kMachine) return RaiseIllegal(hart, bits);
  hart.ReturnFromTrap(true);
  return 0;
}

uint64_t HelperSret(CpuState* s, uint64_t bits, uint64_t, uint64_t) {
  Hart& hart = HartOf(s);
  const bool trapped = hart.state().privilege == kSupervisor && (hart.state().mstatus & kStatusTsr) != 0;
  if (hart.state().privilege == kUser || trapped) return RaiseIllegal(hart, bits);
  hart.ReturnFromTrap(false);
  return 0;
}

// In U-mode with TW clear it may trap too (section 3.1.6.5); it waits here as well.
uint64_t HelperWfi(CpuState* s, uint64_t bits, uint64_t next_pc, uint64_t) {
  Hart& hart = HartOf(s);
  if (hart.state().privilege < kMachine && (hart.state().mstatus & kStatusTw) != 0) return RaiseIllegal(hart, bits);
  s->pc = next_pc;
  if (!hart.InterruptWaits()) hart.cpu().Halt();
  return 0;
}

uint64_t HelperSfenceVma(CpuState* s, uint64_t address, uint64_t asid, uint64_t bits) {
  Hart& hart = HartOf(s);
  const bool trapped = hart.state().privilege == kSupervisor && (hart.state().mstatus & kStatusTvm) != 0;
  if (hart.state().privilege == kUser || trapped) return RaiseIllegal(hart, bits);
  std::optional<uint64_t> page;
  std::optional<uint16_t> space;
  if ((bits >> 15 & 31) != 0) page = address;
  if ((bits >> 20 & 31) != 0) space = static_cast<uint16_t>(asid);
  hart.FlushMappings(page, space);
  return 0;
}

// Translations are dropped when their code is written, so there is nothing left to do.
uint64_t HelperFenceI(CpuState*, uint64_t, uint64_t, uint64_t) { return 0; }

uint64_t HelperMisalignedFetch(CpuState* s, uint64_t target, uint64_t, uint64_t) {
  HartOf(s).RaiseFromHelper(kInstructionMisaligned, target);
  return 0;
}

// Allowed wherever a load is; if not, the exception is a store's (Zicbom, "Cache-Block Management Instructions").
uint64_t HelperCacheBlock(CpuState* s, uint64_t address, uint64_t, uint64_t) {
  Hart& hart = HartOf(s);
  translate::PageMapping mapping;
  translate::MemFault fault;
  bool page_fault = false;
  if (hart.Translate(memory::Gva(address), 1, translate::Access::kRead, /*probe=*/false, &mapping, &fault)) {
    if (hart.cpu().memory().Find(mapping.gpa) != nullptr) return 0;
  } else {
    page_fault = fault.kind == translate::MemFault::Kind::kPaging && fault.code == kLoadPage;
  }
  hart.RaiseFromHelper(page_fault ? kStorePage : kStoreAccess, address);
  return 0;
}

constexpr translate::HelperInfo kHelpers[] = {
#define EMU_RISCV_HELPER(Name, may_unwind) {#Name, &Helper##Name, may_unwind},
#include "targets/riscv/helpers.def"
#undef EMU_RISCV_HELPER
};

}  // namespace

absl::Span<const translate::HelperInfo> Helpers() { return kHelpers; }

}  // namespace emu::riscv
