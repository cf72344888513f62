// What the RISC-V boards have in common: a hart with its timer, the machine's own SBI, the reset vector, the boot, and
// the host interface of test programs.
#ifndef EMU_BOARDS_RISCV_RISCV_MACHINE_H_
#define EMU_BOARDS_RISCV_RISCV_MACHINE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "boards/machine.h"
#include "boards/riscv/riscv_boot.h"
#include "boards/riscv/riscv_cpu.h"
#include "devices/clint.h"
#include "devices/fdt_builder.h"
#include "devices/htif.h"
#include "devices/mtime.h"
#include "memory/ram_block.h"
#include "targets/riscv/hart.h"
#include "targets/riscv/inspector.h"
#include "targets/riscv/sbi.h"
#include "targets/riscv/target.h"

namespace emu::boards {

class RiscvMachine : public Machine, private riscv::HartPlatform, private riscv::SbiHost {
 public:
  static constexpr uint32_t kTimebaseHz = 10'000'000;
  static constexpr uint64_t kResetVector = 0x1000, kResetRomSize = 0xf000;
  static constexpr uint64_t kClintBase = 0x2000000;
  static constexpr uint64_t kRamBase = 0x80000000;

  absl::Span<const uint8_t> device_tree() const override { return plan_->fdt; }
  riscv::Hart& hart() { return *hart_; }
  translate::Inspector& inspector() override { return *inspector_; }
  std::vector<LoadedImage> images() const override;

 protected:
  explicit RiscvMachine(const MachineConfig& config) : Machine(config, "cpu-memory-0") {}
  ~RiscvMachine() override;

  // CPU, RAM, reset ROM and CLINT, with the names that the board has for the memories; the first thing after the
  // construction.
  absl::Status MakeCore(const std::string& rom_name, const std::string& ram_name);
  // Loads what the user named; the last thing of the construction. `console` is for programs that use the host
  // interface, at `htif_base` where the program does not say otherwise (0: then there is none).
  absl::Status FinishCore(devices::CharBackend* console, uint64_t htif_base);

  // The board's device tree.
  virtual absl::StatusOr<std::vector<uint8_t>> MakeFdt(const loaders::FdtChosen& chosen) = 0;
  // The first nodes of every tree: /memory and /cpus. Takes the phandles of hart and interrupt controller.
  void AddCoreNodes(devices::FdtBuilder& fdt);
  // /chosen, for a console at `stdout_path`.
  void AddChosenNode(devices::FdtBuilder& fdt, const loaders::FdtChosen& chosen, absl::string_view stdout_path);
  static void AddClintNode(devices::FdtBuilder& fdt);
  static constexpr uint32_t kCpuHandle = 1, kIntcHandle = 2;

  // The console of the machine's own SBI.
  void ConsoleWrite(absl::string_view bytes) override = 0;
  size_t ConsoleRead(absl::Span<char> bytes) override = 0;

  absl::Status Boot(bool again) override;
  std::vector<uint64_t> CpuWords() const override;
  const RiscvBootPlan& plan() const { return *plan_; }
  uint64_t ram_size() const { return ram_->size(); }
  devices::Mtime& mtime() { return *mtime_; }
  devices::Htif* htif() { return htif_; }
  // True while the windows of the host interface lie where the program's symbols say.
  bool htif_by_symbol() const { return htif_by_symbol_; }

 private:
  uint64_t Time() override { return mtime_->Now(); }
  void SetSupervisorTimer(riscv::Hart& hart, uint64_t deadline) override;
  bool Sbi(riscv::Hart& hart) override { return sbi_.Handle(hart); }
  void OnTrap(const riscv::Hart& hart, unsigned cause, uint64_t value) override;
  void ResetSystem(riscv::SbiHost::Reset kind, bool failed) override;
  riscv::Hart* FindHart(uint64_t id) override { return id == 0 ? hart_.get() : nullptr; }

  void UpdateSupervisorTimer();
  absl::Status MakeHart();
  absl::Status MapRom(const std::string& name);
  absl::Status MapClint();
  absl::Status MapHtif(devices::CharBackend* console, uint64_t htif_base);

  RiscvCpu cpu_;
  riscv::Sbi sbi_{this};
  std::unique_ptr<riscv::RiscvTarget> target_;
  std::unique_ptr<riscv::Hart> hart_;
  std::optional<riscv::HartInspector> inspector_;
  memory::RamBlock::Ptr ram_, rom_;
  devices::Mtime* mtime_ = nullptr;
  devices::Htif* htif_ = nullptr;
  bool htif_by_symbol_ = false;
  std::optional<devices::Timer> supervisor_timer_;
  uint64_t supervisor_deadline_ = ~uint64_t{0};
  std::optional<RiscvBootPlan> plan_;
};

}  // namespace emu::boards

#endif  // EMU_BOARDS_RISCV_RISCV_MACHINE_H_
