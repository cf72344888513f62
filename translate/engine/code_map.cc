#include "translate/engine/code_map.h"

#include <algorithm>
#include <utility>

#include "mmu/soft_tlb.h"

namespace emu::translate {
namespace {

const uint8_t* PageOf(const uint8_t* p) {
  return reinterpret_cast<const uint8_t*>(reinterpret_cast<uint64_t>(p) & mmu::kPageMask);
}

// Bits of the 64-byte lines that [from, from + bytes) touches, cut at the end of its page.
uint64_t Lines(const uint8_t* from, uint64_t bytes) {
  const uint64_t start = reinterpret_cast<uint64_t>(from) & ~mmu::kPageMask;
  const uint64_t end = std::min<uint64_t>(start + bytes, mmu::kPageSize) - 1;
  return (~uint64_t{0} << start / 64) & (~uint64_t{0} >> (63 - end / 64));
}

bool Overlaps(const uint8_t* a, uint64_t a_bytes, const uint8_t* b, uint64_t b_bytes) {
  return a < b + b_bytes && b < a + a_bytes;
}

}  // namespace

void CodeMap::AddToPage(const uint8_t* from, uint32_t bytes, TranslatedBlock* block,
                        std::vector<const uint8_t*>* new_pages) {
  if (bytes == 0) return;
  auto [it, inserted] = pages_.try_emplace(PageOf(from));
  if (inserted) new_pages->push_back(PageOf(from));
  it->second.lines |= Lines(from, bytes);
  // A block stands once on a page, also where both its pages are the same memory.
  std::vector<TranslatedBlock*>& blocks = it->second.blocks;
  if (blocks.empty() || blocks.back() != block) blocks.push_back(block);
}

TranslatedBlock* CodeMap::Add(std::unique_ptr<TranslatedBlock> block, std::vector<const uint8_t*>* new_pages) {
  TranslatedBlock* b = block.get();
  AddToPage(b->host_pc, b->bytes, b, new_pages);
  AddToPage(b->next_page, b->next_bytes, b, new_pages);
  blocks_[{b->host_pc, b->pc, b->key, b->max_insns}] = std::move(block);
  return b;
}

void CodeMap::RemoveFromPage(const uint8_t* page, TranslatedBlock* block) {
  auto it = pages_.find(page);
  if (it == pages_.end()) return;
  Page& p = it->second;
  std::erase(p.blocks, block);
  if (p.blocks.empty()) {
    pages_.erase(it);
    return;
  }
  p.lines = 0;
  for (const TranslatedBlock* b : p.blocks) {
    if (PageOf(b->host_pc) == page) p.lines |= Lines(b->host_pc, b->bytes);
    if (b->next_bytes != 0 && b->next_page == page) p.lines |= Lines(b->next_page, b->next_bytes);
  }
}

std::unique_ptr<TranslatedBlock> CodeMap::Take(TranslatedBlock* block) {
  auto it = blocks_.find(Key{block->host_pc, block->pc, block->key, block->max_insns});
  std::unique_ptr<TranslatedBlock> owned = std::move(it->second);
  blocks_.erase(it);
  RemoveFromPage(PageOf(block->host_pc), block);
  if (block->next_bytes != 0) RemoveFromPage(block->next_page, block);
  return owned;
}

void CodeMap::TakeOverlapping(const uint8_t* host, uint64_t length,
                              std::vector<std::unique_ptr<TranslatedBlock>>* taken) {
  while (length > 0) {
    const uint8_t* page = PageOf(host);
    const uint64_t here = std::min<uint64_t>(length, static_cast<uint64_t>(page + mmu::kPageSize - host));
    auto it = pages_.find(page);
    if (it != pages_.end() && (it->second.lines & Lines(host, here)) != 0) {
      const std::vector<TranslatedBlock*> blocks = it->second.blocks;
      for (TranslatedBlock* b : blocks) {
        const bool hit = Overlaps(b->host_pc, b->bytes, host, here) ||
                         (b->next_bytes != 0 && Overlaps(b->next_page, b->next_bytes, host, here));
        if (hit) taken->push_back(Take(b));
      }
    }
    host += here;
    length -= here;
  }
}

void CodeMap::Clear() {
  blocks_.clear();
  pages_.clear();
}

}  // namespace emu::translate
