// The control and status registers of a hart, by number: which exist, who may touch them, and what reads and writes do.
#ifndef EMU_TARGETS_RISCV_CSR_H_
#define EMU_TARGETS_RISCV_CSR_H_

#include <cstdint>
#include <string>
#include <vector>

#include "targets/riscv/hart.h"

namespace emu::riscv {

// funct3 & 3 of the CSR instructions (Zicsr).
enum class CsrOp : uint8_t { kWrite = 1, kSet = 2, kClear = 3 };

// Reads, with the privilege rules of the hart's present mode. False: illegal instruction.
bool ReadCsr(Hart& hart, unsigned number, uint64_t* value);
// Reads and writes as one instruction does. `value`: the operand; replaced by the old content if `read`.
bool AccessCsr(Hart& hart, unsigned number, CsrOp op, bool read, bool write, uint64_t* value);

// For debuggers: no privilege rules, and no effects beside the register's.
bool PeekCsr(Hart& hart, unsigned number, uint64_t* value);
bool PokeCsr(Hart& hart, unsigned number, uint64_t value);

struct CsrName {
  unsigned number;
  std::string name;
};
// All that exist on some hart, by number.
std::vector<CsrName> CsrNames();

}  // namespace emu::riscv

#endif  // EMU_TARGETS_RISCV_CSR_H_
