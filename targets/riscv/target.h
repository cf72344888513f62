// The RISC-V architecture as the engine sees it.
#ifndef EMU_TARGETS_RISCV_TARGET_H_
#define EMU_TARGETS_RISCV_TARGET_H_

#include "targets/riscv/isa/isa_config.h"
#include "translate/engine/target.h"

namespace emu::riscv {

// For harts of one configuration; the states that it is called with are RiscvState with `hart` set.
class RiscvTarget final : public translate::Target {
 public:
  explicit RiscvTarget(const IsaConfig& isa) : isa_(isa) {}

  absl::string_view name() const override { return isa_.xlen == 64 ? "riscv64" : "riscv32"; }
  absl::Span<const translate::RegisterInfo> registers() const override;
  absl::Span<const translate::HelperInfo> helpers() const override;
  unsigned pc_register() const override;
  unsigned max_insn_bytes() const override { return 4; }
  // Unprivileged manual, section 1.5: the lowest two bits tell.
  unsigned InsnBytes(absl::Span<const uint8_t> bytes) const override { return (bytes[0] & 3) == 3 ? 4 : 2; }
  void Lift(const translate::LiftRequest& request, ir::Builder& builder) const override;
  translate::Interpreted Interpret(translate::CpuState& state, absl::Span<const uint8_t> bytes,
                                   uint32_t max_insns) const override;
  bool Translate(translate::CpuState& state, memory::Gva gva, unsigned size, translate::Access access, unsigned context,
                 bool probe, translate::PageMapping* mapping, translate::MemFault* fault) const override;
  void DeliverFault(translate::CpuState& state, const translate::MemFault& fault) const override;
  bool DeliverInterrupt(translate::CpuState& state) const override;
  bool HasWork(const translate::CpuState& state) const override;
  void Reset(translate::CpuState& state) const override;

 private:
  const IsaConfig isa_;
};

}  // namespace emu::riscv

#endif  // EMU_TARGETS_RISCV_TARGET_H_
