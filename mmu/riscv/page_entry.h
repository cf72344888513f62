// One RISC-V page-table entry: its bits, and which values are reserved.
// Source: RISC-V Privileged Architecture, version 20240411, sections 10.3.1 and 10.4.1, and the chapters on Svnapot and
// Svpbmt. Sv32 entries have neither of the two extensions and no reserved bits.
#ifndef EMU_MMU_RISCV_PAGE_ENTRY_H_
#define EMU_MMU_RISCV_PAGE_ENTRY_H_

#include <cstdint>
#include <string>

#include "memory/address.h"
#include "mmu/riscv/paging_mode.h"

namespace emu::mmu::riscv {

inline constexpr uint64_t kPteV = 1 << 0;
inline constexpr uint64_t kPteR = 1 << 1;
inline constexpr uint64_t kPteW = 1 << 2;
inline constexpr uint64_t kPteX = 1 << 3;
inline constexpr uint64_t kPteU = 1 << 4;
inline constexpr uint64_t kPteG = 1 << 5;
inline constexpr uint64_t kPteA = 1 << 6;
inline constexpr uint64_t kPteD = 1 << 7;
inline constexpr unsigned kPtePpnShift = 10;
inline constexpr unsigned kPtePbmtShift = 61;
inline constexpr uint64_t kPtePbmt = uint64_t{3} << kPtePbmtShift;
inline constexpr uint64_t kPteN = uint64_t{1} << 63;
inline constexpr uint64_t kPteReserved = uint64_t{0x7F} << 54;  // for future standard use, in 8-byte entries

inline constexpr unsigned kNapotShift = 16;  // the one size that Svnapot defines: 64 KiB

// Which optional bits of an entry mean something. Where not, they are reserved and fault when set.
struct EntryFeatures {
  bool svnapot = false;
  bool svpbmt = false;
};

struct PageEntry {
  uint64_t bits = 0;

  constexpr bool Has(uint64_t flags) const { return (bits & flags) == flags; }
  constexpr bool IsLeaf() const { return (bits & (kPteR | kPteX)) != 0; }
  constexpr bool IsNapot() const { return Has(kPteN); }
  constexpr unsigned Pbmt() const { return (bits & kPtePbmt) >> kPtePbmtShift; }
  constexpr uint64_t Ppn(const PagingFormat& format) const {
    return bits >> kPtePpnShift & ((uint64_t{1} << format.ppn_bits) - 1);
  }
  // The table that a pointer entry names, or the first byte that a leaf (not NAPOT) maps.
  constexpr memory::Gpa Target(const PagingFormat& format) const { return memory::Gpa(Ppn(format) << kPageShift); }
};

// Why a valid-looking entry must fault, in words; null when it is well-formed. Steps 3 and 6 of section 10.3.2.
constexpr const char* MalformedPointer(PageEntry e, int level) {
  if (e.Has(kPteW)) return "writable without readable is reserved";
  if ((e.bits & (kPteD | kPteA | kPteU)) != 0) return "D, A and U are reserved in a pointer";
  if ((e.bits & (kPteN | kPtePbmt | kPteReserved)) != 0) return "reserved bits are set in a pointer";
  if (level == 0) return "a pointer in the last level";
  return nullptr;
}

constexpr const char* MalformedLeaf(PageEntry e, int level, const PagingFormat& format, EntryFeatures features) {
  if (e.Has(kPteW) && !e.Has(kPteR)) return "writable without readable is reserved";
  const uint64_t ppn = e.Ppn(format);
  if ((ppn & ((uint64_t{1} << (static_cast<unsigned>(level) * format.index_bits)) - 1)) != 0) {
    return "misaligned superpage";
  }
  if ((e.bits & (kPteN | kPtePbmt | kPteReserved)) == 0) return nullptr;
  if ((e.bits & kPteReserved) != 0) return "reserved bits are set";
  if (e.Pbmt() != 0 && !features.svpbmt) return "memory type bits are set without Svpbmt";
  if (e.Pbmt() == 3) return "memory type 3 is reserved";
  if (!e.IsNapot()) return nullptr;
  if (!features.svnapot) return "N is set without Svnapot";
  return level == 0 && (ppn & 0xF) == 8 ? nullptr : "reserved NAPOT encoding";
}

// The flag letters, highest bit first, a dash for a clear bit: "DAGUXWRV".
inline std::string FlagText(PageEntry e) {
  std::string text = "DAGUXWRV";
  for (unsigned i = 0; i < 8; ++i) {
    if ((e.bits >> (7 - i) & 1) == 0) text[i] = '-';
  }
  if (e.IsNapot()) text += " N";
  if (e.Pbmt() != 0) text += " PBMT=" + std::to_string(e.Pbmt());
  return text;
}

}  // namespace emu::mmu::riscv

#endif  // EMU_MMU_RISCV_PAGE_ENTRY_H_
