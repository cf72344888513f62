// Which memory accesses of a block share one check of the soft TLB: those off the same base value whose bytes lie close
// together, so that they are on one page nearly always. The first of a group looks for the page of all of them.
#ifndef EMU_BACKENDS_X86_64_ACCESS_GROUPS_H_
#define EMU_BACKENDS_X86_64_ACCESS_GROUPS_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "translate/ir/ir.h"

namespace emu::backends::x86_64 {

inline constexpr int kMaxAccessGroups = 8;  // of a block; what is found later stays alone

struct AccessGroup {
  int64_t begin = 0, end = 0;  // bytes from the base: all accesses lie in [begin, end)
  uint32_t accesses = 0;
  uint32_t first = 0;    // the instruction that checks; those before it in the block do not belong to the group
  uint32_t older = 0;    // the group before it off the same base, 0: none
  bool indexed = false;  // of a table: by an access of it, the group may want more than the others do
  bool early = false;    // the check is made where the block begins, for the first one, too
  int number = -1;       // less than kMaxAccessGroups; -1: not shared
};

// What a value is by the guest's registers as the block finds them.
struct EntryBase {
  unsigned guest_register;
  int32_t plus;
};
std::optional<EntryBase> BaseAtEntry(const ir::Block& block, ir::Value base);

class AccessGroups {
 public:
  // Groups of at most `max_span` bytes: the wider one is, the more often it crosses the end of a page, where none of it
  // is checked in line, unless a slot has several pages. Off a constant they are those on its page, and with an index
  // up to a page whatever `max_span` is. 0: none. `leaves`: the block is left where a check fails: atomic operations
  // end groups then, and those with an index belong to some. `early`, too: so that the guest's registers need not be
  // written for it, it is left at its beginning where that is as good.
  void Find(const ir::Block& block, int64_t max_span, bool leaves, bool early = false);
  // Whether any accesses share a check.
  bool any() const { return numbers_ != 0; }
  // The group of a load or store that shares its check; null: it has one of its own.
  const AccessGroup* Of(uint32_t instr) const {
    const AccessGroup& group = groups_[group_of_[instr]];
    return group.number < 0 ? nullptr : &group;
  }
  // Whether the access goes by what a check that is not its own has found.
  bool GoesByAnother(uint32_t access) const {
    const AccessGroup* const group = Of(access);
    return group != nullptr && (group->early || group->first != access);
  }
  // In the order of their accesses.
  const std::vector<uint32_t>& early() const { return early_; }  // the first access of each

 private:
  void FindEarly(const ir::Block& block);
  void Add(uint32_t instr, const ir::Block& block, int64_t max_span);
  bool Join(AccessGroup& group, int64_t begin, int64_t end, int64_t max_span);
  void Number();

  std::vector<uint32_t> group_of_;  // by instruction; 0: none
  std::vector<uint32_t> open_[2];   // by base value, of loads and of stores: the newest group
  std::vector<AccessGroup> groups_;
  std::vector<uint32_t> early_;
  uint32_t oldest_ = 1;  // groups before it take no more accesses
  int numbers_ = 0;      // given to groups
};

}  // namespace emu::backends::x86_64

#endif  // EMU_BACKENDS_X86_64_ACCESS_GROUPS_H_
