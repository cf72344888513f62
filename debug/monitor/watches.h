// Tells in a line of every access to some guest addresses, and stops the guest where that is wanted.
#ifndef EMU_DEBUG_MONITOR_WATCHES_H_
#define EMU_DEBUG_MONITOR_WATCHES_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "boards/machine.h"
#include "debug/symbols.h"
#include "debug/watch_hub.h"
#include "llvm/Support/JSON.h"
#include "memory/range.h"

namespace emu::debug {

struct Watch {
  int id = 0;             // given by Add
  bool physical = false;  // `range` holds guest-physical addresses; accesses by devices and of page walks count too
  memory::Range range;
  bool reads = false, writes = false, executes = false;
  bool stops = false;
  bool json = false;  // how hits are told
  uint64_t hits = 0;

  std::string Text() const;
  llvm::json::Object Json() const;
};

// All calls between the guest's instructions; `print` is called within them.
class Watches final : private translate::AccessWatch {
 public:
  Watches(boards::Machine& machine, WatchHub& hub, const SymbolTable& symbols,
          std::function<void(absl::string_view line)> print)
      : machine_(machine), hub_(hub), symbols_(symbols), print_(std::move(print)) {}
  ~Watches() override;

  // Its number.
  int Add(Watch watch);
  absl::Status Remove(int id);
  void RemoveAll();
  const std::vector<Watch>& list() const { return watches_; }

 private:
  translate::AccessTypes TypesBeyondPages() const override;
  bool MayStop() const override;
  bool WantsPage(memory::Gva page, memory::Gpa gpa, const memory::FlatRange& range, translate::Access access) override;
  bool WantsFetch(memory::Gva pc, memory::Gpa gpa, const memory::FlatRange& range) override;
  bool Stops(const translate::MemAccess& access) override;
  void OnAccess(const translate::MemAccess& access) override;

  void Tell(Watch& watch, const translate::MemAccess& access);
  std::string Line(const Watch& watch, const translate::MemAccess& access) const;
  llvm::json::Value JsonLine(const Watch& watch, const translate::MemAccess& access) const;
  void Changed(bool fetches);

  boards::Machine& machine_;
  WatchHub& hub_;
  const SymbolTable& symbols_;
  const std::function<void(absl::string_view)> print_;
  std::vector<Watch> watches_;
  int next_id_ = 1;
};

}  // namespace emu::debug

#endif  // EMU_DEBUG_MONITOR_WATCHES_H_
