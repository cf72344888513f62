// The state of one RISC-V hart. Registers that generated code touches come first.
#ifndef EMU_TARGETS_RISCV_STATE_H_
#define EMU_TARGETS_RISCV_STATE_H_

#include <cstdint>

#include "translate/engine/cpu_state.h"

namespace emu::riscv {

class Hart;

enum Privilege : uint8_t { kUser = 0, kSupervisor = 1, kMachine = 3 };

// Control and status registers by their names in the manual (Privileged Architecture 20240411, chapters 3 and 10).
struct Csrs {
  uint64_t mie, mip;  // mip: as guest code sees it, lines from outside included
  uint64_t mideleg, medeleg;
  uint64_t mtvec, mscratch, mepc, mcause, mtval, mcounteren, menvcfg;
  uint64_t stvec, sscratch, sepc, scause, stval, scounteren, senvcfg, satp, stimecmp;
  uint64_t mcountinhibit;
  uint64_t cycle_offset, instret_offset;  // counter = instructions executed + offset; while inhibited: the counter
};

struct RiscvState {
  translate::CpuState base;
  uint64_t x[32];                // x[0] stays zero
  uint64_t reservation_address;  // of the last LR, kNoReservation if none
  uint64_t reservation_value;    // what it loaded; SC compares with it
  uint64_t fs_dirty;             // FS and SD of mstatus, where code has set them that did not look at the rest; or 0
  uint64_t mstatus;              // sstatus is a view of it
  uint64_t f[32];                // single precision is NaN-boxed
  uint32_t frm;                  // fcsr.frm; fcsr.fflags are the sticky flags of CpuState::mxcsr
  Privilege privilege;
  Csrs csr;
  Hart* hart;
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
  kRegFsDirty,
  kRegSscratch,
  kRegSepc,
  kRegScause,
  kRegStval,
  kRegisterCount
};

// CpuState::key: what the translation of code depends on.
enum KeyBits : uint32_t {
  kKeyPrivilege = 3,        // Privilege
  kKeyFpOn = 1u << 2,       // mstatus.FS is not Off
  kKeyFrmMaxMag = 1u << 3,  // frm is RMM, which the host does not have
  kKeyFrmReserved = 1u << 4,
  kKeyCboZero = 1u << 5,   // cbo.zero allowed here (menvcfg, senvcfg)
  kKeyCboClean = 1u << 6,  // cbo.clean, cbo.flush allowed
  kKeyCboInval = 1u << 7,  // cbo.inval allowed
};

// Fields of mstatus (section 3.1.6).
inline constexpr uint64_t kStatusSie = 1u << 1, kStatusMie = 1u << 3, kStatusSpie = 1u << 5, kStatusMpie = 1u << 7;
inline constexpr uint64_t kStatusSpp = 1u << 8, kStatusMpp = 3u << 11, kStatusFs = 3u << 13, kStatusMprv = 1u << 17;
inline constexpr uint64_t kStatusSum = 1u << 18, kStatusMxr = 1u << 19, kStatusTvm = 1u << 20, kStatusTw = 1u << 21;
inline constexpr uint64_t kStatusTsr = 1u << 22, kStatusSd = uint64_t{1} << 63;
inline constexpr uint64_t kStatusXl64 = uint64_t{2} << 32 | uint64_t{2} << 34;  // UXL and SXL: 64 bits
inline constexpr unsigned kStatusMppShift = 11;
// What sstatus shows of it, and what of that can be written (section 10.1.1).
inline constexpr uint64_t kSstatusMask = kStatusSie | kStatusSpie | kStatusSpp | kStatusFs | kStatusSum | kStatusMxr;
inline constexpr uint64_t kSstatusRead = kSstatusMask | kStatusSd | uint64_t{3} << 32;

// Numbers of interrupts in mip and mie (section 3.1.9), and of exceptions in mcause (table 14).
enum Interrupt : unsigned {
  kSupervisorSoftware = 1,
  kMachineSoftware = 3,
  kSupervisorTimer = 5,
  kMachineTimer = 7,
  kSupervisorExternal = 9,
  kMachineExternal = 11,
};
enum Exception : unsigned {
  kInstructionMisaligned = 0,
  kInstructionAccess = 1,
  kIllegalInstruction = 2,
  kBreakpoint = 3,
  kLoadMisaligned = 4,
  kLoadAccess = 5,
  kStoreMisaligned = 6,
  kStoreAccess = 7,
  kEcallFromUser = 8,  // + privilege
  kInstructionPage = 12,
  kLoadPage = 13,
  kStorePage = 15,
};

// Fields of menvcfg and senvcfg (sections 3.1.18 and 10.1.10).
inline constexpr uint64_t kEnvFiom = 1, kEnvCbie = 3u << 4, kEnvCbcfe = 1u << 6, kEnvCbze = 1u << 7;
inline constexpr uint64_t kEnvAdue = uint64_t{1} << 61, kEnvStce = uint64_t{1} << 63;

}  // namespace emu::riscv

#endif  // EMU_TARGETS_RISCV_STATE_H_
