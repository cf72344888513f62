// Which translated blocks exist, found by where their code lies in host memory, its guest-virtual address and the block
// key. Knows for each page which 64-byte lines hold translated code, so that data beside code can be written without
// harm.
#ifndef EMU_TRANSLATE_ENGINE_CODE_MAP_H_
#define EMU_TRANSLATE_ENGINE_CODE_MAP_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/types/span.h"
#include "mmu/soft_tlb.h"
#include "translate/engine/backend.h"
#include "translate/engine/chunked_vector.h"

namespace emu::translate {

inline constexpr uint32_t kNoExit = ~uint32_t{0};

// TranslatedBlock::max_insns of a block that is entered where another one was left before an access: of the usual
// length, and never hot.
inline constexpr uint32_t kCareful = ~uint32_t{0};
// The same, where a hot block was left because of what it asked at its beginning (ir::Op::kLeaveIf): hot, and never
// asking.
inline constexpr uint32_t kUnasked = kCareful - 1;
constexpr bool IsLimit(uint32_t max_insns) { return max_insns != 0 && max_insns < kUnasked; }

// Guest code of a block on one page.
struct CodePart {
  uint64_t pc = 0;                // of the first byte
  const uint8_t* host = nullptr;  // which lies here
  uint32_t bytes = 0;
  bool at_once = false;  // of the page after the first: the block's first instruction reaches there

  uint64_t page() const { return pc & mmu::kPageMask; }
  const uint8_t* host_page() const { return host - (pc - page()); }
  // Grows to hold what of the range lies on its page.
  void Include(uint64_t from, uint64_t length);
};

struct TranslatedBlock {
  TranslatedBlock* next = nullptr;   // of those that CodeMap or SleepingBlocks keeps in one place
  const uint8_t* host_pc = nullptr;  // first byte of its guest code
  uint64_t pc = 0;
  uint32_t key = 0;
  uint32_t max_insns = 0;  // the limit it was made with, 0 for the usual one
  CodeEntry entry = nullptr;
  absl::InlinedVector<CodePart, 1> code;  // first on the page of its beginning, in front of which it may begin
  uint32_t insn_count = 0;
  bool guarded = false;               // the code itself finds out when its further pages are mapped otherwise
  bool asleep = false;                // its guest code was written over; see SleepingBlocks
  bool hot = false;                   // made with more care, because it runs often
  bool hot_loop = false;              // and is a loop, of this or several blocks
  bool loops = false;                 // comes by its beginning again
  uint8_t samples = 0;                // times that the budget was found to end here
  uint32_t leavings = 0;              // where the engine counts how often it is left; 0: nowhere yet
  uint32_t first_slot = 0;            // of its accesses; see TlbSlots
  uint32_t first_exit = kNoExit;      // of its direct exits; the engine's table leads on
  uint32_t first_incoming = kNoExit;  // of the exits that are joined to it
  const uint8_t* copy = nullptr;      // of its guest code on the first page, as it was translated

  bool limited() const { return IsLimit(max_insns); }
  // Where its instruction at an address lies; null: on none of its pages.
  const uint8_t* HostAt(uint64_t at) const;
};

class CodeMap {
 public:
  struct Key {
    const uint8_t* host_pc;
    uint64_t pc;
    uint32_t key;
    uint32_t max_insns;
  };

  TranslatedBlock* Find(const Key& key) const {
    TranslatedBlock* b = buckets_[Bucket(key.host_pc, key.pc, key.key)];
    while (b != nullptr &&
           (b->host_pc != key.host_pc || b->pc != key.pc || b->key != key.key || b->max_insns != key.max_insns)) {
      b = b->next;
    }
    return b;
  }
  // A block to fill in and add; those that are in no map any more are given back.
  TranslatedBlock* New();
  void Free(TranslatedBlock* block);
  // `new_pages` gets the host pages that hold translated code from now on and did not before.
  void Add(TranslatedBlock* block, std::vector<const uint8_t*>* new_pages);
  // Whether writes to the page must be told to TakeOverlapping. A page whose last block was taken still counts for some
  // writes: code that is written over is often translated again at once.
  bool HasCode(const uint8_t* host_page) const { return FindPage(host_page) != nullptr; }
  // The blocks whose code lies in a range of host memory are taken out and handed over.
  void TakeOverlapping(const uint8_t* host, uint64_t length, std::vector<TranslatedBlock*>* taken);
  // Those that have an instruction at one of `pcs`, guest-virtual addresses in rising order.
  void TakeContaining(absl::Span<const uint64_t> pcs, std::vector<TranslatedBlock*>* taken);
  void Take(TranslatedBlock* block);
  // Forgets and frees all.
  void Clear();
  size_t size() const { return size_; }

 private:
  struct Page {
    uint64_t lines = 0;   // bit i: code in bytes [64 i, 64 i + 64)
    uint32_t writes = 0;  // since the last block was taken
    std::vector<TranslatedBlock*> blocks;
  };
  static constexpr uint32_t kWritesToForget = 32;

  size_t Bucket(const uint8_t* host_pc, uint64_t pc, uint32_t key) const {
    const uint64_t mixed =
        (reinterpret_cast<uint64_t>(host_pc) ^ (pc + key) * 0x9e3779b97f4a7c15u) * 0xff51afd7ed558ccdu;
    return mixed >> shift_;
  }
  Page* FindPage(const uint8_t* page) const;
  void ErasePage(const uint8_t* page);
  void RemoveFromPage(const uint8_t* page, TranslatedBlock* block);
  void Grow();

  std::vector<TranslatedBlock*> buckets_ = std::vector<TranslatedBlock*>(size_t{1} << 12);
  unsigned shift_ = 64 - 12;
  size_t size_ = 0;
  ChunkedVector<TranslatedBlock> pool_;
  TranslatedBlock* free_ = nullptr;
  absl::flat_hash_map<const uint8_t*, std::unique_ptr<Page>> pages_;
  mutable const uint8_t* last_page_ = nullptr;  // the page that was looked up last, and what came out
  mutable Page* last_found_ = nullptr;
};

}  // namespace emu::translate

#endif  // EMU_TRANSLATE_ENGINE_CODE_MAP_H_
