// Where code was run before, so that what may never run again need not be translated.
#ifndef EMU_TRANSLATE_ENGINE_FIRST_RUNS_H_
#define EMU_TRANSLATE_ENGINE_FIRST_RUNS_H_

#include <array>
#include <bitset>
#include <cstdint>

#include "absl/container/node_hash_map.h"
#include "mmu/soft_tlb.h"

namespace emu::translate {

class FirstRuns {
 public:
  // Whether code that begins there runs for the first time.
  bool Note(const uint8_t* host) {
    const uint64_t address = reinterpret_cast<uint64_t>(host), page = address & mmu::kPageMask;
    Recent& recent = recent_[page / mmu::kPageSize % recent_.size()];
    if (recent.beginnings == nullptr || recent.page != page) recent = {page, &pages_[page]};
    const uint64_t at = address - page;
    if (recent.beginnings->test(at)) return false;
    recent.beginnings->set(at);
    return true;
  }

 private:
  using Beginnings = std::bitset<mmu::kPageSize>;
  struct Recent {
    uint64_t page = 0;
    Beginnings* beginnings = nullptr;
  };
  absl::node_hash_map<uint64_t, Beginnings> pages_;  // of the host
  std::array<Recent, 1024> recent_;                  // found without hashing
};

}  // namespace emu::translate

#endif  // EMU_TRANSLATE_ENGINE_FIRST_RUNS_H_
