// A CPU's registers as gdb reads, writes and names them.
#ifndef EMU_DEBUG_GDB_REGISTERS_H_
#define EMU_DEBUG_GDB_REGISTERS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "translate/engine/inspector.h"

namespace emu::debug::gdb {

class Registers {
 public:
  explicit Registers(translate::Inspector& inspector);

  // The target description ("target.xml"): architecture, and all registers by feature.
  std::string Description() const;
  // Those that `g` and `G` transfer: all up to the first that is neither general nor of floating point.
  std::string ReadAll() const;
  // Registers that cannot be written keep what they have. Fails if the bytes are not those of whole registers.
  absl::Status WriteAll(absl::Span<const uint8_t> bytes);
  // By gdb's number; empty: there is none.
  std::string Read(uint64_t number) const;
  absl::Status Write(uint64_t number, absl::Span<const uint8_t> bytes);
  // The program counter.
  absl::Status SetPc(uint64_t pc);

 private:
  std::optional<size_t> IndexOf(uint64_t number) const;
  std::string ReadAt(size_t index) const;
  absl::Status WriteAt(size_t index, absl::Span<const uint8_t> bytes);

  translate::Inspector& inspector_;
  std::vector<size_t> order_;  // indexes by rising number
  size_t in_all_ = 0;          // how many ReadAll gives
};

}  // namespace emu::debug::gdb

#endif  // EMU_DEBUG_GDB_REGISTERS_H_
