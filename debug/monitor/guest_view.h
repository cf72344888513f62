// The guest's memory as the monitor's user sees it: all that is mapped, whatever the present privilege.
#ifndef EMU_DEBUG_MONITOR_GUEST_VIEW_H_
#define EMU_DEBUG_MONITOR_GUEST_VIEW_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "boards/machine.h"
#include "memory/address.h"
#include "memory/flat_view.h"
#include "mmu/page_table_walker.h"

namespace emu::debug {

// Where guest-physical memory lies in the emulator.
struct HostPlace {
  const memory::FlatRange* range = nullptr;  // valid until the memory map changes
  const uint8_t* host = nullptr;
};

class GuestView {
 public:
  explicit GuestView(boards::Machine& machine) : machine_(machine) {}

  // Errors name the address and say why: the fault, or what is (not) there.
  absl::StatusOr<memory::Gpa> Translate(memory::Gva gva) const;
  absl::Status Read(memory::Gva gva, absl::Span<uint8_t> bytes) const;
  absl::Status ReadPhysical(memory::Gpa gpa, absl::Span<uint8_t> bytes) const;
  absl::StatusOr<HostPlace> Host(memory::Gpa gpa) const;
  // Of that host address, as the host's kernel says (proc(5), /proc/PID/pagemap).
  static absl::StatusOr<uint64_t> HostPhysical(const uint8_t* host);

  // What the CPU would find now; with `debugger`, what a debugger finds. Where addresses are physical, a translation
  // without steps.
  mmu::Translation Walk(memory::Gva gva, translate::Access access, bool debugger) const;
  memory::AddressSpace& space() const { return machine_.processor().cpu().memory(); }

 private:
  boards::Machine& machine_;
};

}  // namespace emu::debug

#endif  // EMU_DEBUG_MONITOR_GUEST_VIEW_H_
