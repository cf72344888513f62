// A toy CPU with an engine, on a backend of choice: 128 KiB of RAM at 0, a page of ROM and a page of registers.
#ifndef EMU_TRANSLATE_ENGINE_TESTING_TOY_MACHINE_H_
#define EMU_TRANSLATE_ENGINE_TESTING_TOY_MACHINE_H_

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <ostream>
#include <vector>

#include "memory/address_space.h"
#include "memory/fake_device.h"
#include "translate/engine/engine.h"
#include "translate/engine/testing/toy.h"

namespace emu::translate::testing {

enum class BackendKind { kInterpreter, kJit };
inline std::ostream& operator<<(std::ostream& out, BackendKind k) {
  return out << (k == BackendKind::kJit ? "Jit" : "Interpreter");
}

using BackendPtr = std::unique_ptr<Backend>;

struct ToyOptions {
  EngineOptions engine;
  bool small_cache = false;  // for generated code: full after a few dozen blocks
  std::function<BackendPtr(BackendPtr)> wrap = [](BackendPtr backend) { return backend; };
};

// Blocks are hot soon: where the CPU is found twice, looking each time that so many instructions were executed.
inline ToyOptions HotSoon(int64_t sample_insns) {
  ToyOptions options;
  options.engine.sample_insns = sample_insns;
  options.engine.hot_samples = 2;
  return options;
}

class ToyMachine {
 public:
  static constexpr uint64_t kRamSize = 0x20000, kRom = 0x100000, kIo = 0x200000, kHole = 0x300000;

  explicit ToyMachine(BackendKind backend, const ToyOptions& options = {});

  // Puts code into RAM, as a loader does that nobody is told of.
  void Put(uint64_t gpa, std::initializer_list<uint32_t> code);
  void Put(uint64_t gpa, const std::vector<uint32_t>& code);
  uint64_t Word(uint64_t gpa) const;
  void SetWord(uint64_t gpa, uint64_t value);
  // Runs from `pc`, if given, for at most `insns`.
  Engine::Stop RunFrom(uint64_t pc, int64_t insns);
  Engine::Stop Run(int64_t insns) { return engine.Run(insns); }
  // Makes `pages` the page table in force, as address space `space`.
  void UsePages(const ToySystem::PageTable* pages, uint64_t space);
  void FlushAll();
  uint64_t& x(unsigned n) { return state.x[n]; }
  uint64_t& pc() { return state.base.pc; }

  ToyTarget target;
  ToySystem system;
  memory::RamBlock::Ptr ram, rom;
  memory::FakeDevice device;
  memory::RegionPtr root, ram_region;
  memory::AddressSpace memory;
  ToyState state;
  BackendPtr backend;
  Engine engine;
  Cpu cpu;
};

}  // namespace emu::translate::testing

#endif  // EMU_TRANSLATE_ENGINE_TESTING_TOY_MACHINE_H_
