// Slots: for a load or store that runs often, what the soft TLB said last time, kept at an address that generated code
// knows. The look into the TLB waits for the guest address before it knows where to look; a slot is only compared with
// it. A slot stands for neighbouring pages too while these lie in the same order in the host's memory; where they do
// not and an access goes to and fro between them, they are shown in that order (page_windows.h).
#ifndef EMU_TRANSLATE_ENGINE_TLB_SLOTS_H_
#define EMU_TRANSLATE_ENGINE_TLB_SLOTS_H_

#include <array>
#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/types/span.h"
#include "mmu/soft_tlb.h"
#include "translate/engine/context.h"
#include "translate/engine/page_windows.h"

namespace emu::translate {

// As generated code sees it: bytes that begin at guest address a hit if a - first < starts, unsigned.
struct TlbSlot {
  uint64_t first = 0;
  uint64_t starts = 0;  // 0: empty
  uint64_t addend = 0;  // host address minus guest-virtual address
  uint64_t reserved = 0;
};

// What a slot is for: `span` bytes.
struct SlotUse {
  uint64_t pc = 0;  // of the guest instruction
  bool write = false;
  uint32_t span = 0;
  bool windows = false;  // whether pages may be shown for it
  bool in_loop = false;
  bool fixed = false;  // for nothing but what is shown at PageWindows::kDistance: its code does not ask for the addend
};

// The most bytes that it may be for: near ones are on one page nearly always, far ones may need several that lie side
// by side in the host's memory.
inline constexpr uint32_t kNearSlot = 256, kFarSlot = 4096;

inline constexpr uint32_t kNoSlot = 0;

// The slots of one CPU. Those of blocks with the same block key are valid in one context at a time, that in which they
// were filled: a switch to the kernel and back leaves a program's slots as they are.
class TlbSlots {
 public:
  // `memory` is the backend's; its first slot is not used. Everything is free then.
  void Attach(absl::Span<TlbSlot> memory);
  // Pages are shown whether or not that pays: for tests.
  void set_windows_at_once(bool on) { at_once_ = on; }
  // Takes a free slot, or none, for a block of `period` instructions. `next` is the slot that was taken before for the
  // same block: Free goes on with it.
  uint32_t Take(const SlotUse& use, uint32_t key, uint32_t period, uint64_t now, uint32_t next);
  // Of a block that is gone.
  void Free(uint32_t slot);
  void FreeAll() { Attach(memory_); }

  struct Host {
    // Makes a page of RAM, by its guest-physical address, shared (see PageWindows).
    absl::FunctionRef<bool(uint64_t physical)> share;
    // Calls TakeOut for all contexts: a window is about to show something else.
    absl::FunctionRef<void()> take_out;
  };
  // An access that wants the slot's bytes at `gva` missed it, and has been made otherwise. Nothing to do if the slot is
  // free: the block goes on to its end though it was dropped. Fills the slot if the table has the page. False: it
  // misses so often (`now` counts instructions) that the TLB itself would be better.
  bool Fill(uint32_t slot, uint64_t gva, Context& context, uint64_t now, const Host& host);
  // While a page is shown in a window, the soft TLB leads there, too, but for entries with a flag: a host forwards what
  // was stored to a load, and finds a byte in its cache at once, only where it is used by way of one address. PutIn
  // sees to it when a page was filled.
  void PutIn(Context& context, uint64_t gva);
  void TakeOut(Context& context);
  // Where the byte lies in RAM to which a table of a context leads.
  uint64_t HomeOf(uint64_t host) const { return windows_.HomeOf(host); }
  // The addend for bytes that begin at `gva`, or 0 if the slot does not have it.
  uint64_t Ask(uint32_t slot, uint64_t gva) const {
    const TlbSlot& s = memory_[slot];
    return gva - s.first < s.starts ? s.addend : 0;
  }
  bool IsFixed(uint32_t slot) const { return uses_[slot].use.fixed; }
  // Of the slots of a block, calls `fn` with what those were taken for that hold what is at PageWindows::kDistance now.
  void ForEachAtDistance(uint32_t first, absl::FunctionRef<void(const SlotUse&)> fn) const;
  // Of the slots of a block: calls `fn` with what those were taken for that are `bad` or look as if they will be.
  void ForEachDoubtful(uint32_t first, uint32_t bad, absl::FunctionRef<void(const SlotUse&)> fn) const;

  // Empties the slots that were filled in another context, of blocks with this key.
  void Enter(const ContextKey& context, uint32_t key);
  // Empties those that were filled in a context that `which` accepts.
  void Forget(absl::FunctionRef<bool(const ContextKey&)> which);
  void ForgetAll();
  // How often that was, because a window shows something else now or because everything changed.
  uint64_t times_forgotten() const { return times_forgotten_; }
  // What lies at a host address may be another thing now. Does not empty slots.
  void ForgetWindows() { windows_.Clear(); }

 private:
  struct Use {
    SlotUse use;
    uint32_t key = 0;
    uint32_t period = 0;      // 0: free
    uint32_t next = kNoSlot;  // of the same block, or of the free ones
    uint32_t misses = 0;      // of the present lot, which began at `since`
    uint64_t since = 0;
    uint32_t elsewhere = 0;                 // of the lot: misses for which it went to another window
    uint32_t bad_lots = 0;                  // since a page was shown
    uint64_t shown_by_all = 0;              // when the lot began
    uint32_t shown = 0;                     // pages
    uint64_t window = 0;                    // addend
    uint64_t low = ~uint64_t{0}, high = 0;  // of the pages that were missed
    bool returns = false;                   // to a page that it missed before, and that lies apart
    bool windowed = false;                  // it goes to and fro
  };
  struct Group {
    uint32_t key;
    ContextKey context;
    std::vector<uint32_t> filled;
  };
  static PageWindows::View Around(uint64_t start, const uint64_t* table);
  PageWindows::View Show(uint64_t gva, Context& context, mmu::TlbTable& table, const Host& host);
  PageWindows::View InWindow(uint64_t start, uint64_t last, Context& context, mmu::TlbTable& table, const Host& host);
  void EmptyOthers(const ContextKey& context, uint64_t page, uint64_t addend);
  PageWindows::View Choose(uint32_t slot, uint64_t start, Context& context, uint64_t now, const Host& host);
  bool Affords(const Use& use, uint64_t now) const;
  uint32_t Returns(uint32_t slot, uint64_t start, const PageWindows::View& view);
  bool Judge(Use& use, uint64_t now) const;
  Group& GroupOf(uint32_t key);
  void Empty(Group& group);

  absl::Span<TlbSlot> memory_;
  std::vector<Use> uses_;
  uint32_t free_ = kNoSlot;
  std::vector<Group> groups_;  // a few
  struct Missed {
    uint32_t what = 0;  // hash of slot and page
    uint32_t times = 0;
  };
  std::array<std::array<Missed, 4>, 1024> missed_{};
  PageWindows windows_;
  uint64_t shown_ = 0;  // pages, by all slots
  uint64_t times_forgotten_ = 0;
  bool at_once_ = false;
};

}  // namespace emu::translate

#endif  // EMU_TRANSLATE_ENGINE_TLB_SLOTS_H_
