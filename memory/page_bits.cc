#include "memory/page_bits.h"

#include <algorithm>
#include <bit>

namespace emu::memory {
namespace {

uint64_t PageCount(uint64_t bytes) { return (bytes >> kPageBits) + ((bytes & (kPageSize - 1)) != 0); }

// The bits of word `word` that stand for pages [first, first + count). The word holds at least one of them.
uint64_t MaskIn(uint64_t word, uint64_t first, uint64_t count) {
  const uint64_t low = word * 64, last = first + count - 1;
  uint64_t mask = ~uint64_t{0};
  if (first > low) mask &= ~uint64_t{0} << (first - low);
  if (last < low + 63) mask &= ~uint64_t{0} >> (63 - (last - low));
  return mask;
}

// Calls function(word index, mask) for all words that hold bits of the pages.
template <typename Function>
void ForEachWord(uint64_t first, uint64_t count, Function function) {
  if (count == 0) return;
  for (uint64_t word = first / 64; word <= (first + count - 1) / 64; ++word) function(word, MaskIn(word, first, count));
}

}  // namespace

bool PageBitmap::Test(uint64_t page) const {
  if (page < first_page || page - first_page >= page_count) return false;
  const uint64_t bit = page - first_page;
  return (words[bit / 64] >> (bit % 64)) & 1;
}

uint64_t PageBitmap::Count() const {
  uint64_t count = 0;
  for (uint64_t word : words) count += std::popcount(word);
  return count;
}

PageBits::PageBits(uint64_t block_bytes)
    : page_count_(PageCount(block_bytes)), words_(std::make_unique<std::atomic<uint64_t>[]>(page_count_ / 64 + 1)) {}

PageBits::Pages PageBits::PagesOf(uint64_t offset, uint64_t length) const {
  const uint64_t first = offset >> kPageBits;
  if (length == 0 || first >= page_count_) return {0, 0};
  const uint64_t end = length - 1 > ~uint64_t{0} - offset ? ~uint64_t{0} : offset + (length - 1);
  return {first, std::min(end >> kPageBits, page_count_ - 1) - first + 1};
}

void PageBits::Set(uint64_t offset, uint64_t length) {
  const Pages pages = PagesOf(offset, length);
  ForEachWord(pages.first, pages.count, [this](uint64_t word, uint64_t mask) {
    // Mostly the bits are set already, and a read does not take the cache line from other threads.
    if ((words_[word].load(std::memory_order_relaxed) & mask) != mask) words_[word].fetch_or(mask);
  });
}

void PageBits::Clear(uint64_t offset, uint64_t length) {
  const Pages pages = PagesOf(offset, length);
  ForEachWord(pages.first, pages.count, [this](uint64_t word, uint64_t mask) { words_[word].fetch_and(~mask); });
}

bool PageBits::Any(uint64_t offset, uint64_t length) const {
  const Pages pages = PagesOf(offset, length);
  bool any = false;
  ForEachWord(pages.first, pages.count,
              [&](uint64_t word, uint64_t mask) { any |= (words_[word].load() & mask) != 0; });
  return any;
}

PageBitmap PageBits::Take(uint64_t offset, uint64_t length) {
  const Pages pages = PagesOf(offset, length);
  PageBitmap taken{pages.first, pages.count, std::vector<uint64_t>((pages.count + 63) / 64)};
  ForEachWord(pages.first, pages.count, [&](uint64_t word, uint64_t mask) {
    for (uint64_t bits = words_[word].fetch_and(~mask) & mask; bits != 0; bits &= bits - 1) {
      const uint64_t bit = word * 64 + std::countr_zero(bits) - pages.first;
      taken.words[bit / 64] |= uint64_t{1} << (bit % 64);
    }
  });
  return taken;
}

}  // namespace emu::memory
