// The CPU models of RISC-V boards, what `-cpu` may say of them, and their nodes in the device tree.
#ifndef EMU_BOARDS_RISCV_RISCV_CPU_H_
#define EMU_BOARDS_RISCV_RISCV_CPU_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "devices/fdt_builder.h"
#include "mmu/riscv/paging_mode.h"
#include "targets/riscv/isa/isa_config.h"

namespace emu::boards {

struct RiscvCpu {
  riscv::IsaConfig isa;
  mmu::riscv::PagingMode widest_paging = mmu::riscv::PagingMode::kSv57;
};

// "rv64", "max", or an ISA string, then ",extension=on|off" and ",sv39|sv48|sv57=on|off". Empty: the default model.
absl::StatusOr<RiscvCpu> ParseRiscvCpu(absl::string_view text);
std::string RiscvCpuHelp();

// Adds /cpus with one hart; `cpu` and `intc` are phandles that were taken for it.
void AddRiscvCpuNodes(devices::FdtBuilder& fdt, const RiscvCpu& cpu, uint32_t timebase_hz, uint32_t cpu_handle,
                      uint32_t intc_handle);

}  // namespace emu::boards

#endif  // EMU_BOARDS_RISCV_RISCV_CPU_H_
