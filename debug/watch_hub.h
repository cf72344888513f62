// Lets several look at one CPU's accesses and at those of devices: traces, watchpoints, breakpoints. Each is a
// translate::AccessWatch of its own and knows nothing of the others. Of accesses by devices, one over several regions
// is one of each; those that the emulator makes for its user (MemAttrs::debug) are none.
#ifndef EMU_DEBUG_WATCH_HUB_H_
#define EMU_DEBUG_WATCH_HUB_H_

#include <vector>

#include "absl/types/span.h"
#include "memory/access_observer.h"
#include "memory/address_space.h"
#include "translate/engine/access_watch.h"
#include "translate/engine/cpu.h"

namespace emu::debug {

// As long as nobody is there, the CPU and the bus run as if there was no hub. Not to be called from within an access.
class WatchHub final : private translate::AccessWatch, private memory::AccessObserver {
 public:
  // `bus`: the address space of the bus masters. All outlive the hub.
  WatchHub(translate::Cpu& cpu, memory::AddressSpace& bus) : cpu_(cpu), bus_(bus) {}
  ~WatchHub() override;

  // `fetches`: it wants some instructions.
  void Add(translate::AccessWatch* watch, bool fetches);
  void Remove(translate::AccessWatch* watch);
  // What it wants has changed; `fetches`: also as to instructions.
  void Update(translate::AccessWatch* watch, bool fetches);
  // It wants other instructions than before, of those at `pcs` (in rising order) only.
  void UpdateFetches(translate::AccessWatch* watch, absl::Span<const uint64_t> pcs);

 private:
  translate::AccessTypes TypesBeyondPages() const override { return types_; }
  bool MayStop() const override;
  bool WantsPage(memory::Gva page, memory::Gpa gpa, const memory::FlatRange& range, translate::Access access) override;
  bool WantsFetch(memory::Gva pc, memory::Gpa gpa, const memory::FlatRange& range) override;
  bool Stops(const translate::MemAccess& access) override;
  void OnAccess(const translate::MemAccess& access) override;
  void OnRead(const memory::FlatView& view, memory::Gpa at, absl::Span<const uint8_t> bytes, memory::MemAttrs attrs,
              memory::MemStatus status) override;
  void OnWrite(const memory::FlatView& view, memory::Gpa at, absl::Span<const uint8_t> bytes, memory::MemAttrs attrs,
               memory::MemStatus status) override;
  void OnMap(const memory::FlatView& view, memory::Gpa at, uint64_t length, bool write,
             memory::MemAttrs attrs) override;
  void Tell(translate::AccessType type, const memory::FlatView& view, memory::Gpa at, uint64_t length,
            absl::Span<const uint8_t> bytes, memory::MemAttrs attrs);
  void Apply(bool fetches);

  struct Client {
    translate::AccessWatch* watch;
    bool fetches;
    translate::AccessTypes types = 0;  // its TypesBeyondPages
  };
  translate::Cpu& cpu_;
  memory::AddressSpace& bus_;
  std::vector<Client> clients_;
  translate::AccessTypes types_ = 0;  // of all clients together
};

}  // namespace emu::debug

#endif  // EMU_DEBUG_WATCH_HUB_H_
