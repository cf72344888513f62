// One atomic bit for each 4 KiB page of a block of memory.
#ifndef EMU_MEMORY_PAGE_BITS_H_
#define EMU_MEMORY_PAGE_BITS_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

namespace emu::memory {

inline constexpr unsigned kPageBits = 12;
inline constexpr uint64_t kPageSize = uint64_t{1} << kPageBits;

// A plain copy of page bits, as PageBits::Take gives it. Bit i of words[i / 64] is page first_page + i.
struct PageBitmap {
  uint64_t first_page = 0;
  uint64_t page_count = 0;
  std::vector<uint64_t> words;

  // Whether the bit of `page` (counted from the start of the block) is set; false outside the copy.
  bool Test(uint64_t page) const;
  // The number of set bits.
  uint64_t Count() const;
};

// All operations take bytes ranges [offset, offset + length) of the block, touch every page that the range touches,
// ignore what lies beyond the block, and may run on several threads at once.
class PageBits {
 public:
  explicit PageBits(uint64_t block_bytes);

  void Set(uint64_t offset, uint64_t length);
  void Clear(uint64_t offset, uint64_t length);
  bool Any(uint64_t offset, uint64_t length) const;
  // Copies the bits of the range and clears them. A bit set meanwhile is either in the copy or still set.
  PageBitmap Take(uint64_t offset, uint64_t length);

 private:
  struct Pages {
    uint64_t first;
    uint64_t count;
  };
  Pages PagesOf(uint64_t offset, uint64_t length) const;

  uint64_t page_count_;
  std::unique_ptr<std::atomic<uint64_t>[]> words_;
};

}  // namespace emu::memory

#endif  // EMU_MEMORY_PAGE_BITS_H_
