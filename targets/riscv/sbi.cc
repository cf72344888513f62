#include "targets/riscv/sbi.h"

#include <algorithm>
#include <vector>

namespace emu::riscv {
namespace {

// Chapter 3, "standard SBI error codes".
enum SbiError : int64_t {
  kSuccess = 0,
  kFailed = -1,
  kNotSupported = -2,
  kInvalidParam = -3,
  kInvalidAddress = -5,
  kAlreadyAvailable = -6,
};

enum Extension : uint64_t {
  kBase = 0x10,
  kTime = 0x54494d45,
  kIpi = 0x735049,
  kRfence = 0x52464e43,
  kHsm = 0x48534d,
  kSystemReset = 0x53525354,
  kDebugConsole = 0x4442434e,
};
constexpr uint64_t kExtensions[] = {kBase, kTime, kIpi, kRfence, kHsm, kSystemReset, kDebugConsole};
constexpr uint64_t kLegacyCalls = 9;  // extensions 0 to 8

constexpr uint64_t kSpecVersion = 2u << 24;
constexpr uint64_t kAllHarts = ~uint64_t{0};
constexpr uint64_t kMaxConsoleBytes = 4096;  // in one call; the caller asks again for the rest

constexpr unsigned kA0 = 10, kA6 = 16, kA7 = 17;

// Whoever watches the hart sees what its firmware does to memory.
void Tell(Hart& hart, translate::AccessType type, uint64_t gpa, absl::Span<const uint8_t> bytes) {
  if (!hart.cpu().Watches(type) || bytes.empty()) return;
  translate::MemAccess access;
  access.type = type;
  access.size = static_cast<uint32_t>(bytes.size());
  access.gpa = memory::Gpa(gpa);
  access.host = hart.cpu().memory().Map(access.gpa, bytes.size(), false).data;
  for (size_t i = std::min<size_t>(bytes.size(), 8); i-- > 0;) access.value = access.value << 8 | bytes[i];
  hart.cpu().Report(access);
}

}  // namespace

void Sbi::EnterKernel(Hart& hart, uint64_t entry, uint64_t argument) {
  RiscvState& s = hart.state();
  s.csr.medeleg = 0xb1ff;  // all but ECALL from S-mode and M-mode
  s.csr.mideleg = 0x222;
  s.csr.mcounteren = s.csr.scounteren = 7;
  const IsaConfig& isa = hart.config().isa;
  s.csr.menvcfg = (isa.Has(riscv::Extension::kSstc) ? kEnvStce : 0) |
                  (isa.Has(riscv::Extension::kSvadu) ? kEnvAdue : 0) |
                  (isa.Has(riscv::Extension::kZicboz) ? kEnvCbze : 0) |
                  (isa.Has(riscv::Extension::kZicbom) ? kEnvCbcfe | kEnvCbie : 0);
  // All memory is the supervisor's (a NAPOT entry of all ones).
  hart.pmp().WriteAddress(0, ~uint64_t{0} >> 10);
  hart.pmp().WriteConfig(0, mmu::riscv::kPmpNapot | mmu::riscv::kPmpR | mmu::riscv::kPmpW | mmu::riscv::kPmpX);
  hart.OnPmpChange();
  s.privilege = kSupervisor;
  s.base.pc = entry;
  s.x[kA0] = hart.config().id;
  s.x[kA0 + 1] = argument;
  hart.UpdateMode();
}

bool Sbi::Handle(Hart& hart) {
  uint64_t* x = hart.state().x;
  if (x[kA7] < kLegacyCalls) return Legacy(hart, x[kA7]);
  const Result r = Call(hart, x[kA7], x[kA6]);
  x[kA0] = static_cast<uint64_t>(r.error);
  x[kA0 + 1] = r.value;
  return true;
}

Sbi::Result Sbi::Call(Hart& hart, uint64_t extension, uint64_t function) {
  const uint64_t* a = hart.state().x + kA0;
  switch (extension) {
    case kBase:
      return Base(hart, function, a[0]);
    case kTime:
      if (function != 0) break;
      hart.SetTimer(a[0]);
      return {};
    case kIpi:
      return Ipi(a, function);
    case kRfence:
      return RemoteFence(a, function);
    case kHsm:
      return HartState(hart, a, function);
    case kSystemReset:
      return SystemReset(a, function);
    case kDebugConsole:
      return Console(hart, a, function);
    default:
      break;
  }
  return {kNotSupported};
}

// Chapter 4.
Sbi::Result Sbi::Base(const Hart&, uint64_t function, uint64_t extension) {
  constexpr uint64_t kImplementationId = 0x656d75;  // no number is registered for it
  const bool known = extension < kLegacyCalls ||
                     std::find(std::begin(kExtensions), std::end(kExtensions), extension) != std::end(kExtensions);
  switch (function) {
    case 0:
      return {kSuccess, kSpecVersion};
    case 1:
      return {kSuccess, kImplementationId};
    case 2:
      return {kSuccess, 1};
    case 3:
      return {kSuccess, known};
    case 4:  // mvendorid, marchid, mimpid
    case 5:
    case 6:
      return {kSuccess, 0};
    default:
      return {kNotSupported};
  }
}

template <typename Fn>
Sbi::Result Sbi::ForHarts(uint64_t mask, uint64_t base, Fn fn) {
  if (base == kAllHarts) {
    for (uint64_t id = 0; Hart* hart = host_.FindHart(id); ++id) fn(*hart);
    return {};
  }
  for (unsigned bit = 0; bit < 64; ++bit) {
    if ((mask >> bit & 1) != 0 && host_.FindHart(base + bit) == nullptr) return {kInvalidParam};
  }
  for (unsigned bit = 0; bit < 64; ++bit) {
    if ((mask >> bit & 1) != 0) fn(*host_.FindHart(base + bit));
  }
  return {};
}

Sbi::Result Sbi::Ipi(const uint64_t* a, uint64_t function) {
  if (function != 0) return {kNotSupported};
  constexpr uint64_t kSsip = uint64_t{1} << kSupervisorSoftware;
  return ForHarts(a[0], a[1], [](Hart& h) { h.WriteMip(kSsip, kSsip); });
}

// Chapter 8: 0 FENCE.I, 1 SFENCE.VMA, 2 SFENCE.VMA with ASID; the hypervisor's are not there.
Sbi::Result Sbi::RemoteFence(const uint64_t* a, uint64_t function) {
  constexpr uint64_t kPages = 64;  // more are not worth doing one by one
  if (function > 2) return {kNotSupported};
  const uint64_t start = a[2], size = a[3];
  const bool all = (start == 0 && size == 0) || size > kPages * mmu::kPageSize;
  const std::optional<uint16_t> asid =
      function == 2 ? std::optional<uint16_t>(static_cast<uint16_t>(a[4])) : std::nullopt;
  return ForHarts(a[0], a[1], [&](Hart& h) {
    if (function == 0) return;
    if (all) return h.FlushMappings(std::nullopt, asid);
    for (uint64_t offset = 0; offset < size; offset += mmu::kPageSize) h.FlushMappings(start + offset, asid);
  });
}

// Chapter 9, for harts that all run from the beginning.
Sbi::Result Sbi::HartState(Hart& hart, const uint64_t* a, uint64_t function) {
  switch (function) {
    case 0:
      return {host_.FindHart(a[0]) != nullptr ? kAlreadyAvailable : kInvalidParam};
    case 1:
      return {kFailed};  // the last hart cannot stop
    case 2:
      return host_.FindHart(a[0]) != nullptr ? Result{kSuccess, 0} : Result{kInvalidParam};
    case 3:
      if (a[0] != 0) return {a[0] == 0x80000000 ? kNotSupported : kInvalidParam};
      if (!hart.InterruptWaits()) hart.cpu().Halt();
      return {};
    default:
      return {kNotSupported};
  }
}

// Chapter 10.
Sbi::Result Sbi::SystemReset(const uint64_t* a, uint64_t function) {
  const uint64_t type = a[0], reason = a[1];
  if (function != 0) return {kNotSupported};
  if (type > 2 || reason > 1) return {kInvalidParam};
  host_.ResetSystem(type == 0 ? SbiHost::Reset::kShutdown : SbiHost::Reset::kReboot, reason != 0);
  return {};
}

// Chapter 12.
Sbi::Result Sbi::Console(Hart& hart, const uint64_t* a, uint64_t function) {
  switch (function) {
    case 0:
    case 1:
      return a[2] != 0 ? Result{kInvalidParam} : ConsoleBuffer(hart, a[0], a[1], function == 0);
    case 2: {
      const char byte = static_cast<char>(a[0]);
      host_.ConsoleWrite(absl::string_view(&byte, 1));
      return {};
    }
    default:
      return {kNotSupported};
  }
}

Sbi::Result Sbi::ConsoleBuffer(Hart& hart, uint64_t count, uint64_t address, bool write) {
  std::vector<char> bytes(std::min(count, kMaxConsoleBytes));
  const auto as_bytes = reinterpret_cast<uint8_t*>(bytes.data());
  memory::AddressSpace& space = hart.cpu().memory();
  if (write) {
    if (space.Read(memory::Gpa(address), absl::MakeSpan(as_bytes, bytes.size())) != memory::MemStatus::kOk) {
      return {kInvalidParam};
    }
    Tell(hart, translate::AccessType::kDmaRead, address, absl::MakeConstSpan(as_bytes, bytes.size()));
    host_.ConsoleWrite(absl::string_view(bytes.data(), bytes.size()));
    return {kSuccess, bytes.size()};
  }
  const size_t got = host_.ConsoleRead(absl::MakeSpan(bytes));
  if (space.Write(memory::Gpa(address), absl::MakeConstSpan(as_bytes, got)) != memory::MemStatus::kOk) {
    return {kInvalidParam};
  }
  Tell(hart, translate::AccessType::kDmaWrite, address, absl::MakeConstSpan(as_bytes, got));
  return {kSuccess, got};
}

// Chapter 5. Only a0 changes.
bool Sbi::Legacy(Hart& hart, uint64_t call) {
  uint64_t* a = hart.state().x + kA0;
  const uint64_t argument = a[0];
  a[0] = 0;
  char byte = static_cast<char>(argument);
  switch (call) {
    case 0:
      hart.SetTimer(argument);
      break;
    case 1:
      host_.ConsoleWrite(absl::string_view(&byte, 1));
      break;
    case 2:
      a[0] = host_.ConsoleRead(absl::MakeSpan(&byte, 1)) == 1 ? static_cast<uint8_t>(byte) : ~uint64_t{0};
      break;
    case 3:
      hart.WriteMip(0, uint64_t{1} << kSupervisorSoftware);
      break;
    case 8:
      host_.ResetSystem(SbiHost::Reset::kShutdown, false);
      break;
    default: {
      // 4 send_ipi, 5 remote_fence_i, 6 and 7 remote_sfence_vma: the argument is the address of a hart mask. All harts
      // are meant when it cannot be read, and doing more than asked is allowed.
      for (uint64_t id = 0; Hart* h = host_.FindHart(id); ++id) {
        if (call == 4) h->WriteMip(uint64_t{1} << kSupervisorSoftware, uint64_t{1} << kSupervisorSoftware);
        if (call > 5) h->FlushMappings(std::nullopt, std::nullopt);
      }
    }
  }
  return true;
}

}  // namespace emu::riscv
