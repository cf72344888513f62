// Physical memory protection: the registers with their write rules, and what they permit.
// Source: RISC-V Privileged Architecture, version 20240411, section 3.7. Granularity is 4 bytes (G = 0).
#ifndef EMU_MMU_RISCV_PMP_H_
#define EMU_MMU_RISCV_PMP_H_

#include <array>
#include <cstdint>

#include "memory/address.h"
#include "mmu/page_walk.h"
#include "mmu/riscv/privilege.h"

namespace emu::mmu::riscv {

inline constexpr uint8_t kPmpR = 1 << 0;
inline constexpr uint8_t kPmpW = 1 << 1;
inline constexpr uint8_t kPmpX = 1 << 2;
inline constexpr uint8_t kPmpA = 3 << 3;  // address matching
inline constexpr uint8_t kPmpL = 1 << 7;
inline constexpr uint8_t kPmpOff = 0 << 3;
inline constexpr uint8_t kPmpTor = 1 << 3;
inline constexpr uint8_t kPmpNa4 = 2 << 3;
inline constexpr uint8_t kPmpNapot = 3 << 3;

// What the PMP says of a stretch of memory. Where it is not uniform, `allowed` is empty and each access inside has to
// ask for itself.
struct PmpVerdict {
  bool uniform = true;
  Permissions allowed;
};

class Pmp {
 public:
  static constexpr unsigned kMaxEntries = 64;

  // `entries` implemented (0 to 64; the architecture knows 0, 16 and 64) in registers of 32 or 64 bits.
  explicit Pmp(unsigned entries = 16, unsigned register_bits = 64);

  // All entries off and unlocked. Addresses keep their values.
  void Reset();

  // pmpcfg<number>. With 64-bit registers the odd numbers do not exist and read as zero; so do unimplemented entries.
  uint64_t ReadConfig(unsigned number) const;
  void WriteConfig(unsigned number, uint64_t value);
  // pmpaddr<number>.
  uint64_t ReadAddress(unsigned number) const { return number < entries_ ? address_[number] : 0; }
  void WriteAddress(unsigned number, uint64_t value);

  // Whether an access to all of `size` bytes (at least 1, not wrapping round) is permitted. One that lies in an entry
  // only partly is not.
  bool Allows(memory::Gpa gpa, uint64_t size, AccessKind kind, Privilege privilege) const {
    return Over(gpa, size, privilege).allowed.Allows(kind);
  }
  // The verdict on every access that lies within these bytes: for an aligned page, what a TLB may keep.
  PmpVerdict Over(memory::Gpa gpa, uint64_t size, Privilege privilege) const;

  // Grows with every change of what is permitted, so that kept verdicts can tell their age.
  uint64_t generation() const { return generation_; }

 private:
  // The bytes of an entry that is on, in order of priority.
  struct Range {
    uint64_t first;
    uint64_t last;  // inclusive
    uint8_t config;
  };

  bool AddressLocked(unsigned entry) const;
  void WriteEntryConfig(unsigned entry, uint8_t config);
  bool RangeOf(unsigned entry, Range& range) const;
  void Rebuild();

  unsigned entries_;
  unsigned register_bits_;
  unsigned ranges_on_ = 0;
  uint64_t generation_ = 0;
  std::array<Range, kMaxEntries> ranges_{};
  std::array<uint8_t, kMaxEntries> config_{};
  std::array<uint64_t, kMaxEntries> address_{};
};

}  // namespace emu::mmu::riscv

#endif  // EMU_MMU_RISCV_PMP_H_
