// A CPU that is nothing but registers and one mapping, for tests.
#ifndef EMU_DEBUG_GDB_TEST_INSPECTOR_H_
#define EMU_DEBUG_GDB_TEST_INSPECTOR_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "translate/engine/inspector.h"

namespace emu::debug::gdb {

// Pages of 4 KiB from `window` on lie at `physical`, `pages` of them; nothing else is mapped.
class TestWalker : public mmu::PageTableWalker {
 public:
  std::string Description() const override { return "a window"; }
  absl::Status Check(memory::Gva) const override { return absl::OkStatus(); }
  mmu::Translation Walk(memory::Gva gva, mmu::AccessKind kind, mmu::AnyPhysicalWords&) const override {
    mmu::Translation t;
    t.gva = gva;
    t.kind = kind;
    const bool mapped = gva.value >= window && gva.value - window < pages * 4096;
    if (!mapped) t.fault = "not mapped";
    t.gpa = memory::Gpa(gva.value - window + physical);
    return t;
  }
  mmu::MappingList Scan(mmu::AnyPhysicalWords&, const mmu::ScanLimits&) const override { return {}; }

  uint64_t window = 0x40000000, physical = 0, pages = 2;
};

class TestInspector : public translate::Inspector {
 public:
  absl::Span<const translate::DebugRegister> registers() const override { return all; }
  absl::uint128 Read(size_t index) const override { return values[index]; }
  absl::Status Write(size_t index, absl::uint128 value) override {
    if (!all[index].writable) return absl::InvalidArgumentError(absl::StrCat(all[index].name, " cannot be written"));
    values[index] = value;
    return absl::OkStatus();
  }
  std::string Dump() const override { return ""; }
  absl::string_view gdb_architecture() const override { return "test:arch"; }
  bool big_endian() const override { return big; }
  unsigned address_bits() const override { return 64; }
  std::string mode() const override { return "only"; }
  std::unique_ptr<mmu::PageTableWalker> Walker(translate::Access) const override { return DebuggerWalker(); }
  std::unique_ptr<mmu::PageTableWalker> DebuggerWalker() const override {
    return mapped ? std::make_unique<TestWalker>() : nullptr;
  }
  std::string PhysicalFault(memory::Gpa, unsigned, translate::Access) const override { return ""; }

  // Not in the order of their numbers.
  std::vector<translate::DebugRegister> all = {
      {"r0", 0, 32, "int", "f.core", "general", true},  {"pc", 2, 64, "code_ptr", "f.core", "general", true},
      {"r1", 1, 32, "int", "f.core", "general", false}, {"status", 9, 8, "int", "f.system", "csr", true},
      {"v0", 4, 128, "uint128", "f.fp", "float", true}, {"extra", 12, 16, "int", "f.system", "general", true},
  };
  std::vector<absl::uint128> values = {
      0x11223344, 0x8877665544332211, 0x55667788, 0x99, absl::MakeUint128(0x1f1e1d1c1b1a1918, 0x1716151413121110),
      0xabcd};
  bool big = false;
  bool mapped = false;
};

}  // namespace emu::debug::gdb

#endif  // EMU_DEBUG_GDB_TEST_INSPECTOR_H_
