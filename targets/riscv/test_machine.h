// For tests: a hart with its engine, 2 MiB of RAM, a device, and a platform that the test plays.
#ifndef EMU_TARGETS_RISCV_TEST_MACHINE_H_
#define EMU_TARGETS_RISCV_TEST_MACHINE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "memory/access.h"
#include "memory/address_space.h"
#include "memory/region.h"
#include "targets/riscv/hart.h"
#include "targets/riscv/target.h"
#include "translate/engine/cpu.h"
#include "translate/engine/engine.h"
#include "translate/options/jit_options.h"

namespace emu::riscv {

enum class TestAccel { kInterpreter, kJit };
inline std::string TestAccelName(TestAccel accel) { return accel == TestAccel::kJit ? "Jit" : "Interpreter"; }

struct TestMachineOptions {
  IsaConfig isa = IsaConfig::Full(64);
  TestAccel accel = TestAccel::kInterpreter;
  mmu::riscv::PagingMode widest_paging = mmu::riscv::PagingMode::kSv57;
  bool serves_sbi = false;
  uint32_t max_block_insns = 64;
  // As in EngineOptions, for programs much shorter than real ones.
  int64_t sample_insns = 64;
  uint32_t hot_samples = 1;
  bool windows_at_once = false;
  uint32_t settled_samples = 16;
  uint16_t hot_exits = 16;
  bool interpret_all = false;
  translate::JitOptions jit = {};
  size_t code_bytes = size_t{8} << 20;  // the compiler's
};

class TestMachine : private HartPlatform {
 public:
  static constexpr uint64_t kRam = 0x80000000, kRamSize = 0x200000;
  static constexpr uint64_t kDevice = 0x10000000, kDeviceSize = 0x1000;
  // Where traps go after Reset: an endless loop, so that what the trap did can be looked at.
  static constexpr uint64_t kMachineHandler = kRam + 0x1000, kSupervisorHandler = kRam + 0x2000;
  static constexpr uint64_t kCode = kRam + 0x3000;
  static constexpr uint64_t kTables = kRam + 0x100000;  // room for page tables

  // A null device answers with zeros.
  explicit TestMachine(const TestMachineOptions& options = {}, memory::MmioDevice* device = nullptr);
  ~TestMachine() override;

  Hart& hart() { return *hart_; }
  RiscvState& state() { return hart_->state(); }
  Csrs& csr() { return hart_->state().csr; }
  translate::Cpu& cpu() { return *cpu_; }
  translate::Engine& engine() { return *engine_; }
  RiscvTarget& target() { return target_; }
  memory::AddressSpace& memory() { return space_; }
  memory::RamBlock& ram() { return *ram_; }
  memory::Region& root() { return *root_; }

  // Power-on, then the handlers' addresses in mtvec and stvec, and the PC at kCode. Memory stays.
  void Reset();
  void SetPrivilege(Privilege privilege);
  // Opens all memory to S-mode and U-mode.
  void OpenPmp();

  uint64_t Read64(uint64_t gpa);
  void Write64(uint64_t gpa, uint64_t value);
  void WriteBytes(uint64_t gpa, absl::Span<const uint8_t> bytes);

  // By number, without regard to privilege.
  uint64_t Peek(unsigned csr);
  void Poke(unsigned csr, uint64_t value);

  // Assembles (see lift/assemble.h) to `at`; the number of instructions.
  unsigned Assemble(absl::string_view text, uint64_t at);
  // Executes exactly `insns` instructions; one that raises an exception counts.
  translate::Engine::Stop Run(int64_t insns);
  // Assembles `text` to kCode in RAM and executes as many instructions as it has from `pc`.
  translate::Engine::Stop RunCode(absl::string_view text, uint64_t pc = kCode);

  // --- The platform.
  uint64_t time = 0;
  uint64_t deadline = 0;  // as the hart set it last
  std::function<bool(Hart&)> sbi;
  std::vector<std::pair<unsigned, uint64_t>> traps;  // cause and value of each

 private:
  uint64_t Time() override { return time; }
  void SetSupervisorTimer(Hart&, uint64_t at) override { deadline = at; }
  bool Sbi(Hart& hart) override { return sbi && sbi(hart); }
  void OnTrap(const Hart&, unsigned cause, uint64_t value) override { traps.push_back({cause, value}); }

  RiscvTarget target_;
  memory::RamBlock::Ptr ram_;
  memory::RegionPtr root_;
  memory::AddressSpace space_;
  std::unique_ptr<memory::MmioDevice> own_device_;
  std::unique_ptr<Hart> hart_;
  std::unique_ptr<translate::Backend> backend_;
  std::unique_ptr<translate::Engine> engine_;
  std::unique_ptr<translate::Cpu> cpu_;
};

}  // namespace emu::riscv

#endif  // EMU_TARGETS_RISCV_TEST_MACHINE_H_
