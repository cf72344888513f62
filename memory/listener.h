// Who wants to know how an address space changes: TLBs, code caches, devices that map guest memory.
#ifndef EMU_MEMORY_LISTENER_H_
#define EMU_MEMORY_LISTENER_H_

#include "memory/flat_view.h"

namespace emu::memory {

class AddressSpace;

// Called during the end of a transaction that changed the address space: OnBegin, then OnRemove for all ranges that
// went, OnAdd for all that came and OnKeep for those that stay (both by rising address), OnCommit. The new view is
// already in force at OnBegin. A range whose extent, region, offset or flags differ counts as removed and added.
// Ranges passed live only during the call, and those removed until OnCommit has returned.
class Listener {
 public:
  // OnRemove is called by falling priority, everything else by rising priority, so that removal undoes addition.
  explicit Listener(int priority = 0) : priority_(priority) {}
  virtual ~Listener() = default;
  int priority() const { return priority_; }

  virtual void OnBegin(AddressSpace& space) { (void)space; }
  virtual void OnAdd(AddressSpace& space, const FlatRange& range) { (void)space, (void)range; }
  virtual void OnRemove(AddressSpace& space, const FlatRange& range) { (void)space, (void)range; }
  virtual void OnKeep(AddressSpace& space, const FlatRange& range) { (void)space, (void)range; }
  // Dirty clients `started` or `stopped` (bit i for client i) on a range; for a new range after its OnAdd.
  virtual void OnLogStart(AddressSpace& space, const FlatRange& range, uint32_t started) {
    (void)space, (void)range, (void)started;
  }
  virtual void OnLogStop(AddressSpace& space, const FlatRange& range, uint32_t stopped) {
    (void)space, (void)range, (void)stopped;
  }
  virtual void OnCommit(AddressSpace& space) { (void)space; }

 private:
  const int priority_;
};

}  // namespace emu::memory

#endif  // EMU_MEMORY_LISTENER_H_
