// The smallest board: RAM, a serial port and a countdown, around a RISC-V hart.
#include "boards/registry.h"
#include "boards/riscv/riscv_machine.h"
#include "devices/uart16550.h"
#include "docs/examples/countdown.h"

namespace emu::examples {
namespace {

using boards::Machine;
using boards::MachineConfig;
using devices::Uart16550;
using memory::Region;

constexpr uint64_t kUartBase = 0x10000000, kCountdownBase = 0x10001000;

class Tiny final : public boards::RiscvMachine {
 public:
  static absl::StatusOr<std::unique_ptr<Machine>> Make(const MachineConfig& config) {
    std::unique_ptr<Tiny> machine(new Tiny(config));
    if (absl::Status status = machine->Construct(); !status.ok()) return status;
    return machine;
  }

 private:
  explicit Tiny(const MachineConfig& config) : RiscvMachine(config) {}

  absl::Status Construct() {
    absl::Status status = MakeCore("tiny.rom", "tiny.ram");
    if (status.ok()) status = MapUart();
    if (status.ok()) status = MapCountdown();
    if (status.ok()) status = FinishCore(/*console=*/nullptr, /*htif_base=*/0);
    return status;
  }

  absl::Status MapUart() {
    uart_ = &Add<Uart16550>(Uart16550::Config{}, clock(), chars().Serial(0));
    return Map(Region::Io("serial", uart_->region_size(), uart_, Uart16550::Traits()), kUartBase);
  }

  absl::Status MapCountdown() {
    countdown_ = &Add<Countdown>(clock());
    countdown_->irq().Connect([this](bool level) { hart().SetInterrupt(riscv::kMachineExternal, level); });
    return Map(Region::Io("countdown", Countdown::kSize, countdown_, Countdown::Traits()), kCountdownBase);
  }

  absl::StatusOr<std::vector<uint8_t>> MakeFdt(const loaders::FdtChosen& chosen) override {
    devices::FdtBuilder fdt;
    fdt.BeginNode("");
    fdt.U32("#address-cells", 2);
    fdt.U32("#size-cells", 2);
    fdt.String("compatible", "example,tiny");
    AddCoreNodes(fdt);
    AddChosenNode(fdt, chosen, "/serial@10000000");
    uart_->AddFdtNode(fdt, {kUartBase, uart_->region_size(), 0, 0});
    countdown_->AddFdtNode(fdt, {kCountdownBase, Countdown::kSize, kIntcHandle, riscv::kMachineExternal});
    AddClintNode(fdt);
    fdt.EndNode();
    return fdt.Finish();
  }

  // The console of the machine's own SBI, which only kernels in S-mode ask for.
  void ConsoleWrite(absl::string_view bytes) override {
    for (char byte : bytes) uart_->Write(memory::RegionOffset(0), 1, static_cast<uint8_t>(byte), {});
  }
  size_t ConsoleRead(absl::Span<char>) override { return 0; }

  Uart16550* uart_ = nullptr;
  Countdown* countdown_ = nullptr;
};

const boards::BoardRegistration kTiny({
    .name = "tiny",
    .aliases = {},
    .family = "riscv64",
    .description = "RAM, a serial port and a countdown",
    .cpu_help = boards::RiscvCpuHelp,
    .device_help = [] { return std::string("This board has no place for devices.\n"); },
    .make = Tiny::Make,
});

}  // namespace
}  // namespace emu::examples
