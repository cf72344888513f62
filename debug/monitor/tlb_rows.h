// What the soft TLB of a CPU's present context holds, a row for each page.
#ifndef EMU_DEBUG_MONITOR_TLB_ROWS_H_
#define EMU_DEBUG_MONITOR_TLB_ROWS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "boards/processor.h"

namespace emu::debug {

struct TlbRow {
  uint64_t gva = 0, gpa = 0;  // of the page
  const uint8_t* host = nullptr;
  // What the TLB says without asking the page tables.
  bool read = false, write = false, execute = false;
  // Accesses of that kind are not made by generated code itself: the page holds translated code, or is watched.
  bool slow_read = false, slow_write = false;
  bool code = false;

  std::string Kinds() const;  // "rw-"
  std::string Flags() const;  // "code", "watched", "code,watched" or nothing
};

// By address.
std::vector<TlbRow> TlbRows(boards::Processor& processor);

}  // namespace emu::debug

#endif  // EMU_DEBUG_MONITOR_TLB_ROWS_H_
