// One access on its way through the slow path, as an AccessWatch sees it: cpu_memory.cc makes it, this tells of it.
#ifndef EMU_TRANSLATE_ENGINE_CPU_WATCHING_H_
#define EMU_TRANSLATE_ENGINE_CPU_WATCHING_H_

#include <optional>

#include "translate/engine/cpu.h"

namespace emu::translate {

// An access that watch_ may want. It is described before it is made, because it may change the memory map.
class Cpu::Watching {
 public:
  Watching(Cpu& cpu, AccessType type, uint64_t gva, unsigned size, const Place& place, uint64_t value = 0) : cpu_(cpu) {
    if (cpu.Watched(type, place)) [[unlikely]] {
      seen_.emplace(cpu.memory_);
      seen_->access = cpu.Describe(type, gva, size, place, value);
    }
  }
  // True: it is not to be made, and pending_fault_ says so.
  bool Stops() const { return seen_.has_value() && cpu_.StopsAt(seen_->access); }
  // It was made.
  void Made(uint64_t value, uint64_t old = 0) {
    if (seen_.has_value()) Tell(seen_->access.type, value, old);
  }
  // As one of another type.
  void MadeAs(AccessType type, uint64_t value) {
    if (seen_.has_value()) Tell(type, value, 0);
  }

 private:
  struct Seen {
    explicit Seen(const memory::AddressSpace& memory) : pin(memory) {}
    const memory::AddressSpace::Pin pin;
    MemAccess access;
  };
  void Tell(AccessType type, uint64_t value, uint64_t old) {
    MemAccess& access = seen_->access;
    access.type = type;
    access.value = LowBytes(value, access.size);
    access.old = old;
    cpu_.watch_->OnAccess(access);
  }

  Cpu& cpu_;
  std::optional<Seen> seen_;
};

}  // namespace emu::translate

#endif  // EMU_TRANSLATE_ENGINE_CPU_WATCHING_H_
