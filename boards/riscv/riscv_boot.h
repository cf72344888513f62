// What a RISC-V machine starts with: firmware, kernel, initrd and device tree, and the code at the reset vector.
#ifndef EMU_BOARDS_RISCV_RISCV_BOOT_H_
#define EMU_BOARDS_RISCV_RISCV_BOOT_H_

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "boards/machine_config.h"
#include "loaders/boot_image.h"
#include "loaders/elf.h"
#include "loaders/fdt_chosen.h"

namespace emu::boards {

struct RiscvBootPlan {
  explicit RiscvBootPlan(loaders::BootImage boot_image) : image(std::move(boot_image)) {}

  loaders::BootImage image;
  std::vector<uint8_t> fdt;
  uint64_t fdt_address = 0;
  // Where the reset vector jumps to; with `own_sbi`, where the kernel is entered in S-mode.
  uint64_t entry = 0;
  bool own_sbi = false;
  uint64_t next_address = 0;  // for the firmware: the kernel
  // The program that was loaded last, if it has symbols.
  std::optional<loaders::ElfFile> elf;
};

using MakeFdt = std::function<absl::StatusOr<std::vector<uint8_t>>(const loaders::FdtChosen&)>;

// Reads the files that `config` names and finds a place for each. `make_fdt` builds the board's own device tree, which
// -dtb replaces.
absl::StatusOr<RiscvBootPlan> PlanRiscvBoot(const MachineConfig& config, uint64_t ram_base, uint64_t ram_size,
                                            const MakeFdt& make_fdt);

// The words from the reset vector on. They set a0 to the hart's number, a1 to the device tree and a2 to a block for
// OpenSBI (its docs/firmware/fw_dynamic.md), and jump to the plan's entry in M-mode.
std::vector<uint8_t> RiscvResetCode(const RiscvBootPlan& plan);

}  // namespace emu::boards

#endif  // EMU_BOARDS_RISCV_RISCV_BOOT_H_
