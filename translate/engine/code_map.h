// Which translated blocks exist, found by where their code lies in host memory, its guest-virtual address and the block
// key. Knows for each page which 64-byte lines hold translated code, so that data beside code can be written without
// harm.
#ifndef EMU_TRANSLATE_ENGINE_CODE_MAP_H_
#define EMU_TRANSLATE_ENGINE_CODE_MAP_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
#include "translate/engine/backend.h"

namespace emu::translate {

struct TranslatedBlock {
  const uint8_t* host_pc = nullptr;  // first byte of its guest code
  uint64_t pc = 0;
  uint32_t key = 0;
  uint32_t max_insns = 0;  // the limit it was made with, 0 for the usual one
  uint32_t insn_count = 0;
  uint32_t bytes = 0;                  // of guest code on its first page
  const uint8_t* next_page = nullptr;  // host page of the instruction that crosses the page's end, if one does
  uint32_t next_bytes = 0;
  bool guarded = false;  // the code itself finds out when next_page is mapped otherwise
  CodeEntry entry = nullptr;
  std::vector<uint32_t> exits;     // its direct exits
  std::vector<uint32_t> incoming;  // exits of blocks that are joined to it
};

class CodeMap {
 public:
  struct Key {
    const uint8_t* host_pc;
    uint64_t pc;
    uint32_t key;
    uint32_t max_insns;
    bool operator==(const Key&) const = default;
    template <typename H>
    friend H AbslHashValue(H h, const Key& k) {
      return H::combine(std::move(h), k.host_pc, k.pc, k.key, k.max_insns);
    }
  };

  TranslatedBlock* Find(const Key& key) const {
    auto it = blocks_.find(key);
    return it == blocks_.end() ? nullptr : it->second.get();
  }
  // Takes a new block. `new_pages` gets the host pages that hold translated code from now on and did not before.
  TranslatedBlock* Add(std::unique_ptr<TranslatedBlock> block, std::vector<const uint8_t*>* new_pages);
  bool HasCode(const uint8_t* host_page) const { return pages_.contains(host_page); }
  // The blocks whose code lies in a range of host memory are taken out and handed over.
  void TakeOverlapping(const uint8_t* host, uint64_t length, std::vector<std::unique_ptr<TranslatedBlock>>* taken);
  // Those that have an instruction at one of `pcs`, guest-virtual addresses in rising order.
  void TakeContaining(absl::Span<const uint64_t> pcs, std::vector<std::unique_ptr<TranslatedBlock>>* taken);
  std::unique_ptr<TranslatedBlock> Take(TranslatedBlock* block);
  void Clear();
  size_t size() const { return blocks_.size(); }

 private:
  struct Page {
    uint64_t lines = 0;  // bit i: code in bytes [64 i, 64 i + 64)
    std::vector<TranslatedBlock*> blocks;
  };
  void RemoveFromPage(const uint8_t* page, TranslatedBlock* block);

  absl::flat_hash_map<Key, std::unique_ptr<TranslatedBlock>> blocks_;
  absl::flat_hash_map<const uint8_t*, Page> pages_;
};

}  // namespace emu::translate

#endif  // EMU_TRANSLATE_ENGINE_CODE_MAP_H_
