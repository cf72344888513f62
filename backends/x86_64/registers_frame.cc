// Values that have no register: in words of the stack frame.
#include <bit>

#include "backends/x86_64/registers.h"

namespace emu::backends::x86_64 {

using ir::Value;
using At = Location::Kind;

int Registers::Slot() {
  for (size_t i = 0; i < slots_.size(); ++i) {
    if (slots_[i] == ~uint64_t{0}) continue;
    const int bit = std::countr_one(slots_[i]);
    slots_[i] |= uint64_t{1} << bit;
    return kFirstSpillSlot + static_cast<int>(i) * 64 + bit;
  }
  failed_ = true;
  return kFirstSpillSlot;
}

void Registers::FreeSlot(Value v) {
  const unsigned number = values_[v].slot - kFirstSpillSlot;
  if (values_[v].slot >= kFirstSpillSlot) slots_[number / 64] &= ~(uint64_t{1} << number % 64);
  values_[v].slot = 0;
}

// True if the value is in the frame already, as it is once it was there.
bool Registers::GoToFrame(Value v) {
  if (values_[v].slot == 0) return false;
  values_[v].location = {At::kSpill, 0, values_[v].slot};
  return true;
}

// The word of the frame that is the value's place from now on.
Mem Registers::Spill(Value v) {
  const int slot = IsHost(v) ? kGroupSlots + static_cast<int>(v - block_->code.size()) : Slot();
  values_[v].slot = static_cast<uint16_t>(slot);
  values_[v].location = {At::kSpill, 0, values_[v].slot};
  return FrameSlot(slot);
}

// Puts the value, which is the sum, on the stack. The host's flags stay as they are.
void Registers::SpillSum(Value v, Sum sum) {
  if (sum.displacement != 0) e_.rm(Op::kLEA64r, sum.base, Mem::Base(sum.base, sum.displacement));
  e_.mr(Op::kMOV64mr, Spill(v), sum.base);
  if (sum.displacement != 0) e_.rm(Op::kLEA64r, sum.base, Mem::Base(sum.base, -sum.displacement));
}

void Registers::SpillAll() {
  for (uint16_t m = LiveTemps(); m != 0; m &= static_cast<uint16_t>(m - 1))
    Evict(static_cast<Reg>(std::countr_zero(m)));
  for (uint16_t m = LiveXmms(); m != 0; m &= static_cast<uint16_t>(m - 1)) {
    EvictXmm(static_cast<Xmm>(std::countr_zero(m)));
  }
  for (unsigned i = 0; i < 16; ++i) {
    if ((kTempMask & ~free_temps_) >> i & 1) Free(temp_owner_[i]);
    if ((xmm_mask_ & ~free_xmms_) >> i & 1) Free(xmm_owner_[i]);
  }
  locked_ = locked_xmm_ = 0;
}

void Registers::SpillGuest() {
  for (Value v : aliases_) {
    if (!UsedLater(v)) continue;
    const GuestRegister& g = guest_[values_[v].location.index];
    if (g.in_xmm) values_[v].nans = NansOf(v);
    const Sum sum = SumOf(v);
    if (GoToFrame(v)) continue;
    if (g.pinned) {
      SpillSum(v, sum);
    } else if (g.in_xmm) {
      e_.mr(Op::kMOVSDmr, Spill(v), g.xmm);
    } else {
      e_.rm(ir::TypeBits(g.type) == 64 ? Op::kMOVSDrm : Op::kMOVSSrm, kScratchXmm0, StateField(g.offset));
      e_.mr(Op::kMOVSDmr, Spill(v), kScratchXmm0);
    }
  }
  aliases_.clear();
  for (uint32_t& version : versions_) ++version;
}

}  // namespace emu::backends::x86_64
