#include "translate/engine/testing/toy_machine.h"

#include <cstring>

#include "backends/interpreter/interpreter.h"
#include "backends/x86_64/backend.h"

namespace emu::translate::testing {
namespace {

BackendPtr MakeBackend(BackendKind kind, const Target& target, const ToyOptions& toy) {
  if (kind == BackendKind::kInterpreter) {
    return backends::interpreter::MakeInterpreter(target.registers(), target.helpers(),
                                                  toy.small_cache ? 120 : backends::interpreter::kDefaultMaxSteps);
  }
  backends::x86_64::Options options;
  options.code_bytes = toy.small_cache ? 4 << 10 : 1 << 20;
  options.jit = toy.engine.jit;
  return *backends::x86_64::MakeBackend(target, options);
}

memory::RegionPtr MakeRoot(ToyMachine* m) {
  auto root = memory::Region::Container("system", memory::Size(uint64_t{1} << 32));
  (void)root->Map(m->ram_region, memory::RegionOffset(0));
  (void)root->Map(memory::Region::Rom("rom", m->rom), memory::RegionOffset(ToyMachine::kRom));
  (void)root->Map(memory::Region::Io("io", memory::Size(0x1000), &m->device), memory::RegionOffset(ToyMachine::kIo));
  return root;
}

}  // namespace

ToyMachine::ToyMachine(BackendKind kind, const ToyOptions& options)
    : ram(*memory::RamBlock::Anonymous("ram", kRamSize)),
      rom(*memory::RamBlock::Anonymous("rom", 0x1000)),
      ram_region(memory::Region::Ram("ram", ram)),
      memory("cpu", root = MakeRoot(this)),
      backend(options.wrap(MakeBackend(kind, target, options))),
      engine(target, *backend, options.engine),
      cpu(0, target, memory, state.base) {
  state.system = &system;
  engine.Attach(&cpu);
}

void ToyMachine::Put(uint64_t gpa, std::initializer_list<uint32_t> code) { Put(gpa, std::vector<uint32_t>(code)); }
void ToyMachine::Put(uint64_t gpa, const std::vector<uint32_t>& code) {
  std::memcpy(ram->host() + gpa, code.data(), 4 * code.size());
}
uint64_t ToyMachine::Word(uint64_t gpa) const {
  uint64_t v;
  std::memcpy(&v, ram->host() + gpa, 8);
  return v;
}
void ToyMachine::SetWord(uint64_t gpa, uint64_t value) { std::memcpy(ram->host() + gpa, &value, 8); }

Engine::Stop ToyMachine::RunFrom(uint64_t pc, int64_t insns) {
  state.base.pc = pc;
  return engine.Run(insns);
}

void ToyMachine::UsePages(const ToySystem::PageTable* pages, uint64_t space) {
  system.pages = pages;
  cpu.SwitchContext({space, 0});
}

void ToyMachine::FlushAll() {
  cpu.Flush([](const ContextKey&) { return true; });
}

}  // namespace emu::translate::testing
