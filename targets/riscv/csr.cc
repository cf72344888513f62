#include "targets/riscv/csr.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "translate/engine/fp_env.h"

namespace emu::riscv {
namespace {

using ReadFn = uint64_t (*)(Hart&, unsigned number);
using WriteFn = void (*)(Hart&, unsigned number, uint64_t value);
struct Entry {
  ReadFn read = nullptr;  // null: no such register
  WriteFn write = nullptr;
};

uint64_t ReadZero(Hart&, unsigned) { return 0; }
uint64_t ReadOne(Hart&, unsigned) { return 1; }
void Ignore(Hart&, unsigned, uint64_t) {}

template <uint64_t Csrs::* kField>
uint64_t ReadField(Hart& h, unsigned) {
  return h.state().csr.*kField;
}
template <uint64_t Csrs::* kField, uint64_t kMask>
void WriteField(Hart& h, unsigned, uint64_t value) {
  h.state().csr.*kField = value & kMask;
  h.UpdateInterrupts();  // mie and mideleg are among them
}

// fflags: NX UF OF DZ NV from bit 0, as the IR has them. Code that runs reads and writes them without coming here.
uint64_t ReadFflags(Hart& h, unsigned) {
  return translate::PackFpFlags(h.cpu().running ? translate::HostFpFlags() : h.state().base.mxcsr);
}
void WriteFflags(Hart& h, unsigned, uint64_t value) {
  const uint32_t host = translate::UnpackFpFlags(value & 31);
  if (h.cpu().running) translate::SetHostFpFlags(host);
  h.state().base.mxcsr = (h.state().base.mxcsr & ~translate::kFpFlagMask) | host;
  h.state().mstatus |= kStatusFs | kStatusSd;
}
uint64_t ReadFrm(Hart& h, unsigned) { return h.state().frm; }
void WriteFrm(Hart& h, unsigned, uint64_t value) {
  using R = ir::Rounding;
  static constexpr R kModes[] = {R::kNearestEven,         R::kTowardZero,  R::kDown,        R::kUp,
                                 R::kNearestMaxMagnitude, R::kNearestEven, R::kNearestEven, R::kNearestEven};
  h.state().frm = value & 7;
  if (h.cpu().running) translate::SetHostRounding(kModes[value & 7]);
  h.state().base.mxcsr = (h.state().base.mxcsr & ~0x6000u) | translate::MxcsrRounding(kModes[value & 7]);
  h.state().mstatus |= kStatusFs | kStatusSd;
  h.UpdateMode();
}
uint64_t ReadFcsr(Hart& h, unsigned n) { return ReadFflags(h, n) | h.state().frm << 5; }
void WriteFcsr(Hart& h, unsigned n, uint64_t value) {
  WriteFflags(h, n, value);
  WriteFrm(h, n, value >> 5);
}

uint64_t ReadCycle(Hart& h, unsigned) { return h.Counter(h.state().csr.cycle_offset, 0); }
uint64_t ReadInstret(Hart& h, unsigned) { return h.Counter(h.state().csr.instret_offset, 2); }
uint64_t ReadTime(Hart& h, unsigned) { return h.platform().Time(); }
void WriteCounter(Hart& h, uint64_t* offset, unsigned bit, uint64_t value) {
  const bool stopped = (h.state().csr.mcountinhibit >> bit & 1) != 0;
  *offset = stopped ? value : value - h.cpu().InsnCount();
}
void WriteCycle(Hart& h, unsigned, uint64_t value) { WriteCounter(h, &h.state().csr.cycle_offset, 0, value); }
// The instruction that writes is not counted: the next one reads what was written (section 3.1.10).
void WriteInstret(Hart& h, unsigned, uint64_t value) {
  const bool counts_itself = h.cpu().running && (h.state().csr.mcountinhibit & 4) == 0;
  WriteCounter(h, &h.state().csr.instret_offset, 2, counts_itself ? value - 1 : value);
}
uint64_t ReadMcountinhibit(Hart& h, unsigned) { return h.state().csr.mcountinhibit; }
void WriteMcountinhibit(Hart& h, unsigned n, uint64_t value) {
  const uint64_t cycle = ReadCycle(h, n), instret = ReadInstret(h, n);
  h.state().csr.mcountinhibit = value & 5;
  WriteCounter(h, &h.state().csr.cycle_offset, 0, cycle);
  WriteCounter(h, &h.state().csr.instret_offset, 2, instret);
}

// Addresses of instructions: without C they are multiples of 4 (section 3.1.14).
uint64_t PcMask(Hart& h) { return h.config().isa.Has(Extension::kC) ? ~uint64_t{1} : ~uint64_t{3}; }
uint64_t ReadMepc(Hart& h, unsigned) { return h.state().csr.mepc; }
void WriteMepc(Hart& h, unsigned, uint64_t value) { h.state().csr.mepc = value & PcMask(h); }
uint64_t ReadSepc(Hart& h, unsigned) { return h.state().csr.sepc; }
void WriteSepc(Hart& h, unsigned, uint64_t value) { h.state().csr.sepc = value & PcMask(h); }

constexpr uint64_t kMstatusMask =
    kSstatusMask | kStatusMie | kStatusMpie | kStatusMpp | kStatusMprv | kStatusTvm | kStatusTw | kStatusTsr;

uint64_t ReadMstatus(Hart& h, unsigned) { return h.SettleStatus(); }
void WriteStatus(Hart& h, uint64_t value, uint64_t mask) {
  // Nothing else says how code is translated, and where pages lie.
  constexpr uint64_t kModes = kStatusFs | kStatusMprv | kStatusMpp | kStatusSum | kStatusMxr;
  const uint64_t before = h.SettleStatus();
  uint64_t& status = h.state().mstatus;
  if ((value >> kStatusMppShift & 3) == 2) mask &= ~kStatusMpp;  // no such privilege
  if (!h.config().isa.Has(Extension::kF)) mask &= ~kStatusFs;
  status = (status & ~mask) | (value & mask);
  status = (status & kStatusFs) == kStatusFs ? status | kStatusSd : status & ~kStatusSd;
  ((before ^ status) & kModes) != 0 ? h.UpdateMode() : h.UpdateInterrupts();
}
void WriteMstatus(Hart& h, unsigned, uint64_t value) { WriteStatus(h, value, kMstatusMask); }
uint64_t ReadSstatus(Hart& h, unsigned) { return h.SettleStatus() & kSstatusRead; }
void WriteSstatus(Hart& h, unsigned, uint64_t value) { WriteStatus(h, value, kSstatusMask); }

uint64_t ReadMisa(Hart& h, unsigned) {
  const IsaConfig& isa = h.config().isa;
  uint64_t misa = uint64_t{isa.xlen == 64 ? 2u : 1u} << (isa.xlen - 2);
  constexpr std::array<Extension, 8> kLetters = {Extension::kI, Extension::kM, Extension::kA, Extension::kF,
                                                 Extension::kD, Extension::kC, Extension::kS, Extension::kU};
  for (Extension e : kLetters) {
    if (isa.Has(e)) misa |= uint64_t{1} << (ExtensionName(e)[0] - 'a');
  }
  return misa;
}
uint64_t ReadHartId(Hart& h, unsigned) { return h.config().id; }

// STIP is the timer's own while Sstc is on (section 3.1.9, Sstc).
uint64_t MipMask(Hart& h) { return h.sstc_on() ? 0x202 : 0x222; }
uint64_t ReadMip(Hart& h, unsigned) { return h.state().csr.mip; }
void WriteMip(Hart& h, unsigned, uint64_t value) { h.WriteMip(value, MipMask(h)); }
uint64_t ReadSie(Hart& h, unsigned) { return h.state().csr.mie & h.state().csr.mideleg; }
void WriteSie(Hart& h, unsigned, uint64_t value) {
  Csrs& c = h.state().csr;
  c.mie = (c.mie & ~c.mideleg) | (value & c.mideleg);
  h.UpdateInterrupts();
}
uint64_t ReadSip(Hart& h, unsigned) { return h.state().csr.mip & h.state().csr.mideleg; }
void WriteSip(Hart& h, unsigned, uint64_t value) {
  h.WriteMip(value, h.state().csr.mideleg & (uint64_t{1} << kSupervisorSoftware));
}
uint64_t ReadStimecmp(Hart& h, unsigned) { return h.state().csr.stimecmp; }
void WriteStimecmp(Hart& h, unsigned, uint64_t value) { h.SetTimer(value); }
uint64_t ReadSatp(Hart& h, unsigned) { return h.state().csr.satp; }
void WriteSatp(Hart& h, unsigned, uint64_t value) { h.WriteSatp(value); }

// Fields of extensions that the hart does not have are zero; CBIE has no encoding 2.
uint64_t EnvMask(Hart& h) {
  const IsaConfig& isa = h.config().isa;
  return kEnvFiom | (isa.Has(Extension::kZicbom) ? kEnvCbie | kEnvCbcfe : 0) |
         (isa.Has(Extension::kZicboz) ? kEnvCbze : 0);
}
uint64_t LegalEnv(uint64_t old, uint64_t value, uint64_t mask) {
  if ((value & kEnvCbie) == 2u << 4) value = (value & ~kEnvCbie) | (old & kEnvCbie);
  return value & mask;
}
uint64_t ReadMenvcfg(Hart& h, unsigned) { return h.state().csr.menvcfg; }
void WriteMenvcfg(Hart& h, unsigned, uint64_t value) {
  const IsaConfig& isa = h.config().isa;
  const uint64_t mask =
      EnvMask(h) | (isa.Has(Extension::kSvadu) ? kEnvAdue : 0) | (isa.Has(Extension::kSstc) ? kEnvStce : 0);
  h.state().csr.menvcfg = LegalEnv(h.state().csr.menvcfg, value, mask);
  h.UpdateMip();
  h.UpdateMode();
}
uint64_t ReadSenvcfg(Hart& h, unsigned) { return h.state().csr.senvcfg; }
void WriteSenvcfg(Hart& h, unsigned, uint64_t value) {
  h.state().csr.senvcfg = LegalEnv(h.state().csr.senvcfg, value, EnvMask(h));
  h.UpdateMode();
}

template <typename Fn>
void ChangePmp(Hart& h, Fn fn) {
  const uint64_t before = h.pmp().generation();
  fn();
  if (h.pmp().generation() != before) h.OnPmpChange();
}
uint64_t ReadPmpConfig(Hart& h, unsigned n) { return h.pmp().ReadConfig(n - 0x3a0); }
void WritePmpConfig(Hart& h, unsigned n, uint64_t value) {
  ChangePmp(h, [&] { h.pmp().WriteConfig(n - 0x3a0, value); });
}
uint64_t ReadPmpAddress(Hart& h, unsigned n) { return h.pmp().ReadAddress(n - 0x3b0); }
void WritePmpAddress(Hart& h, unsigned n, uint64_t value) {
  ChangePmp(h, [&] { h.pmp().WriteAddress(n - 0x3b0, value); });
}

constexpr std::array<Entry, 4096> MakeTable() {
  std::array<Entry, 4096> table{};
#define EMU_RISCV_CSR(number, name, Read, Write) table[number] = {&Read, &Write};
#define EMU_RISCV_CSR_FIELD(number, name, field, mask) \
  table[number] = {&ReadField<&Csrs::field>, &WriteField<&Csrs::field, mask>};
#define EMU_RISCV_CSRS(number, count, name, first, Read, Write) \
  for (unsigned i = 0; i < count; ++i) table[number + i] = {&Read, &Write};
#include "targets/riscv/csr.def"
#undef EMU_RISCV_CSR
#undef EMU_RISCV_CSR_FIELD
#undef EMU_RISCV_CSRS
  return table;
}
constexpr std::array<Entry, 4096> kTable = MakeTable();

constexpr unsigned kMip = 0x344;

// Rules beyond the two privilege bits of the number.
bool Permitted(Hart& h, unsigned number) {
  const RiscvState& s = h.state();
  const IsaConfig& isa = h.config().isa;
  if (number <= 3) return isa.Has(Extension::kF) && (s.mstatus & kStatusFs) != 0;
  if (number >= 0xc00 && number < 0xc20) {
    if (number < 0xc03 && !isa.Has(Extension::kZicntr)) return false;
    const uint64_t bit = uint64_t{1} << (number & 31);
    if (s.privilege < kMachine && (s.csr.mcounteren & bit) == 0) return false;
    return s.privilege > kUser || (s.csr.scounteren & bit) != 0;
  }
  if (number == 0x180) return s.privilege != kSupervisor || (s.mstatus & kStatusTvm) == 0;
  if (number == 0x14d) {
    if (!isa.Has(Extension::kSstc)) return false;
    return s.privilege == kMachine || (h.sstc_on() && (s.csr.mcounteren & 2) != 0);
  }
  if (number >= 0x3a0 && number < 0x3b0) return isa.xlen == 32 || number % 2 == 0;
  return true;
}

}  // namespace

bool ReadCsr(Hart& hart, unsigned number, uint64_t* value) {
  const Entry& e = kTable[number & 0xfff];
  if (e.read == nullptr || hart.state().privilege < (number >> 8 & 3) || !Permitted(hart, number)) return false;
  *value = e.read(hart, number);
  return true;
}

bool AccessCsr(Hart& hart, unsigned number, CsrOp op, bool read, bool write, uint64_t* value) {
  const Entry& e = kTable[number & 0xfff];
  if (e.read == nullptr || hart.state().privilege < (number >> 8 & 3) || !Permitted(hart, number)) return false;
  if (write && number >> 10 == 3) return false;  // read-only
  const uint64_t operand = *value;
  const uint64_t old = read || op != CsrOp::kWrite ? e.read(hart, number) : 0;
  *value = old;
  if (!write) return true;
  const uint64_t base = number == kMip ? hart.software_mip() : old;
  e.write(hart, number, op == CsrOp::kWrite ? operand : op == CsrOp::kSet ? base | operand : base & ~operand);
  return true;
}

bool PeekCsr(Hart& hart, unsigned number, uint64_t* value) {
  if (kTable[number & 0xfff].read == nullptr) return false;
  *value = kTable[number & 0xfff].read(hart, number);
  return true;
}

bool PokeCsr(Hart& hart, unsigned number, uint64_t value) {
  if (kTable[number & 0xfff].read == nullptr) return false;
  kTable[number & 0xfff].write(hart, number, value);
  return true;
}

std::vector<CsrName> CsrNames() {
  std::vector<CsrName> names;
#define EMU_RISCV_CSR(number, name, Read, Write) names.push_back({number, name});
#define EMU_RISCV_CSR_FIELD(number, name, field, mask) names.push_back({number, name});
#define EMU_RISCV_CSRS(number, count, name, first, Read, Write) \
  for (unsigned i = 0; i < count; ++i) names.push_back({number + i, absl::StrCat(name, first + i)});
#include "targets/riscv/csr.def"
#undef EMU_RISCV_CSR
#undef EMU_RISCV_CSR_FIELD
#undef EMU_RISCV_CSRS
  return names;
}

}  // namespace emu::riscv
