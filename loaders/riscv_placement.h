// Where the parts of a RISC-V boot lie in RAM. The rules are those of QEMU's RISC-V boards, so that what was made for
// them finds everything in its usual place; where their place is taken, the next free one above is used.
#ifndef EMU_LOADERS_RISCV_PLACEMENT_H_
#define EMU_LOADERS_RISCV_PLACEMENT_H_

#include <cstdint>

namespace emu::loaders {

inline constexpr uint64_t kRiscvKernelAlign = uint64_t{2} << 20;  // of 64-bit kernels; also the smallest leaf of Sv39

constexpr uint64_t AlignUp(uint64_t value, uint64_t align) { return (value + align - 1) & ~(align - 1); }

// The first 2 MiB boundary at or after the end of the firmware; without firmware the start of RAM.
constexpr uint64_t RiscvKernelAddress(uint64_t firmware_end) { return AlignUp(firmware_end, kRiscvKernelAlign); }

// 128 MiB, or half of a smaller RAM, after the kernel's start.
constexpr uint64_t RiscvInitrdAddress(uint64_t kernel_start, uint64_t kernel_end, uint64_t ram_size) {
  constexpr uint64_t kMost = uint64_t{128} << 20;
  constexpr uint64_t kPage = 4096;
  const uint64_t usual = kernel_start + (ram_size / 2 < kMost ? ram_size / 2 : kMost);
  return usual >= kernel_end ? usual : AlignUp(kernel_end, kPage);
}

// As high as possible below 3 GiB, on a 2 MiB boundary. Below the start of RAM: it does not fit.
constexpr uint64_t RiscvFdtAddress(uint64_t ram_base, uint64_t ram_size, uint64_t fdt_size) {
  constexpr uint64_t kHighest = uint64_t{3} << 30;
  const uint64_t end = ram_base + ram_size;
  const uint64_t top = ram_base < kHighest && end > kHighest ? kHighest : end;
  return fdt_size > top ? 0 : (top - fdt_size) & ~(kRiscvKernelAlign - 1);
}

}  // namespace emu::loaders

#endif  // EMU_LOADERS_RISCV_PLACEMENT_H_
