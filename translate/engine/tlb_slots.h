// Slots: for a load or store that runs often, what the soft TLB said last time, kept at an address that generated code
// knows. The look into the TLB waits for the guest address before it knows where to look; a slot is only compared with
// it. A slot stands for neighbouring pages too while these lie in the same order in the host's memory.
#ifndef EMU_TRANSLATE_ENGINE_TLB_SLOTS_H_
#define EMU_TRANSLATE_ENGINE_TLB_SLOTS_H_

#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/types/span.h"
#include "mmu/soft_tlb.h"
#include "translate/engine/context.h"

namespace emu::translate {

// As generated code sees it: an access whose first byte is at guest address a hits if a - first < starts, unsigned.
struct TlbSlot {
  uint64_t first = 0;
  uint64_t starts = 0;  // 0: empty
  uint64_t addend = 0;  // host address minus guest-virtual address
  uint64_t reserved = 0;
};

// What a slot is for: `span` bytes, of which the first are `before` bytes below those that the access itself wants.
struct SlotUse {
  uint64_t pc = 0;  // of the guest instruction
  bool write = false;
  uint32_t before = 0;
  uint32_t span = 0;
};

inline constexpr uint32_t kNoSlot = 0;

// The slots of one CPU. Those of blocks with the same block key are valid in one context at a time, that in which they
// were filled: a switch to the kernel and back leaves a program's slots as they are.
class TlbSlots {
 public:
  // `memory` is the backend's; its first slot is not used. Everything is free then.
  void Attach(absl::Span<TlbSlot> memory);
  // Takes a free slot, or none, for a block of `period` instructions. `next` is the slot that was taken before for the
  // same block: Free goes on with it.
  uint32_t Take(const SlotUse& use, uint32_t key, uint32_t period, uint64_t now, uint32_t next);
  // Of a block that is gone.
  void Free(uint32_t slot);
  void FreeAll() { Attach(memory_); }

  // An access at `gva` missed the slot, and has been made otherwise. Nothing to do if the slot is free: the block goes
  // on to its end though it was dropped. Fills the slot if the table has the page. False: it misses so often (`now`
  // counts instructions) that the TLB itself would be better.
  bool Fill(uint32_t slot, uint64_t gva, Context& context, uint64_t now);
  // Of the slots of a block: calls `fn` with what those were taken for that are `bad` or look as if they will be.
  void ForEachDoubtful(uint32_t first, uint32_t bad, absl::FunctionRef<void(const SlotUse&)> fn) const;

  // Empties the slots that were filled in another context, of blocks with this key.
  void Enter(const ContextKey& context, uint32_t key);
  // Empties those that were filled in a context that `which` accepts.
  void Forget(absl::FunctionRef<bool(const ContextKey&)> which);
  void ForgetAll();

 private:
  struct Use {
    SlotUse use;
    uint32_t key = 0;
    uint32_t period = 0;      // 0: free
    uint32_t next = kNoSlot;  // of the same block, or of the free ones
    uint32_t misses = 0;      // since `since`
    uint64_t since = 0;
  };
  struct Group {
    uint32_t key;
    ContextKey context;
    std::vector<uint32_t> filled;
  };
  Group& GroupOf(uint32_t key);
  void Empty(Group& group);

  absl::Span<TlbSlot> memory_;
  std::vector<Use> uses_;
  uint32_t free_ = kNoSlot;
  std::vector<Group> groups_;  // a few
};

}  // namespace emu::translate

#endif  // EMU_TRANSLATE_ENGINE_TLB_SLOTS_H_
