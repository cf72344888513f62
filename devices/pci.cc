#include "devices/pci.h"

#include <utility>
#include <vector>

#include "absl/strings/str_format.h"

namespace emu::devices {
namespace {

using memory::MemAttrs;
using memory::MemStatus;
using memory::MemValue;
using memory::RegionOffset;

// Type 0 configuration header (PCI Local Bus Specification 3.0, figure 6-1).
enum HeaderOffset : unsigned {
  kVendorId = 0x00,
  kDeviceId = 0x02,
  kCommand = 0x04,
  kStatus = 0x06,
  kRevision = 0x08,
  kClassCode = 0x09,
  kCacheLineSize = 0x0c,
  kSubsystemVendor = 0x2c,
  kSubsystem = 0x2e,
  kInterruptLine = 0x3c,
  kInterruptPin = 0x3d,
};
// I/O, memory, bus master, parity, SERR#, interrupt disable.
constexpr uint32_t kCommandWritable = 0x0547;

PciAddress AddressOf(RegionOffset offset) {
  return {static_cast<uint8_t>(offset.value >> 20), static_cast<uint8_t>(offset.value >> 15 & 31),
          static_cast<uint8_t>(offset.value >> 12 & 7)};
}

uint32_t AllOnes(unsigned size) { return size >= 4 ? ~uint32_t{0} : (uint32_t{1} << (8 * size)) - 1; }

}  // namespace

PciFunction::PciFunction(const PciIdentity& identity) {
  Define(kVendorId, 2, identity.vendor, 0);
  Define(kDeviceId, 2, identity.device, 0);
  Define(kCommand, 2, 0, kCommandWritable);
  Define(kRevision, 1, identity.revision, 0);
  Define(kClassCode, 3, identity.class_code, 0);
  Define(kCacheLineSize, 1, 0, 0xff);
  Define(kSubsystemVendor, 2, identity.subsystem_vendor, 0);
  Define(kSubsystem, 2, identity.subsystem, 0);
  Define(kInterruptLine, 1, 0, 0xff);
  Define(kInterruptPin, 1, identity.interrupt_pin, 0);
}

void PciFunction::Define(unsigned offset, unsigned size, uint32_t value, uint32_t writable) {
  for (unsigned i = 0; i < size; ++i) {
    config_.at(offset + i) = initial_[offset + i] = static_cast<uint8_t>(value >> (8 * i));
    writable_[offset + i] = static_cast<uint8_t>(writable >> (8 * i));
  }
}

uint32_t PciFunction::ReadConfig(unsigned offset, unsigned size) {
  if (offset + size > kConfigSize) return AllOnes(size);
  uint32_t value = 0;
  for (unsigned i = size; i-- > 0;) value = value << 8 | config_[offset + i];
  return value;
}

void PciFunction::WriteConfig(unsigned offset, unsigned size, uint32_t value) {
  if (offset + size > kConfigSize) return;
  for (unsigned i = 0; i < size; ++i) {
    const uint8_t mask = writable_[offset + i];
    const auto byte = static_cast<uint8_t>(value >> (8 * i));
    config_[offset + i] = static_cast<uint8_t>((config_[offset + i] & ~mask) | (byte & mask));
  }
}

void PciFunction::Reset() { config_ = initial_; }

absl::Status PciEcam::Add(PciAddress at, std::unique_ptr<PciFunction> function) {
  if (at.device >= 32 || at.function >= 8) {
    return absl::InvalidArgumentError(
        absl::StrFormat("PCI address %02x:%02x.%x: expected a device below 20 and a function below 8 (hexadecimal)",
                        at.bus, at.device, at.function));
  }
  if (!functions_.emplace(at, std::move(function)).second) {
    return absl::AlreadyExistsError(
        absl::StrFormat("PCI address %02x:%02x.%x is taken", at.bus, at.device, at.function));
  }
  return absl::OkStatus();
}

PciFunction* PciEcam::Find(PciAddress at) {
  auto it = functions_.find(at);
  return it == functions_.end() ? nullptr : it->second.get();
}

MemValue PciEcam::Read(RegionOffset offset, unsigned size, MemAttrs) {
  PciFunction* function = Find(AddressOf(offset));
  if (function == nullptr) return {MemStatus::kOk, AllOnes(size)};
  return {MemStatus::kOk, function->ReadConfig(static_cast<unsigned>(offset.value & 0xfff), size)};
}

MemStatus PciEcam::Write(RegionOffset offset, unsigned size, uint64_t value, MemAttrs) {
  PciFunction* function = Find(AddressOf(offset));
  if (function != nullptr) {
    function->WriteConfig(static_cast<unsigned>(offset.value & 0xfff), size, static_cast<uint32_t>(value));
  }
  return MemStatus::kOk;
}

const char* PciEcam::RegisterName(RegionOffset offset) const {
  static constexpr const char* kNames[] = {
      "vendor/device", "command/status", "class/revision", "header",    "BAR0", "BAR1",
      "BAR2",          "BAR3",           "BAR4",           "BAR5",      "CIS",  "subsystem",
      "ROM BAR",       "capabilities",   "reserved",       "interrupt",
  };
  const uint64_t index = (offset.value & 0xfff) / 4;
  return index < 16 ? kNames[index] : "config";
}

void PciEcam::Reset() {
  for (auto& [address, function] : functions_) function->Reset();
}

GpexHost::GpexHost() {
  // The numbers by which drivers know this bridge.
  const PciIdentity identity = {0x1b36, 0x0008, 0x1af4, 0x1100, 0x060000, 0, 0};
  (void)ecam_.Add({0, 0, 0}, std::make_unique<PciFunction>(identity));
}

namespace {

// Address cells of the PCI bus binding (IEEE 1275 PCI Bus Binding, section 2.2.1.1): the space in the first.
constexpr uint32_t kIoSpace = 0x01000000, kMemory32 = 0x02000000, kMemory64 = 0x03000000;

void AppendRange(std::vector<uint32_t>& cells, uint32_t space, uint64_t bus, uint64_t cpu, uint64_t size) {
  if (size == 0) return;
  cells.push_back(space);
  for (const uint64_t value : {bus, cpu, size}) {
    cells.push_back(static_cast<uint32_t>(value >> 32));
    cells.push_back(static_cast<uint32_t>(value));
  }
}

// Pins of devices 0 to 3, rotated by the device number; the pattern repeats, as the mask says.
std::vector<uint32_t> InterruptMap(const GpexHost::Windows& windows) {
  std::vector<uint32_t> cells;
  for (uint32_t device = 0; device < 4; ++device) {
    for (uint32_t pin = 0; pin < 4; ++pin) {
      const uint32_t interrupt = windows.first_interrupt + (pin + device) % 4;
      cells.insert(cells.end(), {device << 11, 0, 0, pin + 1, windows.interrupt_parent, interrupt});
    }
  }
  return cells;
}

}  // namespace

void GpexHost::AddFdtNode(FdtBuilder& fdt, const Windows& windows) {
  std::vector<uint32_t> ranges;
  AppendRange(ranges, kIoSpace, 0, windows.io_base, windows.io_size);
  AppendRange(ranges, kMemory32, windows.memory_base, windows.memory_base, windows.memory_size);
  AppendRange(ranges, kMemory64, windows.high_base, windows.high_base, windows.high_size);
  fdt.BeginNode("pci", windows.ecam_base);
  fdt.Cells("interrupt-map-mask", {0x1800, 0, 0, 7});
  fdt.Cells("interrupt-map", InterruptMap(windows));
  fdt.Cells("ranges", ranges);
  fdt.Reg(windows.ecam_base, windows.ecam_size);
  fdt.Empty("dma-coherent");
  fdt.Cells("bus-range", {0, static_cast<uint32_t>((windows.ecam_size >> 20) - 1)});
  fdt.U32("linux,pci-domain", 0);
  fdt.String("device_type", "pci");
  fdt.String("compatible", "pci-host-ecam-generic");
  fdt.U32("#size-cells", 2);
  fdt.U32("#interrupt-cells", 1);
  fdt.U32("#address-cells", 3);
  fdt.EndNode();
}

}  // namespace emu::devices
