#include "mmu/soft_tlb.h"

#include <sys/mman.h>

#include <new>

namespace emu::mmu {
namespace {

constexpr size_t kTableBytes = 3 * sizeof(uint64_t) * kTlbEntries;
// Pages of tags, each with as much of the rest, that a table keeps when it is cleared: what a process uses, and not
// what a row of processes used that each lay elsewhere.
constexpr size_t kKeptPages = 64;

}  // namespace

TlbTable::TlbTable() {
  void* const memory =
      mmap(nullptr, kTableBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  // Huge pages would fill what is to stay empty. A kernel without them refuses.
  (void)madvise(memory, kTableBytes, MADV_NOHUGEPAGE);
  words_ = static_cast<uint64_t*>(memory);
  MarkEnds();
}

TlbTable::~TlbTable() { munmap(words_, kTableBytes); }

void TlbTable::Fill(uint64_t gva, uint64_t host, uint64_t physical, uint64_t flags) {
  const unsigned i = TlbIndex(gva);
  const uint64_t page = gva & kPageMask;
  if (words_[i] == Unfilled(i)) {
    filled_.push_back(i);
    written_to_.set(i / kEntriesInPage);
  }
  words_[i] = page | flags;
  words_[kTlbEntries + i] = (host & kPageMask) - page;
  words_[2 * kTlbEntries + i] = physical & kPageMask;
  hosts_.set(HostBit(host));
}

void TlbTable::DropPage(uint64_t gva) {
  const unsigned i = TlbIndex(gva);
  if (!written_to_[i / kEntriesInPage]) return;  // to look would make the host map the memory
  if (IsValid(i) && ((words_[i] ^ gva) & kPageMask) == 0) words_[i] = kInvalidTag;
}

void TlbTable::Redirect(uint64_t gva, uint64_t host) {
  const unsigned i = TlbIndex(gva);
  const uint64_t page = gva & kPageMask;
  if (words_[i] == page && IsValid(i)) words_[kTlbEntries + i] = (host & kPageMask) - page;
}

void TlbTable::Unflag(uint64_t gva, uint64_t flags) {
  uint64_t& tag = words_[TlbIndex(gva)];
  if (tag == ((gva & kPageMask) | flags)) tag &= ~flags;
}

void TlbTable::Clear() {
  if (filled_.empty()) return;
  if (written_to_.count() > kKeptPages) {
    GiveBack();
  } else {
    for (uint32_t i : filled_) words_[i] = Unfilled(i);
  }
  filled_.clear();
  hosts_.reset();
}

void TlbTable::GiveBack() {
  (void)madvise(words_, kTableBytes, MADV_DONTNEED);
  MarkEnds();
  written_to_.reset();
}

}  // namespace emu::mmu
