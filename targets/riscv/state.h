// The state of one RISC-V hart. Registers that generated code touches come first.
#ifndef EMU_TARGETS_RISCV_STATE_H_
#define EMU_TARGETS_RISCV_STATE_H_

#include <cstdint>

#include "translate/engine/cpu_state.h"

namespace emu::riscv {

enum Privilege : uint8_t { kUser = 0, kSupervisor = 1, kMachine = 3 };

struct RiscvState {
  translate::CpuState base;
  uint64_t x[32];  // x[0] stays zero
  uint64_t reservation_address;  // of the last LR, kNoReservation if none
  uint64_t reservation_value;    // what it loaded; SC compares with it
  uint64_t mstatus;              // sstatus is a view of it
  uint64_t f[32];                // single precision is NaN-boxed
  uint32_t frm;                  // fcsr.frm; fcsr.fflags are the host's sticky flags while guest code runs
  uint32_t fflags;               // flags raised so far beside those that the host holds
  Privilege privilege;
};
inline constexpr uint64_t kNoReservation = ~uint64_t{0};

// Numbers of the registers in IR (RiscvTarget::registers): x1 to x31 have their own number.
enum Register : unsigned {
  kRegPc = 0,
  kRegX0 = 0,  // x0 is never read or written as a register
  kRegF0 = 32,
  kRegReservationAddress = 64,
  kRegReservationValue,
  kRegMstatus,
  kRegisterCount
};

// CpuState::key: what the translation of code depends on.
enum KeyBits : uint32_t {
  kKeyPrivilege = 3,       // Privilege
  kKeyFpOn = 1u << 2,      // mstatus.FS is not Off
  kKeyFrmMaxMag = 1u << 3, // frm is RMM, which the host does not have
  kKeyFrmReserved = 1u << 4,
  kKeyCboZero = 1u << 5,   // cbo.zero allowed here (menvcfg, senvcfg)
  kKeyCboClean = 1u << 6,  // cbo.clean, cbo.flush allowed
  kKeyCboInval = 1u << 7,  // cbo.inval allowed
};

}  // namespace emu::riscv

#endif  // EMU_TARGETS_RISCV_STATE_H_
