// What a CPU tells those who look on.
#include <algorithm>
#include <cstring>

#include "translate/engine/cpu_watching.h"

namespace emu::translate {

using memory::Gpa;
using memory::Gva;

void Cpu::SetWatch(AccessWatch* watch, bool fetches) {
  watch_ = watch;
  watch_types_ = watch != nullptr ? watch->TypesBeyondPages() : 0;
  watch_stops_ = watch != nullptr && watch->MayStop();
  Flush([](const ContextKey&) { return true; });
  if (fetches && code_ != nullptr) code_->DiscardAll();
}

bool Cpu::Wanted(uint64_t gva, Gpa gpa, Access access) const {
  if (watch_ == nullptr) return false;
  const memory::FlatRange* range = memory_.Find(gpa);
  return range != nullptr && Wanted(gva, Gpa(gpa.value & mmu::kPageMask), *range, access);
}

bool Cpu::WantsFetch(uint64_t pc) {
  Place place;
  if (watch_ == nullptr || !FetchPlace(pc, &place)) return false;
  const memory::FlatRange* range = memory_.Find(place.gpa);
  return range != nullptr && watch_->WantsFetch(Gva(pc), place.gpa, *range);
}

// Who makes the access, and what answers it.
void Cpu::Locate(MemAccess* access) const {
  access->cpu = static_cast<uint16_t>(index_);
  access->insn = InsnCount();
  access->pc = CurrentPc();
  access->range = memory_.Find(access->gpa);
  if (access->crosses) access->range2 = memory_.Find(access->gpa2);
}

MemAccess Cpu::Describe(AccessType type, uint64_t gva, unsigned size, const Place& place, uint64_t value) const {
  MemAccess access;
  access.type = type;
  access.size = size;
  access.gva = Gva(gva);
  access.gpa = place.gpa;
  access.host = reinterpret_cast<uint8_t*>(slots_.HomeOf(reinterpret_cast<uint64_t>(place.host)));
  access.value = LowBytes(value, size);
  if (place.rest != nullptr) {
    access.crosses = true;
    access.gpa2 = place.rest->gpa;
  }
  Locate(&access);
  return access;
}

bool Cpu::StopsAt(const MemAccess& access) {
  if (!watch_stops_ || ignore_stops_ == IgnoreStops::kAll) return false;
  if (access.type == AccessType::kFetch && ignore_stops_ != IgnoreStops::kNone) return false;
  if (!watch_->Stops(access)) return false;
  pending_fault_ = {MemFault::Kind::kStop, Access::kRead, 0, access.gva};
  return true;
}

void Cpu::Report(MemAccess access) const {
  if (!Watches(access.type)) return;
  Locate(&access);
  watch_->OnAccess(access);
}

MemResult Cpu::Probe() {
  const uint64_t pc = CurrentPc();
  Place place, next;
  if (watch_ == nullptr) return {0, 0};
  if (!FetchPlace(pc, &place)) return {0, 1};
  uint8_t bytes[16];
  const uint64_t left = mmu::kPageSize - (pc & ~mmu::kPageMask);
  size_t known = std::min<uint64_t>(target_.max_insn_bytes(), left);
  std::memcpy(bytes, place.host, known);
  if (known < target_.max_insn_bytes() && target_.InsnBytes(absl::MakeConstSpan(bytes, known)) > known) {
    if (!FetchPlace(pc + left, &next)) return {0, 1};
    std::memcpy(bytes + known, next.host, target_.max_insn_bytes() - known);
    known = target_.max_insn_bytes();
    place.rest = &next;
  }
  const unsigned size = target_.InsnBytes(absl::MakeConstSpan(bytes, known));
  uint64_t value = 0;
  std::memcpy(&value, bytes, std::min<size_t>(size, 8));
  Watching watching(*this, AccessType::kFetch, pc, size, place, value);
  if (watching.Stops()) return {0, 1};
  watching.Made(value);
  return {0, 0};
}

}  // namespace emu::translate
