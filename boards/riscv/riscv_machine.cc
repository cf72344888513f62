#include "boards/riscv/riscv_machine.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "boards/riscv/interrupt_lines.h"
#include "targets/riscv/csr.h"
#include "targets/riscv/trap_name.h"

namespace emu::boards {

using devices::Clock;
using memory::Region;

RiscvMachine::~RiscvMachine() { TakeApart(); }

absl::Status RiscvMachine::MakeCore(const std::string& rom_name, const std::string& ram_name) {
  absl::StatusOr<RiscvCpu> cpu = ParseRiscvCpu(config().cpu);
  if (!cpu.ok()) return cpu.status();
  cpu_ = *cpu;
  absl::Status status = OpenCharDevices();
  mtime_ = &Add<devices::Mtime>(clock(), kTimebaseHz);
  mtime_->AddListener([this] { UpdateSupervisorTimer(); });
  if (!status.ok()) return status;
  absl::StatusOr<memory::RamBlock::Ptr> ram = AddRam(ram_name, kRamBase, config().ram_bytes);
  if (!ram.ok()) return ram.status();
  ram_ = *std::move(ram);
  status = MapRom(rom_name);
  if (status.ok()) status = MakeHart();
  if (status.ok()) status = MapClint();
  return status;
}

absl::Status RiscvMachine::MakeHart() {
  riscv::HartConfig config;
  config.isa = cpu_.isa;
  config.reset_pc = kResetVector;
  config.widest_paging = cpu_.widest_paging;
  config.serves_sbi = this->config().bios == "default";
  target_ = std::make_unique<riscv::RiscvTarget>(cpu_.isa);
  hart_ = std::make_unique<riscv::Hart>(config, static_cast<riscv::HartPlatform*>(this));
  supervisor_timer_.emplace(clock(), [this] { UpdateSupervisorTimer(); });
  absl::Status status = MakeProcessor(*target_, hart_->state().base);
  if (!status.ok()) return status;
  inspector_.emplace(*hart_);
  Describe({.type = "riscv-hart", .id = "cpu0", .lines = [this] { return HartInterrupts(*hart_); }});
  return absl::OkStatus();
}

absl::Status RiscvMachine::MapRom(const std::string& name) {
  absl::StatusOr<memory::RamBlock::Ptr> rom = memory::RamBlock::Anonymous(name, kResetRomSize);
  if (!rom.ok()) return rom.status();
  rom_ = *rom;
  return Map(Region::Rom(name, rom_), kResetVector);
}

absl::Status RiscvMachine::MapClint() {
  auto& clint = Add<devices::Clint>(1u, *mtime_);
  clint.mswi.irq(0).Connect([this](bool level) { hart_->SetInterrupt(riscv::kMachineSoftware, level); });
  clint.mtimer.irq(0).Connect([this](bool level) { hart_->SetInterrupt(riscv::kMachineTimer, level); });
  Describe({.type = "riscv.aclint.swi", .base = kClintBase, .size = devices::AclintMswi::kSize});
  Describe({.type = "riscv.aclint.mtimer",
            .base = kClintBase + devices::Clint::kMtimerOffset,
            .size = devices::AclintMtimer::kSize,
            .properties = [this, &clint] {
              return Properties{{"timebase-freq", absl::StrCat(kTimebaseHz)},
                                {"mtime", absl::StrCat(mtime_->Now())},
                                {"mtimecmp", absl::StrCat(clint.mtimer.compare(0))}};
            }});
  absl::Status status =
      Map(Region::Io("riscv.aclint.swi", devices::AclintMswi::kSize, &clint.mswi, devices::AclintMswi::Traits()),
          kClintBase);
  status.Update(Map(
      Region::Io("riscv.aclint.mtimer", devices::AclintMtimer::kSize, &clint.mtimer, devices::AclintMtimer::Traits()),
      kClintBase + devices::Clint::kMtimerOffset));
  return status;
}

std::vector<LoadedImage> RiscvMachine::images() const {
  std::vector<LoadedImage> images = {{"reset vector", kResetVector, RiscvResetCode(*plan_).size()}};
  for (const loaders::BootPiece& piece : plan_->image.pieces()) {
    images.push_back({piece.name, piece.address, piece.memory_size});
  }
  return images;
}

absl::Status RiscvMachine::FinishCore(devices::CharBackend* console, uint64_t htif_base) {
  absl::StatusOr<RiscvBootPlan> plan =
      PlanRiscvBoot(config(), kRamBase, ram_size(), [this](const loaders::FdtChosen& c) { return MakeFdt(c); });
  if (!plan.ok()) return plan.status();
  plan_.emplace(*std::move(plan));
  return MapHtif(console, htif_base);
}

absl::Status RiscvMachine::MapHtif(devices::CharBackend* console, uint64_t htif_base) {
  std::optional<uint64_t> tohost, fromhost;
  if (plan_->elf.has_value()) {
    tohost = plan_->elf->FindSymbol("tohost");
    fromhost = plan_->elf->FindSymbol("fromhost");
  }
  if (!tohost.has_value() && htif_base == 0) return absl::OkStatus();
  htif_ = &Add<devices::Htif>(clock(), memory(), console, [this](int code) { Exit(code); });
  htif_by_symbol_ = tohost.has_value();
  Describe({.type = "riscv.htif.uart", .base = tohost.value_or(htif_base), .size = devices::Htif::kWindowSize});
  const auto map = [&](const char* name, uint64_t at, uint64_t size, memory::MmioDevice* device) {
    return Map(Region::Io(name, size, device, devices::Htif::Traits()), at, /*priority=*/1);
  };
  if (!htif_by_symbol_) return map("riscv.htif.uart", htif_base, 2 * devices::Htif::kWindowSize, &htif_->both());
  absl::Status status = map("riscv.htif.tohost", *tohost, devices::Htif::kWindowSize, &htif_->tohost());
  if (fromhost.has_value()) {
    status.Update(map("riscv.htif.fromhost", *fromhost, devices::Htif::kWindowSize, &htif_->fromhost()));
  }
  return status;
}

absl::Status RiscvMachine::Boot(bool again) {
  if (absl::Status status = plan_->image.WriteTo(*ram_, again); !status.ok()) return status;
  const std::vector<uint8_t> code = RiscvResetCode(*plan_);
  std::copy(code.begin(), code.end(), rom_->host());
  hart_->Reset();
  if (plan_->own_sbi) sbi_.EnterKernel(*hart_, plan_->entry, plan_->fdt_address);
  return absl::OkStatus();
}

void RiscvMachine::SetSupervisorTimer(riscv::Hart&, uint64_t deadline) {
  supervisor_deadline_ = deadline;
  UpdateSupervisorTimer();
}

void RiscvMachine::UpdateSupervisorTimer() {
  if (!supervisor_timer_.has_value()) return;
  const bool due = mtime_->Now() >= supervisor_deadline_;
  supervisor_timer_->Schedule(due ? Clock::kNever : mtime_->DeadlineNs(supervisor_deadline_));
  hart_->SetInterrupt(riscv::kSupervisorTimer, due);
}

void RiscvMachine::OnTrap(const riscv::Hart& hart, unsigned cause, uint64_t value) {
  const uint64_t pc = hart.state().base.pc;
  if (!config().log.On(kLogInt, pc)) return;
  const bool interrupt = (cause & 0x80000000u) != 0;
  const unsigned number = cause & 0x7fffffff;
  constexpr char kModes[] = "US?M";
  config().log.Print(absl::StrFormat("%s %d (%s): pc 0x%x, tval 0x%x, from %c-mode to %c-mode\n",
                                     interrupt ? "interrupt" : "exception", number,
                                     interrupt ? riscv::InterruptName(number) : riscv::ExceptionName(number), pc, value,
                                     kModes[hart.state().privilege], hart.TrapsToSupervisor(cause) ? 'S' : 'M'));
}

void RiscvMachine::ResetSystem(riscv::SbiHost::Reset kind, bool failed) {
  if (kind == riscv::SbiHost::Reset::kReboot) return Machine::Reset();
  Exit(failed ? 1 : 0);
}

std::vector<uint64_t> RiscvMachine::CpuWords() const {
  const riscv::RiscvState& s = hart_->state();
  std::vector<uint64_t> words = {s.base.pc, s.privilege, s.reservation_address, s.reservation_value};
  words.insert(words.end(), std::begin(s.x), std::end(s.x));
  words.insert(words.end(), std::begin(s.f), std::end(s.f));
  for (const riscv::CsrName& csr : riscv::CsrNames()) {
    uint64_t value = 0;
    riscv::PeekCsr(*hart_, csr.number, &value);
    words.push_back(value);
  }
  return words;
}

void RiscvMachine::AddCoreNodes(devices::FdtBuilder& fdt) {
  fdt.BeginNode("memory", kRamBase);
  fdt.String("device_type", "memory");
  fdt.Reg(kRamBase, ram_size());
  fdt.EndNode();
  const uint32_t cpu = fdt.NewPhandle(), intc = fdt.NewPhandle();
  AddRiscvCpuNodes(fdt, cpu_, kTimebaseHz, cpu, intc);
}

void RiscvMachine::AddChosenNode(devices::FdtBuilder& fdt, const loaders::FdtChosen& chosen,
                                 absl::string_view stdout_path) {
  fdt.BeginNode("chosen");
  if (!chosen.bootargs.empty()) fdt.String("bootargs", chosen.bootargs);
  if (chosen.initrd_end != chosen.initrd_start) {
    fdt.U64("linux,initrd-end", chosen.initrd_end);
    fdt.U64("linux,initrd-start", chosen.initrd_start);
  }
  fdt.String("stdout-path", stdout_path);
  std::array<uint8_t, 32> seed;
  Entropy()(absl::MakeSpan(seed));
  fdt.Bytes("rng-seed", seed);
  fdt.EndNode();
}

void RiscvMachine::AddClintNode(devices::FdtBuilder& fdt) {
  const uint32_t intc = kIntcHandle;
  devices::Clint::AddFdtNode(fdt, kClintBase, absl::MakeConstSpan(&intc, 1));
}

}  // namespace emu::boards
