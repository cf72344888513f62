// Windows: places in the host's address space at which pages of a guest's memory, wherever they lie in it, are in the
// order of their guest-virtual addresses, so that one comparison and one addend serve them all.
#ifndef EMU_TRANSLATE_ENGINE_PAGE_WINDOWS_H_
#define EMU_TRANSLATE_ENGINE_PAGE_WINDOWS_H_

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "mmu/soft_tlb.h"
#include "translate/engine/context.h"

namespace emu::translate {

class PageWindows {
 public:
  static constexpr unsigned kPages = 256;  // of a window, which begins at a multiple of half of that
  static constexpr unsigned kWindows = 32;
  // How far above its guest-virtual address a page is shown where the host has room there, for one context at a time.
  // Linux begins what programs map 128 MiB below the end of their address space, or lower.
  static constexpr uint64_t kDistance = uint64_t{128} << 20;

  PageWindows() = default;
  ~PageWindows();
  PageWindows(const PageWindows&) = delete;
  PageWindows& operator=(const PageWindows&) = delete;

  // Guest-virtual addresses from `low` to `high`, and what gives the host address when added; none if low == high.
  struct View {
    uint64_t low = 0, high = 0, addend = 0;
    bool is_new = false;  // the page was not shown before, or lay elsewhere
  };
  // What is to be shown, by guest-virtual page. `host_of`: where it lies, 0 if that is not known. `share`: makes it
  // part of a shared mapping, without which the host shows no page twice, and says whether it could.
  struct Source {
    absl::FunctionRef<uint64_t(uint64_t page)> host_of;
    absl::FunctionRef<bool(uint64_t page)> share;
  };
  // Shows the page at `gva`; with its neighbours, as far as they were shown before and still lie there. None where the
  // host refuses.
  View Show(const ContextKey& context, uint64_t gva, const Source& source);

  // False: the page is in no window.
  bool MayShow(const ContextKey& context, uint64_t gva) const { return places_[PlaceOf(context, gva)]; }
  // Where the page at `gva`, which lies at `host`, is shown; 0: nowhere.
  uint64_t AddressOf(const ContextKey& context, uint64_t gva, uint64_t host) const;
  // Where the memory lies that is shown at `host`; that itself if it is in no window.
  uint64_t HomeOf(uint64_t host) const;

  // Nothing is shown any more: what lies at a host address may be another thing now.
  void Clear();

  // Whether Show of a page that lies at `host` takes the place of another page: Views of that hold no longer, of any
  // context.
  bool Replaces(const ContextKey& context, uint64_t gva, uint64_t host) const;

 private:
  struct Window {
    ContextKey context;
    uint64_t first = 0;  // guest-virtual
    bool used = false;
    uint8_t* place = nullptr;              // in room_, or reserved for the window alone
    std::array<uint64_t, kPages> shown{};  // host addresses of the pages; 0: none
  };
  static size_t PlaceOf(const ContextKey& context, uint64_t address);
  const Window* Find(const ContextKey& context, uint64_t gva) const;
  Window* Take(const ContextKey& context, uint64_t gva);
  bool InRoom(uint64_t host) const { return room_ != nullptr && host - reinterpret_cast<uint64_t>(room_) < kRoom; }
  void Place(Window& window);
  void Release(Window& window);
  bool ShowPage(Window& window, unsigned page, const Source& source);
  bool Share(uint64_t page, const Source& source);
  bool Reserve();

  static constexpr uint64_t kBytes = kPages * mmu::kPageSize, kRoom = kWindows * kBytes;
  uint8_t* room_ = nullptr;  // for windows that cannot be where they should
  std::vector<Window> windows_;
  size_t next_ = 0;
  // Hashes of what windows are for, and of where those at kDistance lie; more than that after some were taken anew.
  std::bitset<2048> places_, distant_;
  unsigned shared_ = 0;  // pages, by Source::share
};

}  // namespace emu::translate

#endif  // EMU_TRANSLATE_ENGINE_PAGE_WINDOWS_H_
