// A hart for debuggers: registers with gdb's names and numbers, and its page tables.
#ifndef EMU_TARGETS_RISCV_INSPECTOR_H_
#define EMU_TARGETS_RISCV_INSPECTOR_H_

#include <memory>
#include <string>
#include <vector>

#include "targets/riscv/hart.h"
#include "translate/engine/inspector.h"

namespace emu::riscv {

class HartInspector final : public translate::Inspector {
 public:
  explicit HartInspector(Hart& hart);

  absl::Span<const translate::DebugRegister> registers() const override { return registers_; }
  absl::uint128 Read(size_t index) const override;
  absl::Status Write(size_t index, absl::uint128 value) override;
  std::string Dump() const override;
  absl::string_view gdb_architecture() const override { return "riscv:rv64"; }
  bool big_endian() const override { return false; }
  bool gdb_stops_before_access() const override { return true; }
  unsigned address_bits() const override { return 64; }
  std::string mode() const override;
  std::unique_ptr<mmu::PageTableWalker> Walker(translate::Access access) const override;
  std::unique_ptr<mmu::PageTableWalker> DebuggerWalker() const override;
  std::string PhysicalFault(memory::Gpa gpa, unsigned size, translate::Access access) const override;

 private:
  uint64_t Csr(absl::string_view name) const;

  Hart& hart_;
  std::vector<translate::DebugRegister> registers_;
};

}  // namespace emu::riscv

#endif  // EMU_TARGETS_RISCV_INSPECTOR_H_
