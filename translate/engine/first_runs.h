// Where code was run before, so that what may never run again need not be translated.
#ifndef EMU_TRANSLATE_ENGINE_FIRST_RUNS_H_
#define EMU_TRANSLATE_ENGINE_FIRST_RUNS_H_

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
    if (last_ == nullptr || page != last_page_) last_ = &pages_[page], last_page_ = page;
    const uint64_t at = address - page;
    if (last_->test(at)) return false;
    last_->set(at);
    return true;
  }

 private:
  using Beginnings = std::bitset<mmu::kPageSize>;
  absl::node_hash_map<uint64_t, Beginnings> pages_;  // of the host
  uint64_t last_page_ = 0;
  Beginnings* last_ = nullptr;
};

}  // namespace emu::translate

#endif  // EMU_TRANSLATE_ENGINE_FIRST_RUNS_H_
