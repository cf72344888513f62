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

// Calls fn(page, from, bytes) for the part of a range on each host page. Guest pages need not begin where host pages
// do: memory may be a buffer of the caller's.
template <typename Fn>
void ForEachPage(const uint8_t* from, uint64_t bytes, Fn fn) {
  while (bytes > 0) {
    const uint8_t* page = PageOf(from);
    const uint64_t here = std::min<uint64_t>(bytes, static_cast<uint64_t>(page + mmu::kPageSize - from));
    fn(page, from, here);
    from += here;
    bytes -= here;
  }
}

// The same for all guest code of a block.
template <typename Fn>
void ForEachPage(const TranslatedBlock& block, Fn fn) {
  ForEachPage(block.host_pc, block.bytes, fn);
  ForEachPage(block.next_page, block.next_bytes, fn);
}

}  // namespace

TranslatedBlock* CodeMap::Add(std::unique_ptr<TranslatedBlock> block, std::vector<const uint8_t*>* new_pages) {
  TranslatedBlock* b = block.get();
  ForEachPage(*b, [&](const uint8_t* page, const uint8_t* from, uint64_t bytes) {
    auto [it, inserted] = pages_.try_emplace(page);
    if (inserted) new_pages->push_back(page);
    it->second.lines |= Lines(from, bytes);
    // A block stands once on a page, also where both its pages are the same memory.
    std::vector<TranslatedBlock*>& blocks = it->second.blocks;
    if (blocks.empty() || blocks.back() != b) blocks.push_back(b);
  });
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
    ForEachPage(*b, [&](const uint8_t* on, const uint8_t* from, uint64_t bytes) {
      if (on == page) p.lines |= Lines(from, bytes);
    });
  }
}

std::unique_ptr<TranslatedBlock> CodeMap::Take(TranslatedBlock* block) {
  auto it = blocks_.find(Key{block->host_pc, block->pc, block->key, block->max_insns});
  std::unique_ptr<TranslatedBlock> owned = std::move(it->second);
  blocks_.erase(it);
  ForEachPage(*block, [&](const uint8_t* page, const uint8_t*, uint64_t) { RemoveFromPage(page, block); });
  return owned;
}

void CodeMap::TakeOverlapping(const uint8_t* host, uint64_t length,
                              std::vector<std::unique_ptr<TranslatedBlock>>* taken) {
  ForEachPage(host, length, [&](const uint8_t* page, const uint8_t* from, uint64_t bytes) {
    auto it = pages_.find(page);
    if (it == pages_.end() || (it->second.lines & Lines(from, bytes)) == 0) return;
    const std::vector<TranslatedBlock*> blocks = it->second.blocks;
    for (TranslatedBlock* b : blocks) {
      const bool hit = Overlaps(b->host_pc, b->bytes, from, bytes) ||
                       (b->next_bytes != 0 && Overlaps(b->next_page, b->next_bytes, from, bytes));
      if (hit) taken->push_back(Take(b));
    }
  });
}

// Rare, and a look at each block's key is quick: no index is kept for it.
void CodeMap::TakeContaining(absl::Span<const uint64_t> pcs, std::vector<std::unique_ptr<TranslatedBlock>>* taken) {
  std::vector<TranslatedBlock*> found;
  for (const auto& [key, block] : blocks_) {
    const auto pc = std::lower_bound(pcs.begin(), pcs.end(), key.pc);
    if (pc != pcs.end() && *pc - key.pc < block->bytes) found.push_back(block.get());
  }
  for (TranslatedBlock* block : found) taken->push_back(Take(block));
}

void CodeMap::Clear() {
  blocks_.clear();
  pages_.clear();
}

}  // namespace emu::translate
