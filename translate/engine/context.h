// MMU contexts: what one address space at one privilege has cached about its mappings. A CPU switches between contexts
// by pointer, so that a switch of address space flushes nothing.
#ifndef EMU_TRANSLATE_ENGINE_CONTEXT_H_
#define EMU_TRANSLATE_ENGINE_CONTEXT_H_

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "mmu/soft_tlb.h"
#include "translate/engine/cpu_state.h"

namespace emu::translate {

// Names a context. `space` is the target's (root of the page table, address-space identifier); `mode` is its too
// (privilege and everything else that mappings depend on).
struct ContextKey {
  uint64_t space = 0;
  uint64_t mode = 0;
  bool operator==(const ContextKey&) const = default;
};

// A page that code was fetched from.
struct ExecEntry {
  uint64_t page = mmu::kInvalidTag;  // guest-virtual
  const uint8_t* host = nullptr;     // its first byte
  uint64_t physical = 0;
};

class Context {
 public:
  explicit Context(ContextKey key) : key(key) {}
  ContextKey key;
  mmu::TlbTable read;
  mmu::TlbTable write;
  std::array<uint32_t, kMappingEntries> mapping_ids{};
  std::array<ExecEntry, kMappingEntries> exec;
  uint64_t last_used = 0;

  static unsigned Slot(uint64_t gva) { return (gva >> mmu::kPageBits) & (kMappingEntries - 1); }
  void FillExec(uint64_t gva, const uint8_t* host_page, uint64_t physical, uint32_t mapping_id);
  // The jump cache for code with block key `key`, which stays where it is until kMaxJumpCaches other keys were asked
  // for.
  JumpCache& Jumps(uint32_t key);
  // Remembers that a page of more than 4 KiB was cached, so that dropping one of its addresses drops it all.
  void NoteLargePage(uint64_t gva, unsigned log2_size);
  void DropPage(uint64_t gva);
  void Clear();
  void ForgetJumps();

 private:
  bool InLargePage(uint64_t gva) const;

  absl::flat_hash_set<uint64_t> evicted_;  // pages that code was fetched from and that `exec` has no more
  // Aligned ranges that hold all large pages that were cached.
  struct LargeRange {
    uint64_t address = 0;
    uint64_t mask = 0;  // 0: not in use
    bool Holds(uint64_t gva) const { return mask != 0 && ((gva ^ address) & mask) == 0; }
  };
  std::array<LargeRange, 8> large_{};
  // By block key, what was asked for last at the end. One cache for all contexts would have the kernel's lines made
  // anew with each switch between processes.
  static constexpr size_t kMaxJumpCaches = 4;
  struct KeyedJumps {
    uint32_t key;
    std::unique_ptr<JumpCache> cache;
  };
  std::vector<KeyedJumps> jumps_;
};

// The contexts of one CPU: the most recently used ones are kept.
class ContextPool {
 public:
  static constexpr unsigned kMaxContexts = 48;
  Context* Get(ContextKey key);
  template <typename Fn>
  void ForEach(Fn fn) {
    for (auto& c : contexts_) fn(*c);
  }

 private:
  Context* Recycle(ContextKey key);
  std::vector<std::unique_ptr<Context>> contexts_;
  uint64_t clock_ = 0;
};

}  // namespace emu::translate

#endif  // EMU_TRANSLATE_ENGINE_CONTEXT_H_
