#include "translate/engine/sleeping_blocks.h"

#include <algorithm>
#include <cstring>

#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"

namespace emu::translate {

const uint8_t* SleepingBlocks::Copy(const TranslatedBlock& block) {
  const uint32_t bytes = block.code[0].bytes;
  if (block.max_insns != 0 || block.code.size() != 1 || block.code[0].pc != block.pc || bytes > kMostBytes)
    return nullptr;
  if (used_ + bytes > kChunkBytes) {
    chunks_.push_back(std::make_unique_for_overwrite<uint8_t[]>(kChunkBytes));
    used_ = 0;
  }
  uint8_t* const copy = chunks_.back().get() + used_;
  std::memcpy(copy, block.host_pc, bytes);
  used_ += bytes;
  return copy;
}

uint64_t SleepingBlocks::HashOf(uint64_t pc, uint32_t key, const uint8_t* code, uint32_t bytes) {
  return absl::HashOf(pc, key, absl::string_view(reinterpret_cast<const char*>(code), bytes));
}

void SleepingBlocks::Add(TranslatedBlock* block) {
  const uint32_t bytes = block->code[0].bytes;
  lengths_[{block->pc, block->key}].set(bytes);
  TranslatedBlock*& first = blocks_[HashOf(block->pc, block->key, block->copy, bytes)];
  block->next = first;
  first = block;
  ++size_;
}

TranslatedBlock* SleepingBlocks::Take(const uint8_t* host_pc, uint64_t pc, uint32_t key, uint64_t size) {
  if (size_ == 0) return nullptr;
  const auto lengths = lengths_.find({pc, key});
  if (lengths == lengths_.end()) return nullptr;
  const auto most = static_cast<uint32_t>(std::min<uint64_t>(size, kMostBytes));
  const Lengths& known = lengths->second;
  for (size_t n = known._Find_first(); n <= most; n = known._Find_next(n)) {
    const auto bytes = static_cast<uint32_t>(n);
    const auto found = blocks_.find(HashOf(pc, key, host_pc, bytes));
    if (found == blocks_.end()) continue;
    for (TranslatedBlock** at = &found->second; *at != nullptr; at = &(*at)->next) {
      TranslatedBlock* const b = *at;
      if (b->host_pc != host_pc || b->pc != pc || b->key != key || b->code[0].bytes != bytes ||
          std::memcmp(b->copy, host_pc, bytes) != 0)
        continue;
      *at = b->next;
      if (found->second == nullptr) blocks_.erase(found);
      --size_;
      return b;
    }
  }
  return nullptr;
}

void SleepingBlocks::Clear() {
  lengths_.clear();
  blocks_.clear();
  size_ = 0;
  chunks_.clear();
  used_ = kChunkBytes;
}

}  // namespace emu::translate
