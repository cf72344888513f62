#include "translate/engine/code_map.h"

#include <algorithm>
#include <memory>
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
  for (const CodePart& part : block.code) ForEachPage(part.host, part.bytes, fn);
}

}  // namespace

void CodePart::Include(uint64_t from, uint64_t length) {
  const auto offset = [start = page()](uint64_t at) { return static_cast<int64_t>(at - start); };
  int64_t first = std::max<int64_t>(offset(from), 0);
  int64_t end = std::min<int64_t>(offset(from + length), mmu::kPageSize);
  if (first >= end) return;
  if (bytes != 0) {
    first = std::min(first, offset(pc));
    end = std::max(end, offset(pc + bytes));
  }
  host += first - offset(pc);
  pc += static_cast<uint64_t>(first - offset(pc));
  bytes = static_cast<uint32_t>(end - first);
}

const uint8_t* TranslatedBlock::HostAt(uint64_t at) const {
  if (((at ^ pc) & mmu::kPageMask) == 0) return host_pc + (at - pc);
  for (const CodePart& part : code) {
    if ((at & mmu::kPageMask) == part.page()) return part.host + (at - part.pc);
  }
  return nullptr;
}

TranslatedBlock* CodeMap::New() {
  TranslatedBlock* block = free_;
  if (block != nullptr) {
    free_ = block->next;
  } else {
    pool_.resize(pool_.size() + 1);
    block = &pool_[pool_.size() - 1];
  }
  std::destroy_at(block);
  std::construct_at(block);
  return block;
}

void CodeMap::Free(TranslatedBlock* block) {
  block->next = free_;
  free_ = block;
}

CodeMap::Page* CodeMap::FindPage(const uint8_t* page) const {
  if (page == last_page_) return last_found_;
  const auto it = pages_.find(page);
  last_page_ = page;
  return last_found_ = it == pages_.end() ? nullptr : it->second.get();
}

void CodeMap::ErasePage(const uint8_t* page) {
  last_page_ = nullptr;
  last_found_ = nullptr;
  pages_.erase(page);
}

void CodeMap::Add(TranslatedBlock* b, std::vector<const uint8_t*>* new_pages) {
  ForEachPage(*b, [&](const uint8_t* at, const uint8_t* from, uint64_t bytes) {
    Page* page = FindPage(at);
    if (page == nullptr) {
      new_pages->push_back(at);
      page = last_found_ = (pages_[at] = std::make_unique<Page>()).get();
    }
    page->lines |= Lines(from, bytes);
    page->writes = 0;
    // A block stands once on a page, also where both its pages are the same memory.
    if (page->blocks.empty() || page->blocks.back() != b) page->blocks.push_back(b);
  });
  if (++size_ > buckets_.size()) Grow();
  TranslatedBlock*& bucket = buckets_[Bucket(b->host_pc, b->pc, b->key)];
  b->next = bucket;
  bucket = b;
}

void CodeMap::Grow() {
  std::vector<TranslatedBlock*> old = std::exchange(buckets_, std::vector<TranslatedBlock*>(2 * buckets_.size()));
  --shift_;
  for (TranslatedBlock* b : old) {
    while (b != nullptr) {
      TranslatedBlock*& bucket = buckets_[Bucket(b->host_pc, b->pc, b->key)];
      TranslatedBlock* const next = std::exchange(b->next, bucket);
      bucket = b;
      b = next;
    }
  }
}

void CodeMap::RemoveFromPage(const uint8_t* at, TranslatedBlock* block) {
  Page* page = FindPage(at);
  if (page == nullptr) return;
  std::erase(page->blocks, block);
  page->lines = 0;
  for (const TranslatedBlock* b : page->blocks) {
    ForEachPage(*b, [&](const uint8_t* on, const uint8_t* from, uint64_t bytes) {
      if (on == at) page->lines |= Lines(from, bytes);
    });
  }
}

void CodeMap::Take(TranslatedBlock* block) {
  TranslatedBlock** at = &buckets_[Bucket(block->host_pc, block->pc, block->key)];
  while (*at != block) at = &(*at)->next;
  *at = block->next;
  --size_;
  ForEachPage(*block, [&](const uint8_t* page, const uint8_t*, uint64_t) { RemoveFromPage(page, block); });
}

void CodeMap::TakeOverlapping(const uint8_t* host, uint64_t length, std::vector<TranslatedBlock*>* taken) {
  ForEachPage(host, length, [&](const uint8_t* at, const uint8_t* from, uint64_t bytes) {
    Page* const page = FindPage(at);
    if (page == nullptr) return;
    if (page->blocks.empty() && ++page->writes > kWritesToForget) return ErasePage(at);
    if ((page->lines & Lines(from, bytes)) == 0) return;
    const std::vector<TranslatedBlock*> blocks = page->blocks;
    for (TranslatedBlock* b : blocks) {
      const auto hit = [&](const CodePart& part) { return Overlaps(part.host, part.bytes, from, bytes); };
      if (std::none_of(b->code.begin(), b->code.end(), hit)) continue;
      Take(b);
      taken->push_back(b);
    }
  });
}

// Rare, and a look at each block's key is quick: no index is kept for it.
void CodeMap::TakeContaining(absl::Span<const uint64_t> pcs, std::vector<TranslatedBlock*>* taken) {
  const size_t before = taken->size();
  const auto holds_one = [pcs](const CodePart& part) {
    const auto pc = std::lower_bound(pcs.begin(), pcs.end(), part.pc);
    return pc != pcs.end() && *pc - part.pc < part.bytes;
  };
  for (TranslatedBlock* b : buckets_) {
    for (; b != nullptr; b = b->next) {
      if (std::any_of(b->code.begin(), b->code.end(), holds_one)) taken->push_back(b);
    }
  }
  for (size_t i = before; i < taken->size(); ++i) Take((*taken)[i]);
}

void CodeMap::Clear() {
  std::fill(buckets_.begin(), buckets_.end(), nullptr);
  size_ = 0;
  pool_.clear();
  free_ = nullptr;
  pages_.clear();
  last_page_ = nullptr;
  last_found_ = nullptr;
}

}  // namespace emu::translate
