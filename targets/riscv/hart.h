// One RISC-V hart beside its plain state: what it is, its interrupts and privilege, its physical memory protection, and
// what it needs of the board.
#ifndef EMU_TARGETS_RISCV_HART_H_
#define EMU_TARGETS_RISCV_HART_H_

#include <cstdint>
#include <optional>

#include "mmu/riscv/pmp.h"
#include "mmu/riscv/pmp_words.h"
#include "mmu/riscv/walk_cache.h"
#include "mmu/riscv/walk_types.h"
#include "targets/riscv/isa/isa_config.h"
#include "targets/riscv/state.h"
#include "translate/engine/cpu.h"

namespace emu::riscv {

// What a board gives to a hart.
class HartPlatform {
 public:
  virtual ~HartPlatform() = default;
  // The `time` counter, in ticks of the board's time base.
  virtual uint64_t Time() = 0;
  // Sstc's stimecmp, or the SBI's timer, was set: SetInterrupt(kSupervisorTimer) is due when Time() reaches `deadline`.
  virtual void SetSupervisorTimer(Hart& hart, uint64_t deadline) = 0;
  // An ECALL from S-mode while no machine-mode firmware is there: true if it was served; results are in a0 and a1.
  virtual bool Sbi(Hart& hart) = 0;
  // The hart is about to enter a handler; `cause` as in mcause, with bit 31 for interrupts. For listings.
  virtual void OnTrap(const Hart& hart, unsigned cause, uint64_t value) { (void)hart, (void)cause, (void)value; }
};

struct HartConfig {
  unsigned id = 0;
  IsaConfig isa;
  uint64_t reset_pc = 0x1000;
  mmu::riscv::PagingMode widest_paging = mmu::riscv::PagingMode::kSv57;
  bool serves_sbi = false;  // the platform answers ECALLs from S-mode
};

class Hart {
 public:
  Hart(const HartConfig& config, HartPlatform* platform);
  Hart(const Hart&) = delete;
  Hart& operator=(const Hart&) = delete;

  RiscvState& state() { return state_; }
  const RiscvState& state() const { return state_; }
  const HartConfig& config() const { return config_; }
  HartPlatform& platform() { return *platform_; }
  translate::Cpu& cpu() { return *state_.base.cpu; }
  mmu::riscv::Pmp& pmp() { return pmp_; }

  // Power-on state (section 3.4). Needs the Cpu.
  void Reset();

  // A line from a device. Supervisor external is ORed with what software wrote to mip.
  void SetInterrupt(Interrupt number, bool level);
  // mstatus as the guest sees it: translated code that writes f registers only notes that in fs_dirty.
  uint64_t SettleStatus();
  // Takes over whatever changed of privilege, mstatus, satp, environment: translations, mappings, interrupts.
  void UpdateMode();
  // Looks whether an interrupt can be taken now.
  void UpdateInterrupts();
  bool DeliverInterrupt();
  bool InterruptWaits() const { return (state_.csr.mip & state_.csr.mie) != 0; }

  // Enters the handler for an exception of the instruction at state.pc.
  void Raise(unsigned cause, uint64_t value);
  // Whether the handler is S-mode's; `cause` as HartPlatform::OnTrap has it.
  bool TrapsToSupervisor(unsigned cause) const;
  // As a helper: the PC is made exact first, and the block is left.
  void RaiseFromHelper(unsigned cause, uint64_t value);
  void ReturnFromTrap(bool machine);

  // Supervisor timer by deadline (Sstc or SBI).
  void SetTimer(uint64_t deadline);
  bool sstc_on() const { return config_.isa.Has(Extension::kSstc) && (state_.csr.menvcfg & kEnvStce) != 0; }
  void WriteSatp(uint64_t value);
  void WriteMip(uint64_t value, uint64_t mask);
  uint64_t Counter(uint64_t offset, unsigned inhibit_bit) const;
  // Whether code or data accesses go through page tables, and how.
  mmu::riscv::WalkContext WalkContextFor(bool fetch, bool probe) const;
  bool Translate(memory::Gva gva, unsigned size, translate::Access access, bool probe, translate::PageMapping* mapping,
                 translate::MemFault* fault);
  // SFENCE.VMA with optional address and address-space identifier.
  void FlushMappings(std::optional<uint64_t> address, std::optional<uint16_t> asid);
  void OnPmpChange();
  // menvcfg.STCE may have changed: who owns STIP.
  void UpdateMip();
  // What software wrote to mip, lines from devices left out: what CSRRS and CSRRC work on (section 3.1.9).
  uint64_t software_mip() const { return software_mip_; }

 private:
  static constexpr unsigned kPmpEntries = 16;
  void ResetPmp();
  void ChargeException();
  Privilege DataPrivilege() const;
  bool CheckPmp(memory::Gpa gpa, unsigned size, translate::Access access, Privilege privilege,
                translate::PageMapping* mapping);

  RiscvState state_{};
  const HartConfig config_;
  HartPlatform* const platform_;
  mmu::riscv::Pmp pmp_{kPmpEntries};
  mmu::riscv::PmpPageCache pmp_pages_{pmp_};
  mmu::riscv::WalkCache walk_cache_;
  uint64_t lines_ = 0;         // interrupts that devices hold
  uint64_t software_mip_ = 0;  // what software wrote
};

}  // namespace emu::riscv

#endif  // EMU_TARGETS_RISCV_HART_H_
