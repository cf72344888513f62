#include "debug/map_log.h"

#include <string>
#include <utility>

#include "absl/strings/str_format.h"

namespace emu::debug {
namespace {

absl::string_view KindOf(const memory::FlatRange& range) {
  if (range.translator != nullptr) return "iommu";
  if (range.romd) return "romd";
  if (range.block == nullptr || range.host == nullptr) return "i/o";
  return range.readonly ? "rom" : "ram";
}

}  // namespace

MapLog::MapLog(boards::GuestLog log, memory::AddressSpace& space) : log_(std::move(log)), space_(space) {
  log_.Print(absl::StrFormat("memory map of \"%s\":\n", space.name()));
  space_.AddListener(this);
}

// Whoever leaves is told that all is removed.
MapLog::~MapLog() {
  leaving_ = true;
  space_.RemoveListener(this);
}

void MapLog::OnAdd(memory::AddressSpace&, const memory::FlatRange& range) { Print('+', range); }
void MapLog::OnRemove(memory::AddressSpace&, const memory::FlatRange& range) { Print('-', range); }

void MapLog::Print(char sign, const memory::FlatRange& range) const {
  if (leaving_) return;
  const std::string host = range.host == nullptr ? "" : absl::StrFormat(", host %p", range.host);
  log_.Print(absl::StrFormat("page: %c %016x-%016x %s %s @%016x%s\n", sign, range.first.value, range.last.value,
                             KindOf(range), range.region->name(), range.offset.value, host));
}

}  // namespace emu::debug
