#include "boards/riscv/interrupt_lines.h"

namespace emu::boards {
namespace {

constexpr struct {
  riscv::Interrupt number;
  const char* name;
} kHartLines[] = {
    {riscv::kSupervisorSoftware, "supervisor software"}, {riscv::kMachineSoftware, "machine software"},
    {riscv::kSupervisorTimer, "supervisor timer"},       {riscv::kMachineTimer, "machine timer"},
    {riscv::kSupervisorExternal, "supervisor external"}, {riscv::kMachineExternal, "machine external"},
};

}  // namespace

std::vector<InterruptLine> HartInterrupts(const riscv::Hart& hart) {
  std::vector<InterruptLine> lines;
  const riscv::Csrs& csr = hart.state().csr;
  for (const auto& line : kHartLines) {
    const bool pending = (csr.mip >> line.number & 1) != 0;
    lines.push_back({line.number, line.name, pending, pending, (csr.mie >> line.number & 1) != 0, 0});
  }
  return lines;
}

std::vector<InterruptLine> PlicInterrupts(const devices::Plic& plic) {
  std::vector<InterruptLine> lines;
  for (unsigned i = 1; i < plic.sources(); ++i) {
    const devices::Plic::SourceState& s = plic.source(i);
    lines.push_back({i, "", s.level, s.pending, plic.enabled(i), s.priority});
  }
  return lines;
}

}  // namespace emu::boards
