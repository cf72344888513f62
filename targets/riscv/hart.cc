// Privilege, traps and interrupts: RISC-V Privileged Architecture 20240411, chapter 3 and section 10.1.
#include "targets/riscv/hart.h"

#include <bit>
#include <utility>

#include "translate/engine/fp_env.h"

namespace emu::riscv {
namespace {

constexpr uint64_t BitOf(unsigned n) { return uint64_t{1} << n; }
constexpr uint64_t kInterruptFlag = BitOf(63);

}  // namespace

Hart::Hart(const HartConfig& config, HartPlatform* platform) : config_(config), platform_(platform) {
  state_.hart = this;
}

void Hart::Reset() {
  translate::CpuState& base = state_.base;
  std::fill(std::begin(state_.x), std::end(state_.x), 0);
  std::fill(std::begin(state_.f), std::end(state_.f), 0);
  state_.reservation_address = kNoReservation;
  state_.reservation_value = 0;
  state_.fs_dirty = 0;
  state_.mstatus = kStatusXl64;
  state_.frm = 0;
  state_.privilege = kMachine;
  state_.csr = {};
  base.pc = config_.reset_pc;
  base.mxcsr = translate::kMxcsrDefault;
  software_mip_ = 0;
  ResetPmp();
  cpu().Wake();
  SetTimer(~uint64_t{0});
  UpdateMode();
}

// The registers that the manual leaves open at reset are zero, so that runs are alike.
void Hart::ResetPmp() {
  pmp_.Reset();
  for (unsigned i = 0; i < kPmpEntries; ++i) pmp_.WriteAddress(i, 0);
  OnPmpChange();
}

Privilege Hart::DataPrivilege() const {
  const bool mprv = (state_.mstatus & kStatusMprv) != 0;
  if (state_.privilege != kMachine || !mprv) return state_.privilege;
  return static_cast<Privilege>(state_.mstatus >> kStatusMppShift & 3);
}

uint64_t Hart::SettleStatus() {
  state_.mstatus |= state_.fs_dirty;
  state_.fs_dirty = 0;
  return state_.mstatus;
}

void Hart::UpdateMode() {
  const uint64_t status = state_.mstatus,
                 env = state_.csr.menvcfg & (state_.privilege == kUser ? state_.csr.senvcfg : ~uint64_t{0});
  const bool machine = state_.privilege == kMachine;
  uint32_t key = state_.privilege;
  if ((status & kStatusFs) != 0) key |= kKeyFpOn;
  if (state_.frm == 4) key |= kKeyFrmMaxMag;
  if (state_.frm > 4) key |= kKeyFrmReserved;
  if (machine || (env & kEnvCbze) != 0) key |= kKeyCboZero;
  if (machine || (env & kEnvCbcfe) != 0) key |= kKeyCboClean;
  if (machine || (env & kEnvCbie) != 0) key |= kKeyCboInval;
  state_.base.key = key;
  // Only what mappings depend on tells contexts apart.
  const Privilege data = DataPrivilege();
  const bool paged = state_.privilege != kMachine || data != kMachine;
  uint64_t mode = static_cast<uint64_t>(state_.privilege) | static_cast<uint64_t>(data) << 2;
  if (data == kSupervisor && (status & kStatusSum) != 0) mode |= 1 << 4;
  if (data != kMachine && (status & kStatusMxr) != 0) mode |= 1 << 5;
  cpu().SwitchContext({paged ? state_.csr.satp : 0, mode});
  UpdateInterrupts();
}

void Hart::SetInterrupt(Interrupt number, bool level) {
  lines_ = level ? lines_ | BitOf(number) : lines_ & ~BitOf(number);
  UpdateMip();
}

void Hart::WriteMip(uint64_t value, uint64_t mask) {
  software_mip_ = (software_mip_ & ~mask) | (value & mask);
  UpdateMip();
}

// STIP is either stimecmp's (or the SBI timer's) or software's, not both (Sstc, section 2.1; menvcfg.STCE).
void Hart::UpdateMip() {
  constexpr uint64_t kStip = BitOf(kSupervisorTimer);
  const bool timer = sstc_on() || config_.serves_sbi;
  state_.csr.mip = (lines_ & (timer ? ~uint64_t{0} : ~kStip)) | (software_mip_ & (timer ? ~kStip : ~uint64_t{0}));
  UpdateInterrupts();
}

void Hart::UpdateInterrupts() {
  if (InterruptWaits()) cpu().RequestAttention();
}

bool Hart::DeliverInterrupt() {
  const uint64_t waiting = state_.csr.mip & state_.csr.mie;
  if (waiting == 0) return false;
  const bool machine_on = state_.privilege < kMachine || (state_.mstatus & kStatusMie) != 0;
  const bool supervisor_on =
      state_.privilege < kSupervisor || (state_.privilege == kSupervisor && (state_.mstatus & kStatusSie) != 0);
  uint64_t enabled = machine_on ? waiting & ~state_.csr.mideleg : 0;
  if (enabled == 0 && supervisor_on) enabled = waiting & state_.csr.mideleg;
  for (unsigned number : {kMachineExternal, kMachineSoftware, kMachineTimer, kSupervisorExternal, kSupervisorSoftware,
                          kSupervisorTimer}) {
    if ((enabled & BitOf(number)) == 0) continue;
    Raise(number | 0x80000000u, 0);
    return true;
  }
  return false;
}

bool Hart::TrapsToSupervisor(unsigned cause) const {
  const uint64_t delegated = (cause & 0x80000000u) != 0 ? state_.csr.mideleg : state_.csr.medeleg;
  return state_.privilege <= kSupervisor && (delegated >> (cause & 0x7fffffff) & 1) != 0;
}

void Hart::Raise(unsigned cause, uint64_t value) {
  platform_->OnTrap(*this, cause, value);
  const bool interrupt = (cause & 0x80000000u) != 0;
  const unsigned number = cause & 0x7fffffff;
  if (!interrupt) ChargeException();
  Csrs& c = state_.csr;
  const bool to_supervisor = TrapsToSupervisor(cause);
  const uint64_t flagged = number | (interrupt ? kInterruptFlag : 0);
  uint64_t& status = state_.mstatus;
  uint64_t vector;
  if (to_supervisor) {
    c.scause = flagged, c.stval = value, c.sepc = state_.base.pc, vector = c.stvec;
    status = (status & ~(kStatusSpie | kStatusSpp | kStatusSie)) | ((status & kStatusSie) != 0 ? kStatusSpie : 0) |
             (state_.privilege == kSupervisor ? kStatusSpp : 0);
    state_.privilege = kSupervisor;
  } else {
    c.mcause = flagged, c.mtval = value, c.mepc = state_.base.pc, vector = c.mtvec;
    status = (status & ~(kStatusMpie | kStatusMpp | kStatusMie)) | ((status & kStatusMie) != 0 ? kStatusMpie : 0) |
             static_cast<uint64_t>(state_.privilege) << kStatusMppShift;
    state_.privilege = kMachine;
  }
  state_.base.pc = (vector & ~uint64_t{3}) + (interrupt && (vector & 1) != 0 ? 4 * number : 0);
  UpdateMode();
}

// An exception uses up an instruction of the budget, or else a handler whose first instruction cannot be executed would
// keep the run loop for ever. It does not retire, so minstret does not count it (section 3.3.1).
void Hart::ChargeException() {
  state_.base.budget -= 1;
  if ((state_.csr.mcountinhibit >> 2 & 1) == 0) state_.csr.instret_offset -= 1;
}

void Hart::RaiseFromHelper(unsigned cause, uint64_t value) {
  cpu().SyncPc();
  Raise(cause, value);
  state_.base.unwind = 1;
}

// MRET and SRET, section 3.3.2.
void Hart::ReturnFromTrap(bool machine) {
  uint64_t& status = state_.mstatus;
  const auto move = [&](uint64_t from, uint64_t to) { status = (status & ~to) | ((status & from) != 0 ? to : 0); };
  if (machine) {
    state_.privilege = static_cast<Privilege>(status >> kStatusMppShift & 3);
    move(kStatusMpie, kStatusMie);
    status = (status | kStatusMpie) & ~kStatusMpp;
    state_.base.pc = state_.csr.mepc;
  } else {
    state_.privilege = (status & kStatusSpp) != 0 ? kSupervisor : kUser;
    move(kStatusSpie, kStatusSie);
    status = (status | kStatusSpie) & ~kStatusSpp;
    state_.base.pc = state_.csr.sepc;
  }
  if (state_.privilege != kMachine) status &= ~kStatusMprv;
  UpdateMode();
}

void Hart::SetTimer(uint64_t deadline) {
  state_.csr.stimecmp = deadline;
  SetInterrupt(kSupervisorTimer, false);
  platform_->SetSupervisorTimer(*this, deadline);
}

// While a counter is inhibited, `offset` is its value.
uint64_t Hart::Counter(uint64_t offset, unsigned inhibit_bit) const {
  if ((state_.csr.mcountinhibit >> inhibit_bit & 1) != 0) return offset;
  return const_cast<Hart*>(this)->cpu().InsnCount() + offset;
}

}  // namespace emu::riscv
