#include "devices/clint.h"

#include <vector>

#include "absl/strings/str_cat.h"

namespace emu::devices {
namespace {

using memory::MemAttrs;
using memory::MemStatus;
using memory::MemValue;
using memory::RegionOffset;

// Interrupt numbers in mip (privileged specification, table "Machine cause register values").
constexpr uint32_t kMachineSoftware = 3;
constexpr uint32_t kMachineTimer = 7;

// The part of a 64-bit register that an access at `offset` of `size` bytes sees.
uint64_t Part(uint64_t whole, uint64_t offset, unsigned size) {
  return size == 8 ? whole : (whole >> (8 * (offset & 4))) & 0xffffffff;
}

uint64_t Merge(uint64_t whole, uint64_t offset, unsigned size, uint64_t value) {
  if (size == 8) return value;
  const unsigned shift = 8 * (offset & 4);
  return (whole & ~(uint64_t{0xffffffff} << shift)) | ((value & 0xffffffff) << shift);
}

}  // namespace

AclintMswi::AclintMswi(unsigned harts) {
  for (unsigned i = 0; i < harts; ++i) lines_.emplace_back(absl::StrCat("mswi", i));
}

MemValue AclintMswi::Read(RegionOffset offset, unsigned, MemAttrs) {
  const uint64_t hart = offset.value / 4;
  return {MemStatus::kOk, hart < lines_.size() && lines_[hart].level() ? 1u : 0u};
}

MemStatus AclintMswi::Write(RegionOffset offset, unsigned, uint64_t value, MemAttrs) {
  const uint64_t hart = offset.value / 4;
  if (hart < lines_.size()) lines_[hart].Set((value & 1) != 0);
  return MemStatus::kOk;
}

const char* AclintMswi::RegisterName(RegionOffset offset) const {
  return offset.value / 4 < lines_.size() ? "msip" : nullptr;
}

void AclintMswi::Reset() {
  for (IrqLine& line : lines_) line.Lower();
}

AclintMtimer::AclintMtimer(unsigned harts, Mtime& mtime) : mtime_(mtime) {
  for (unsigned i = 0; i < harts; ++i) {
    harts_.emplace_back(absl::StrCat("mtimer", i), mtime.clock(), [this, i] { Update(harts_[i]); });
  }
  mtime_.AddListener([this] {
    for (Hart& hart : harts_) Update(hart);
  });
}

// The interrupt is a level: it follows mtime >= mtimecmp.
void AclintMtimer::Update(Hart& hart) {
  const bool pending = mtime_.Now() >= hart.compare;
  hart.timer.Schedule(pending ? Clock::kNever : mtime_.DeadlineNs(hart.compare));
  hart.line.Set(pending);
}

void AclintMtimer::SetCompare(unsigned hart, uint64_t value) {
  harts_.at(hart).compare = value;
  Update(harts_[hart]);
}

MemValue AclintMtimer::Read(RegionOffset offset, unsigned size, MemAttrs) {
  const uint64_t index = offset.value / 8;
  if (index < harts_.size()) return {MemStatus::kOk, Part(harts_[index].compare, offset.value, size)};
  if (offset.value >= kTimeOffset) return {MemStatus::kOk, Part(mtime_.Now(), offset.value, size)};
  return {};
}

MemStatus AclintMtimer::Write(RegionOffset offset, unsigned size, uint64_t value, MemAttrs) {
  const uint64_t index = offset.value / 8;
  if (index < harts_.size()) {
    SetCompare(static_cast<unsigned>(index), Merge(harts_[index].compare, offset.value, size, value));
  } else if (offset.value >= kTimeOffset) {
    mtime_.Set(Merge(mtime_.Now(), offset.value, size, value));
  }
  return MemStatus::kOk;
}

const char* AclintMtimer::RegisterName(RegionOffset offset) const {
  if (offset.value / 8 < harts_.size()) return "mtimecmp";
  return offset.value >= kTimeOffset ? "mtime" : nullptr;
}

void AclintMtimer::Reset() {
  for (unsigned i = 0; i < harts_.size(); ++i) SetCompare(i, ~uint64_t{0});
}

void Clint::AddFdtNode(FdtBuilder& fdt, uint64_t base, absl::Span<const uint32_t> cpu_intc) {
  std::vector<uint32_t> wires;
  for (uint32_t intc : cpu_intc) wires.insert(wires.end(), {intc, kMachineSoftware, intc, kMachineTimer});
  fdt.BeginNode("clint", base);
  fdt.Cells("interrupts-extended", wires);
  fdt.Reg(base, kSize);
  fdt.StringList("compatible", {"sifive,clint0", "riscv,clint0"});
  fdt.EndNode();
}

}  // namespace emu::devices
