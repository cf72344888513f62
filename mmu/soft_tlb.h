// The soft TLB: for each context (address space and privilege) two tables, one for reads and one for writes, from
// guest-virtual page to the addend that gives the host address. Generated code probes a table with one comparison;
// everything that is not plain RAM is absent or carries a flag and so takes the slow path.
#ifndef EMU_MMU_SOFT_TLB_H_
#define EMU_MMU_SOFT_TLB_H_

#include <bitset>
#include <cstdint>
#include <vector>

namespace emu::mmu {

inline constexpr unsigned kPageBits = 12;
inline constexpr uint64_t kPageSize = uint64_t{1} << kPageBits;
inline constexpr uint64_t kPageMask = ~(kPageSize - 1);

// The lowest 32 bits of an address choose the entry: stack, code, data and libraries of a process share none, wherever
// the guest puts them. Such a table is large and almost empty, so that its memory is made when it is first written.
inline constexpr unsigned kTlbEntries = 1u << 20;
// Of a 32-bit register, so that nothing else is left. The entries after the shift are eight bytes apart.
inline constexpr unsigned kTlbIndexShift = kPageBits;
inline constexpr int32_t kTlbAddends = kTlbEntries * sizeof(uint64_t);
constexpr unsigned TlbIndex(uint64_t gva) { return (gva >> kPageBits) & (kTlbEntries - 1); }

inline constexpr uint64_t kInvalidTag = ~uint64_t{0};
// A hit that must take the slow path (code on the page, watched page). A probe compares the tag with the address of the
// access's last byte, without its place in the page, or where misaligned accesses must fail with the address of its
// first byte, of which it keeps the lowest three bits; the flag must be none of those bits.
inline constexpr uint64_t kSlowTag = 0x800;

// `tag`: the page's guest-virtual address; never equal to any page when invalid or flagged in its low bits.
// `addend`: host address minus guest-virtual address.
struct TlbEntry {
  uint64_t& tag;
  uint64_t& addend;
};
// A table as generated code sees it: all tags, then all addends.
inline TlbEntry TlbEntryAt(uint64_t* table, unsigned index) { return {table[index], table[kTlbEntries + index]}; }

// The host address of an access within a page that the table has and that is not to take the slow path, or 0.
inline uint64_t ProbeTlb(const uint64_t* table, uint64_t gva, unsigned size, bool must_align) {
  const unsigned index = TlbIndex(gva);
  const uint64_t page = must_align ? gva & (kPageMask | (size - 1)) : (gva + size - 1) & kPageMask;
  return table[index] == page ? gva + table[kTlbEntries + index] : 0;
}

// The tables of one context. Clearing costs in proportion to what was filled.
class TlbTable {
 public:
  TlbTable();
  ~TlbTable();
  TlbTable(const TlbTable&) = delete;
  TlbTable& operator=(const TlbTable&) = delete;

  uint64_t* table() { return words_; }
  TlbEntry entry(uint64_t gva) { return TlbEntryAt(words_, TlbIndex(gva)); }
  // `physical`: the guest-physical address of the page, for those who ask where a hit leads.
  void Fill(uint64_t gva, uint64_t host, uint64_t physical, uint64_t flags);
  // Of the page that the entry of `gva` holds.
  uint64_t physical(uint64_t gva) const { return words_[2 * kTlbEntries + TlbIndex(gva)]; }
  // Whether the page can be filled without throwing another one out.
  bool HasRoom(uint64_t gva) const {
    return !IsValid(TlbIndex(gva)) || ((words_[TlbIndex(gva)] ^ gva) & kPageMask) == 0;
  }
  // False: no entry leads to that page of the host's. True may be wrong.
  bool MayLeadTo(uint64_t host) const { return hosts_[HostBit(host)]; }
  void DropPage(uint64_t gva);
  // Lets the entry of a page, if it has no flag, lead to another address of the same memory.
  void Redirect(uint64_t gva, uint64_t host);
  // Takes a flag back from the entry of a page, if it has one.
  void Unflag(uint64_t gva, uint64_t flags);
  void Clear();
  // Applies `fn(TlbEntry)` to every valid entry.
  template <typename Fn>
  void ForEach(Fn fn) {
    for (uint32_t i : filled_) {
      if (IsValid(i)) fn(TlbEntryAt(words_, i));
    }
  }

 private:
  static constexpr unsigned kHostBits = 16;
  static constexpr unsigned kEntriesInPage = kPageSize / sizeof(uint64_t);
  // What an entry that was never filled holds: memory that was never written is zero. Only two need another mark, the
  // address of a page that is neither theirs nor the next one, with which an access that crosses is compared: that of
  // page zero, and that before it, which an access to the last bytes of the address space and the first ones compares
  // with page zero.
  static constexpr uint64_t Unfilled(unsigned index) {
    return index == 0 || index == kTlbEntries - 1 ? 2 * kPageSize : 0;
  }
  static unsigned HostBit(uint64_t host) { return (host >> kPageBits) & ((1u << kHostBits) - 1); }
  bool IsValid(unsigned index) const { return words_[index] != kInvalidTag && TlbIndex(words_[index]) == index; }
  void MarkEnds() {
    words_[0] = Unfilled(0);
    words_[kTlbEntries - 1] = Unfilled(kTlbEntries - 1);
  }
  void GiveBack();

  uint64_t* words_;                       // tags, addends, and physical addresses, which generated code does not read
  std::vector<uint32_t> filled_;          // entries since the last Clear
  std::bitset<(1u << kHostBits)> hosts_;  // hash of host pages since then
  std::bitset<kTlbEntries / kEntriesInPage> written_to_;  // pages of the tags since memory was given back
};

}  // namespace emu::mmu

#endif  // EMU_MMU_SOFT_TLB_H_
