#include "translate/engine/page_windows.h"

#include <sys/mman.h>

namespace emu::translate {
namespace {

constexpr uint64_t kBytes = PageWindows::kPages * mmu::kPageSize;
constexpr size_t kRoom = PageWindows::kWindows * kBytes;
// Each makes the host keep up to three mappings more, of which it allows a process 65,530 (vm.max_map_count).
constexpr unsigned kMostShared = 8192;

// There is a quarter of a window at least on both sides of the address.
uint64_t FirstOf(uint64_t gva) {
  const uint64_t low = gva < kBytes / 4 ? 0 : gva - kBytes / 4;
  return low & ~(kBytes / 2 - 1);
}

// mremap(2): an old size of 0 makes another mapping of the same pages, if they are shared.
bool MapAgain(uint64_t host, void* place) {
  void* const page = reinterpret_cast<void*>(host);
  return mremap(page, 0, mmu::kPageSize, MREMAP_MAYMOVE | MREMAP_FIXED, place) == place;
}

}  // namespace

PageWindows::~PageWindows() {
  if (room_ != nullptr) munmap(room_, kRoom);
}

// Of a half of a window.
size_t PageWindows::PlaceOf(const ContextKey& context, uint64_t gva) {
  const uint64_t half = gva / (kBytes / 2);
  return ((half ^ context.space << 20 ^ context.mode << 40) * 0x9e3779b97f4a7c15u) >> 53;
}

// The newest one that has the address: what a loop goes to and fro in is found in one window then, not in two by
// halves.
const PageWindows::Window* PageWindows::Find(const ContextKey& context, uint64_t gva) const {
  if (!MayShow(context, gva)) return nullptr;
  for (size_t age = 1; age <= windows_.size(); ++age) {
    const Window& w = windows_[(next_ + windows_.size() - age) % windows_.size()];
    if (w.used && gva - w.first < kBytes && w.context == context) return &w;
  }
  return nullptr;
}

bool PageWindows::Replaces(const ContextKey& context, uint64_t gva, uint64_t host) const {
  const Window* const w = Find(context, gva);
  if (w == nullptr) return !windows_.empty() && windows_[next_].used;
  const uint64_t shown = w->shown[(gva - w->first) / mmu::kPageSize];
  return shown != 0 && shown != host;
}

uint64_t PageWindows::AddressOf(const ContextKey& context, uint64_t gva, uint64_t host) const {
  const Window* const w = Find(context, gva);
  if (w == nullptr) return 0;
  const uint64_t page = (gva - w->first) / mmu::kPageSize;
  if (w->shown[page] == 0 || w->shown[page] != (host & mmu::kPageMask)) return 0;
  return reinterpret_cast<uint64_t>(PlaceOf(*w)) + (gva - w->first);
}

uint64_t PageWindows::HomeOf(uint64_t host) const {
  const uint64_t offset = host - reinterpret_cast<uint64_t>(room_);
  if (room_ == nullptr || offset >= kRoom) return host;
  return windows_[offset / kBytes].shown[offset % kBytes / mmu::kPageSize] | (host & ~mmu::kPageMask);
}

bool PageWindows::Reserve() {
  if (room_ != nullptr) return true;
  void* const room = mmap(nullptr, kRoom, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (room == MAP_FAILED) return false;
  room_ = static_cast<uint8_t*>(room);
  windows_.resize(kWindows);
  return true;
}

void PageWindows::Clear() {
  windows_.assign(windows_.size(), {});
  next_ = 0;
  places_.reset();
}

PageWindows::Window* PageWindows::Take(const ContextKey& context, uint64_t gva) {
  if (!Reserve()) return nullptr;
  if (const Window* known = Find(context, gva)) return &windows_[static_cast<size_t>(known - windows_.data())];
  Window& w = windows_[next_];
  next_ = (next_ + 1) % kWindows;
  w.context = context;
  w.first = FirstOf(gva);
  places_.set(PlaceOf(context, w.first)).set(PlaceOf(context, w.first + kBytes / 2));
  w.shown.fill(0);
  w.used = true;
  return &w;
}

uint8_t* PageWindows::PlaceOf(const Window& window) const {
  return room_ + static_cast<size_t>(&window - windows_.data()) * kBytes;
}

bool PageWindows::Share(uint64_t page, const Source& source) {
  return shared_ < kMostShared && source.share(page) && ++shared_ != 0;
}

bool PageWindows::ShowPage(Window& window, unsigned page, const Source& source) {
  const uint64_t gva = window.first + page * mmu::kPageSize, host = source.host_of(gva);
  if (host == 0 || window.shown[page] == host) return host != 0;
  void* const place = PlaceOf(window) + page * mmu::kPageSize;
  window.shown[page] = 0;
  if (!MapAgain(host, place) && !(Share(gva, source) && MapAgain(host, place))) return false;
  window.shown[page] = host;
  return true;
}

PageWindows::View PageWindows::Show(const ContextKey& context, uint64_t gva, const Source& source) {
  Window* const w = Take(context, gva);
  if (w == nullptr) return {};
  const auto middle = static_cast<unsigned>((gva - w->first) / mmu::kPageSize);
  const uint64_t before = w->shown[middle];
  if (!ShowPage(*w, middle, source)) return {};
  const auto is_shown = [&](unsigned page) {
    return w->shown[page] != 0 && w->shown[page] == source.host_of(w->first + page * mmu::kPageSize);
  };
  unsigned low = middle, high = middle + 1;
  while (low != 0 && is_shown(low - 1)) --low;
  while (high != kPages && is_shown(high)) ++high;
  const auto place = reinterpret_cast<uint64_t>(PlaceOf(*w));
  return {w->first + low * mmu::kPageSize, w->first + high * mmu::kPageSize, place - w->first,
          w->shown[middle] != before};
}

}  // namespace emu::translate
