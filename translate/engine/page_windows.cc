#include "translate/engine/page_windows.h"

#include <sys/auxv.h>
#include <sys/mman.h>

namespace emu::translate {
namespace {

// Each makes the host keep up to three mappings more, of which it allows a process 65,530 (vm.max_map_count).
constexpr unsigned kMostShared = 8192;

constexpr uint64_t kWindow = PageWindows::kPages * mmu::kPageSize;

// There is a quarter of a window at least on both sides of the address.
uint64_t FirstOf(uint64_t gva) {
  const uint64_t low = gva < kWindow / 4 ? 0 : gva - kWindow / 4;
  return low & ~(kWindow / 2 - 1);
}

// Whether the host's stack may grow to there: nothing that is mapped says how far it may.
bool IsNearStack(uint64_t address) {
  constexpr uint64_t kNear = uint64_t{1} << 30;
  const uint64_t stack = getauxval(AT_RANDOM);  // bytes that Linux puts on it before the program
  return address - (stack - kNear) < 2 * kNear;
}

// Reserves a part of the host's address space where nothing was; null where something is.
uint8_t* ReserveAt(uint64_t address) {
  if (IsNearStack(address)) return nullptr;
  void* const wanted = reinterpret_cast<void*>(address);
  const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE;
  void* const place = mmap(wanted, kWindow, PROT_NONE, flags, -1, 0);
  if (place == wanted) return static_cast<uint8_t*>(place);
  if (place != MAP_FAILED) munmap(place, kWindow);
  return nullptr;
}

// mremap(2): an old size of 0 makes another mapping of the same pages, if they are shared.
bool MapAgain(uint64_t host, void* place) {
  void* const page = reinterpret_cast<void*>(host);
  return mremap(page, 0, mmu::kPageSize, MREMAP_MAYMOVE | MREMAP_FIXED, place) == place;
}

}  // namespace

PageWindows::~PageWindows() {
  Clear();
  if (room_ != nullptr) munmap(room_, kRoom);
}

// Of a half of a window.
size_t PageWindows::PlaceOf(const ContextKey& context, uint64_t address) {
  const uint64_t half = address / (kBytes / 2);
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
  return reinterpret_cast<uint64_t>(w->place) + (gva - w->first);
}

uint64_t PageWindows::HomeOf(uint64_t host) const {
  if (!distant_[PlaceOf({}, host)] && !InRoom(host)) return host;
  for (const Window& w : windows_) {
    const uint64_t offset = host - reinterpret_cast<uint64_t>(w.place);
    if (w.used && offset < kBytes) return w.shown[offset / mmu::kPageSize] | (host & ~mmu::kPageMask);
  }
  return host;
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
  for (Window& w : windows_) Release(w);
  windows_.assign(windows_.size(), {});
  next_ = 0;
  places_.reset();
  distant_.reset();
}

PageWindows::Window* PageWindows::Take(const ContextKey& context, uint64_t gva) {
  if (!Reserve()) return nullptr;
  if (const Window* known = Find(context, gva)) return &windows_[static_cast<size_t>(known - windows_.data())];
  Window& w = windows_[next_];
  Release(w);
  next_ = (next_ + 1) % kWindows;
  w.context = context;
  w.first = FirstOf(gva);
  places_.set(PlaceOf(context, w.first)).set(PlaceOf(context, w.first + kBytes / 2));
  w.shown.fill(0);
  w.used = true;
  Place(w);
  return &w;
}

void PageWindows::Place(Window& window) {
  window.place = ReserveAt(window.first + kDistance);
  if (window.place == nullptr) {
    window.place = room_ + static_cast<size_t>(&window - windows_.data()) * kBytes;
    return;
  }
  const uint64_t begin = window.first + kDistance;
  distant_.set(PlaceOf({}, begin)).set(PlaceOf({}, begin + kBytes / 2));
}

void PageWindows::Release(Window& window) {
  if (window.place != nullptr && !InRoom(reinterpret_cast<uint64_t>(window.place))) munmap(window.place, kBytes);
  window.place = nullptr;
}

bool PageWindows::Share(uint64_t page, const Source& source) {
  return shared_ < kMostShared && source.share(page) && ++shared_ != 0;
}

bool PageWindows::ShowPage(Window& window, unsigned page, const Source& source) {
  const uint64_t gva = window.first + page * mmu::kPageSize, host = source.host_of(gva);
  if (host == 0 || window.shown[page] == host) return host != 0;
  void* const place = window.place + page * mmu::kPageSize;
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
  const auto place = reinterpret_cast<uint64_t>(w->place);
  return {w->first + low * mmu::kPageSize, w->first + high * mmu::kPageSize, place - w->first,
          w->shown[middle] != before};
}

}  // namespace emu::translate
