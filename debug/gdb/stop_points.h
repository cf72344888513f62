// Where gdb wants the guest to stop: breakpoints by the address of an instruction, watchpoints by ranges of data. All
// addresses are guest-virtual, whatever is mapped there. Accesses by devices count by where the data is mapped when
// they are made.
#ifndef EMU_DEBUG_GDB_STOP_POINTS_H_
#define EMU_DEBUG_GDB_STOP_POINTS_H_

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "boards/run_control.h"
#include "debug/watch_hub.h"
#include "translate/engine/access_watch.h"

namespace emu::debug::gdb {

// The numbers of the packets z and Z.
enum class StopKind : uint8_t { kSoftware = 0, kHardware = 1, kWrite = 2, kRead = 3, kAccess = 4 };
inline constexpr unsigned kStopKinds = 5;

class StopPoints final : private translate::AccessWatch {
 public:
  using ToPhysical = std::function<std::optional<memory::Gpa>(uint64_t gva)>;
  // Both outlive it. With `before_access`, watchpoints stop the guest before the access, else after. `physical`: where
  // a page is mapped now.
  StopPoints(WatchHub& hub, boards::RunControl& control, bool before_access, ToPhysical physical)
      : hub_(hub), control_(control), before_access_(before_access), physical_(std::move(physical)) {}
  ~StopPoints() override { Clear(); }

  // To insert what is there, or remove what is not, changes nothing. `length` counts for watchpoints only.
  void Insert(StopKind kind, uint64_t address, uint64_t length);
  void Remove(StopKind kind, uint64_t address, uint64_t length);
  void Clear();

  // Lets changes come into force, before the guest runs. gdb takes all its stops out and puts them in again around a
  // step; so with `step`, what was removed may stay in translated code, where it stops nothing.
  void Apply(bool step);

  // What the guest stopped at, once.
  struct Hit {
    StopKind kind;
    uint64_t address;  // of watchpoints: the first watched byte that was accessed
  };
  std::optional<Hit> TakeHit() { return std::exchange(hit_, std::nullopt); }

 private:
  struct Watch {
    uint64_t first, last;
    StopKind kind;
    auto operator<=>(const Watch&) const = default;
  };
  static constexpr uint64_t kPageBits = 12, kMostPages = 16;
  static constexpr uint64_t kMostMappedPages = 4096;  // of a watchpoint, looked at for accesses by devices

  translate::AccessTypes TypesBeyondPages() const override;
  bool MayStop() const override { return true; }
  bool WantsPage(memory::Gva page, memory::Gpa gpa, const memory::FlatRange& range, translate::Access access) override;
  bool WantsFetch(memory::Gva pc, memory::Gpa, const memory::FlatRange&) override { return armed_.contains(pc.value); }
  bool Stops(const translate::MemAccess& access) override;
  void OnAccess(const translate::MemAccess& access) override;
  std::optional<uint64_t> FindMapped(const Watch& watch, uint64_t first, uint64_t last) const;
  bool StopAt(boards::PauseReason reason, Hit hit);
  const Watch* FindWatch(uint64_t first, uint64_t last, bool reads, bool writes) const;
  const Watch* FindOnPage(uint64_t page, uint64_t first, uint64_t last, bool reads, bool writes) const;
  std::vector<uint64_t> Rearm(bool step);
  void Index();

  WatchHub& hub_;
  boards::RunControl& control_;
  const bool before_access_;
  const ToPhysical physical_;
  bool joined_ = false;                             // the hub knows us
  absl::flat_hash_map<uint64_t, unsigned> breaks_;  // bits 1 << kind, by address
  absl::flat_hash_set<uint64_t> armed_;             // what translated code tells of; all of breaks_, when it runs
  std::set<Watch> watches_, armed_watches_;
  absl::flat_hash_map<uint64_t, std::vector<Watch>> by_page_;  // by number of the page
  std::vector<Watch> wide_;                                    // those over many pages
  std::optional<Hit> hit_;
};

}  // namespace emu::debug::gdb

#endif  // EMU_DEBUG_GDB_STOP_POINTS_H_
