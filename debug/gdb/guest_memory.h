// A guest's memory as gdb reads and writes it: by guest-virtual address through the page tables in force, whatever the
// CPU's privilege, or by guest-physical address. Nothing of the tables is changed, and the TLB is left alone.
#ifndef EMU_DEBUG_GDB_GUEST_MEMORY_H_
#define EMU_DEBUG_GDB_GUEST_MEMORY_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "absl/functional/function_ref.h"
#include "absl/types/span.h"
#include "memory/address_space.h"
#include "translate/engine/inspector.h"

namespace emu::debug::gdb {

// Devices show what a read would give, without its effects; a write to a device is one.
class GuestMemory {
 public:
  // Both outlive it.
  GuestMemory(const translate::Inspector& inspector, memory::AddressSpace& space)
      : inspector_(inspector), space_(space) {}

  // How many bytes there are, from the first on.
  size_t Read(uint64_t address, absl::Span<uint8_t> bytes);
  // The same for bytes that could be written: to memory, read-only or not, and to devices.
  size_t Write(uint64_t address, absl::Span<const uint8_t> bytes);

  // Where the byte at this guest-virtual address is, whatever the mode.
  std::optional<memory::Gpa> Physical(uint64_t gva);

  void set_physical(bool physical) { physical_ = physical; }
  bool physical() const { return physical_; }

 private:
  using Part = absl::FunctionRef<bool(const memory::FlatRange& range, memory::Gpa gpa, size_t from, size_t count)>;
  size_t ForEachPart(uint64_t address, size_t length, Part part);
  std::optional<memory::Gpa> Translate(const mmu::PageTableWalker* walker, uint64_t address);

  const translate::Inspector& inspector_;
  memory::AddressSpace& space_;
  bool physical_ = false;
};

}  // namespace emu::debug::gdb

#endif  // EMU_DEBUG_GDB_GUEST_MEMORY_H_
