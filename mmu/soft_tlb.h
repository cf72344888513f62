// The soft TLB: for each context (address space and privilege) two direct-mapped tables, one for reads and one for
// writes, from guest-virtual page to the addend that gives the host address. Generated code probes a table with one
// comparison; everything that is not plain RAM is absent or carries a flag and so takes the slow path.
#ifndef EMU_MMU_SOFT_TLB_H_
#define EMU_MMU_SOFT_TLB_H_

#include <array>
#include <bit>
#include <cstdint>
#include <memory>

namespace emu::mmu {

inline constexpr unsigned kPageBits = 12;
inline constexpr uint64_t kPageSize = uint64_t{1} << kPageBits;
inline constexpr uint64_t kPageMask = ~(kPageSize - 1);
inline constexpr unsigned kTlbEntries = 1024;

// `tag`: the page's guest-virtual address; never equal to any page when invalid or flagged in its low bits.
// `addend`: host address minus guest-virtual address.
struct TlbEntry {
  uint64_t tag;
  uint64_t addend;
};
inline constexpr uint64_t kInvalidTag = ~uint64_t{0};
// A hit that must take the slow path (code on the page, watched page). A probe compares the tag with the page's address
// and the lowest three bits of the access's, so that misaligned accesses fail; the flag must be none of those bits.
inline constexpr uint64_t kSlowTag = 0x800;

constexpr unsigned TlbIndex(uint64_t gva) { return (gva >> kPageBits) & (kTlbEntries - 1); }

// The tables of one context. Clearing costs in proportion to what was filled.
class TlbTable {
 public:
  TlbTable();
  TlbEntry* entries() { return entries_.get(); }
  // `physical`: the guest-physical address of the page, for those who ask where a hit leads.
  void Fill(uint64_t gva, uint64_t host, uint64_t physical, uint64_t flags);
  // Whether the page can be filled without throwing another one out.
  bool HasRoom(uint64_t gva) const {
    const uint64_t tag = entries_[TlbIndex(gva)].tag;
    return tag == kInvalidTag || ((tag ^ gva) & kPageMask) == 0;
  }
  // Of the page that entry `index` holds.
  uint64_t physical(unsigned index) const { return physical_[index]; }
  void DropPage(uint64_t gva);
  // Takes a flag back from the entry of a page, if it has one.
  void Unflag(uint64_t gva, uint64_t flags);
  void Clear();
  // Applies `fn(TlbEntry&)` to every valid entry.
  template <typename Fn>
  void ForEach(Fn fn) {
    for (unsigned word = 0; word < used_.size(); ++word) {
      for (uint64_t bits = used_[word]; bits != 0; bits &= bits - 1) {
        TlbEntry& e = entries_[word * 64 + static_cast<unsigned>(std::countr_zero(bits))];
        if (e.tag != kInvalidTag) fn(e);
      }
    }
  }

 private:
  std::unique_ptr<TlbEntry[]> entries_;
  std::unique_ptr<uint64_t[]> physical_;           // beside the entries, which generated code reads
  std::array<uint64_t, kTlbEntries / 64> used_{};  // which entries were filled since the last Clear
};

inline TlbTable::TlbTable() : entries_(new TlbEntry[kTlbEntries]), physical_(new uint64_t[kTlbEntries]()) {
  for (unsigned i = 0; i < kTlbEntries; ++i) entries_[i] = {kInvalidTag, 0};
}

inline void TlbTable::Fill(uint64_t gva, uint64_t host, uint64_t physical, uint64_t flags) {
  const unsigned i = TlbIndex(gva);
  const uint64_t page = gva & kPageMask;
  used_[i / 64] |= uint64_t{1} << (i % 64);
  entries_[i] = {page | flags, (host & kPageMask) - page};
  physical_[i] = physical & kPageMask;
}

inline void TlbTable::DropPage(uint64_t gva) {
  TlbEntry& e = entries_[TlbIndex(gva)];
  if ((e.tag & kPageMask) == (gva & kPageMask)) e.tag = kInvalidTag;
}

inline void TlbTable::Unflag(uint64_t gva, uint64_t flags) {
  TlbEntry& e = entries_[TlbIndex(gva)];
  if (e.tag == ((gva & kPageMask) | flags)) e.tag &= ~flags;
}

inline void TlbTable::Clear() {
  ForEach([](TlbEntry& e) { e = {kInvalidTag, 0}; });
  used_.fill(0);
}

}  // namespace emu::mmu

#endif  // EMU_MMU_SOFT_TLB_H_
