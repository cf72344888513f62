#include "targets/riscv/target.h"

#include <cstddef>
#include <vector>

#include "targets/riscv/hart.h"
#include "targets/riscv/helpers.h"
#include "targets/riscv/interpret/interpret.h"
#include "targets/riscv/lift/lift.h"

namespace emu::riscv {
namespace {

using translate::Access;
using translate::CpuState;
using translate::MemFault;
using translate::RegisterInfo;

RiscvState& Of(CpuState& state) { return reinterpret_cast<RiscvState&>(state); }
const RiscvState& Of(const CpuState& state) { return reinterpret_cast<const RiscvState&>(state); }

constexpr absl::string_view kIntegerNames[] = {"zero", "ra", "sp", "gp", "tp",  "t0",  "t1", "t2", "s0", "s1", "a0",
                                               "a1",   "a2", "a3", "a4", "a5",  "a6",  "a7", "s2", "s3", "s4", "s5",
                                               "s6",   "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6"};
constexpr absl::string_view kFpNames[] = {
    "ft0", "ft1", "ft2", "ft3", "ft4", "ft5", "ft6", "ft7", "fs0", "fs1", "fa0",  "fa1",  "fa2", "fa3", "fa4",  "fa5",
    "fa6", "fa7", "fs2", "fs3", "fs4", "fs5", "fs6", "fs7", "fs8", "fs9", "fs10", "fs11", "ft8", "ft9", "ft10", "ft11"};
// Those that compiled code uses most, so that they are worth a host register: sp a5 a0 a4 s0, then a1 a3 s1 a2 ra.
constexpr unsigned kPinOrder[] = {2, 15, 10, 14, 8, 11, 13, 9, 12, 1};
// The same of f registers, in the order in which GCC takes them: fa5 to fa0, ft0, then two that calls preserve, ft1.
constexpr unsigned kFpPinOrder[] = {15, 14, 13, 12, 11, 10, 0, 8, 9, 1};

std::vector<RegisterInfo> MakeRegisters() {
  std::vector<RegisterInfo> r(kRegisterCount);
  r[kRegPc] = {"pc", offsetof(CpuState, pc), ir::Type::kI64};
  for (unsigned i = 1; i < 32; ++i) {
    r[i] = {kIntegerNames[i], static_cast<uint32_t>(offsetof(RiscvState, x) + 8 * i), ir::Type::kI64};
  }
  for (unsigned i = 0; i < 32; ++i) {
    r[kRegF0 + i] = {kFpNames[i], static_cast<uint32_t>(offsetof(RiscvState, f) + 8 * i), ir::Type::kF64};
  }
  r[kRegReservationAddress] = {"reservation_address", offsetof(RiscvState, reservation_address), ir::Type::kI64};
  r[kRegReservationValue] = {"reservation_value", offsetof(RiscvState, reservation_value), ir::Type::kI64};
  r[kRegMstatus] = {"mstatus", offsetof(RiscvState, mstatus), ir::Type::kI64};
  r[kRegFsDirty] = {"fs_dirty", offsetof(RiscvState, fs_dirty), ir::Type::kI64};
  r[kRegSscratch] = {"sscratch", offsetof(RiscvState, csr.sscratch), ir::Type::kI64};
  r[kRegSepc] = {"sepc", offsetof(RiscvState, csr.sepc), ir::Type::kI64};
  r[kRegScause] = {"scause", offsetof(RiscvState, csr.scause), ir::Type::kI64};
  r[kRegStval] = {"stval", offsetof(RiscvState, csr.stval), ir::Type::kI64};
  int pin = 0;
  for (unsigned i : kPinOrder) r[i].pin = pin++;
  for (unsigned i : kFpPinOrder) r[kRegF0 + i].pin = pin++;
  return r;
}

unsigned CauseOf(const MemFault& fault) {
  const bool bus = fault.kind == MemFault::Kind::kBus;
  switch (fault.access) {
    case Access::kExecute:
      return bus ? kInstructionAccess : kInstructionMisaligned;
    case Access::kRead:
      return bus ? kLoadAccess : kLoadMisaligned;
    case Access::kWrite:
      break;
  }
  return bus ? kStoreAccess : kStoreMisaligned;
}

}  // namespace

absl::Span<const RegisterInfo> RiscvTarget::registers() const {
  static const std::vector<RegisterInfo>& registers = *new std::vector<RegisterInfo>(MakeRegisters());
  return registers;
}

absl::Span<const translate::HelperInfo> RiscvTarget::helpers() const { return Helpers(); }
unsigned RiscvTarget::pc_register() const { return kRegPc; }

void RiscvTarget::Lift(const translate::LiftRequest& request, ir::Builder& builder) const {
  LiftBlock(request, isa_, builder);
}

translate::Interpreted RiscvTarget::Interpret(CpuState& state, absl::Span<const uint8_t> bytes,
                                              uint32_t max_insns) const {
  return riscv::Interpret(Of(state), isa_, bytes, max_insns);
}

bool RiscvTarget::Translate(CpuState& state, memory::Gva gva, unsigned size, Access access, unsigned, bool probe,
                            translate::PageMapping* mapping, MemFault* fault) const {
  return Of(state).hart->Translate(gva, size, access, probe, mapping, fault);
}

void RiscvTarget::DeliverFault(CpuState& state, const MemFault& fault) const {
  const unsigned cause = fault.kind == MemFault::Kind::kPaging ? fault.code : CauseOf(fault);
  Of(state).hart->Raise(cause, fault.gva.value);
}

bool RiscvTarget::DeliverInterrupt(CpuState& state) const { return Of(state).hart->DeliverInterrupt(); }
bool RiscvTarget::HasWork(const CpuState& state) const { return Of(state).hart->InterruptWaits(); }
void RiscvTarget::Reset(CpuState& state) const { Of(state).hart->Reset(); }

}  // namespace emu::riscv
