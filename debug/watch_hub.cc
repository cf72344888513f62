#include "debug/watch_hub.h"

#include <algorithm>

namespace emu::debug {

using memory::Gpa;
using memory::Gva;
using memory::MemAttrs;
using translate::AccessType;
using translate::MemAccess;

namespace {

constexpr uint64_t kMostBytes = uint64_t{1} << 31;  // of one record

// As a little-endian number, up to 8.
uint64_t FirstBytes(absl::Span<const uint8_t> bytes) {
  uint64_t value = 0;
  for (size_t i = std::min<size_t>(bytes.size(), 8); i-- > 0;) value = value << 8 | bytes[i];
  return value;
}

}  // namespace

WatchHub::~WatchHub() {
  clients_.clear();
  Apply(true);
}

void WatchHub::Apply(bool fetches) {
  types_ = 0;
  for (Client& c : clients_) types_ |= c.types = c.watch->TypesBeyondPages();
  cpu_.SetWatch(clients_.empty() ? nullptr : this, fetches);
  bus_.SetAccessObserver((types_ & translate::kDmaTypes) != 0 ? this : nullptr);
}

void WatchHub::Add(translate::AccessWatch* watch, bool fetches) {
  clients_.push_back({watch, fetches});
  Apply(fetches);
}

void WatchHub::Remove(translate::AccessWatch* watch) {
  const auto at = std::find_if(clients_.begin(), clients_.end(), [&](const Client& c) { return c.watch == watch; });
  if (at == clients_.end()) return;
  const bool fetches = at->fetches;
  clients_.erase(at);
  Apply(fetches);
}

void WatchHub::Update(translate::AccessWatch* watch, bool fetches) {
  for (Client& c : clients_) {
    if (c.watch == watch) c.fetches |= fetches;
  }
  Apply(fetches);
}

void WatchHub::UpdateFetches(translate::AccessWatch* watch, absl::Span<const uint64_t> pcs) {
  for (Client& c : clients_) {
    if (c.watch == watch) c.fetches = true;
  }
  cpu_.RefreshFetches(pcs);
}

bool WatchHub::MayStop() const {
  return std::any_of(clients_.begin(), clients_.end(), [](const Client& c) { return c.watch->MayStop(); });
}

bool WatchHub::WantsPage(Gva page, Gpa gpa, const memory::FlatRange& range, translate::Access access) {
  return std::any_of(clients_.begin(), clients_.end(),
                     [&](const Client& c) { return c.watch->WantsPage(page, gpa, range, access); });
}

bool WatchHub::WantsFetch(Gva pc, Gpa gpa, const memory::FlatRange& range) {
  return std::any_of(clients_.begin(), clients_.end(),
                     [&](const Client& c) { return c.fetches && c.watch->WantsFetch(pc, gpa, range); });
}

// All are asked, so that each knows what it stopped.
bool WatchHub::Stops(const MemAccess& access) {
  bool stops = false;
  for (const Client& c : clients_) stops |= c.watch->Stops(access);
  return stops;
}

void WatchHub::OnAccess(const MemAccess& access) {
  const bool paged = access.type <= AccessType::kFetch && (access.host != nullptr || access.crosses);
  for (const Client& c : clients_) {
    if (paged || (c.types & BitOf(access.type)) != 0) c.watch->OnAccess(access);
  }
}

void WatchHub::OnRead(const memory::FlatView& view, Gpa at, absl::Span<const uint8_t> bytes, MemAttrs attrs,
                      memory::MemStatus) {
  Tell(AccessType::kDmaRead, view, at, bytes.size(), bytes, attrs);
}

void WatchHub::OnWrite(const memory::FlatView& view, Gpa at, absl::Span<const uint8_t> bytes, MemAttrs attrs,
                       memory::MemStatus) {
  Tell(AccessType::kDmaWrite, view, at, bytes.size(), bytes, attrs);
}

// What is read or written through the mapping is not seen, so all of it counts as accessed.
void WatchHub::OnMap(const memory::FlatView& view, Gpa at, uint64_t length, bool write, MemAttrs attrs) {
  Tell(write ? AccessType::kDmaWrite : AccessType::kDmaRead, view, at, length, {}, attrs);
}

void WatchHub::Tell(AccessType type, const memory::FlatView& view, Gpa at, uint64_t length,
                    absl::Span<const uint8_t> bytes, MemAttrs attrs) {
  if ((types_ & BitOf(type)) == 0 || attrs.debug) return;
  MemAccess access;
  access.type = type;
  access.insn = cpu_.InsnCount();
  access.pc = cpu_.CurrentPc();
  access.value_known = !bytes.empty();
  for (uint64_t done = 0; done < length; done += access.size) {
    access.gpa = at + done;
    access.range = view.Find(access.gpa);
    const uint64_t here = access.range == nullptr ? ~uint64_t{0} : access.range->LastFrom(access.gpa);
    access.size = static_cast<uint32_t>(std::min({length - done - 1, here, kMostBytes - 1}) + 1);
    access.host = access.range != nullptr && access.range->host != nullptr ? access.range->HostAt(access.gpa) : nullptr;
    access.value = 0;
    if (access.value_known) access.value = FirstBytes(bytes.subspan(done, access.size));
    OnAccess(access);
  }
}

}  // namespace emu::debug
