// The virtual RISC-V board of QEMU ("virt"): its addresses, interrupt numbers and device tree.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "boards/registry.h"
#include "boards/riscv/interrupt_lines.h"
#include "boards/riscv/riscv_machine.h"
#include "boards/virtio_slots.h"
#include "devices/cfi_flash.h"
#include "devices/fw_cfg.h"
#include "devices/goldfish_rtc.h"
#include "devices/pci.h"
#include "devices/plic.h"
#include "devices/sifive_test.h"
#include "devices/uart16550.h"
#include "devices/virtio/mmio.h"

namespace emu::boards {
namespace {

using devices::FdtBuilder;
using memory::Region;
using memory::RegionOffset;
using memory::Size;

constexpr uint64_t kTestBase = 0x100000, kRtcBase = 0x101000, kRtcSize = 0x1000, kPlicBase = 0xc000000;
constexpr uint64_t kUartBase = 0x10000000, kUartSize = 0x100, kVirtioBase = 0x10001000, kVirtioStride = 0x1000;
constexpr uint64_t kPlatformBusBase = 0x4000000, kPlatformBusSize = 0x2000000;
constexpr uint64_t kFwCfgBase = 0x10100000, kFlashBase = 0x20000000, kFlashSize = 0x2000000;
constexpr unsigned kFlashBanks = 2, kFlashWidth = 4, kVirtioSlots = 8;
constexpr unsigned kVirtioIrq = 1, kUartIrq = 10, kRtcIrq = 11, kPciIrq = 32;
constexpr devices::GpexHost::Windows kPci = {0x30000000, 0x10000000,  0x3000000,   0x10000, 0x40000000,
                                             0x40000000, 0x400000000, 0x400000000, 0,       kPciIrq};

// What a PCI window gives where no function has put anything.
class EmptyPciWindow final : public memory::MmioDevice {
 public:
  memory::MemValue Read(RegionOffset, unsigned size, memory::MemAttrs) override {
    return {memory::MemStatus::kOk, ~uint64_t{0} >> (64 - 8 * size)};
  }
  memory::MemStatus Write(RegionOffset, unsigned, uint64_t, memory::MemAttrs) override {
    return memory::MemStatus::kOk;
  }
  void Reset() {}
};

// For programs that write through the host interface to the terminal that the serial port reads.
class OutputOnly final : public devices::CharBackend {
 public:
  explicit OutputOnly(devices::CharBackend* to) : to_(to) {}
  void Write(absl::string_view bytes) override {
    if (to_ != nullptr) to_->Write(bytes);
  }
  void Reset() {}

 private:
  devices::CharBackend* const to_;
};

class RiscvVirt final : public RiscvMachine {
 public:
  static absl::StatusOr<std::unique_ptr<Machine>> Make(const MachineConfig& config) {
    std::unique_ptr<RiscvVirt> machine(new RiscvVirt(config));
    if (absl::Status status = machine->Construct(); !status.ok()) return status;
    return machine;
  }

  std::vector<memory::AddressSpace*> address_spaces() override {
    std::vector<memory::AddressSpace*> spaces = {&io_space_, &pci_space_};
    for (memory::AddressSpace* space : RiscvMachine::address_spaces()) spaces.push_back(space);
    return spaces;
  }

 private:
  explicit RiscvVirt(const MachineConfig& config) : RiscvMachine(config) {
    // Open once a PCI function may be bus master; there is none yet.
    auto masters = Region::Alias("bus master", system(), RegionOffset(0), Size::Whole());
    masters->SetEnabled(false);
    (void)pci_space_.root()->Map(masters, RegionOffset(0));
  }

  absl::Status Construct() {
    const memory::Transaction all_at_once;
    absl::Status status = CheckOptions();
    if (status.ok()) status = MakeCore("riscv_virt_board.mrom", "riscv_virt_board.ram");
    if (!status.ok()) return status;
    status.Update(MapTestAndRtc());
    status.Update(MapPlic());
    status.Update(MapUart());
    status.Update(MapVirtio());
    status.Update(MapFwCfg());
    status.Update(MapFlash());
    status.Update(MapPci());
    if (status.ok()) status = FinishCore(&Add<OutputOnly>(chars().Serial(0)), /*htif_base=*/0);
    return status;
  }

  absl::Status CheckOptions() const {
    for (const auto& [name, value] : config().board_options) {
      // The variants of QEMU's board that this one is.
      const bool same = (name == "aclint" && value == "off") || (name == "aia" && value == "none") ||
                        (name == "acpi" && value == "off") || (name == "iommu-sys" && value == "off");
      if (!same) {
        return absl::InvalidArgumentError(
            absl::StrCat("-machine: option \"", name, "=", value,
                         "\" is not known to the board riscv-virt; known are dumpdtb=FILE, "
                         "aclint=off, aia=none, acpi=off, iommu-sys=off"));
      }
    }
    return absl::OkStatus();
  }

  absl::Status MapTestAndRtc() {
    test_ = &Add<devices::SifiveTest>([this](int code) { Exit(code); }, [this] { Machine::Reset(); });
    rtc_ = &Add<devices::GoldfishRtc>(clock(), EpochNs());
    Describe({.type = "riscv.sifive.test", .base = kTestBase, .size = devices::SifiveTest::kSize});
    Describe({.type = "goldfish_rtc", .base = kRtcBase, .size = devices::GoldfishRtc::kSize, .irqs = {kRtcIrq}});
    absl::Status status = Map(
        Region::Io("riscv.sifive.test", devices::SifiveTest::kSize, test_, devices::SifiveTest::Traits()), kTestBase);
    status.Update(
        Map(Region::Io("goldfish_rtc", devices::GoldfishRtc::kSize, rtc_, devices::GoldfishRtc::Traits()), kRtcBase));
    return status;
  }

  absl::Status MapPlic() {
    plic_ = &Add<devices::Plic>(devices::Plic::Config{});
    plic_->irq(0).Connect([this](bool level) { hart().SetInterrupt(riscv::kMachineExternal, level); });
    plic_->irq(1).Connect([this](bool level) { hart().SetInterrupt(riscv::kSupervisorExternal, level); });
    plic_->Connect(rtc_->irq(), kRtcIrq);
    Describe({.type = "riscv.sifive.plic",
              .base = kPlicBase,
              .size = devices::Plic::kSize,
              .properties = [this] { return Properties{{"num-sources", absl::StrCat(plic_->sources() - 1)}}; },
              .lines = [this] { return PlicInterrupts(*plic_); }});
    NoteUnmodelled("platform bus", kPlatformBusBase, kPlatformBusSize);
    absl::Status status = Map(Region::Container("platform bus", kPlatformBusSize), kPlatformBusBase);
    status.Update(
        Map(Region::Io("riscv.sifive.plic", devices::Plic::kSize, plic_, devices::Plic::Traits()), kPlicBase));
    return status;
  }

  absl::Status MapUart() {
    uart_ = &Add<devices::Uart16550>(devices::Uart16550::Config{}, clock(), chars().Serial(0));
    plic_->Connect(uart_->irq(), kUartIrq);
    Describe({.type = "serial-mm", .base = kUartBase, .size = uart_->region_size(), .irqs = {kUartIrq}});
    return Map(Region::Io("serial", uart_->region_size(), uart_, devices::Uart16550::Traits()), kUartBase);
  }

  absl::Status MapVirtio() {
    using devices::virtio::Mmio;
    auto filled = FillVirtioSlots(config().devices, kVirtioSlots, chars(), Entropy());
    if (!filled.ok()) return filled.status();
    const auto version = config().modern_virtio_mmio ? Mmio::Version::kModern : Mmio::Version::kLegacy;
    absl::Status status;
    for (unsigned i = 0; i < kVirtioSlots; ++i) {
      auto& slot = Add<Mmio>(absl::StrCat("virtio-mmio", i), memory(), std::move((*filled)[i]), version);
      plic_->Connect(slot.irq(), kVirtioIrq + i);
      Describe({.type = "virtio-mmio",
                .base = kVirtioBase + i * kVirtioStride,
                .size = Mmio::kSize,
                .irqs = {kVirtioIrq + i},
                .properties = [&slot, version] { return SlotProperties(slot, version); }});
      status.Update(
          Map(Region::Io("virtio-mmio", Mmio::kSize, &slot, Mmio::Traits()), kVirtioBase + i * kVirtioStride));
    }
    return status;
  }

  static Properties SlotProperties(devices::virtio::Mmio& slot, devices::virtio::Mmio::Version version) {
    const bool legacy = version == devices::virtio::Mmio::Version::kLegacy;
    return {{"force-legacy", legacy ? "true" : "false"},
            {"device", slot.device() == nullptr ? "none" : slot.device()->name()},
            {"status", absl::StrFormat("0x%02x", slot.status())}};
  }

  absl::Status MapFwCfg() {
    using devices::FwCfg;
    Describe({.type = "fw_cfg_mem", .base = kFwCfgBase, .size = FwCfg::kDmaOffset + FwCfg::kDmaSize});
    // Numbers of the items that firmware looks for.
    constexpr uint16_t kRamSize = 0x03, kCpuCount = 0x05, kMaxCpus = 0x0f;
    auto& fw_cfg = Add<FwCfg>(memory());
    std::vector<uint8_t> size(8);
    for (unsigned i = 0; i < 8; ++i) size[i] = static_cast<uint8_t>(ram_size() >> 8 * i);
    fw_cfg.AddItem(kRamSize, size);
    fw_cfg.AddItem(kCpuCount, {1, 0});
    fw_cfg.AddItem(kMaxCpus, {1, 0});
    absl::Status status = Map(Region::Io("fwcfg.data", FwCfg::kDataSize, &fw_cfg.data(), FwCfg::DataTraits()),
                              kFwCfgBase + FwCfg::kDataOffset);
    status.Update(Map(Region::Io("fwcfg.ctl", FwCfg::kSelectorSize, &fw_cfg.selector(), FwCfg::SelectorTraits()),
                      kFwCfgBase + FwCfg::kSelectorOffset));
    status.Update(Map(Region::Io("fwcfg.dma", FwCfg::kDmaSize, &fw_cfg.dma(), FwCfg::DmaTraits()),
                      kFwCfgBase + FwCfg::kDmaOffset));
    return status;
  }

  absl::Status MapFlash() {
    absl::Status status;
    for (unsigned bank = 0; bank < kFlashBanks; ++bank) {
      const std::string name = absl::StrCat("virt.flash", bank);
      absl::StatusOr<memory::RamBlock::Ptr> block = memory::RamBlock::Anonymous(name, kFlashSize);
      if (!block.ok()) return block.status();
      auto& flash = Add<devices::CfiFlash>(devices::CfiFlash::Config{}, *block, [this, bank](bool direct) {
        if (flash_[bank] != nullptr) flash_[bank]->SetDirectReads(direct);
      });
      flash_[bank] = Region::RomDevice(name, *block, &flash, devices::CfiFlash::Traits());
      Describe({.type = "cfi.pflash01", .id = name, .base = kFlashBase + bank * kFlashSize, .size = kFlashSize});
      status.Update(Map(flash_[bank], kFlashBase + bank * kFlashSize));
    }
    return status;
  }

  absl::Status MapPci() {
    auto& host = Add<devices::GpexHost>();
    auto& empty = Add<EmptyPciWindow>();
    Describe({.type = "gpex-pcihost",
              .base = kPci.ecam_base,
              .size = kPci.ecam_size,
              .irqs = {kPciIrq, kPciIrq + 1, kPciIrq + 2, kPciIrq + 3}});
    auto io = Region::Io("gpex_ioport_window", kPci.io_size, &empty);
    auto window = Region::Io("gpex_mmio_window", Size::Whole(), &empty);
    auto ecam = Region::Io("pcie-mmcfg-mmio", kPci.ecam_size, &host.ecam(), devices::PciEcam::Traits());
    absl::Status status = io->Map(Region::Container("gpex_ioport", kPci.io_size), RegionOffset(0));
    status.Update(window->Map(Region::Container("gpex_mmio", Size::Whole()), RegionOffset(0)));
    status.Update(Map(io, kPci.io_base));
    status.Update(Map(Region::Alias("pcie-ecam", ecam, RegionOffset(0), kPci.ecam_size), kPci.ecam_base));
    for (const auto& [name, base, size] : {std::tuple("pcie-mmio", kPci.memory_base, kPci.memory_size),
                                           std::tuple("pcie-mmio-high", kPci.high_base, kPci.high_size)}) {
      status.Update(Map(Region::Alias(name, window, RegionOffset(base), size), base));
    }
    return status;
  }

  absl::StatusOr<std::vector<uint8_t>> MakeFdt(const loaders::FdtChosen& chosen) override {
    FdtBuilder fdt;
    fdt.BeginNode("");
    fdt.U32("#address-cells", 2);
    fdt.U32("#size-cells", 2);
    fdt.String("compatible", "riscv-virtio");
    fdt.String("model", "riscv-virtio,qemu");
    AddCoreNodes(fdt);
    const uint32_t plic = fdt.NewPhandle(), test = fdt.NewPhandle();
    devices::SifiveTest::AddSysconNodes(fdt, test);
    AddBusNode(fdt, plic);
    devices::FwCfg::AddFdtNode(fdt, kFwCfgBase);
    devices::CfiFlash::AddFdtNode(fdt, {{kFlashBase, kFlashSize}, {kFlashBase + kFlashSize, kFlashSize}}, kFlashWidth);
    fdt.BeginNode("aliases");
    fdt.String("serial0", kConsolePath);
    fdt.EndNode();
    AddChosenNode(fdt, chosen, kConsolePath);
    AddSocNode(fdt, plic, test);
    fdt.EndNode();
    return fdt.Finish();
  }

  static void AddBusNode(FdtBuilder& fdt, uint32_t plic) {
    fdt.BeginNode("platform-bus", kPlatformBusBase);
    fdt.U32("interrupt-parent", plic);
    fdt.Cells("ranges", {0, 0, uint32_t{kPlatformBusBase}, uint32_t{kPlatformBusSize}});
    fdt.U32("#address-cells", 1);
    fdt.U32("#size-cells", 1);
    fdt.StringList("compatible", {"qemu,platform", "simple-bus"});
    fdt.EndNode();
  }

  void AddSocNode(FdtBuilder& fdt, uint32_t plic, uint32_t test) {
    fdt.BeginNode("soc");
    fdt.U32("#address-cells", 2);
    fdt.U32("#size-cells", 2);
    fdt.String("compatible", "simple-bus");
    fdt.Empty("ranges");
    rtc_->AddFdtNode(fdt, {kRtcBase, kRtcSize, plic, kRtcIrq});
    uart_->AddFdtNode(fdt, {kUartBase, kUartSize, plic, kUartIrq});
    test_->AddFdtNode(fdt, kTestBase, test);
    // From the last to the first: Linux numbers them in the order in which it meets them.
    for (unsigned i = kVirtioSlots; i-- > 0;) {
      devices::virtio::Mmio::AddFdtNode(fdt, {kVirtioBase + i * kVirtioStride, kVirtioStride, plic, kVirtioIrq + i});
    }
    plic_->AddFdtNode(fdt, kPlicBase, plic,
                      {{kIntcHandle, riscv::kMachineExternal}, {kIntcHandle, riscv::kSupervisorExternal}});
    AddClintNode(fdt);
    devices::GpexHost::Windows pci = kPci;
    pci.interrupt_parent = plic;
    devices::GpexHost::AddFdtNode(fdt, pci);
    fdt.EndNode();
  }

  // Through the registers of the serial port, as a firmware does it.
  void ConsoleWrite(absl::string_view bytes) override {
    for (char byte : bytes) uart_->Write(RegionOffset(0), 1, static_cast<uint8_t>(byte), {});
  }
  size_t ConsoleRead(absl::Span<char> bytes) override {
    constexpr uint64_t kLineStatus = 5, kDataReady = 1;
    size_t count = 0;
    while (count < bytes.size() && (uart_->Read(RegionOffset(kLineStatus), 1, {}).value & kDataReady) != 0) {
      bytes[count++] = static_cast<char>(uart_->Read(RegionOffset(0), 1, {}).value);
    }
    return count;
  }

  static constexpr char kConsolePath[] = "/soc/serial@10000000";

  // Empty here; listings show them beside the others.
  memory::AddressSpace io_space_{"I/O", Region::Terminated("io", 0x10000)};
  memory::AddressSpace pci_space_{"gpex-root", Region::Container("bus master container", Size::Whole())};
  devices::SifiveTest* test_ = nullptr;
  devices::GoldfishRtc* rtc_ = nullptr;
  devices::Plic* plic_ = nullptr;
  devices::Uart16550* uart_ = nullptr;
  memory::RegionPtr flash_[kFlashBanks];
};

const BoardRegistration kRiscvVirt({
    .name = "riscv-virt",
    .aliases = {"virt"},
    .family = "riscv64",
    .description = "RISC-V VirtIO board",
    .cpu_help = RiscvCpuHelp,
    .device_help = VirtioDeviceHelp,
    .make = RiscvVirt::Make,
});

}  // namespace
}  // namespace emu::boards
