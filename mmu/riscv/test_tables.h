// For tests: guest memory as one array of words, and a builder that writes page tables of any mode into it. It knows
// the formats from the manual on its own account, not from the walker's table.
#ifndef EMU_MMU_RISCV_TEST_TABLES_H_
#define EMU_MMU_RISCV_TEST_TABLES_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "memory/access.h"
#include "memory/address.h"
#include "mmu/page_walk.h"
#include "mmu/riscv/paging_mode.h"

namespace emu::mmu::riscv {

// RAM at `base`; nobody answers elsewhere. `before_exchange` lets a test play another CPU.
struct TestWords {
  TestWords(uint64_t base_address, uint64_t bytes) : base(base_address), ram(bytes / 4) {}

  bool Has(memory::Gpa gpa, unsigned size) const {
    return gpa.value >= base && gpa.value % size == 0 && gpa.value - base <= ram.size() * 4 - size;
  }
  uint64_t Get(memory::Gpa gpa, unsigned size) const {
    const uint64_t at = (gpa.value - base) / 4;
    return size == 4 ? ram[at] : ram[at] | uint64_t{ram[at + 1]} << 32;
  }
  void Set(memory::Gpa gpa, unsigned size, uint64_t value) {
    const uint64_t at = (gpa.value - base) / 4;
    ram[at] = static_cast<uint32_t>(value);
    if (size == 8) ram[at + 1] = static_cast<uint32_t>(value >> 32);
  }

  memory::MemValue Read(memory::Gpa gpa, unsigned size) {
    ++reads;
    if (!Has(gpa, size)) return {memory::MemStatus::kDecodeError, 0};
    return {memory::MemStatus::kOk, Get(gpa, size)};
  }
  memory::MemValue CompareExchange(memory::Gpa gpa, unsigned size, uint64_t expected, uint64_t desired) {
    if (before_exchange) before_exchange(gpa);
    if (read_only || !Has(gpa, size)) return {memory::MemStatus::kDeviceError, 0};
    const uint64_t found = Get(gpa, size);
    if (found == expected) Set(gpa, size, desired);
    return {memory::MemStatus::kOk, found};
  }

  uint64_t base;
  std::vector<uint32_t> ram;
  bool read_only = false;
  int reads = 0;
  std::function<void(memory::Gpa)> before_exchange;
};

class TableBuilder {
 public:
  TableBuilder(PagingMode mode, TestWords& words, uint64_t first_table)
      : mode_(mode), words_(words), root_(first_table), next_(first_table + 4096) {}

  AddressSpaceRoot Root(uint16_t asid = 0) const { return {mode_, asid, memory::Gpa(root_)}; }
  unsigned EntrySize() const { return mode_ == PagingMode::kSv32 ? 4 : 8; }
  unsigned IndexBits() const { return mode_ == PagingMode::kSv32 ? 10 : 9; }
  int Levels() const { return mode_ == PagingMode::kSv32 ? 2 : static_cast<int>(mode_) + 1; }
  unsigned AddressBits() const { return 12 + IndexBits() * static_cast<unsigned>(Levels()); }
  unsigned Shift(int level) const { return 12 + IndexBits() * static_cast<unsigned>(level); }

  // Writes `entry` for `va` into the table of `level`, making the tables above it. Gives the place, or address 0 when a
  // leaf or other entry that is no pointer is in the way.
  memory::Gpa Place(uint64_t va, int level, uint64_t entry, uint64_t pointer_flags = 1) {
    uint64_t table = root_;
    for (int i = Levels() - 1; i > level; --i) {
      const memory::Gpa at = At(table, va, i);
      uint64_t found = words_.Get(at, EntrySize());
      if (found == 0) {
        found = next_ >> 12 << 10 | pointer_flags;
        next_ += 4096;
        words_.Set(at, EntrySize(), found);
      }
      if ((found & 0xF) != 1) return memory::Gpa(0);
      table = found >> 10 << 12;
    }
    const memory::Gpa at = At(table, va, level);
    words_.Set(at, EntrySize(), entry);
    return at;
  }
  memory::Gpa Map(uint64_t va, uint64_t pa, int level, uint64_t flags) {
    return Place(va, level, pa >> 12 << 10 | flags);
  }

 private:
  memory::Gpa At(uint64_t table, uint64_t va, int level) const {
    const uint64_t index = va >> Shift(level) & ((1u << IndexBits()) - 1);
    return memory::Gpa(table + index * EntrySize());
  }

  PagingMode mode_;
  TestWords& words_;
  uint64_t root_;
  uint64_t next_;
};

}  // namespace emu::mmu::riscv

#endif  // EMU_MMU_RISCV_TEST_TABLES_H_
