#include "targets/riscv/inspector.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "mmu/riscv/table_walker.h"
#include "mmu/walk_text.h"
#include "targets/riscv/csr.h"

namespace emu::riscv {
namespace {

using translate::DebugRegister;

// gdb's numbers ("RISC-V Features" of its manual's target descriptions, and gdb's riscv-tdep.h).
constexpr unsigned kGdbPc = 32, kGdbF0 = 33, kGdbCsr0 = 65, kGdbPrivilege = 4161;
constexpr absl::string_view kCpuFeature = "org.gnu.gdb.riscv.cpu", kFpuFeature = "org.gnu.gdb.riscv.fpu",
                            kCsrFeature = "org.gnu.gdb.riscv.csr", kVirtualFeature = "org.gnu.gdb.riscv.virtual";

// The names of the standard calling convention ("RISC-V ABIs Specification", chapter 1).
constexpr absl::string_view kIntNames[] = {"zero", "ra", "sp", "gp", "tp",  "t0",  "t1", "t2", "s0", "s1", "a0",
                                           "a1",   "a2", "a3", "a4", "a5",  "a6",  "a7", "s2", "s3", "s4", "s5",
                                           "s6",   "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6"};
constexpr absl::string_view kFloatNames[] = {
    "ft0", "ft1", "ft2", "ft3", "ft4", "ft5", "ft6", "ft7", "fs0", "fs1", "fa0",  "fa1",  "fa2", "fa3", "fa4",  "fa5",
    "fa6", "fa7", "fs2", "fs3", "fs4", "fs5", "fs6", "fs7", "fs8", "fs9", "fs10", "fs11", "ft8", "ft9", "ft10", "ft11"};

absl::string_view IntType(unsigned i) { return i == 1 ? "code_ptr" : i >= 2 && i <= 4 ? "data_ptr" : "int"; }

// Whether addresses go through page tables.
bool IsMapped(const mmu::riscv::WalkContext& context) {
  return context.root.mode != mmu::riscv::PagingMode::kBare && context.privilege != mmu::riscv::Privilege::kMachine;
}

bool IsFloatCsr(unsigned number) { return number >= 1 && number <= 3; }

}  // namespace

HartInspector::HartInspector(Hart& hart) : hart_(hart) {
  for (unsigned i = 0; i < 32; ++i) {
    registers_.push_back({std::string(kIntNames[i]), i, 64, IntType(i), kCpuFeature, "general", i != 0});
  }
  registers_.push_back({"pc", kGdbPc, 64, "code_ptr", kCpuFeature, "general", true});
  for (unsigned i = 0; i < 32; ++i) {
    registers_.push_back({std::string(kFloatNames[i]), kGdbF0 + i, 64, "ieee_double", kFpuFeature, "float", true});
  }
  for (const CsrName& csr : CsrNames()) {
    uint64_t value;
    if (!PeekCsr(hart_, csr.number, &value)) continue;
    const bool fp = IsFloatCsr(csr.number);
    registers_.push_back({csr.name, kGdbCsr0 + csr.number, fp ? 32u : 64u, "int", fp ? kFpuFeature : kCsrFeature,
                          fp ? "float" : "csr", csr.number >> 10 != 3});
  }
  registers_.push_back({"priv", kGdbPrivilege, 8, "int", kVirtualFeature, "general", false});
}

absl::uint128 HartInspector::Read(size_t index) const {
  const unsigned n = registers_[index].number;
  const RiscvState& state = hart_.state();
  if (n < kGdbPc) return state.x[n];
  if (n == kGdbPc) return state.base.pc;
  if (n < kGdbCsr0) return state.f[n - kGdbF0];
  if (n == kGdbPrivilege) return static_cast<unsigned>(state.privilege);
  uint64_t value = 0;
  return PeekCsr(hart_, n - kGdbCsr0, &value) ? value : 0;
}

absl::Status HartInspector::Write(size_t index, absl::uint128 wide) {
  const DebugRegister& r = registers_[index];
  const uint64_t value = absl::Uint128Low64(wide);
  RiscvState& state = hart_.state();
  if (!r.writable) return absl::InvalidArgumentError(absl::StrCat("register ", r.name, " cannot be written"));
  if (r.number < kGdbPc) {
    state.x[r.number] = value;
  } else if (r.number == kGdbPc) {
    state.base.pc = value & ~uint64_t{1};
  } else if (r.number < kGdbCsr0) {
    state.f[r.number - kGdbF0] = value;
  } else if (!PokeCsr(hart_, r.number - kGdbCsr0, value)) {
    return absl::InvalidArgumentError(absl::StrCat("register ", r.name, " cannot be written now"));
  }
  return absl::OkStatus();
}

uint64_t HartInspector::Csr(absl::string_view name) const {
  for (size_t i = 0; i < registers_.size(); ++i) {
    if (registers_[i].name == name) return absl::Uint128Low64(Read(i));
  }
  return 0;
}

// The registers that QEMU's `info registers` shows, in its layout.
std::string HartInspector::Dump() const {
  const RiscvState& state = hart_.state();
  std::string text = absl::StrFormat(" %-8s %016x\n", "pc", state.base.pc);
  for (absl::string_view name : {"mhartid", "mstatus", "mip", "mie", "mideleg", "medeleg", "mtvec", "stvec", "mepc",
                                 "sepc", "mcause", "scause", "mtval", "stval", "mscratch", "sscratch", "satp"}) {
    absl::StrAppendFormat(&text, " %-8s %016x\n", name, Csr(name));
  }
  for (unsigned i = 0; i < 32; ++i) {
    absl::StrAppendFormat(&text, " %-8s %016x%s", absl::StrCat("x", i, "/", kIntNames[i]), state.x[i],
                          i % 4 == 3 ? "\n" : "");
  }
  for (unsigned i = 0; i < 32; ++i) {
    absl::StrAppendFormat(&text, " %-8s %016x%s", absl::StrCat("f", i, "/", kFloatNames[i]), state.f[i],
                          i % 4 == 3 ? "\n" : "");
  }
  return text;
}

std::string HartInspector::mode() const {
  switch (hart_.state().privilege) {
    case kUser:
      return "user";
    case kSupervisor:
      return "supervisor";
    default:
      return "machine";
  }
}

std::unique_ptr<mmu::PageTableWalker> HartInspector::Walker(translate::Access access) const {
  const mmu::riscv::WalkContext context = hart_.WalkContextFor(access == translate::Access::kExecute, /*probe=*/true);
  return IsMapped(context) ? std::make_unique<mmu::riscv::TableWalker>(context) : nullptr;
}

// A supervisor who may access user pages (SUM) and read those that are for execution only (MXR).
std::unique_ptr<mmu::PageTableWalker> HartInspector::DebuggerWalker() const {
  mmu::riscv::WalkContext context = hart_.WalkContextFor(/*fetch=*/false, /*probe=*/true);
  if (!IsMapped(context)) return nullptr;
  context.privilege = mmu::riscv::Privilege::kSupervisor;
  context.sum = context.mxr = true;
  return std::make_unique<mmu::riscv::TableWalker>(context);
}

std::string HartInspector::PhysicalFault(memory::Gpa gpa, unsigned size, translate::Access access) const {
  const bool fetch = access == translate::Access::kExecute;
  const mmu::riscv::Privilege privilege = hart_.WalkContextFor(fetch, true).privilege;
  if (hart_.pmp().Allows(gpa, size, static_cast<mmu::AccessKind>(access), privilege)) return "";
  return absl::StrFormat("the PMP denies %s access to %d bytes at %016x in %s mode",
                         mmu::AccessKindName(static_cast<mmu::AccessKind>(access)), size, gpa.value, mode());
}

}  // namespace emu::riscv
