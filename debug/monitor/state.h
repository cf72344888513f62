// What the monitor's commands work on.
#ifndef EMU_DEBUG_MONITOR_STATE_H_
#define EMU_DEBUG_MONITOR_STATE_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "debug/monitor/guest_view.h"
#include "debug/monitor/memory_dump.h"
#include "debug/monitor/monitor.h"
#include "debug/monitor/watches.h"

namespace emu::debug {

struct MonitorState {
  explicit MonitorState(MonitorParts p);

  // An expression's value, with the CPU's registers, symbols, and memory at guest-virtual addresses.
  absl::StatusOr<uint64_t> Eval(absl::string_view expression) const;
  // "main+0x12" in parentheses and with a space in front, or nothing.
  std::string SymbolText(uint64_t address) const;
  void Print(absl::string_view line) const;

  const MonitorParts parts;
  const GuestView view;
  std::map<int, Monitor::LineSink> sinks;
  int next_sink = 1;
  Watches watches;
  DumpFormat last_format;  // of x, xp and print

 private:
  absl::StatusOr<uint64_t> Register(absl::string_view name) const;
  absl::StatusOr<uint64_t> SymbolAddress(absl::string_view name) const;
  absl::StatusOr<uint64_t> Pointer(uint64_t address) const;
};

}  // namespace emu::debug

#endif  // EMU_DEBUG_MONITOR_STATE_H_
