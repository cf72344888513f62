// How debuggers look at a guest CPU without knowing its architecture: registers by name, address translation step by
// step, and what else a listing or gdb must be told. Each target has one implementation.
#ifndef EMU_TRANSLATE_ENGINE_INSPECTOR_H_
#define EMU_TRANSLATE_ENGINE_INSPECTOR_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/numeric/int128.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "memory/address.h"
#include "mmu/page_table_walker.h"
#include "translate/engine/target.h"

namespace emu::translate {

// A register as gdb's target descriptions name it ("GDB Remote Serial Protocol", appendix "Target Descriptions").
struct DebugRegister {
  std::string name;
  unsigned number = 0;        // gdb's
  unsigned bits = 64;         // up to 128
  absl::string_view type;     // "int", "code_ptr", "data_ptr", "ieee_double", ...
  absl::string_view feature;  // "org.gnu.gdb.riscv.cpu", ...
  absl::string_view group;    // "general", "float", "csr", ...
  bool writable = true;
};

class Inspector {
 public:
  virtual ~Inspector() = default;

  // Stays as it is.
  virtual absl::Span<const DebugRegister> registers() const = 0;
  // By index in registers().
  virtual absl::uint128 Read(size_t index) const = 0;
  // As if the debugger's user had the highest privilege. Fails for what cannot be written.
  virtual absl::Status Write(size_t index, absl::uint128 value) = 0;
  // As `info registers` prints them.
  virtual std::string Dump() const = 0;

  virtual absl::string_view gdb_architecture() const = 0;  // "riscv:rv64"
  virtual bool big_endian() const = 0;
  // Whether gdb takes this architecture to stop at watchpoints before the access is made, so that it steps over it.
  virtual bool gdb_stops_before_access() const { return false; }
  virtual unsigned address_bits() const = 0;  // of a pointer
  // What the CPU is doing: "supervisor", "user", ...
  virtual std::string mode() const = 0;

  // The page tables in force now for data (kExecute: for code), seen with the present privilege, looking only. Null:
  // addresses are physical.
  virtual std::unique_ptr<mmu::PageTableWalker> Walker(Access access) const = 0;
  // The same for a debugger's user, who may read all that is mapped, whatever the present privilege.
  virtual std::unique_ptr<mmu::PageTableWalker> DebuggerWalker() const = 0;
  // Why the protection of physical memory forbids the access in the present privilege; empty if it does not.
  virtual std::string PhysicalFault(memory::Gpa gpa, unsigned size, Access access) const = 0;
};

}  // namespace emu::translate

#endif  // EMU_TRANSLATE_ENGINE_INSPECTOR_H_
