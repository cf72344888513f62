// The board of the RISC-V ISA simulator: RAM, a CLINT, and the host interface for everything else.
#include "boards/registry.h"
#include "boards/riscv/riscv_machine.h"
#include "boards/riscv/signature.h"

namespace emu::boards {
namespace {

constexpr uint64_t kHtifBase = 0x1000000, kHtifPage = 0x1000;

class Spike final : public RiscvMachine {
 public:
  static absl::StatusOr<std::unique_ptr<Machine>> Make(const MachineConfig& config) {
    std::unique_ptr<Spike> machine(new Spike(config));
    if (absl::Status status = machine->Construct(); !status.ok()) return status;
    return machine;
  }

 private:
  explicit Spike(const MachineConfig& config) : RiscvMachine(config) {}

  absl::Status Construct() {
    absl::Status status = signature_.TakeOptions(config().board_options);
    if (status.ok()) status = RejectDevices();
    if (status.ok()) status = MakeCore("riscv.spike.mrom", "riscv.spike.ram");
    if (status.ok()) status = FinishCore(chars().Serial(0), kHtifBase);
    if (status.ok() && plan().elf.has_value()) status = signature_.Find(*plan().elf);
    return status;
  }

  absl::Status RejectDevices() const {
    if (config().devices.empty()) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat("-device \"", config().devices[0].driver, "\": the board spike has no place for devices"));
  }

  absl::StatusOr<std::vector<uint8_t>> MakeFdt(const loaders::FdtChosen& chosen) override {
    devices::FdtBuilder fdt;
    fdt.BeginNode("");
    fdt.U32("#address-cells", 2);
    fdt.U32("#size-cells", 2);
    fdt.String("compatible", "ucbbar,spike-bare-dev");
    fdt.String("model", "ucbbar,spike-bare,qemu");
    AddChosenNode(fdt, chosen, "/htif");
    AddCoreNodes(fdt);
    fdt.BeginNode("soc");
    fdt.U32("#address-cells", 2);
    fdt.U32("#size-cells", 2);
    fdt.String("compatible", "simple-bus");
    fdt.Empty("ranges");
    AddClintNode(fdt);
    fdt.EndNode();
    const devices::FdtPlace place = {kHtifBase, kHtifPage, 0, 0};
    devices::Htif::AddFdtNode(fdt, &place);
    fdt.EndNode();
    return fdt.Finish();
  }

  void ConsoleWrite(absl::string_view bytes) override {
    if (chars().Serial(0) != nullptr) chars().Serial(0)->Write(bytes);
  }

  // As a firmware does it: asks for a byte, and looks whether one has come.
  size_t ConsoleRead(absl::Span<char> bytes) override {
    constexpr uint64_t kAsk = uint64_t{0x0100} << 48, kReady = 0x100;
    if (bytes.empty() || htif() == nullptr) return 0;
    uint64_t answer = htif()->fromhost_value();
    if (!std::exchange(asked_, true)) {
      htif()->tohost().Write(memory::RegionOffset(0), 8, kAsk, {});
      answer = htif()->fromhost_value();
    }
    if ((answer & kReady) == 0) return 0;
    htif()->fromhost().Write(memory::RegionOffset(0), 8, 0, {});
    asked_ = false;
    bytes[0] = static_cast<char>(answer);
    return 1;
  }

  absl::Status OnEnd() override { return signature_.Write(memory()); }

  Signature signature_;
  bool asked_ = false;
};

const BoardRegistration kSpike({
    .name = "spike",
    .family = "riscv64",
    .description = "RISC-V Spike board",
    .family_default = true,
    .cpu_help = RiscvCpuHelp,
    .device_help = [] { return std::string("This board has no place for devices.\n"); },
    .make = Spike::Make,
});

}  // namespace
}  // namespace emu::boards
