// Blocks whose guest code was written over. Code that is patched back and forth, or that comes again with a page that
// is loaded again, finds its translation here by what it is, so that nothing is compiled.
#ifndef EMU_TRANSLATE_ENGINE_SLEEPING_BLOCKS_H_
#define EMU_TRANSLATE_ENGINE_SLEEPING_BLOCKS_H_

#include <bitset>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "translate/engine/code_map.h"

namespace emu::translate {

class SleepingBlocks {
 public:
  // A copy of a block's guest code, for TranslatedBlock::copy; alive until Clear. Null: the block could not be found
  // again. Only those can whose code is short, lies behind their beginning, and has no limit of its own.
  const uint8_t* Copy(const TranslatedBlock& block);
  void Add(TranslatedBlock* block);
  // Takes out a block that is the translation of the code at `host_pc`, of which `size` bytes may be looked at.
  TranslatedBlock* Take(const uint8_t* host_pc, uint64_t pc, uint32_t key, uint64_t size);
  // Takes all out, and hands them to `fn`.
  template <typename Fn>
  void TakeAll(Fn fn) {
    for (auto& [hash, block] : blocks_) {
      while (block != nullptr) fn(std::exchange(block, block->next));
    }
    blocks_.clear();
    lengths_.clear();
    size_ = 0;
  }
  // Forgets all, copies included.
  void Clear();
  size_t size() const { return size_; }

 private:
  static constexpr uint32_t kMostBytes = 256;
  static constexpr size_t kChunkBytes = size_t{1} << 16;
  using Lengths = std::bitset<kMostBytes + 1>;
  static uint64_t HashOf(uint64_t pc, uint32_t key, const uint8_t* code, uint32_t bytes);

  absl::flat_hash_map<std::pair<uint64_t, uint32_t>, Lengths> lengths_;  // by address and key: of its blocks' code
  absl::flat_hash_map<uint64_t, TranslatedBlock*> blocks_;               // by hash
  size_t size_ = 0;
  std::vector<std::unique_ptr<uint8_t[]>> chunks_;
  size_t used_ = kChunkBytes;  // of the last chunk
};

}  // namespace emu::translate

#endif  // EMU_TRANSLATE_ENGINE_SLEEPING_BLOCKS_H_
