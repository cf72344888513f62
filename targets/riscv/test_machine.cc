#include "targets/riscv/test_machine.h"

#include <cstring>
#include <iostream>

#include "backends/interpreter/interpreter.h"
#include "backends/x86_64/backend.h"
#include "targets/riscv/csr.h"
#include "targets/riscv/lift/assemble.h"

namespace emu::riscv {
namespace {

using memory::Gpa;
using memory::Region;
using memory::RegionOffset;

// A mistake in a test itself.
[[noreturn]] void Fail(absl::string_view what) {
  std::cerr << "TestMachine: " << what << std::endl;
  std::abort();
}

class ZeroDevice final : public memory::MmioDevice {
 public:
  memory::MemValue Read(RegionOffset, unsigned, memory::MemAttrs) override { return {}; }
  memory::MemStatus Write(RegionOffset, unsigned, uint64_t, memory::MemAttrs) override { return {}; }
};

std::unique_ptr<translate::Backend> MakeBackend(const translate::Target& target, const TestMachineOptions& options) {
  if (options.accel == TestAccel::kInterpreter) return backends::interpreter::MakeInterpreter(target);
  auto backend = backends::x86_64::MakeBackend(target, {.code_bytes = options.code_bytes, .jit = options.jit});
  if (!backend.ok()) Fail(backend.status().message());
  return *std::move(backend);
}

constexpr unsigned kMtvec = 0x305, kStvec = 0x105, kPmpcfg0 = 0x3a0, kPmpaddr0 = 0x3b0;

}  // namespace

TestMachine::TestMachine(const TestMachineOptions& options, memory::MmioDevice* device)
    : target_(options.isa),
      ram_(*memory::RamBlock::Anonymous("ram", kRamSize)),
      root_(Region::Container("system", memory::Size::Whole())),
      space_("memory", root_) {
  if (device == nullptr) device = (own_device_ = std::make_unique<ZeroDevice>()).get();
  root_->Map(Region::Ram("ram", ram_), RegionOffset(kRam)).IgnoreError();
  root_->Map(Region::Io("device", kDeviceSize, device), RegionOffset(kDevice)).IgnoreError();
  HartConfig config;
  config.isa = options.isa;
  config.widest_paging = options.widest_paging;
  config.serves_sbi = options.serves_sbi;
  hart_ = std::make_unique<Hart>(config, static_cast<HartPlatform*>(this));
  backend_ = MakeBackend(target_, options);
  translate::EngineOptions engine;
  engine.exact = true;
  engine.max_block_insns = options.max_block_insns;
  engine.sample_insns = options.sample_insns;
  engine.hot_samples = options.hot_samples;
  engine.windows_at_once = options.windows_at_once;
  engine.settled_samples = options.settled_samples;
  engine.hot_exits = options.hot_exits;
  engine.interpret_all = options.interpret_all;
  engine.jit = options.jit;
  engine_ = std::make_unique<translate::Engine>(target_, *backend_, engine);
  cpu_ = std::make_unique<translate::Cpu>(0, target_, space_, hart_->state().base);
  engine_->Attach(cpu_.get());
  Assemble("j 0", kMachineHandler);
  Assemble("j 0", kSupervisorHandler);
  Reset();
}

TestMachine::~TestMachine() = default;

void TestMachine::Reset() {
  hart_->Reset();
  Poke(kMtvec, kMachineHandler);
  Poke(kStvec, kSupervisorHandler);
  state().base.pc = kCode;
  traps.clear();
}

void TestMachine::SetPrivilege(Privilege privilege) {
  state().privilege = privilege;
  hart_->UpdateMode();
}

void TestMachine::OpenPmp() {
  Poke(kPmpaddr0, ~uint64_t{0});
  Poke(kPmpcfg0, 0x1f);  // NAPOT over everything, RWX
}

uint64_t TestMachine::Read64(uint64_t gpa) {
  const memory::MemValue v = space_.Load(Gpa(gpa), 8);
  if (v.status != memory::MemStatus::kOk) Fail("Read64 of no memory");
  return v.value;
}

void TestMachine::Write64(uint64_t gpa, uint64_t value) {
  if (space_.Store(Gpa(gpa), 8, value) != memory::MemStatus::kOk) Fail("Write64 of no memory");
}

void TestMachine::WriteBytes(uint64_t gpa, absl::Span<const uint8_t> bytes) {
  if (space_.Write(Gpa(gpa), bytes) != memory::MemStatus::kOk) Fail("WriteBytes of no memory");
}

uint64_t TestMachine::Peek(unsigned csr) {
  uint64_t value = 0;
  if (!PeekCsr(*hart_, csr, &value)) Fail("Peek of no CSR");
  return value;
}

void TestMachine::Poke(unsigned csr, uint64_t value) {
  if (!PokeCsr(*hart_, csr, value)) Fail("Poke of no CSR");
}

unsigned TestMachine::Assemble(absl::string_view text, uint64_t at) {
  const absl::StatusOr<Assembled> code = riscv::Assemble(text, 64);
  if (!code.ok()) Fail(code.status().message());
  WriteBytes(at, code->bytes);
  return code->insn_count;
}

translate::Engine::Stop TestMachine::Run(int64_t insns) {
  const translate::Engine::Stop stop = engine_->Run(insns);
  if (!engine_->status().ok()) Fail(engine_->status().message());
  return stop;
}

translate::Engine::Stop TestMachine::RunCode(absl::string_view text, uint64_t pc) {
  const unsigned insns = Assemble(text, kCode);
  state().base.pc = pc;
  return Run(insns);
}

}  // namespace emu::riscv
