// The paging modes of RISC-V as a table, and the satp register that selects one.
// Source: RISC-V Privileged Architecture, version 20240411, sections 10.1.11 (satp) and 10.3 to 10.6 (Sv32 to Sv57).
#ifndef EMU_MMU_RISCV_PAGING_MODE_H_
#define EMU_MMU_RISCV_PAGING_MODE_H_

#include <cstdint>
#include <optional>

#include "memory/address.h"

namespace emu::mmu::riscv {

inline constexpr unsigned kPageShift = 12;

enum class PagingMode : uint8_t { kBare, kSv32, kSv39, kSv48, kSv57 };

struct PagingFormat {
  const char* name;
  uint8_t levels;      // 0: no translation
  uint8_t index_bits;  // of the virtual address, per level
  uint8_t entry_size;  // bytes
  uint8_t va_bits;     // addresses must be sign-extended from here
  uint8_t ppn_bits;    // of an entry's physical page number
  uint8_t satp_mode;   // encoding in satp.MODE
};

inline constexpr PagingFormat kPagingFormats[] = {
    {"bare", 0, 0, 0, 64, 0, 0},  {"sv32", 2, 10, 4, 32, 22, 1}, {"sv39", 3, 9, 8, 39, 44, 8},
    {"sv48", 4, 9, 8, 48, 44, 9}, {"sv57", 5, 9, 8, 57, 44, 10},
};

constexpr const PagingFormat& FormatOf(PagingMode mode) { return kPagingFormats[static_cast<unsigned>(mode)]; }

// Size (log2) of the pages that a leaf at `level` maps, Svnapot aside.
constexpr unsigned PageShiftAt(const PagingFormat& format, int level) {
  return kPageShift + static_cast<unsigned>(level) * format.index_bits;
}

// An address space as satp names it.
struct AddressSpaceRoot {
  PagingMode mode = PagingMode::kBare;
  uint16_t asid = 0;
  memory::Gpa table;  // of the top level

  constexpr bool operator==(const AddressSpaceRoot&) const = default;
};

// satp of RV32: MODE 31, ASID 30-22, PPN 21-0. Every value has a meaning.
constexpr AddressSpaceRoot DecodeSatp32(uint32_t satp) {
  const PagingMode mode = (satp >> 31) != 0 ? PagingMode::kSv32 : PagingMode::kBare;
  return {mode, static_cast<uint16_t>((satp >> 22) & 0x1FF), memory::Gpa(uint64_t{satp & 0x3FFFFF} << kPageShift)};
}

// satp of RV64: MODE 63-60, ASID 59-44, PPN 43-0. Nothing for a reserved MODE: such a write has no effect.
constexpr std::optional<AddressSpaceRoot> DecodeSatp64(uint64_t satp) {
  for (const PagingMode mode : {PagingMode::kBare, PagingMode::kSv39, PagingMode::kSv48, PagingMode::kSv57}) {
    if (FormatOf(mode).satp_mode != satp >> 60) continue;
    const uint64_t ppn = satp & ((uint64_t{1} << 44) - 1);
    return AddressSpaceRoot{mode, static_cast<uint16_t>(satp >> 44), memory::Gpa(ppn << kPageShift)};
  }
  return std::nullopt;
}

constexpr uint64_t EncodeSatp(const AddressSpaceRoot& root) {
  const uint64_t ppn = root.table.value >> kPageShift;
  if (root.mode == PagingMode::kSv32) return uint64_t{1} << 31 | uint64_t{root.asid & 0x1FFu} << 22 | ppn;
  return uint64_t{FormatOf(root.mode).satp_mode} << 60 | uint64_t{root.asid} << 44 | ppn;
}

}  // namespace emu::mmu::riscv

#endif  // EMU_MMU_RISCV_PAGING_MODE_H_
