#include "boards/riscv/riscv_boot.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "loaders/kernel.h"
#include "loaders/riscv_placement.h"

namespace emu::boards {
namespace {

constexpr loaders::ProgramKind kRiscv64 = {loaders::kElfMachineRiscv, 64, false};

class Planner {
 public:
  Planner(const MachineConfig& config, uint64_t ram_base, uint64_t ram_size)
      : config_(config), plan_(loaders::BootImage(ram_base, ram_size)) {}

  absl::StatusOr<RiscvBootPlan> Plan(const MakeFdt& make_fdt) {
    absl::Status status = AddFirmware();
    if (status.ok()) status = AddKernel();
    if (status.ok()) status = AddInitrd();
    if (status.ok()) status = AddFdt(make_fdt);
    if (!status.ok()) return status;
    return std::move(plan_);
  }

 private:
  uint64_t base() const { return plan_.image.base(); }

  absl::Status AddFirmware() {
    firmware_end_ = base();
    plan_.own_sbi = config_.bios == "default";
    // The place below the kernel is left free, as a firmware would.
    if (plan_.own_sbi) firmware_end_ += loaders::kRiscvKernelAlign;
    if (plan_.own_sbi || config_.bios == "none") return absl::OkStatus();
    auto firmware = loaders::LoadProgram("firmware", config_.bios, kRiscv64, base(), &plan_.image);
    if (!firmware.ok()) return firmware.status();
    firmware_end_ = firmware->end;
    plan_.entry = firmware->entry;
    has_firmware_ = true;
    plan_.elf = std::move(firmware->elf);
    return absl::OkStatus();
  }

  absl::Status AddKernel() {
    if (config_.kernel.empty()) {
      if (has_firmware_ || !config_.dump_dtb.empty()) return absl::OkStatus();
      return absl::InvalidArgumentError("there is nothing to run: -kernel FILE or -bios FILE is needed");
    }
    auto kernel = loaders::LoadProgram("kernel", config_.kernel, kRiscv64, loaders::RiscvKernelAddress(firmware_end_),
                                       &plan_.image);
    if (!kernel.ok()) return kernel.status();
    kernel_start_ = kernel->start;
    kernel_end_ = kernel->end;
    plan_.next_address = kernel->entry;
    if (!has_firmware_) plan_.entry = kernel->entry;
    if (kernel->elf.has_value()) plan_.elf = std::move(kernel->elf);
    return absl::OkStatus();
  }

  absl::Status AddInitrd() {
    if (config_.initrd.empty()) return absl::OkStatus();
    absl::StatusOr<loaders::Bytes> file = loaders::MapFile(config_.initrd);
    if (!file.ok()) return file.status();
    chosen_.initrd_start = loaders::RiscvInitrdAddress(kernel_start_, kernel_end_, plan_.image.size());
    chosen_.initrd_end = chosen_.initrd_start + file->size();
    return plan_.image.Add(
        {absl::StrCat("initrd \"", config_.initrd, "\""), chosen_.initrd_start, file->size(), *std::move(file)});
  }

  absl::Status AddFdt(const MakeFdt& make_fdt) {
    chosen_.bootargs = config_.append;
    absl::StatusOr<std::vector<uint8_t>> fdt = config_.dtb.empty() ? make_fdt(chosen_) : ReadFdt();
    if (!fdt.ok()) return fdt.status();
    plan_.fdt = *std::move(fdt);
    plan_.fdt_address = loaders::RiscvFdtAddress(base(), plan_.image.size(), plan_.fdt.size());
    return plan_.image.Add({"device tree", plan_.fdt_address, plan_.fdt.size(), loaders::Bytes(plan_.fdt)});
  }

  absl::StatusOr<std::vector<uint8_t>> ReadFdt() {
    absl::StatusOr<loaders::Bytes> file = loaders::ReadFile(config_.dtb);
    if (file.ok()) file = loaders::PatchFdt(*file, config_.dtb, chosen_);
    if (!file.ok()) return file.status();
    return std::vector<uint8_t>(file->span().begin(), file->span().end());
  }

  const MachineConfig& config_;
  RiscvBootPlan plan_;
  loaders::FdtChosen chosen_;
  bool has_firmware_ = false;
  uint64_t firmware_end_ = 0, kernel_start_ = 0, kernel_end_ = 0;
};

}  // namespace

absl::StatusOr<RiscvBootPlan> PlanRiscvBoot(const MachineConfig& config, uint64_t ram_base, uint64_t ram_size,
                                            const MakeFdt& make_fdt) {
  return Planner(config, ram_base, ram_size).Plan(make_fdt);
}

std::vector<uint8_t> RiscvResetCode(const RiscvBootPlan& plan) {
  constexpr uint32_t kCode[] = {
      0x00000297,  // auipc t0, 0
      0x02828613,  // addi a2, t0, 40: the block for the firmware
      0xf1402573,  // csrr a0, mhartid
      0x0202b583,  // ld a1, 32(t0): the device tree
      0x0182b283,  // ld t0, 24(t0): the entry point
      0x00028067,  // jr t0
  };
  constexpr uint64_t kDynamicMagic = 0x4942534f, kDynamicVersion = 2, kSupervisorMode = 1;
  const uint64_t data[] = {plan.entry,        plan.fdt_address, kDynamicMagic, kDynamicVersion,
                           plan.next_address, kSupervisorMode,  /*options=*/0, /*boot_hart=*/0};
  std::vector<uint8_t> bytes;
  const auto append = [&](uint64_t value, unsigned size) {
    for (unsigned i = 0; i < size; ++i) bytes.push_back(static_cast<uint8_t>(value >> 8 * i));
  };
  for (uint32_t word : kCode) append(word, 4);
  for (uint64_t word : data) append(word, 8);
  return bytes;
}

}  // namespace emu::boards
