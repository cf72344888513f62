#include "boards/unmodelled.h"

#include <utility>

#include "absl/strings/str_format.h"

namespace emu::boards {

using memory::MemStatus;

Unmodelled::Unmodelled(GuestLog log)
    : log_(std::move(log)), region_(memory::Region::Io("unmodelled", memory::Size::Whole(), this)) {}

memory::MemValue Unmodelled::Read(memory::RegionOffset offset, unsigned size, memory::MemAttrs attrs) {
  if (!attrs.debug) Report(absl::StrFormat("read of %d bytes", size), offset.value);
  return {MemStatus::kDecodeError, 0};
}

MemStatus Unmodelled::Write(memory::RegionOffset offset, unsigned size, uint64_t value, memory::MemAttrs attrs) {
  if (!attrs.debug) Report(absl::StrFormat("write of %d bytes, 0x%x,", size, value), offset.value);
  return MemStatus::kDecodeError;
}

void Unmodelled::Report(absl::string_view what, uint64_t at) {
  for (const Part& part : parts_) {
    if (at - part.base >= part.size) continue;
    if (log_.On(kLogUnimp)) log_.Print(absl::StrFormat("unimp: %s at 0x%x in %s\n", what, at, part.name));
    return;
  }
  if (log_.On(kLogGuestErrors)) log_.Print(absl::StrFormat("guest error: %s at 0x%x, where nothing is\n", what, at));
}

}  // namespace emu::boards
