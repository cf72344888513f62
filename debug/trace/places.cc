#include "debug/trace/places.h"

namespace emu::debug {

TracePlace MakeTracePlace(const memory::FlatRange& range) {
  return {range.region->name(), range.region->kind(), range.first.value,
          range.last.value,     range.offset.value,   reinterpret_cast<uint64_t>(range.host)};
}

const TracePlace* Places::Search(const memory::FlatRange& range) {
  for (Known& known : known_) {
    if (Matches(known, range)) return last_ = &known, &known.place;
  }
  known_.push_back({MakeTracePlace(range), range.region, range.region->shared_from_this()});
  return last_ = &known_.back(), &last_->place;
}

void Places::Fill(const translate::MemAccess& access, TraceRecord* record) {
  record->type = access.type;
  record->crosses = access.crosses;
  record->value_known = access.value_known;
  record->cpu = access.cpu;
  record->size = access.size;
  record->insn = access.insn;
  record->pc = access.pc;
  record->gva = access.gva.value;
  record->gpa = access.gpa.value;
  record->gpa2 = access.gpa2.value;
  record->value = access.value;
  record->old = access.old;
  record->place = Of(access.range);
  record->place2 = access.crosses ? Of(access.range2) : nullptr;
  record->register_name = nullptr;
  if (access.host == nullptr && access.range != nullptr && access.range->device != nullptr) [[unlikely]] {
    record->register_name = access.range->device->RegisterName(access.range->OffsetAt(access.gpa));
  }
}

}  // namespace emu::debug
